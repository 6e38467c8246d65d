"""Which texts count as read."""

import pytest

from matching.tripwire import shipped_tripwire
from matching.tripwire_coverage import Coverage

COVERAGE = Coverage(ours=frozenset({"i", "am", "sad", "triste"}), theirs=frozenset({"ich"}))


class TestCoverage:
    @pytest.mark.parametrize(
        ("words", "holds"),
        [
            ([], True),
            (["i", "am", "sad"], True),
            (["i", "am", "blue"], True),
            (["i", "blue"], False),
            (["ich", "am", "sad"], False),
            (["i", "am", ",", "blue"], True),
            (["i", "am", ".", "blue"], False),
            (["i", "am", "triste", "?"], True),
            (["i", "am", "2", "20mg"], True),
        ],
    )
    def test_each_sentence_counts_by_itself(self, words, holds):
        """Six words of ten are enough, numbers are no words, and a neighbour's word is too much."""
        assert COVERAGE.holds(words) is holds

    def test_a_language_with_a_table_is_no_neighbour(self):
        """Words of two languages of ours are ours."""
        coverage = Coverage.of(shipped_tripwire().tables)
        assert coverage.theirs.isdisjoint(coverage.ours)
        assert "ich" in coverage.theirs
