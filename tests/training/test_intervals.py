import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics import intervals
from training.metrics.intervals import Interval, bootstrap, mean_interval, ratio, resample


def rng(seed=0):
    """A fresh source of draws."""
    return np.random.default_rng(seed)


class TestInterval:
    @pytest.mark.parametrize(
        ("low", "high", "expected"), [(-1, 1, True), (0, 1, True), (1, 2, False)]
    )
    def test_zero_is_held_with_the_ends(self, low, high, expected):
        """An end at zero still holds zero."""
        assert Interval(value=0.5, low=low, high=high).holds_zero is expected


class TestResample:
    @given(st.lists(st.integers(0, 4), min_size=1, max_size=15))
    def test_rows_of_a_cluster_go_together(self, clusters):
        """Two equal columns stay equal, and cluster counts add up to the number of clusters."""
        labels = np.array(clusters)
        sizes = np.bincount(labels)[labels]
        sums = resample(np.column_stack([1 / sizes, 1 / sizes]), labels, rng=rng(), draws=20)
        assert sums[:, 0] == pytest.approx(np.full(20, len(set(clusters))))
        assert np.array_equal(sums[:, 0], sums[:, 1])

    def test_two_kinds_of_clusters_multiply(self):
        """On a full grid both counts add up: the sum of products is the product of sums."""
        first, second = np.repeat([0, 1, 2], 2), np.tile([0, 1], 3)
        sums = resample(np.ones((6, 1)), np.column_stack([first, second]), rng=rng(), draws=50)
        assert sums[:, 0].tolist() == [6.0] * 50

    def test_small_memory_changes_nothing_but_the_pieces(self, monkeypatch):
        """The draws come in pieces when memory is short, and all of them come."""
        monkeypatch.setattr(intervals, "CELLS_AT_ONCE", 10)
        sums = resample(np.ones((4, 1)), [0, 1, 2, 3], rng=rng(), draws=7)
        assert sums[:, 0].tolist() == [4.0] * 7


class TestBootstrap:
    def test_same_state_gives_the_same_interval(self):
        """Randomness is the generator's alone."""
        values, clusters = rng(1).normal(size=50), np.arange(50) // 5
        columns = np.column_stack([values, np.ones(50)])
        first = bootstrap(columns, clusters, ratio, rng=rng(2))
        assert first == bootstrap(columns, clusters, ratio, rng=rng(2))

    def test_no_rows_give_nan(self):
        """Without data there is no figure."""
        found = bootstrap(np.zeros((0, 2)), np.zeros(0), ratio, rng=rng())
        assert np.isnan([found.value, found.low, found.high]).all()

    def test_undefined_draws_are_left_out(self):
        """A draw without any weight does not spoil the interval."""
        columns = np.array([[1.0, 1.0], [0.0, 0.0]])
        found = bootstrap(columns, [0, 1], ratio, rng=rng())
        assert (found.low, found.high) == (1.0, 1.0)


class TestMeanInterval:
    def test_clustered_rows_widen_the_interval(self):
        """A hundred copies of ten values are ten values: the interval is that of ten."""
        values = rng(3).normal(size=10)
        copied = mean_interval(np.repeat(values, 100), np.repeat(np.arange(10), 100), rng=rng())
        alone = mean_interval(np.repeat(values, 100), np.arange(1_000), rng=rng())
        assert copied.high - copied.low > 5 * (alone.high - alone.low)

    def test_width_is_near_that_of_the_normal_theory(self):
        """For 400 single rows the half width is about 1.96 standard errors."""
        values = rng(4).normal(size=400)
        found = mean_interval(values, np.arange(400), rng=rng(), draws=4_000)
        half = 1.96 * values.std() / 20
        assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.08)

    def test_weights_count(self):
        """Three times the weight is three times the row."""
        found = mean_interval([0.0, 1.0], [0, 0], rng=rng(), weights=[3.0, 1.0])
        assert (found.value, found.low, found.high) == (0.25, 0.25, 0.25)

    def test_names_may_be_clusters(self):
        """Clusters are any labels."""
        assert mean_interval([1.0, 1.0], ["a", "b"], rng=rng()).value == 1.0
