"""Waiting lists: against the exact solution, within openings, and nobody left out who has a chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from data.errors import UsageError
from matching.assignment import NOBODY, Assignment, assign


def _exact(utilities: np.ndarray, openings: np.ndarray) -> tuple[int, float]:
    """Most people placed and the largest sum among such plans, by an exact solver."""
    seats = np.repeat(np.arange(len(openings)), openings)
    if not len(seats):
        return 0, 0.0
    worth = np.where(np.isfinite(utilities), 100.0 + utilities, 0.0)[:, seats]
    rows, columns = linear_sum_assignment(worth, maximize=True)
    chosen = utilities[rows, seats[columns]]
    placed = np.isfinite(chosen)
    return int(placed.sum()), float(chosen[placed].sum())


def _check_within(plan: Assignment, utilities: np.ndarray, openings: np.ndarray) -> None:
    placed = np.flatnonzero(plan.clinician_rows != NOBODY)
    assert np.isfinite(utilities[placed, plan.clinician_rows[placed]]).all()
    load = np.bincount(plan.clinician_rows[placed], minlength=len(openings))
    assert (load <= openings).all()


class TestAssign:
    def test_two_people_share_two_clinicians_by_hand(self) -> None:
        """Both prefer the first; the one who loses less goes to the second."""
        plan = assign(np.array([[0.9, 0.8], [0.9, 0.2]]), np.array([1, 1]))
        assert plan.clinician_rows.tolist() == [1, 0]
        assert plan.value == pytest.approx(1.7)

    def test_placing_comes_before_utility(self) -> None:
        """One can see only the first clinician, who would be better for the other."""
        utilities = np.array([[0.9, 0.1], [0.2, -np.inf]])
        assert assign(utilities, np.array([1, 1])).clinician_rows.tolist() == [1, 0]

    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, 10_000), st.integers(1, 7), st.integers(1, 5))
    def test_agrees_with_an_exact_solver(self, seed: int, people: int, clinicians: int) -> None:
        """As many placed, and the same sum up to the rounding of costs."""
        dice = np.random.default_rng(seed)
        utilities = dice.uniform(-0.2, 1.0, (people, clinicians))
        utilities[dice.random(utilities.shape) < 0.4] = -np.inf
        openings = dice.integers(0, 3, clinicians)
        plan = assign(utilities, openings)
        count, value = _exact(utilities, openings)
        assert np.count_nonzero(plan.clinician_rows != NOBODY) == count
        assert plan.value == pytest.approx(value, abs=people * 1e-4)
        assert plan.bound >= plan.value - 1e-5
        _check_within(plan, utilities, openings)

    def test_long_chains_of_moves_are_found(self) -> None:
        """Many share 30 favourites that fill the first arcs; a late one needs others to move on."""
        dice = np.random.default_rng(4)
        utilities = np.concatenate(
            [dice.uniform(0.8, 1.0, (60, 35)), dice.uniform(0.0, 0.1, (60, 25))], axis=1
        )
        utilities[0, 1:] = -np.inf
        openings = np.ones(60, dtype=np.int64)
        plan = assign(utilities, openings)
        assert np.count_nonzero(plan.clinician_rows != NOBODY) == 60
        assert plan.clinician_rows[0] == 0
        _check_within(plan, utilities, openings)

    @pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 3)])
    def test_where_there_is_nothing_to_give(self, shape: tuple[int, int]) -> None:
        """Nobody asks, nobody is there, or nobody has an opening: nobody is placed."""
        plan = assign(np.full(shape, 0.5), np.zeros(shape[1], dtype=np.int64))
        assert (plan.clinician_rows == NOBODY).all()
        assert plan.value == plan.gap == 0.0

    @pytest.mark.parametrize(
        ("utilities", "openings"),
        [
            (np.ones((2, 2)), np.array([1])),
            (np.ones((2, 2)), np.array([1, -1])),
            (np.array([[np.nan]]), np.array([1])),
            (np.array([[np.inf]]), np.array([1])),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, utilities: np.ndarray, openings: np.ndarray
    ) -> None:
        """Shapes, negative openings and undefined utilities."""
        with pytest.raises(UsageError):
            assign(utilities, openings)
