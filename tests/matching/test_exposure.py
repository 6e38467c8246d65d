from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.exposure import rank_probabilities, shown_chances, shown_probabilities


def by_enumeration(scores, ranks):
    """Probability of each item at each rank, summed over all lists."""
    weights = np.exp(scores)
    table = np.zeros((len(scores), ranks))
    for order in permutations(range(len(scores)), ranks):
        chance, rest = 1.0, weights.sum()
        for item in order:
            chance *= weights[item] / rest
            rest -= weights[item]
        for rank, item in enumerate(order):
            table[item, rank] += chance
    return table


class TestShownProbabilities:
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.floats(-5, 5), min_size=3, max_size=6))
    def test_agrees_with_enumeration(self, scores):
        """The integral is exact for every item at every rank."""
        scores, ranks = np.array(scores), 3
        expected = by_enumeration(scores, ranks)
        present = np.ones((1, len(scores)), dtype=bool)
        for first in range(len(scores) - ranks + 1):
            shown = np.arange(first, first + ranks)
            found = shown_probabilities(scores[None], present, shown[None])[0]
            assert found == pytest.approx(expected[shown, np.arange(ranks)], abs=1e-6)

    def test_first_rank_is_the_softmax(self):
        """The top place has the chances of a softmax."""
        scores = np.log(np.array([[1.0, 2.0, 5.0]]))
        present = np.ones((1, 3), dtype=bool)
        found = [
            shown_probabilities(scores, present, np.array([[item, -1]]))[0, 0]
            for item in range(3)
        ]
        assert found == pytest.approx([0.125, 0.25, 0.625], abs=1e-7)

    def test_who_is_absent_takes_no_share(self):
        """A high score that was not there changes nothing."""
        scores = np.array([[0.0, 0.0, 50.0]])
        present = np.array([[True, True, False]])
        assert shown_probabilities(scores, present, np.array([[1, 0]]))[0] == pytest.approx(
            [0.5, 0.5]
        )

    def test_lists_of_many_sizes_at_once(self):
        """Empty lists and short ones stand beside long ones."""
        present = np.array([[False] * 4, [True, False, False, False], [True] * 4])
        shown = np.array([[-1, -1], [0, -1], [2, 3]])
        found = shown_probabilities(np.zeros((3, 4)), present, shown)
        assert found == pytest.approx(np.array([[0, 0], [1, 0], [0.25, 0.25]]), abs=1e-7)


class TestRankProbabilities:
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
    def test_agrees_with_enumeration(self, scores):
        """Every item at every rank, the last included, to 3e-8."""
        scores = np.array(scores)
        found = rank_probabilities(scores, len(scores))
        assert found == pytest.approx(by_enumeration(scores, len(scores)), abs=3e-8)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.floats(-40, 40), min_size=4, max_size=40))
    def test_every_rank_is_somebodys_and_the_first_is_a_softmax(self, scores):
        """Columns sum to 1, and the top place has the chances of a softmax."""
        scores = np.array(scores)
        found = rank_probabilities(scores, 4)
        weights = np.exp(scores - scores.max())
        assert found.sum(axis=0) == pytest.approx(np.ones(4), abs=1e-6)
        assert found[:, 0] == pytest.approx(weights / weights.sum(), abs=1e-7)

    def test_one_candidate(self):
        """Who is alone is first for certain."""
        assert rank_probabilities(np.array([3.0]), 1) == pytest.approx(np.ones((1, 1)))

    def test_ties_share_every_rank(self):
        """Five equals have a fifth of each place."""
        found = rank_probabilities(np.zeros(5), 5)
        assert found == pytest.approx(np.full((5, 5), 0.2), abs=3e-8)

    def test_scores_far_apart_stand_in_their_order(self):
        """Ranges of hundreds leave no chance, and the integral still finds it."""
        found = rank_probabilities(np.array([-100.0, 0.0, -300.0]), 3)
        assert found == pytest.approx(np.eye(3)[[1, 0, 2]], abs=1e-6)

    def test_nobody(self):
        """An empty list has nobody at no rank."""
        assert rank_probabilities(np.zeros(0), 0).shape == (0, 0)


class TestShownChances:
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.floats(-8, 8), min_size=3, max_size=12), st.integers(1, 3))
    def test_they_are_the_ranks_together(self, scores, ranks):
        """The chance of a place is the sum of the chances of each place."""
        scores = np.array(scores)
        together = rank_probabilities(scores, ranks).sum(axis=1)
        assert shown_chances(scores, ranks) == pytest.approx(together, abs=1e-7)
        assert shown_chances(scores, ranks).sum() == pytest.approx(ranks, abs=1e-6)

    def test_room_for_all_or_none(self):
        """Without a choice nothing is integrated."""
        assert shown_chances(np.array([5.0, 0.0]), 9).tolist() == [1.0, 1.0]
        assert shown_chances(np.array([5.0, 0.0]), 0).tolist() == [0.0, 0.0]

    def test_agrees_with_drawing(self):
        """20,000 orders by perturbed scores show everybody as often as said, within 4 errors."""
        scores = np.array([1.0, 0.5, 0.0, -1.0])
        keys = scores + np.random.default_rng(3).gumbel(size=(20_000, 4))
        often = (
            (np.argsort(-keys, axis=1)[:, :2, None] == np.arange(4)).any(axis=1).mean(axis=0)
        )
        expected = shown_chances(scores, 2)
        error = np.sqrt(expected * (1 - expected) / 20_000)
        assert (np.abs(often - expected) < 4 * error).all()
