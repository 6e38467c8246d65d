"""Words out of text: disguises come off, and marks stand where clauses end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.tripwire_text import MARKS, plain, words_and_marks


def words(text: str) -> list[str]:
    return words_and_marks(plain(text))


class TestWords:
    @pytest.mark.parametrize(
        "written",
        [
            "kill",
            "KILL",
            "k\u0456ll",
            "k\u200bill",
            "k\u00adill",
            "k\u3164ill",
            "\uff4b\uff49\uff4c\uff4c",
            "k\u00edlL",
            "k.i.l.l",
            "k-i-l-l",
            "k i l l",
            "\U0001d4f4\U0001d4f2\U0001d4f5\U0001d4f5",
        ],
    )
    def test_disguises_come_off(self, written):
        """Case, letters of other scripts, invisible ones, wide ones, accents, letters one by one."""
        assert words(written) == ["kill"]

    @pytest.mark.parametrize("sign", "'\u2019\u2018`\u00b4\u02bc")
    def test_an_apostrophe_joins(self, sign):
        """Whichever key it was typed with."""
        assert words(f"don{sign}t") == ["dont"]

    def test_letters_make_a_word_where_they_are_many(self):
        """Two are words of their own."""
        assert words("a b, k i l l") == ["a", "b", ",", "kill"]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("so, yes", ["so", ",", "yes"]),
            ("so. yes", ["so", ".", "yes"]),
            ("so.Yes then", ["so", ".", "yes", "then"]),
            ("so\nyes", ["so", ".", "yes"]),
            ("so?! yes", ["so", "?", "yes"]),
            ("so!! yes", ["so", ".", "yes"]),
            ("kill.myself", ["kill", "myself"]),
            ("\u00bfSi?", [",", "si", "?"]),
        ],
    )
    def test_marks_stand_where_something_ends(self, text, found):
        """A sign inside a word ends nothing."""
        assert words(text) == found

    @given(st.text(max_size=200))
    def test_any_text_becomes_words_and_marks(self, text):
        """Words hold no blanks and are not empty."""
        found = words(text)
        assert all(word in MARKS or (word and not word.isspace()) for word in found)
