"""Calibrate heads on later episodes: a line on each logit, shrunken towards leaving it alone.

Steepness is told badly by a few hundred outcomes (their slope is open by .3), so that a line has to earn what
it moves: its slope and intercept are the most probable under normal priors around 1 and 0 (Platt scaling with
a prior; Van Calster et al., 2019, on how flexible a recalibration small samples bear). Outcomes that are not
measured of everybody count by the inverse chance of being measured.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from matching.calibration import Calibration
from matching.predictions import HEADS
from training.effects_fit import MEASURED_HEADS
from training.later_blocks import LaterBlocks
from training.matching_cases import Cases
from training.measured import measured_weights

Floats = NDArray[np.float64]

INTERCEPT_SD, SLOPE_SD = 0.2, 0.05
"""How far a line is thought to be from leaving logits alone."""
LEAST_LABELS, LEAST_EVENTS = 100, 25
"""Fewest labels of a head, and of either answer, before it is calibrated."""
SLOPE_BOUNDS = (0.5, 2.0)
EDGE = 1e-6
"""Chances stay this far from 0 and 1."""


def fit_calibration(
    cases: Cases, later: LaterBlocks, said: Floats, *, as_of: int
) -> Calibration:
    """The calibration of what recipes said of the people on whom none of them was chosen.

    Args:
        cases: A clinic.
        later: Episodes with the labels that were known before the time.
        said: What the recipe that serves says of them, each block fitted before it began; shape (heads, rows).
        as_of: Nothing known at or after this time is used, microseconds since 1970 UTC.
    """
    lines = [
        head_line(cases, later, head, said[place], as_of=as_of)
        for place, head in enumerate(HEADS)
    ]
    return Calibration(
        intercepts=np.array([intercept for intercept, _ in lines]),
        slopes=np.array([slope for _, slope in lines]),
    )


def head_line(
    cases: Cases, later: LaterBlocks, head: str, said: Floats, *, as_of: int
) -> tuple[float, float]:
    """Intercept and slope of one head; (0, 1) where too few outcomes are known.

    Args:
        cases: A clinic.
        later: Episodes with labels.
        head: One of `HEADS`.
        said: Probabilities of the head; shape (rows,).
        as_of: As for `fit_calibration`.
    """
    labels = later.labels[HEADS.index(head)]
    used = np.flatnonzero(np.isfinite(labels) & ~later.is_for_choice)
    known = labels[used]
    if len(used) < LEAST_LABELS or min(known.sum(), (1.0 - known).sum()) < LEAST_EVENTS:
        return 0.0, 1.0
    weights = np.ones(len(used))
    if head in MEASURED_HEADS:
        weights = measured_weights(cases, later.rows[used], as_of=as_of)
    logits = logit(np.clip(said[used], EDGE, 1.0 - EDGE))
    return calibration_line(logits, known, weights)


def calibration_line(logits: Floats, labels: Floats, weights: Floats) -> tuple[float, float]:
    """The most probable line under the priors; weights tell as much as their effective number.

    Args:
        logits: What was said; shape (rows,).
        labels: 0 or 1; shape (rows,).
        weights: What each counts for, 0 or more; shape (rows,).

    Returns:
        Intercept and slope, the slope within `SLOPE_BOUNDS`.

    Example:
        Logits of 2 and -2 where one in four is otherwise than said: logit(.75) is 1.1, so the slope falls.

        >>> labels = np.tile([1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0], 500)
        >>> logits = np.tile([2.0, 2.0, 2.0, 2.0, -2.0, -2.0, -2.0, -2.0], 500)
        >>> intercept, slope = calibration_line(logits, labels, np.ones(4_000))
        >>> round(abs(intercept), 3), 0.55 < slope < 0.65
        (0.0, True)
    """
    shares = weights * weights.sum() / np.square(weights).sum()
    centre = float(np.average(logits, weights=shares))
    centred = logits - centre

    def loss(point: Floats) -> tuple[float, Floats]:
        shift, slope = point
        scores = centre + shift + slope * centred
        missed = shares * (expit(scores) - labels)
        value = shares @ (np.logaddexp(0.0, scores) - labels * scores)
        prior = 0.5 * (shift / INTERCEPT_SD) ** 2 + 0.5 * ((slope - 1.0) / SLOPE_SD) ** 2
        slopes = np.array([shift / INTERCEPT_SD**2, (slope - 1.0) / SLOPE_SD**2])
        return value + prior, np.array([missed.sum(), missed @ centred]) + slopes

    bounds = [(None, None), SLOPE_BOUNDS]
    found = minimize(loss, np.array([0.0, 1.0]), jac=True, bounds=bounds, method="L-BFGS-B")
    shift, slope = (float(value) for value in found.x)
    return centre * (1.0 - slope) + shift, slope
