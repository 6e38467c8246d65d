"""One number for a pairing: access, engagement and improvement less harm, discounted by the wait.

The weights are signed-off configuration: whoever changes them changes what the clinic wants.
"""

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError
from matching.predictions import Predictions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilityWeights:
    """What each outcome is worth."""

    access: float = 0.2
    """A first appointment that takes place."""
    engage: float = 0.3
    """Engagement, given attendance."""
    improve: float = 0.5
    """Reliable improvement, given engagement."""
    harm: float = 1.0
    """Reliable deterioration, given engagement; subtracted."""
    wait_per_day: float = 0.004
    """Hazard per day of waiting: utility falls by `exp(-wait_per_day * days)`."""

    def __post_init__(self) -> None:
        if not all(np.isfinite(value) and value >= 0 for value in astuple(self)):
            raise UsageError("weights of the utility must be finite and not negative")


def pairing_value(
    probabilities: Floats, wait_days: Floats | float, weights: UtilityWeights
) -> Floats:
    """The utility of probabilities given as one array.

    Args:
        probabilities: In the order of `HEADS`, in [0, 1]; shape (5, ...).
        wait_days: Days to the first appointment, 0 or more; broadcasts to the rest.
        weights: What each outcome is worth.

    Returns:
        Utilities; shape (...).
    """
    accept, attend, engage, improve, deteriorate = probabilities
    course = weights.engage + weights.improve * improve - weights.harm * deteriorate
    discount = np.exp(-weights.wait_per_day * np.asarray(wait_days))
    return accept * attend * (weights.access + engage * course) * discount


def utility(
    predictions: Predictions, wait_days: Floats, weights: UtilityWeights
) -> NDArray[np.float64]:
    """The utility of each candidate.

    `accept * attend * (0.2 + 0.3 engage + 0.5 engage * improve - 1.0 engage * deteriorate) *
    exp(-0.004 days)` with the signed-off weights.

    Args:
        predictions: Of shape (candidates,).
        wait_days: Days from the request to the first appointment; shape (candidates,).
        weights: What each outcome is worth.

    Returns:
        Utilities below 1, negative where harm outweighs all else; shape (candidates,).
    """
    probabilities = np.stack(
        [
            predictions.p_accept,
            predictions.p_attend,
            predictions.p_engage,
            predictions.p_improve,
            predictions.p_deteriorate,
        ]
    )
    return pairing_value(probabilities, wait_days, weights)


def utility_spread(
    predictions: Predictions, wait_days: Floats, weights: UtilityWeights
) -> NDArray[np.float64]:
    """The posterior standard deviation of each candidate's utility, by the delta method.

    Each head's logit moves the utility by its slope times its spread; heads count as independent.

    Args:
        predictions: Of shape (candidates,).
        wait_days: Days from the request to the first appointment; shape (candidates,).
        weights: What each outcome is worth.

    Returns:
        At least 0; shape (candidates,).
    """
    value = utility(predictions, wait_days, weights)
    accept, attend = predictions.p_accept, predictions.p_attend
    engage, improve = predictions.p_engage, predictions.p_improve
    harm = predictions.p_deteriorate
    seen = accept * attend * np.exp(-weights.wait_per_day * np.asarray(wait_days))
    course = weights.engage + weights.improve * improve - weights.harm * harm
    slopes = np.stack(
        [
            value * (1.0 - accept),
            value * (1.0 - attend),
            seen * course * engage * (1.0 - engage),
            seen * engage * weights.improve * improve * (1.0 - improve),
            seen * engage * weights.harm * harm * (1.0 - harm),
        ]
    )
    return np.sqrt(((slopes * predictions.spreads) ** 2).sum(axis=0))
