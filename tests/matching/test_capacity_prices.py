"""Prices of capacity by hand, and the bound they give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from matching.capacity_prices import after_booking, best_candidates, solve_prices


class TestSolvePrices:
    def test_the_sought_clinician_gets_dearer(self) -> None:
        """Two want the first, who has one opening; the second stays free of charge."""
        utilities = np.array([[0.9, 0.8], [0.9, 0.2]], dtype=np.float32)
        prices, bound = solve_prices(
            utilities, np.array([1, 1]), start=np.zeros(2), iterations=200
        )
        assert prices[0] > 0.05 > prices[1]
        assert bound == pytest.approx(1.7, abs=0.05)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 10_000), st.integers(0, 40))
    def test_no_plan_is_worth_more_than_the_bound(self, seed: int, iterations: int) -> None:
        """However few steps were taken."""
        dice = np.random.default_rng(seed)
        utilities = dice.uniform(0.0, 1.0, (6, 4))
        openings = dice.integers(1, 3, 4)
        _, bound = solve_prices(
            utilities.astype(np.float32), openings, start=np.zeros(4), iterations=iterations
        )
        seats = np.repeat(np.arange(4), openings)
        rows, columns = linear_sum_assignment(utilities[:, seats], maximize=True)
        assert bound >= utilities[rows, seats[columns]].sum() - 1e-5


class TestBestCandidates:
    def test_prices_count(self) -> None:
        """A dear favourite drops out of a list of one."""
        utilities = np.array([[0.9, 0.8]], dtype=np.float32)
        found = best_candidates(utilities, np.array([0.5, 0.0]), most=1)
        assert found.tolist() == [[1]]


class TestAfterBooking:
    def test_prices_never_fall_below_nothing(self) -> None:
        """Where nobody is booked all get cheaper, down to 0."""
        prices = after_booking(np.array([0.001, 0.5]), np.array([1.0, 1.0]), -1, step=0.01)
        assert prices.tolist() == [0.0, 0.49]
