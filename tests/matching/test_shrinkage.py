import numpy as np
import pytest

from matching.shrinkage import CellSums, Components, shrink, sum_by
from matching.variance_components import VarianceComponent


def components(between, within, case=1.0):
    """Known variances."""
    return Components(
        case=case,
        clinician=VarianceComponent(value=between),
        domain=VarianceComponent(value=within),
    )


class TestCellSums:
    def test_mean_and_sampling_variance_are_those_of_the_average(self):
        """Four cases that sum to 2, each of variance 1: mean 1/2, variance 1/4."""
        cells = CellSums.of(np.array([[4.0], [2.0], [4.0]]))
        assert cells.means.tolist() == [0.5]
        assert cells.sampling_variances.tolist() == [0.25]

    def test_an_empty_cell_says_nothing(self):
        """No case: mean 0, infinite sampling variance, no precision."""
        cells = CellSums.of(np.zeros((3, 1)))
        assert cells.means.tolist() == [0.0]
        assert cells.sampling_variances.tolist() == [np.inf]
        assert cells.precisions(0.0).tolist() == [0.0]


class TestComponents:
    def test_share_is_clinician_over_all(self):
        """5 between clinicians, 2 between domains and 93 of chance make a share of 5 %."""
        assert components(5.0, 2.0, 93.0).clinician_share == pytest.approx(0.05)

    def test_share_of_nothing_is_zero(self):
        """Without any variance the share is 0."""
        assert components(0.0, 0.0, 0.0).clinician_share == 0.0


class TestSumBy:
    def test_columns_are_summed_per_group(self):
        """Groups without an entry sum to 0."""
        sums = sum_by(np.array([0, 2, 0]), 3, [np.array([1.0, 2.0, 3.0])])
        assert sums.tolist() == [[4.0, 0.0, 2.0]]


class TestShrink:
    def test_one_level_is_n_over_n_plus_k(self):
        """With k = 1 / 0.05 = 20, twenty cases of mean 0.4 count half."""
        cells = CellSums.of(np.array([[20.0], [8.0], [20.0]]))
        found = shrink(cells, np.zeros(1), np.zeros(1), np.zeros(1), components(0.0, 0.05))
        assert found.means == pytest.approx([0.2])
        assert found.variances == pytest.approx([0.025])
        assert found.reliabilities == pytest.approx([0.5])

    def test_domain_leans_on_the_clinician(self):
        """Without cases in the domain the clinician's effect stands, with the domain's variance."""
        empty = CellSums.of(np.zeros((3, 1)))
        found = shrink(
            empty, np.array([20.0]), np.array([8.0]), np.ones(1), components(0.05, 0.02)
        )
        assert found.means == pytest.approx([0.2])
        assert found.variances == pytest.approx([0.045])

    def test_no_prior_variance_means_no_effect(self):
        """Where nothing varies all effects and reliabilities are 0."""
        cells = CellSums.of(np.array([[20.0], [8.0], [20.0]]))
        found = shrink(cells, np.ones(1), np.ones(1), np.ones(1), components(0.0, 0.0))
        assert (found.means[0], found.variances[0], found.reliabilities[0]) == (0.0, 0.0, 0.0)
