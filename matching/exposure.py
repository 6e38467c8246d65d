"""Exact probabilities that a Plackett-Luce list shows an item at a rank.

Give item i a clock that rings at rate `exp(s_i)`: the order of ringing is the Plackett-Luce order, and
given that i rings at t the number of items ahead of it is a sum of independent chances. The integral
over t is a trapezoid on the logarithm of t. For all items of one list the clocks of all others are
counted from both ends, so that nothing has to be divided out again; for the few that many lists have
shown, the others are counted once for all of them.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]

NODES = 80
"""Points of the integral; enough for scores within 15 of each other to 1e-7."""
LEAST_NODES = 128
"""Fewest points where every item counts; 2e-8 for scores within 30 of each other."""
STEP = 0.4
"""Widest step of the logarithm of time, so that scores further apart are as exact."""
MOST_RANGE = 600.0
"""A score further below the best than this is raised to here, for its clock still has to ring."""
LISTS = 128
"""Lists of similar size that are handled at once."""


def rank_probabilities(scores: Floats, ranks: int) -> Floats:
    """Probability of every item at each of the first ranks.

    Args:
        scores: Log rates, scaled by the temperature, finite; shape (items,).
        ranks: How many places are shown, 0 to the number of items.

    Returns:
        Columns sum to 1; shape (items, ranks).

    Example:
        >>> rank_probabilities(np.log([3.0, 1.0]), 2).round(4).tolist()
        [[0.75, 0.25], [0.25, 0.75]]
    """
    result = np.zeros((len(scores), ranks))
    if not ranks:
        return result
    density, before, after = _clocks(scores, ranks)
    for rank in range(ranks):
        ahead = np.einsum("irn,irn->in", before[:, : rank + 1], after[:, rank::-1])
        result[:, rank] = (density * ahead).sum(axis=1)
    return result


def shown_chances(scores: Floats, ranks: int) -> Floats:
    """Probability of every item to be within the first ranks, wherever among them.

    The row sums of `rank_probabilities` at a fraction of its cost.

    Args:
        scores: Log rates, scaled by the temperature, finite; shape (items,).
        ranks: How many places are shown, 0 or more.

    Returns:
        In [0, 1], with sum `ranks`; all 1 where there is a place for everybody; shape (items,).

    Example:
        >>> shown_chances(np.log([3.0, 1.0]), 1).round(4).tolist()
        [0.75, 0.25]
    """
    if ranks >= len(scores):
        return np.ones(len(scores))
    if ranks < 1:
        return np.zeros(len(scores))
    density, before, after = _clocks(scores, ranks)
    at_most = np.cumsum(after, axis=1)[:, ::-1]
    ahead = np.einsum("irn,irn->in", before, at_most)
    return np.clip((density * ahead).sum(axis=1), 0.0, 1.0)


def _clocks(scores: Floats, ranks: int) -> tuple[Floats, Floats, Floats]:
    """Densities with weights, and how many items before and after each one have rung.

    Both are counted in one sweep: the one from the first item on, the other from the last back.

    Returns:
        Shapes (items, nodes), (items, ranks, nodes) and (items, ranks, nodes).
    """
    gaps = np.maximum(scores - np.max(scores, initial=-np.inf), -MOST_RANGE)
    rates = np.exp(gaps)
    span = np.log(40.0 / 1e-8 * rates.sum() / rates.min(initial=1.0))
    nodes = max(LEAST_NODES, int(np.ceil(span / STEP)))
    times, weights = (part[0] for part in _times(rates[None], nodes))
    density = rates[:, None] * times * np.exp(-rates[:, None] * times) * weights
    still = np.exp(-rates[:, None] * times)
    both = np.stack([still, still[::-1]], axis=1)[:, :, None]
    rung = 1.0 - both
    counts = np.zeros((len(rates), 2, ranks, nodes))
    counts[:1, :, 0] = 1.0
    for item in range(len(rates) - 1):
        np.multiply(counts[item], both[item], out=counts[item + 1])
        counts[item + 1, :, 1:] += counts[item, :, :-1] * rung[item]
    return density, counts[:, 0], counts[::-1, 1]


def shown_probabilities(scores: Floats, present: Mask, shown: Rows) -> Floats:
    """Probability of each shown item at the rank at which it was shown.

    Args:
        scores: Log rates, scaled by the temperature; shape (lists, items).
        present: Which items each list chose from; shape (lists, items).
        shown: Items by rank, -1 where the list was shorter; shape (lists, ranks).

    Returns:
        Probabilities, 0 where nothing was shown; shape (lists, ranks).

    Example:
        >>> both = np.array([[True, True]])
        >>> shown_probabilities(np.log([[3.0, 1.0]]), both, np.array([[0, 1]])).round(4)
        array([[0.75, 0.75]])
    """
    order = np.argsort(present.sum(axis=1), kind="stable")
    result = np.zeros(shown.shape)
    for start in range(0, len(order), LISTS):
        rows = order[start : start + LISTS]
        result[rows] = _shown(scores[rows], present[rows], shown[rows])
    return result


def _shown(scores: Floats, present: Mask, shown: Rows) -> Floats:
    """As `shown_probabilities` for a few lists of similar size."""
    top = np.max(np.where(present, scores, -np.inf), axis=1, keepdims=True, initial=-1e300)
    rates = np.where(present, np.exp(np.where(present, scores - top, 0.0)), 0.0)
    there = shown >= 0
    own = np.where(there, np.take_along_axis(rates, np.maximum(shown, 0), axis=1), 0.0)
    times, weights = _times(rates, NODES)
    rest = rates.copy()
    rows, ranks = np.nonzero(there)
    rest[rows, shown[rows, ranks]] = 0.0
    others = _counts(_packed(rest), times, shown.shape[1])
    result = np.zeros(shown.shape)
    for rank in range(shown.shape[1]):
        ahead = others
        for other in range(shown.shape[1]):
            if other != rank:
                ahead = _with_clock(ahead, own[:, other], times)
        rate = own[:, rank, None]
        density = rate * times * np.exp(-rate * times) * weights
        result[:, rank] = (density * ahead[:, rank]).sum(axis=1)
    return result


def _times(rates: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Points and weights of the integral over the logarithm of time; each (lists, nodes)."""
    total = np.maximum(rates.sum(axis=1), 1e-300)
    least = np.where(rates > 0, rates, np.inf).min(axis=1, initial=np.inf)
    least = np.where(np.isfinite(least), least, 1.0)
    low, high = np.log(1e-8 / total), np.log(40.0 / least)
    span = (high - low)[:, None]
    times = np.exp(low[:, None] + span * np.linspace(0.0, 1.0, nodes))
    weights = np.repeat(span / (nodes - 1), nodes, axis=1)
    weights[:, [0, -1]] *= 0.5
    return times, weights


def _packed(rates: Floats) -> Floats:
    """The rates above 0 at the left, cut to the longest list; shape (lists, width)."""
    width = int((rates > 0).sum(axis=1).max(initial=0))
    return np.sort(rates, axis=1)[:, ::-1][:, :width]


def _counts(rates: Floats, times: Floats, ranks: int) -> Floats:
    """Distribution of how many clocks have rung, up to `ranks - 1`; (lists, ranks, nodes)."""
    counts = np.zeros((len(rates), ranks, times.shape[1]))
    counts[:, 0] = 1.0
    for item in range(rates.shape[1]):
        counts = _with_clock(counts, rates[:, item], times)
    return counts


def _with_clock(counts: Floats, rate: Floats, times: Floats) -> Floats:
    """The distribution with one more clock; a rate of 0 never rings."""
    still = np.exp(-rate[:, None] * times)[:, None]
    more = counts * still
    more[:, 1:] += counts[:, :-1] * (1.0 - still)
    return more
