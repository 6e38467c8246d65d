"""Items that predict each other, by regression: EASE in closed form (Steck, 2019), kept as neighbours.

Each item is regressed on all others, so that what two items share with a third one counts once; cosines count it
twice. The inverse of the Gram matrix has every regression at once: `B = -P / diag(P)`, with
`P = (X'X + ridge I)^-1`. Of each item's column the largest positive weights are kept, which loses nothing
that shows in a list, and scores as fast as neighbours do.
"""

import numpy as np
from numpy.typing import NDArray

from recommender.interactions import Pairs
from recommender.item_neighbours import ItemNeighbours, largest, user_item_matrix

MOST_ITEMS = 10_000
"""Largest catalogue: the Gram matrix and its inverse take 1.6 GB."""


def fit_ease(
    pairs: Pairs, *, items: int, neighbours: int, ridge: float, activity_power: float
) -> ItemNeighbours:
    """The items that each item speaks for most, with the weight of the regression.

    Args:
        pairs: Person-item weights; only positive ones count.
        items: Number of item rows, at most `MOST_ITEMS`.
        neighbours: Most neighbours of an item.
        ridge: Penalty, above 0, in people's worth of an item.
        activity_power: As for `user_item_matrix`.
    """
    used = user_item_matrix(pairs, items=items, activity_power=activity_power)
    gram = np.asarray((used.T @ used).toarray(), np.float64)
    gram[np.diag_indices(items)] += ridge
    inverse = np.linalg.inv(gram) if items else gram
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return _as_neighbours(weights.astype(np.float32), neighbours)


def _as_neighbours(weights: NDArray[np.float32], neighbours: int) -> ItemNeighbours:
    """Each row's largest positive weights; row i says what i speaks for."""
    mask = largest(weights, neighbours)
    return ItemNeighbours(
        starts=np.concatenate([[0], np.cumsum(mask.sum(axis=1))]).astype(np.int64),
        neighbour_row=np.nonzero(mask)[1].astype(np.int64),
        similarity=np.minimum(weights[mask], np.float32(1.0)),
    )
