"""What the tripwire has to hear, what it must not hear, and that it only ever raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.tripwire import Case, is_right, read_corpus
from data.domain import Tier
from data.errors import UsageError
from matching.tripwire import LONGEST_TEXT, read_text
from matching.tripwire_table import CATEGORIES, load_tables, read_table
from matching.tripwire_text import CLAUSE, Speller, clauses_and_words

CASES = [*read_corpus("developed"), *read_corpus("held_out")]
RED = "I want to kill myself"
TABLE = """
language = "xx"
common = "lo la"
negations = "ne"
others = "si"
breaks = "ma"
spelled_right = ""
past = []
idioms = []
[sets]
end = "fino finire"
[[phrases]]
category = "suicide"
tier = "red"
say = ["<end> * vivo"]
"""


class TestCorpus:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:40])
    def test_each_sentence_is_read_as_it_is_meant(self, case: Case):
        """Red is never missed, and idioms and plain requests are left alone."""
        assert is_right(case)

    def test_the_corpus_is_worth_its_name(self):
        """Two languages, their mixture, and every phenomenon."""
        assert len(CASES) > 200
        assert {case.language for case in CASES} == {"en", "es", "mixed"}
        assert {"negated", "past", "third", "idiom", "misspelt"} <= {
            case.phenomenon for case in CASES
        }


class TestReadText:
    @given(st.text(max_size=300))
    def test_whatever_is_written_has_an_answer(self, text):
        """No text breaks it, and a finding names categories alone."""
        found = read_text(text)
        assert all(code.removeprefix("text_") in CATEGORIES for code in found.codes)
        assert (found.tier is Tier.GREEN) == (not found.codes)

    @given(st.sampled_from(CASES), st.text(max_size=80), st.booleans())
    def test_a_further_sentence_never_lowers(self, case, other, is_before):
        """What one sentence amounts to, another cannot take back."""
        parts = [other, case.text] if is_before else [case.text, other]
        assert read_text(" \n\n ".join(parts)).tier >= read_text(case.text).tier

    @pytest.mark.parametrize(
        ("text", "tier"),
        [
            ("I don't want to kill myself", Tier.AMBER),
            ("I am not saying that I don't want to. I want to kill myself", Tier.RED),
            ("I never said that, but I want to kill myself", Tier.RED),
            ("My brother, who died, told me. I want to kill myself", Tier.RED),
            ("She knows I want to kill myself", Tier.RED),
        ],
    )
    def test_what_is_said_around_it_counts_within_the_clause(self, text, tier):
        """Denial and others' stories end where the clause ends."""
        assert read_text(text).tier is tier

    def test_an_idiom_covers_only_itself(self):
        """Traffic may kill; the rest of the sentence is heard all the same."""
        assert read_text("Traffic is killing me and I want to kill myself").tier is Tier.RED

    def test_a_text_in_no_known_language_is_unread(self):
        """Nor is one beyond the limit; both are left to a human being."""
        assert not read_text("Ich bin traurig und allein").is_read
        assert read_text("I am sad and alone").is_read
        assert not read_text("I am sad. " * LONGEST_TEXT).is_read


class TestWords:
    @pytest.mark.parametrize(
        "written",
        ["kill", "KILL", "kіll", "k\u200bill", "ｋｉｌｌ", "kílL"],  # noqa: RUF001 - look-alikes on purpose
    )
    def test_disguises_come_off(self, written):
        """Case, Cyrillic letters, invisible ones, wide ones, accents."""
        assert clauses_and_words(written) == ["kill"]

    def test_letters_make_a_word_where_they_are_many(self):
        """A single letter is a word of its own."""
        assert clauses_and_words("I k i l l, a b") == ["ikill", CLAUSE, "a", "b"]

    @pytest.mark.parametrize(
        ("written", "known"),
        [
            ("suicide", "suicide"),
            ("suicde", "suicide"),
            ("suicidde", "suicide"),
            ("siucide", "suicide"),
            ("su1c1de", "suicide"),
            ("su*cide", "suicide"),
            ("suuuicide", "suicide"),
            ("suicxdx", None),
            ("mysefl", "myself"),
            ("sell", None),
        ],
    )
    def test_one_slip_is_forgiven(self, written, known):
        """Two are not, and short words have to be right."""
        found = Speller(["suicide", "myself", "kill"], ["sells"]).readings(written)
        assert found == (frozenset() if known is None else frozenset((known,)))

    def test_words_without_blanks_come_apart(self):
        """Where all of it is known."""
        speller = Speller(["kill", "myself"], [])
        assert speller.split("killmyself") == ["kill", "myself"]
        assert speller.split("killyourself") is None


class TestTables:
    def test_english_and_spanish_are_there(self):
        """Each has every category."""
        assert [table.language for table in load_tables()] == ["en", "es"]
        for table in load_tables():
            found = {entry.category for group in table.phrases.values() for entry in group}
            assert found == set(CATEGORIES)

    def test_a_further_language_is_a_file(self):
        """A gap spans words, and a set its members."""
        table = read_table(TABLE, "xx.toml")
        assert set(table.phrases) == {"fino", "finire"}

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (('tier = "red"', 'tier = "green"'), "green"),
            (('"suicide"', '"sadness"'), "sadness"),
            (("<end> * vivo", "<other> vivo"), "other"),
            (("<end> * vivo", "* a?"), "no word"),
            (("[sets]", "[set"), "table of phrases"),
            (('breaks = "ma"', ""), "breaks"),
        ],
    )
    def test_a_damaged_table_is_refused(self, change, said):
        """The error names the file and what is wrong with it; nothing goes green by mistake."""
        with pytest.raises(UsageError, match=said) as error:
            read_table(TABLE.replace(*change), "xx.toml")
        assert "xx.toml" in str(error.value)
