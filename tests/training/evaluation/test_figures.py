import math

from training.evaluation.figures import Figure, figure, find_figure
from training.metrics.intervals import Interval


class TestFigure:
    def test_an_interval_keeps_its_bounds(self):
        """Value, low and high are those of the interval."""
        found = figure("m", "gain", Interval(value=0.5, low=0.4, high=0.6), 10)
        assert found == Figure(model="m", metric="gain", value=0.5, low=0.4, high=0.6, n=10)

    def test_what_is_undefined_is_none(self):
        """NaN and infinity are no numbers for a table."""
        assert figure("m", "slope", math.nan, 0).value is None
        assert figure("m", "v", Interval(value=0.0, low=0.0, high=math.inf), 1).high is None
        assert figure("m", "loss", 0.3, 5).low is None


class TestFindFigure:
    def test_by_model_and_metric(self):
        """The row of that name, or None."""
        rows = [figure("a", "x", 1.0, 1), figure("b", "x", 2.0, 1)]
        assert find_figure(rows, "b", "x").value == 2.0
        assert find_figure(rows, "b", "y") is None
