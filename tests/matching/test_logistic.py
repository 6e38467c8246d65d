import numpy as np
import pytest
from scipy.optimize import approx_fprime

from matching.logistic import fit_logistic, predict_logistic


class TestFitLogistic:
    def test_no_rows_give_one_half(self):
        """Without data every coefficient is 0."""
        coefficients = fit_logistic(np.zeros((0, 2)), np.zeros(0), ridge=1.0)
        assert predict_logistic(np.ones((1, 2)), coefficients).tolist() == [0.5]

    def test_agreeing_outcomes_stay_inside_zero_and_one(self):
        """Nine successes of nine count as 9.5 of 10."""
        coefficients = fit_logistic(np.zeros((9, 1)), np.ones(9), ridge=1.0)
        assert predict_logistic(np.zeros((1, 1)), coefficients) == pytest.approx([0.95])

    def test_separated_outcomes_have_finite_coefficients(self):
        """The penalty holds a feature that tells outcomes apart perfectly."""
        features = np.repeat([[-1.0], [1.0]], 50, axis=0)
        coefficients = fit_logistic(features, np.repeat([0.0, 1.0], 50), ridge=1.0)
        assert 1.0 < coefficients[1] < 5.0

    def test_the_fit_is_a_stationary_point(self):
        """Perturbing any coefficient does not lower the penalised loss to first order."""
        rng = np.random.default_rng(0)
        features = rng.normal(size=(80, 3))
        outcomes = (rng.random(80) < 0.4).astype(np.float64)
        fitted = fit_logistic(features, outcomes, ridge=2.0)
        targets = (outcomes * 80 + 0.5) / 81

        def loss(coefficients):
            scores = coefficients[0] + features @ coefficients[1:]
            return np.sum(np.logaddexp(0, scores) - targets * scores) + np.sum(
                coefficients[1:] ** 2
            )

        assert approx_fprime(fitted, loss, 1e-6) == pytest.approx(np.zeros(4), abs=1e-3)

    def test_far_starts_do_not_overshoot(self):
        """Huge features, where a full Newton step would jump too far, still converge."""
        features = np.array([[0.0], [1.0], [2.0], [400.0]])
        coefficients = fit_logistic(features, np.array([0.0, 0.0, 1.0, 1.0]), ridge=1e-6)
        assert np.isfinite(coefficients).all()
        predicted = predict_logistic(features, coefficients)
        assert predicted[0] < 0.5 < predicted[3]
