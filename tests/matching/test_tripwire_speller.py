"""What a written word may stand for."""

import pytest

from matching.tripwire_speller import Speller

KNOWN = ["suicide", "myself", "kill", "die", "life", "wake", "quiero"]


@pytest.fixture
def speller():
    return Speller(
        KNOWN,
        ["wakes", "alone"],
        content=["suicide", "myself", "life"],
        torn=["myself"],
        sounds={"qu": "k"},
    )


class TestReadings:
    @pytest.mark.parametrize(
        ("written", "known"),
        [
            ("suicide", "suicide"),
            ("suicde", "suicide"),
            ("suicidde", "suicide"),
            ("siucide", "suicide"),
            ("su1c1de", "suicide"),
            ("su*cide", "suicide"),
            ("s**cide", "suicide"),
            ("suuuicide", "suicide"),
            ("$uicide", "suicide"),
            ("ki11", "kill"),
            ("k!ll", "kill"),
            ("d!e", "die"),
            ("mysefl", "myself"),
            ("lfie", "life"),
            ("kiero", "quiero"),
            ("suicxdx", None),
            ("line", None),
            ("wakee", "wake"),
            ("wakr", None),
            ("wakes", None),
            ("11", None),
        ],
    )
    def test_one_slip_is_forgiven_in_content_words(self, written, known):
        """Two are not; short words have to be right but for swapped letters; ordinary ones too."""
        assert speller_readings(written) == (frozenset() if known is None else {known})

    def test_a_word_that_is_right_stays_itself(self, speller):
        """It is never another word misspelt."""
        assert speller.readings("alone") == frozenset()
        assert speller.is_word("alone")


def speller_readings(written: str) -> frozenset[str]:
    return Speller(
        KNOWN,
        ["wakes", "alone"],
        content=["suicide", "myself", "life"],
        sounds={"qu": "k"},
    ).readings(written)


class TestBlanks:
    def test_words_without_blanks_come_apart(self, speller):
        """Where all of it is known."""
        assert speller.split("killmyself") == ["kill", "myself"]
        assert speller.split("killyourself") is None
        assert speller.split("myself") is None

    def test_a_torn_word_is_put_together(self, speller):
        """Where a half is no word, or the word is one that people tear."""
        assert speller.join("sui", "cide") == "suicide"
        assert speller.join("my", "self") == "myself"
        assert speller.join("alone", "wakes") is None
