"""Metrics of ranked lists against what people used afterwards, for all people at once.

Lists hold item rows, best first, and `NO_ITEM` where a list is shorter. All metrics look at the
full catalogue; there is no sampling of negatives. One value per person comes back, so that
intervals can be drawn over people. A person without any relevant item has no value (NaN).
"""

import numpy as np
from numpy.typing import NDArray

NO_ITEM = -1
"""Fills a list that is shorter than the others."""

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def find_hits(ranked: Rows, people: Rows, used: Rows, *, items: int) -> NDArray[np.bool_]:
    """Which places of the lists hold an item the person used.

    Args:
        ranked: Item rows, best first; an item at most once per person; shape (people, ranks).
        people: Person row of each relevant pair; shape (pairs,).
        used: Item row of each relevant pair, each pair once; shape (pairs,).
        items: Number of item rows.

    Returns:
        A mask of shape (people, ranks).

    Example:
        >>> find_hits(np.array([[2, 0], [1, -1]]), np.array([0, 1]), np.array([0, 2]), items=3)
        array([[False,  True],
               [False, False]])
    """
    relevant = np.sort(people * items + used)
    keys = np.arange(len(ranked))[:, None] * items + ranked
    if not len(relevant):
        return np.zeros(ranked.shape, np.bool_)
    place = np.minimum(np.searchsorted(relevant, keys), len(relevant) - 1)
    return (relevant[place] == keys) & (ranked != NO_ITEM)


def recall_at(hits: NDArray[np.bool_], relevant: Rows, k: int) -> Floats:
    """Share of a person's relevant items among the first k: hits / number of relevant items.

    Gain 1 per relevant item, no discount, and no cap at k: with more than k relevant items the
    best value is below 1 (as in the tables of LightGCN, He et al., 2020). Lists have no ties.

    Args:
        hits: Places that hold a relevant item; shape (people, ranks).
        relevant: Number of relevant items of each person; shape (people,).
        k: Length of the list that counts, at least 1.

    Returns:
        Values in [0, 1] of shape (people,); NaN where a person has no relevant item.

    Example:
        >>> recall_at(np.array([[True, False, True], [False] * 3]), np.array([4, 0]), 2)
        array([0.25,  nan])
    """
    return _over(hits[:, :k].sum(axis=1).astype(np.float64), relevant.astype(np.float64))


def ndcg_at(hits: NDArray[np.bool_], relevant: Rows, k: int) -> Floats:
    """Normalised discounted cumulative gain of the first k places.

    Gain 1 per relevant item, discount `1 / log2(rank + 1)`; the ideal list has min(k, relevant
    items) hits at its top (as in the tables of LightGCN). Lists have no ties.

    Args:
        hits: Places that hold a relevant item; shape (people, ranks).
        relevant: Number of relevant items of each person; shape (people,).
        k: Length of the list that counts, at least 1.

    Returns:
        Values in [0, 1] of shape (people,); NaN where a person has no relevant item.

    Example:
        The one relevant item on rank 2: (1 / log2 3) / 1.

        >>> ndcg_at(np.array([[False, True]]), np.array([1]), 2)
        array([0.6309])
    """
    discount = 1.0 / np.log2(np.arange(k) + 2.0)
    gain: Floats = np.sum(hits[:, :k] * discount[: hits.shape[1]], axis=1)
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(relevant, k)]
    return _over(gain, ideal)


def hit_rate_at(hits: NDArray[np.bool_], relevant: Rows, k: int) -> Floats:
    """Whether at least one relevant item is among the first k.

    Gain 1 for the first hit only, no discount. Lists have no ties.

    Args:
        hits: Places that hold a relevant item; shape (people, ranks).
        relevant: Number of relevant items of each person; shape (people,).
        k: Length of the list that counts, at least 1.

    Returns:
        0 or 1, of shape (people,); NaN where a person has no relevant item.

    Example:
        >>> hit_rate_at(np.array([[False, True], [False, False]]), np.array([1, 1]), 2)
        array([1., 0.])
    """
    is_hit: Floats = np.asarray(hits[:, :k].any(axis=1), np.float64)
    return _over(is_hit, np.minimum(relevant, 1).astype(np.float64))


def reciprocal_rank(hits: NDArray[np.bool_], relevant: Rows) -> Floats:
    """One over the rank of the first relevant item; its mean is the MRR.

    Gain 1 for the first hit, discount `1 / rank`; 0 where the list holds no relevant item. Lists
    have no ties.

    Args:
        hits: Places that hold a relevant item; shape (people, ranks).
        relevant: Number of relevant items of each person; shape (people,).

    Returns:
        Values in [0, 1] of shape (people,); NaN where a person has no relevant item.

    Example:
        >>> reciprocal_rank(np.array([[False, True], [False, False]]), np.array([1, 2]))
        array([0.5, 0. ])
    """
    if not hits.shape[1]:
        return _over(np.zeros(len(hits)), np.minimum(relevant, 1).astype(np.float64))
    first: Floats = hits.any(axis=1).astype(np.float64) / (hits.argmax(axis=1) + 1.0)
    return _over(first, np.minimum(relevant, 1).astype(np.float64))


def coverage(ranked: Rows, *, items: int) -> float:
    """Share of the catalogue that is in anybody's list.

    No gain or discount; each item counts once, whoever has it and at whatever rank.

    Args:
        ranked: Item rows with `NO_ITEM` as filling; shape (people, ranks).
        items: Number of items in the catalogue.

    Returns:
        A value in [0, 1]; NaN for an empty catalogue.

    Example:
        >>> coverage(np.array([[0, 1], [1, -1]]), items=4)
        0.5
    """
    shown = np.unique(ranked[ranked != NO_ITEM])
    return len(shown) / items if items else float("nan")


def _over(values: Floats, ideal: Floats) -> Floats:
    return np.divide(values, ideal, out=np.full(len(values), np.nan), where=ideal > 0)
