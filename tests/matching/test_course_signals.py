"""Signals of whole courses: slopes by hand, and what a scorer makes of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.course_signals import (
    CHANGE,
    Signal,
    dose_slope,
    engage_slope,
    slopes_of,
    threshold_slope,
)

CLINICS = np.array(["north", "north"])


@pytest.fixture
def signal(make_nested_effects) -> Signal:
    """Clinicians a and b of one clinic, half a unit above and below expectation in mood."""
    return Signal(
        name=CHANGE,
        effects=make_nested_effects(),
        slopes=slopes_of(improve=2.0),
        replaces=("improve",),
    )


class TestSignal:
    def test_moves_only_heads_with_a_slope(self, signal) -> None:
        """Acceptance does not follow from how scores moved."""
        shifts, variances = signal.shifts(np.array(["a", "b"]), CLINICS, "mood")
        assert np.count_nonzero(shifts[[0, 1, 2, 4]]) == 0
        assert np.count_nonzero(variances[[0, 1, 2, 4]]) == 0
        assert shifts[3, 0] == pytest.approx(-shifts[3, 1])

    def test_knows_nothing_of_a_stranger(self, signal) -> None:
        """A clinician nobody knows is an average one, with the widest spread."""
        shifts, variances = signal.shifts(
            np.array(["a", "?"]), np.array(["north", "?"]), "mood"
        )
        assert shifts[3, 1] == 0.0
        assert variances[3, 1] > variances[3, 0]

    def test_comes_back_from_arrays(self, signal) -> None:
        """What is stored predicts the same numbers."""
        again = Signal.from_arrays(signal.name, signal.replaces, signal.to_arrays())
        for first, second in zip(
            signal.shifts(np.array(["b"]), CLINICS[:1], "mood"),
            again.shifts(np.array(["b"]), CLINICS[:1], "mood"),
            strict=True,
        ):
            assert np.array_equal(first, second)


class TestEngageSlope:
    def test_agrees_with_two_visits_by_hand(self) -> None:
        """Staying twice at .7 and .9 is .63; a small shift moves its logit by -.4 / .37."""
        hazards = np.array([0.3, 0.1])
        assert engage_slope(hazards, engaged_share=0.63) == pytest.approx(-0.4 / 0.37)


class TestThresholdSlope:
    @given(st.floats(0.05, 0.95), st.integers(0, 100))
    def test_is_never_negative(self, share: float, seed: int) -> None:
        """Whoever moves up does not fall below the threshold."""
        values = np.random.default_rng(seed).normal(size=200)
        assert threshold_slope(values, share) >= 0.0

    def test_is_that_of_a_normal_measure(self) -> None:
        """At one half a unit normal with a narrow kernel gives .399 / .25."""
        values = np.random.default_rng(1).normal(size=20_000)
        assert threshold_slope(values, 0.5, width=0.1) == pytest.approx(1.6, abs=0.05)

    def test_two_values_are_enough(self) -> None:
        """Scores that take only two values give a finite slope: .38 at the better one over .25."""
        values = np.array([0.0, 1.0] * 50)
        assert 0.9 < threshold_slope(values, 0.5) < 2.0


class TestDoseSlope:
    def test_stopping_costs_effect(self) -> None:
        """More stops, fewer visits, less of the effect."""
        assert -0.5 < dose_slope(np.array([0.3, 0.1, 0.05])) < 0.0

    def test_hardly_any_stop_costs_hardly_anything(self) -> None:
        """Where nobody stops a logit more changes nothing."""
        assert dose_slope(np.array([1e-6, 1e-6])) == pytest.approx(0.0, abs=1e-4)
