"""Exact probabilities that a Plackett-Luce list shows an item at a rank.

Give item i a clock that rings at rate `exp(s_i)`: the order of ringing is the Plackett-Luce order, and
given that i rings at t the number of items ahead of it is a sum of independent chances. The integral
over t is a trapezoid on the logarithm of t.
"""

import numpy as np

from training.simulator.columns import Floats, Mask, Rows

NODES = 96
CHUNK = 2_000_000
"""Most numbers of one work array times its other axes."""


def shown_probabilities(scores: Floats, present: Mask, shown: Rows) -> Floats:
    """Probability of each shown item at the rank at which it was shown.

    Args:
        scores: Log rates, scaled by the temperature; shape (lists, items).
        present: Which items each list chose from; shape (lists, items).
        shown: Items by rank, -1 where the list was shorter; shape (lists, ranks).

    Returns:
        Probabilities, 0 where nothing was shown; shape (lists, ranks).
    """
    sizes = present.sum(axis=1)
    order = np.argsort(sizes, kind="stable")
    result = np.zeros(shown.shape)
    done = 0
    while done < len(order):
        widest = max(int(sizes[order[min(done + 4_096, len(order)) - 1]]), 1)
        take = max(1, min(4_096, CHUNK // (widest * shown.shape[1] * NODES)))
        rows = order[done : done + take]
        result[rows] = _shown(scores[rows], present[rows], shown[rows])
        done += take
    return result


def _shown(scores: Floats, present: Mask, shown: Rows) -> Floats:
    """As `shown_probabilities` for a few lists of similar size."""
    width = max(int(present.sum(axis=1).max(initial=0)), 1)
    order = np.argsort(~present, axis=1, kind="stable")[:, :width]
    is_there = np.take_along_axis(present, order, axis=1)
    kept = np.take_along_axis(np.where(present, scores, -np.inf), order, axis=1)
    top = np.max(kept, axis=1, keepdims=True, initial=-1e300)
    rates = np.where(is_there, np.exp(np.where(is_there, kept - top, 0.0)), 0.0)
    positions = np.zeros_like(order, shape=present.shape)
    np.put_along_axis(positions, order, np.arange(width)[None, :], axis=1)
    at = np.take_along_axis(positions, np.maximum(shown, 0), axis=1)
    chances = _marginals(rates, at)
    return np.where(shown >= 0, chances, 0.0)


def _marginals(rates: Floats, at: Rows) -> Floats:
    lists, ranks = at.shape
    total = np.maximum(rates.sum(axis=1), 1e-300)
    least = np.where(rates > 0, rates, np.inf).min(axis=1)
    least = np.where(np.isfinite(least), least, 1.0)
    low, high = np.log(1e-8 / total), np.log(40.0 / least)
    log_t = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, NODES)
    times = np.exp(log_t)
    weight = np.repeat(((high - low) / (NODES - 1))[:, None], NODES, axis=1)
    weight[:, [0, -1]] *= 0.5
    prefix, suffix = _counts(rates, times, ranks), _counts(rates[:, ::-1], times, ranks)
    items = rates.shape[1]
    row = np.arange(lists)
    result = np.empty((lists, ranks))
    for rank in range(ranks):
        item = at[:, rank]
        before, after = prefix[item, row], suffix[items - 1 - item, row]
        ahead = np.einsum("lkn,lkn->ln", before[:, : rank + 1], after[:, rank::-1])
        rate = rates[row, item][:, None]
        result[:, rank] = (rate * times * np.exp(-rate * times) * weight * ahead).sum(axis=1)
    return result


def _counts(rates: Floats, times: Floats, ranks: int) -> Floats:
    """Distribution of how many of the first j clocks have rung, up to `ranks - 1`.

    Returns:
        Shape (items, lists, ranks, nodes).
    """
    lists, items = rates.shape
    counts = np.zeros((items, lists, ranks, times.shape[1]))
    counts[0, :, 0] = 1.0
    for item in range(items - 1):
        rung = 1.0 - np.exp(-rates[:, item, None] * times)
        counts[item + 1] = counts[item] * (1.0 - rung)[:, None]
        counts[item + 1, :, 1:] += counts[item, :, :-1] * rung[:, None]
    return counts
