"""A person folded into item factors."""

import numpy as np
import pytest

from recommender.item_factors import ItemFactors


@pytest.fixture
def made(dice) -> ItemFactors:
    """Twelve items of width 3."""
    factors = dice.standard_normal((12, 3)).astype(np.float32)
    return ItemFactors.build(factors, confidence=4.0, ridge=2.0)


class TestFoldIn:
    def test_one_item_of_width_one_by_hand(self):
        """Factors 1 and 2, ridge 1, confidence 3: (1 + 4 + 1 + 3 x 1) w = (1 + 3) x 1."""
        found = ItemFactors.build(
            np.array([[1.0], [2.0]], np.float32), confidence=3.0, ridge=1.0
        )
        assert found.fold_in(np.array([0]), np.array([1.0])) == pytest.approx([4 / 9])

    def test_it_solves_the_whole_least_squares_problem(self, made):
        """Against the sum over all items, each with its own confidence and preference."""
        rows, weights = np.array([1, 5, 7]), np.array([1.0, -0.5, 2.0])
        confidence, preference = np.ones(12), np.zeros(12)
        confidence[rows] += 4.0 * np.abs(weights)
        preference[rows] = weights > 0
        every = made.factors.astype(np.float64)
        left = every.T @ (confidence[:, None] * every) + 2.0 * np.eye(3)
        right = every.T @ (confidence * preference)
        assert made.fold_in(rows, weights) == pytest.approx(
            np.linalg.solve(left, right), rel=1e-4
        )

    def test_parts_add_up(self, made):
        """What each item adds sums to the vector; a dislike adds nothing of its own."""
        rows, weights = np.array([1, 5, 7]), np.array([1.0, -0.5, 2.0])
        parts = made.parts(rows, weights)
        assert parts.sum(axis=0) == pytest.approx(made.fold_in(rows, weights), rel=1e-4)
        assert parts[1].tolist() == [0.0] * 3

    def test_a_dislike_pushes_away(self, made):
        """The score of an item falls once it is disliked."""
        liked, both = np.array([1]), np.array([1, 2])
        before = made.factors[2] @ made.fold_in(liked, np.ones(1))
        after = made.factors[2] @ made.fold_in(both, np.array([1.0, -5.0]))
        assert abs(after) < abs(before)

    @pytest.mark.parametrize("weights", [[], [0.0], [-1.0]])
    def test_nothing_liked(self, made, weights):
        """No history, no weight or dislikes alone give no vector."""
        rows = np.arange(len(weights))
        assert made.fold_in(rows, np.array(weights)).tolist() == [0.0] * 3
        assert not made.parts(rows, np.array(weights)).any()

    def test_width_zero(self):
        """A model without factors folds into nothing."""
        none = ItemFactors.none(3)
        assert none.fold_in(np.array([0]), np.ones(1)).shape == (0,)
        assert none.parts(np.array([0]), np.ones(1)).shape == (1, 0)
