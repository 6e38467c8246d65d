"""How well scores order one list whose true values are known, ties handled without luck."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def concordance(scores: ArrayLike, values: ArrayLike) -> float:
    """Share of pairs with different values that the scores put the right way round.

    A pair of equal scores counts one half, so that a score that says nothing has .5; pairs of equal
    values do not count.

    Args:
        scores: What the list is ordered by, best highest; shape (items,).
        values: What was observed; shape (items,).

    Returns:
        A value in [0, 1]; NaN where all values are equal.

    Example:
        Of the pairs 3-0, 3-0 and none else, one is right and one tied.

        >>> concordance([0.9, 0.9, 0.1], [3, 0, 0])
        0.75
    """
    marks, truth = np.asarray(scores, np.float64), np.asarray(values, np.float64)
    first, second = np.triu_indices(len(truth), 1)
    signs = np.sign(truth[first] - truth[second])
    counts = signs != 0
    if not counts.any():
        return math.nan
    agreement = signs[counts] * np.sign(marks[first] - marks[second])[counts]
    return float(np.mean((agreement + 1.0) / 2.0))


def expected_ndcg(scores: ArrayLike, gains: ArrayLike) -> float:
    """Normalised discounted cumulative gain of the whole list, expected over the order of ties.

    The gain is the value itself, the discount `1 / log2(rank + 1)`. Items of equal score share the
    mean gain of their group at each of its ranks, which is what shuffling them gives on average.

    Args:
        scores: What the list is ordered by, best highest; shape (items,).
        gains: What each item is worth, 0 or more; shape (items,).

    Returns:
        A value in [0, 1]; NaN where no item is worth anything.

    Example:
        >>> round(expected_ndcg([0.2, 0.9], [3, 0]), 4)
        0.6309
        >>> round(expected_ndcg([0.5, 0.5], [3, 0]), 4)
        0.8155
    """
    worth = np.asarray(gains, np.float64)
    if not worth.any():
        return math.nan
    groups = np.unique(-np.asarray(scores, np.float64), return_inverse=True)[1]
    shared = (np.bincount(groups, worth) / np.bincount(groups))[groups]
    discounts = 1.0 / np.log2(np.arange(2, len(worth) + 2))
    return float(_gain(groups, shared, discounts) / (np.sort(worth)[::-1] @ discounts))


def _gain(groups: NDArray[np.int64], gains: Floats, discounts: Floats) -> float:
    """Discounted gain in the order of groups; arrays of shape (items,)."""
    return float(gains[np.argsort(groups, kind="stable")] @ discounts)
