"""Regressions of items on each other."""

import numpy as np
import pytest

from recommender.ease import fit_ease
from recommender.interactions import Pairs


def fit(
    table: list[list[float]], *, ridge: float = 1.0, neighbours: int = 10, power: float = 0.0
):
    dense = np.array(table, np.float64)
    person, item = np.nonzero(dense)
    pairs = Pairs(person_row=person, item_row=item, weight=dense[person, item])
    return fit_ease(
        pairs, items=dense.shape[1], neighbours=neighbours, ridge=ridge, activity_power=power
    )


class TestFitEase:
    def test_two_items_by_hand(self):
        """Gram [[2, 1], [1, 2]] plus ridge 1: the inverse is [[3, -1], [-1, 3]] / 8, the weight 1 / 3."""
        found = fit([[1, 1], [1, 0], [0, 1]]).matrix().toarray()
        assert found == pytest.approx(np.array([[0, 1 / 3], [1 / 3, 0]]))

    def test_what_a_third_item_explains_counts_once(self):
        """0 and 2 meet only where 1 is used too: their cosine is high, their regression is not."""
        rows = [[1, 1, 1]] * 6 + [[1, 1, 0]] * 6 + [[0, 1, 1]] * 6 + [[0, 1, 0]] * 6
        found = fit(rows, ridge=0.1).matrix().toarray()
        assert found[1, 0] > 0.4
        assert found[2, 0] < 0.1

    def test_each_weight_solves_its_regression(self):
        """Against ridge regression of one column on the others, by the normal equations."""
        dice = np.random.default_rng(1)
        table = (dice.random((40, 5)) < 0.5).astype(float)
        found = fit(table.tolist(), ridge=2.0).matrix().toarray()
        for item in range(5):
            others = np.delete(np.arange(5), item)
            left = table[:, others]
            solved = np.linalg.solve(left.T @ left + 2.0 * np.eye(4), left.T @ table[:, item])
            assert found[others, item] == pytest.approx(np.maximum(solved, 0.0), abs=1e-6)

    def test_only_the_largest_stay(self):
        """One neighbour each; items that nobody used have none."""
        found = fit([[1, 1, 1, 0], [1, 1, 0, 0]], neighbours=1)
        assert np.diff(found.starts).tolist() == [1, 1, 1, 0]
        assert fit([[]]).starts.tolist() == [0]
