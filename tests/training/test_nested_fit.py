"""Nested fits find what was put in, and nothing where nothing was."""

import numpy as np
import pytest
from scipy.special import expit

from training.nested_fit import Prior, fit_linear, fit_logistic
from training.nested_levels import Hierarchy

CLINICIANS, CASES = 80, 60
FREE = Prior(means=np.zeros(2), precisions=np.full(2, 1e-6))


def clinic(seed: int, clinic_sd: float, clinician_sd: float):
    """Rows, a column that matters by 0.5, and the sum of both effects."""
    dice = np.random.default_rng(seed)
    who = np.repeat(np.arange(CLINICIANS), CASES)
    where = np.arange(CLINICIANS) // 10
    true = clinician_sd * dice.normal(size=CLINICIANS) + clinic_sd * dice.normal(size=8)[where]
    column = dice.normal(size=len(who))
    hierarchy = Hierarchy.of(
        [f"c{row:02d}" for row in who],
        [f"k{where[row]}" for row in who],
        ["mood"] * len(who),
    )
    columns = np.column_stack([np.ones(len(who)), column])
    return dice, hierarchy, columns, true, true[who] + 0.5 * column


class TestFitLinear:
    def test_finds_coefficients_variances_and_effects(self):
        """Standard deviations .3 and .4 beside a chance of 1, with known errors of variance .5."""
        dice, hierarchy, columns, true, mean = clinic(1, 0.3, 0.4)
        values = mean + dice.normal(size=len(mean)) * np.sqrt(1.5)
        fit = fit_linear(values, np.full(len(mean), 0.5), columns, hierarchy, FREE)
        assert fit.coefficients[1] == pytest.approx(0.5, abs=0.05)
        assert np.sqrt(fit.effects.prior[1]) == pytest.approx(0.4, abs=0.1)
        assert np.corrcoef(fit.effects.clinicians[0], true)[0, 1] > 0.9

    def test_known_errors_count_for_less(self):
        """A course that is measured badly moves its clinician less."""
        hierarchy = Hierarchy.of(["a"] * 50 + ["b"] * 50, [""] * 100, ["mood"] * 100)
        dice = np.random.default_rng(2)
        values = np.concatenate([dice.normal(1, 1, 50), dice.normal(-1, 1, 50)])
        only = Prior(means=np.zeros(1), precisions=np.full(1, 1e-6))
        variances = np.where(np.arange(100) < 50, 0.0, 50.0)
        fit = fit_linear(values, variances, np.ones((100, 1)), hierarchy, only)
        assert fit.effects.clinicians[1, 0] < fit.effects.clinicians[1, 1]

    def test_a_strong_prior_holds(self):
        """A coefficient that is known beforehand stays what it is."""
        dice, hierarchy, columns, _, mean = clinic(3, 0.0, 0.2)
        known = Prior(means=np.array([0.0, 2.0]), precisions=np.array([1e-6, 1e9]))
        values = mean + dice.normal(size=len(mean))
        fit = fit_linear(values, np.zeros(len(mean)), columns, hierarchy, known)
        assert fit.coefficients[1] == pytest.approx(2.0, abs=1e-3)


class TestFitLogistic:
    def test_finds_effects_in_logits(self):
        """Effects of standard deviation .7 come back on their own scale, little shrunken."""
        dice, hierarchy, columns, true, mean = clinic(4, 0.0, 0.7)
        outcomes = (dice.random(len(mean)) < expit(mean - 1.5)).astype(float)
        fit = fit_logistic(outcomes, columns, hierarchy, FREE)
        found = fit.effects.clinicians[0]
        assert np.corrcoef(found, true)[0, 1] > 0.85
        assert np.polyfit(found, true, 1)[0] == pytest.approx(1.0, abs=0.15)

    def test_nothing_is_found_where_nothing_is(self):
        """Clinicians who do not differ are hardly told apart."""
        dice, hierarchy, columns, _, mean = clinic(5, 0.0, 0.0)
        outcomes = (dice.random(len(mean)) < expit(mean - 1.5)).astype(float)
        fit = fit_logistic(outcomes, columns, hierarchy, FREE)
        assert np.abs(fit.effects.clinicians[0]).max() < 0.2

    def test_same_rows_same_bytes(self):
        """Nothing is drawn."""
        dice, hierarchy, columns, _, mean = clinic(6, 0.1, 0.3)
        outcomes = (dice.random(len(mean)) < expit(mean)).astype(float)
        first, second = (fit_logistic(outcomes, columns, hierarchy, FREE) for _ in range(2))
        assert first.effects.cells.tobytes() == second.effects.cells.tobytes()
