from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.simulator.exposure import shown_probabilities


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
