"""What pair features are worth in one clinic: the published points, moved as far as data say."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.special import expit

Floats = NDArray[np.float64]

PRIOR_SD = 0.3
"""How far a clinic may plausibly be from the published points, in logits per unit."""
STEPS = 50
"""Most Newton steps; a handful is usual."""
TOLERANCE = 1e-10


def fit_slopes(
    distances: Floats,
    outcomes: Floats,
    offsets: Floats,
    *,
    prior: Floats,
    prior_sd: float = PRIOR_SD,
) -> Floats:
    """The most probable slopes under a normal prior around the published ones.

    The likelihood is logistic with the case mix as a fixed offset; its posterior is concave, and
    Newton's method with halved steps finds the top.

    Args:
        distances: Pair features less their centres, 0 where nothing is stated; shape
            (rows, features).
        outcomes: 0 or 1; shape (rows,).
        offsets: Logits expected of the patient alone; shape (rows,).
        prior: Published slopes; shape (features,).
        prior_sd: Standard deviation of the prior, above 0.

    Returns:
        Slopes of shape (features,); the published ones without rows.
    """
    slopes = prior.copy()
    precision = 1.0 / prior_sd**2
    loss = _loss(distances, outcomes, offsets, slopes, prior, precision)
    for _ in range(STEPS):
        expected = expit(offsets + distances @ slopes)
        gradient = distances.T @ (expected - outcomes) + precision * (slopes - prior)
        weights = expected * (1.0 - expected)
        curvature = (distances.T * weights) @ distances + precision * np.eye(len(prior))
        step = solve(curvature, gradient, assume_a="pos")
        while (
            after := _loss(distances, outcomes, offsets, slopes - step, prior, precision)
        ) > loss + 1e-9:
            step = step / 2.0
        slopes, loss = slopes - step, after
        if np.max(np.abs(step)) < TOLERANCE:
            break
    return slopes


def _loss(
    distances: Floats,
    outcomes: Floats,
    offsets: Floats,
    slopes: Floats,
    prior: Floats,
    precision: float,
) -> float:
    """Negative log-posterior, up to a constant."""
    scores = offsets + distances @ slopes
    likelihood = np.sum(outcomes * scores - np.logaddexp(0.0, scores))
    return float(0.5 * precision * np.sum((slopes - prior) ** 2) - likelihood)
