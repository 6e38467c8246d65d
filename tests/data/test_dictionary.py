"""The data dictionary is what the code says."""

from pathlib import Path

from data.columns import Column, Kind, integer, number, word
from data.dictionary import page, range_of

DOCS = Path(__file__).parents[2] / "docs"


class TestPage:
    def test_the_committed_page_is_current(self):
        """docs/data-dictionary.md is printed from data/clinic.py and not edited by hand."""
        assert (DOCS / "data-dictionary.md").read_text(encoding="utf-8") == page()

    def test_required_lists_are_bold_and_marked(self):
        """A reader sees which columns must be there and which hold lists."""
        assert "| **licensed_regions[]** | words |" in page()


class TestRangeOf:
    def test_each_kind_of_range_has_words(self):
        """Closed words, two bounds, one bound, none."""
        assert range_of(word("level", "mild", "moderate")) == "mild, moderate"
        assert range_of(number("fraction", 0, 1)) == "0 to 1"
        assert range_of(integer("rank", 1)) == "1 or more"
        assert range_of(Column(name="npi", kind=Kind.WORD)) == ""
