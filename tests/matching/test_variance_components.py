import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.variance_components import VarianceComponent, fit_variance, heterogeneity


class TestHeterogeneity:
    def test_squares_are_around_the_mean_of_each_block(self):
        """Two blocks far apart but each in agreement have no heterogeneity."""
        means = np.array([1.0, 1.0, 9.0, 9.0])
        blocks = np.array([0, 0, 1, 1])
        assert heterogeneity(means, np.ones(4), blocks, 0.0) == 0.0

    def test_precise_means_weigh_more(self):
        """With weights 3 and 1 the centre is 1: 3 * 1 + 1 * 9 = 12."""
        means, variances = np.array([0.0, 4.0]), np.array([1 / 3, 1.0])
        assert heterogeneity(means, variances, np.zeros(2, np.int64), 0.0) == pytest.approx(
            12.0
        )


class TestFitVariance:
    def test_equal_precision_gives_the_excess_of_the_sample_variance(self):
        """Means -3, 0, 3 have sample variance 9; with sampling variance 2 there are 7 left."""
        found = fit_variance(np.array([-3.0, 0.0, 3.0]), np.full(3, 2.0))
        assert found.value == pytest.approx(7.0)

    def test_agreement_beyond_chance_is_zero(self):
        """Equal means leave no variance, and the interval starts at zero."""
        found = fit_variance(np.full(5, 0.2), np.ones(5))
        assert (found.value, found.low) == (0.0, 0.0)

    def test_a_single_group_says_nothing(self):
        """One clinician alone gives 0 and an interval without upper end."""
        found = fit_variance(np.array([3.0]), np.ones(1))
        assert (found.value, found.low, found.high) == (0.0, 0.0, np.inf)

    def test_no_group_says_nothing(self):
        """An empty clinic gives 0."""
        assert fit_variance(np.zeros(0), np.zeros(0)).value == 0.0

    def test_differences_between_blocks_do_not_count(self):
        """Clinicians 100 apart with equal domains have no variance between domains."""
        means = np.array([0.0, 0.0, 100.0, 100.0])
        assert fit_variance(means, np.ones(4), np.array([0, 0, 1, 1])).value == 0.0

    def test_interval_covers_as_often_as_it_says(self):
        """In 200 worlds of 30 unequal groups about 95 % of intervals hold the truth."""
        rng = np.random.default_rng(5)
        covered = 0
        for _ in range(200):
            variances = rng.uniform(0.2, 2.0, 30)
            means = rng.normal(0.0, np.sqrt(0.5 + variances))
            found = fit_variance(means, variances)
            covered += found.low <= 0.5 <= found.high
        assert 180 <= covered <= 199

    @given(
        st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 5)), min_size=2, max_size=12),
        st.floats(-100, 100),
    )
    def test_shifting_all_means_changes_nothing(self, groups, shift):
        """A variance does not depend on where zero is."""
        means = np.array([mean for mean, _ in groups])
        variances = np.array([variance for _, variance in groups])
        first, second = fit_variance(means, variances), fit_variance(means + shift, variances)
        assert second.value == pytest.approx(first.value, abs=1e-6)

    @given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 5)), min_size=2, max_size=12))
    def test_the_estimate_lies_in_its_interval(self, groups):
        """Low, value and high come in this order unless chance is too quiet to be true."""
        means = np.array([mean for mean, _ in groups])
        found = fit_variance(means, np.array([variance for _, variance in groups]))
        assert found.low <= found.value + 1e-9
        assert found.low <= found.high + 1e-9


class TestVarianceComponent:
    def test_arrays_return_the_same_component(self):
        """Saving and loading changes nothing, an open end included."""
        component = VarianceComponent(value=0.2, low=0.1)
        assert VarianceComponent.from_array(component.to_array()) == component
