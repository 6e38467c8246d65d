"""Item factors by `implicit`."""

import numpy as np
import pytest

from recommender.interactions import Pairs
from training.item_factors_fit import confidence_matrix, fit_item_factors


def pairs_of(table: list[list[float]]) -> Pairs:
    dense = np.array(table, np.float64)
    person, item = np.nonzero(dense)
    return Pairs(person_row=person, item_row=item, weight=dense[person, item])


GROUPS = [[1.0, 1.0, 0.0, 0.0, 0.0]] * 8 + [[0.0, 0.0, 1.0, 1.0, 0.0]] * 8


def fit(table: list[list[float]], **changes):
    settings = {"width": 2, "confidence": 10.0, "ridge": 1.0, **changes}
    return fit_item_factors(pairs_of(table), items=len(table[0]), **settings)


class TestConfidenceMatrix:
    def test_signs_and_sizes(self):
        """A full use is held 11 times as much as no use; a dislike as a preference of 0."""
        found = confidence_matrix(pairs_of([[1.0, -2.0], [0.5, 0.0]]), items=2, confidence=10.0)
        assert found.toarray().tolist() == [[11.0, -21.0], [6.0, 0.0]]


class TestFitItemFactors:
    def test_what_goes_together_lies_together(self):
        """Whoever used item 0 is led to item 1, not to the other group's."""
        found = fit(GROUPS)
        said = found.factors @ found.fold_in(np.array([0]), np.ones(1))
        assert said[1] > 0.5 > abs(said[2])
        assert said[1] > 5 * abs(said[3])

    def test_nobody_used_it(self):
        """An item without use has no factors."""
        assert fit(GROUPS).factors[4].tolist() == [0.0, 0.0]

    def test_the_same_bytes_twice(self):
        """The start is fixed."""
        assert fit(GROUPS).factors.tobytes() == fit(GROUPS).factors.tobytes()

    @pytest.mark.parametrize(("table", "width"), [([[0.0, 0.0]], 2), (GROUPS, 0)])
    def test_nothing_to_fit(self, table, width):
        """Without use, or with a width of 0, there are no factors."""
        assert fit(table, width=width).factors.shape == (len(table[0]), 0)
