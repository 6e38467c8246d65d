import math

import pytest

from data.errors import NotFoundError
from training.metrics.intervals import Interval
from training.real.results import ResultRow, ResultTable, find_shipped


class TestFindShipped:
    @pytest.mark.parametrize("name", ["counselchat", "nhs_talking_therapies"])
    def test_a_checkout_has_both_data_sets_with_their_source(self, name):
        """Each folder states where its data come from and under which licence."""
        text = (find_shipped(name) / "README.md").read_text()
        assert "**Source.**" in text
        assert "MIT" in text

    def test_the_first_place_wins(self, tmp_path):
        """An installed wheel's own copy comes before a checkout's."""
        for place in ("wheel", "checkout"):
            (tmp_path / place / "counselchat").mkdir(parents=True)
        places = (tmp_path / "wheel", tmp_path / "checkout")
        assert find_shipped("counselchat", places) == tmp_path / "wheel" / "counselchat"

    def test_data_that_are_not_there_are_an_error(self, tmp_path):
        """The message says what to do."""
        with pytest.raises(NotFoundError, match="install or clone"):
            find_shipped("counselchat", (tmp_path,))


class TestResultTable:
    def test_a_row_is_found_by_its_names(self):
        """Test set, method and metric name one row; anything else is an error."""
        row = ResultRow.of("t", "m", "loss", Interval(value=0.5, low=0.4, high=math.inf), 3)
        table = ResultTable(title="", source="", caution="", rows=(row,))
        assert table.get_row("t", "m", "loss").value == 0.5
        with pytest.raises(NotFoundError):
            table.get_row("t", "m", "other")
