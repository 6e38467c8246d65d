"""How good probabilities are: scores that only the true probability can make best.

Observed values are 0, 1, or a share of a cell's cases; weights are numbers of cases. Without rows,
or without weight, every figure is NaN.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit, xlog1py, xlogy

Floats = NDArray[np.float64]

CLIP = 1e-12
"""Predictions are held this far from 0 and 1, so that one sure error does not cost infinity."""


def log_losses(predicted: ArrayLike, observed: ArrayLike) -> Floats:
    """Minus the log-likelihood of each row, in nats: `-(y log p + (1 - y) log(1 - p))`.

    Args:
        predicted: Probabilities, clipped away from 0 and 1; shape (rows,).
        observed: Outcomes or shares in [0, 1]; shape (rows,).

    Returns:
        Losses of shape (rows,); a share costs at least its own entropy.
    """
    chance = np.clip(np.asarray(predicted, np.float64), CLIP, 1.0 - CLIP)
    values = np.asarray(observed, np.float64)
    return -(xlogy(values, chance) + xlog1py(1.0 - values, -chance))


def brier_losses(predicted: ArrayLike, observed: ArrayLike) -> Floats:
    """Squared error of each row; arguments and result of shape (rows,)."""
    gaps = np.asarray(predicted, np.float64) - np.asarray(observed, np.float64)
    return gaps**2


def weighted_mean(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """The weighted mean; NaN without weight.

    Args:
        values: One number per row; shape (rows,).
        weights: Weight of each row, one when absent; shape (rows,).
    """
    numbers = np.asarray(values, np.float64)
    shares = np.ones(len(numbers)) if weights is None else np.asarray(weights, np.float64)
    total = float(shares.sum())
    return float(numbers @ shares) / total if total else math.nan


def log_loss(
    predicted: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Weighted mean of `log_losses`: 0 is perfect, log 2 is a coin.

    Args:
        predicted: Probabilities; shape (rows,).
        observed: Outcomes or shares in [0, 1]; shape (rows,).
        weights: Cases behind each row, one when absent; shape (rows,).

    Example:
        >>> round(log_loss([0.5, 0.5], [0, 1]), 4)
        0.6931
    """
    return weighted_mean(log_losses(predicted, observed), weights)


def brier_score(
    predicted: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Weighted mean squared error of probabilities: 0 is perfect, .25 is a coin.

    Its square root is the root mean square error of a rate.

    Args:
        predicted: Probabilities; shape (rows,).
        observed: Outcomes or shares in [0, 1]; shape (rows,).
        weights: Cases behind each row, one when absent; shape (rows,).

    Example:
        >>> round(brier_score([0.8, 0.4], [1, 0]), 4)
        0.1
    """
    return weighted_mean(brier_losses(predicted, observed), weights)


def brier_skill(
    predicted: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Share of the base rate's Brier score that the predictions save; 0 is no better than it.

    NaN also where all outcomes agree, as the base rate then makes no error.

    Args:
        predicted: Probabilities; shape (rows,).
        observed: Outcomes or shares in [0, 1]; shape (rows,).
        weights: Cases behind each row, one when absent; shape (rows,).

    Example:
        >>> round(brier_skill([0.9, 0.1], [1, 0]), 4)
        0.96
    """
    base = np.full(len(np.asarray(observed)), weighted_mean(observed, weights))
    reference = brier_score(base, observed, weights)
    return (
        1.0 - brier_score(predicted, observed, weights) / reference if reference else math.nan
    )


def calibration_line(
    predicted: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None
) -> tuple[float, float]:
    """Intercept and slope of the calibration of probabilities; the target is (0, 1).

    The intercept is calibration in the large: the shift in logits that makes the mean right, with
    the slope held at 1; above 0 means that predictions are too low. The slope is that of a logistic
    regression of the outcome on the logit of the prediction; below 1 means too extreme (Van Calster
    et al., 2019). Tied predictions are allowed.

    Args:
        predicted: Probabilities, clipped away from 0 and 1; shape (rows,).
        observed: Outcomes or shares in [0, 1]; shape (rows,).
        weights: Cases behind each row, one when absent; shape (rows,).

    Returns:
        Intercept and slope. The intercept is NaN where all outcomes agree, the slope is NaN there
        and where all predictions agree.

    Example:
        Predictions of .8 and .2 for rates of .7 and .3 are too extreme: logit(.7) / logit(.8).

        >>> intercept, slope = calibration_line([0.8, 0.2], [0.7, 0.3])
        >>> round(abs(intercept), 4), round(slope, 4)
        (0.0, 0.6112)
    """
    scores = logit(np.clip(np.asarray(predicted, np.float64), CLIP, 1.0 - CLIP))
    values = np.asarray(observed, np.float64)
    shares = np.ones(len(values)) if weights is None else np.asarray(weights, np.float64)
    mean = weighted_mean(values, shares)
    if not 0.0 < mean < 1.0:
        return math.nan, math.nan
    nothing = np.zeros((len(values), 0))
    intercept = float(_recalibrate(nothing, scores, values, shares)[0])
    if np.ptp(scores) == 0.0:
        return intercept, math.nan
    slope = float(_recalibrate(scores[:, None], np.zeros_like(scores), values, shares)[1])
    return intercept, slope


def _recalibrate(
    features: Floats, offsets: Floats, observed: Floats, weights: Floats
) -> Floats:
    """Coefficients of a weighted logistic regression with offsets; intercept first.

    Args:
        features: Shape (rows, features).
        offsets: Known part of the logit; shape (rows,).
        observed: Outcomes or shares; shape (rows,).
        weights: Cases; shape (rows,).

    Returns:
        Coefficients of shape (features + 1,).
    """
    columns = np.column_stack([np.ones(len(observed)), features])
    shares = weights / weights.sum()

    def loss(point: Floats) -> float:
        """Mean negative log-likelihood."""
        scores = offsets + columns @ point
        return float(shares @ (np.logaddexp(0.0, scores) - observed * scores))

    def gradient(point: Floats) -> Floats:
        """First derivatives."""
        return columns.T @ (shares * (expit(offsets + columns @ point) - observed))

    def curvature(point: Floats) -> Floats:
        """Second derivatives."""
        expected = expit(offsets + columns @ point)
        return (columns.T * (shares * expected * (1.0 - expected))) @ columns

    start = np.zeros(columns.shape[1])
    found = minimize(
        loss, start, method="trust-exact", jac=gradient, hess=curvature, options={"gtol": 1e-10}
    )
    return np.asarray(found.x, np.float64)
