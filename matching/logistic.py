"""Ridge logistic regression by a trust-region Newton method; the same bits on every run."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Largest slope of the mean loss at which the fit has converged."""


def predict_logistic(features: Floats, coefficients: Floats) -> Floats:
    """Probabilities of the outcome.

    Args:
        features: Shape (rows, features).
        coefficients: Intercept first, in logits; shape (features + 1,).

    Returns:
        Probabilities of shape (rows,).
    """
    return expit(coefficients[0] + features @ coefficients[1:])


def fit_logistic(
    features: Floats, outcomes: Floats, *, ridge: float, weights: Floats | None = None
) -> Floats:
    """Coefficients that maximise the penalised likelihood.

    Outcomes count for `n / (n + 1)` and one half for the rest, which bounds the intercept where
    all outcomes agree; it is not penalised otherwise.

    Args:
        features: Standardised features or flags; shape (rows, features).
        outcomes: 0, 1 or between; shape (rows,).
        ridge: Penalty on squared coefficients; 1 divided by their prior variance, above 0.
        weights: What each row counts for, 0 or more, one when absent; shape (rows,).

    Returns:
        Coefficients in logits, intercept first; shape (features + 1,). All 0 without rows.

    Example:
        One case in four with no features: (1 * 4 + 0.5) / 5 with the half case is 0.3.

        >>> fit = fit_logistic(np.zeros((4, 0)), np.array([1.0, 0.0, 0.0, 0.0]), ridge=1.0)
        >>> round(float(predict_logistic(np.zeros((1, 0)), fit)[0]), 6)
        0.3
    """
    count = len(outcomes)
    columns = np.column_stack([np.ones(count), features])
    if count == 0:
        return np.zeros(columns.shape[1])
    targets = (outcomes * count + 0.5) / (count + 1)
    counted = np.ones(count) if weights is None else weights
    penalties = np.full(columns.shape[1], ridge)
    penalties[0] = 0.0

    def loss(point: Floats) -> float:
        """Negative penalised log-likelihood of a case."""
        scores = columns @ point
        likelihood = np.sum(counted * (targets * scores - np.logaddexp(0.0, scores)))
        return float(0.5 * np.sum(penalties * point**2) - likelihood) / count

    def gradient(point: Floats) -> Floats:
        """First derivatives of the loss."""
        missed = counted * (expit(columns @ point) - targets)
        return (columns.T @ missed + penalties * point) / count

    def curvature(point: Floats) -> Floats:
        """Second derivatives of the loss."""
        expected = expit(columns @ point)
        weighted = columns.T * (counted * expected * (1.0 - expected))
        return (weighted @ columns + np.diag(penalties)) / count

    found = minimize(
        loss,
        np.zeros(columns.shape[1]),
        method="trust-exact",
        jac=gradient,
        hess=curvature,
        options={"gtol": TOLERANCE},
    )
    return np.asarray(found.x, np.float64)


def coefficient_covariance(features: Floats, coefficients: Floats, *, ridge: float) -> Floats:
    """How uncertain fitted coefficients are, by the curvature of the penalised likelihood.

    Args:
        features: What the fit was made on; shape (rows, features).
        coefficients: What it found; shape (features + 1,).
        ridge: The penalty it was made with.

    Returns:
        Shape (features + 1, features + 1).
    """
    columns = np.column_stack([np.ones(len(features)), features])
    expected = expit(columns @ coefficients)
    penalties = np.full(columns.shape[1], ridge)
    penalties[0] = 1.0
    curvature = (columns.T * (expected * (1.0 - expected))) @ columns + np.diag(penalties)
    return np.asarray(np.linalg.inv(curvature), np.float64)
