"""The slow part of what people use together."""

import numpy as np
import pytest
from scipy import sparse

from recommender.low_pass import LowPass, decompose

GROUPS = np.array([[1, 1, 0, 0, 0]] * 3 + [[0, 0, 1, 1, 0]] * 2, np.float32)


def low_pass(table: np.ndarray, rank: int, *, power: float = 0.5) -> LowPass:
    spectrum = decompose(
        sparse.csr_matrix(table), rank=rank, person_power=power, item_power=power
    )
    return spectrum.low_pass(rank=rank, source_power=power, target_power=power)


def scores(found: LowPass, *rows: int) -> np.ndarray:
    ones = np.ones(len(rows))
    return found.targets() @ found.parts(np.array(rows, np.int64), ones).sum(axis=0)


class TestDecompose:
    def test_two_groups_by_hand(self):
        """Each group is one vector of equal entries: the projection has 1 / 2 within it, 0 between."""
        found = decompose(
            sparse.csr_matrix(GROUPS), rank=2, person_power=0.5, item_power=0.5
        ).vectors
        half = np.full((2, 2), 0.5)
        expected = np.zeros((5, 5))
        expected[:2, :2], expected[2:4, 2:4] = half, half
        assert found @ found.T == pytest.approx(expected, abs=1e-6)

    def test_the_same_subspace_as_a_full_decomposition(self, dice):
        """Projections onto the leading vectors agree with those of the dense method."""
        table = (dice.random((60, 25)) < 0.2) * dice.random((60, 25))
        found = decompose(
            sparse.csr_matrix(table), rank=6, person_power=0.0, item_power=0.0
        ).vectors
        right = np.linalg.svd(table)[2][:6]
        assert found @ found.T == pytest.approx(right.T @ right, abs=1e-4)

    def test_powers_weigh_down_what_is_much(self):
        """Rows sum to 2 and 1, columns to 2 and 1: each entry is divided by the roots of both."""
        found = decompose(
            sparse.csr_matrix(np.array([[1.0, 1.0], [1.0, 0.0]])),
            rank=1,
            person_power=0.5,
            item_power=0.5,
        ).vectors[:, 0]
        scaled = np.array([[1 / 2, 1 / np.sqrt(2)], [1 / np.sqrt(2), 0]])
        assert found == pytest.approx(np.abs(np.linalg.svd(scaled)[2][0]), abs=1e-5)

    def test_the_same_bytes_twice(self):
        """Nothing is drawn that is not fixed."""
        first, second = (low_pass(GROUPS, 2).basis for _ in range(2))
        assert first.tobytes() == second.tobytes()

    @pytest.mark.parametrize("table", [np.zeros((0, 0)), np.zeros((3, 0)), np.zeros((2, 3))])
    def test_nothing_to_decompose(self, table):
        """No people, no items or no use give no vectors."""
        found = decompose(sparse.csr_matrix(table), rank=4, person_power=0.5, item_power=0.5)
        assert found.vectors.shape == (table.shape[1], 0)


class TestLowPass:
    def test_what_the_group_uses_comes_first(self):
        """Whoever used item 0 is led to item 1; the other group and the unused item stay at 0."""
        found = scores(low_pass(GROUPS, 2), 0)
        assert found[1] > 0.4
        assert found[2:] == pytest.approx(np.zeros(3), abs=1e-6)

    def test_parts_add_up_and_dislikes_say_nothing(self):
        """Two items say what each says alone; an item with a weight below 0 says nothing."""
        found = low_pass(GROUPS, 2)
        both = scores(found, 0, 2)
        assert both == pytest.approx(scores(found, 0) + scores(found, 2))
        disliked = found.parts(np.array([0]), np.array([-1.0]))
        assert disliked.tolist() == [[0.0, 0.0]]

    def test_rank_zero_says_nothing(self):
        """A model without vectors scores everything 0."""
        assert scores(LowPass.none(4), 1).tolist() == [0.0] * 4
