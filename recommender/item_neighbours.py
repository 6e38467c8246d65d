"""Items that the same people use: shrunken cosine similarities, and scores from a history.

Sarwar et al. (2001), with the shrinkage of Bell & Koren (2007) and people weighed down by how many
items they use. Built block by block, so memory grows with items, not with pairs of items.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.interactions import Pairs
from recommender.ordering import best_first

BLOCK_ITEMS = 512
"""Items whose similarities are computed at once."""
PERSON_LIMIT = 500
"""Most items of one person that count; the strongest ones are taken."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemNeighbours:
    """The most similar items of each item, as compressed rows."""

    starts: NDArray[np.int64]
    """Where each item's neighbours begin; shape (items + 1,)."""
    neighbour_row: NDArray[np.int64]
    """Neighbours in order of their rows; shape (entries,)."""
    similarity: NDArray[np.float32]
    """Above 0, at most 1; shape (entries,)."""

    def matrix(self) -> Any:
        """The similarities as a sparse matrix of shape (items, items)."""
        items = len(self.starts) - 1
        return sparse.csr_matrix(
            (self.similarity, self.neighbour_row, self.starts), shape=(items, items)
        )

    def entries_of(
        self, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The entries of several items one after the other.

        Args:
            rows: Item rows; shape (n,).

        Returns:
            Positions of the entries in `neighbour_row`, and for each the position in `rows` it
            comes from; both of shape (entries of these items,).
        """
        lengths = self.starts[rows + 1] - self.starts[rows]
        source = np.repeat(np.arange(len(rows)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(source)) - before[source] + self.starts[rows][source], source


def user_item_matrix(pairs: Pairs, *, items: int, activity_power: float = 0.0) -> Any:
    """Positive pair weights as a sparse matrix of shape (people, items), float32.

    Args:
        pairs: Pairs of many people; those with a weight of 0 or less are left out.
        items: Number of item rows.
        activity_power: Each person's row is divided by their number of items to this power, so
            that people who use everything say less about what belongs together.
    """
    keep = pairs.weight > 0
    person, item, weight = pairs.person_row[keep], pairs.item_row[keep], pairs.weight[keep]
    order = np.lexsort((item, -weight, person))
    person, item, weight = person[order], item[order], weight[order]
    people = int(person[-1]) + 1 if len(person) else 0
    counts = np.bincount(person, minlength=people)
    rank = np.arange(len(person)) - (np.cumsum(counts) - counts)[person]
    within = rank < PERSON_LIMIT
    scale = np.maximum(counts, 1).astype(np.float64) ** -activity_power
    values = (weight * scale[person])[within].astype(np.float32)
    return sparse.csr_matrix((values, (person[within], item[within])), shape=(people, items))


def fit_item_neighbours(
    pairs: Pairs,
    *,
    items: int,
    neighbours: int,
    shrinkage: float,
    activity_power: float,
    tilt: float = 0.0,
) -> ItemNeighbours:
    """The most similar items of every item: `x_i . x_j / (|x_i| |x_j|) x n_ij / (n_ij + shrinkage)`.

    `n_ij` is the number of people who use both. With a tilt the neighbour j counts `(|x_j| / |x_i|) ^ tilt` times as
    much; at 1 the similarity is the share of i's use that falls together with j's. Ties go to the lower row.

    Args:
        pairs: Person-item weights; only positive ones count.
        items: Number of item rows.
        neighbours: Most neighbours of an item.
        shrinkage: People in common at which a similarity counts half; 0 for none.
        activity_power: As for `user_item_matrix`.
        tilt: How strongly neighbours that are used much come before others, 0 to 1.
    """
    used = user_item_matrix(pairs, items=items, activity_power=activity_power)
    norms = np.sqrt(np.asarray(used.multiply(used).sum(axis=0), np.float64)).ravel()
    norms = np.where(norms > 0, norms, 1.0)
    unit = (used @ sparse.diags(1.0 / norms)).tocsc().astype(np.float32)
    favour = (norms**tilt).astype(np.float32)
    kept = [
        _nearest(block, item, begin, neighbours)
        for begin in range(0, items, BLOCK_ITEMS)
        for block in (_similar(unit, favour, begin, shrinkage),)
        for item in range(begin, begin + block.shape[0])
    ]
    counts = np.array([len(rows) for rows, _ in kept], np.int64)
    return ItemNeighbours(
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        neighbour_row=_joined([rows for rows, _ in kept], np.int64),
        similarity=np.minimum(_joined([said for _, said in kept], np.float32), np.float32(1.0)),
    )


def _similar(unit: Any, favour: NDArray[np.float32], begin: int, shrinkage: float) -> Any:
    """Similarities of a block of items with all; sparse, shape (items of the block, items)."""
    end = begin + BLOCK_ITEMS
    block = _sorted(unit[:, begin:end].T @ unit)
    if shrinkage > 0:
        together = unit.copy()
        together.data = np.ones_like(together.data)
        common = _sorted(together[:, begin:end].T @ together).data
        block.data *= common / (common + np.float32(shrinkage))
    source = np.repeat(favour[begin:end], np.diff(block.indptr))
    block.data *= favour[block.indices] / source
    return block


def _nearest(
    block: Any, item: int, begin: int, count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows and similarities of an item's neighbours in the order of rows; shape (at most count,) each."""
    part = slice(block.indptr[item - begin], block.indptr[item - begin + 1])
    columns, said = block.indices[part], block.data[part].copy()
    said[columns == item] = 0.0
    best = np.sort(best_first(said, count))
    best = best[said[best] > 0]
    return columns[best].astype(np.int64), said[best]


def _sorted(product: Any) -> Any:
    """A sparse product with the columns of each row in order, so that ties go to the left."""
    matrix = product.tocsr()
    matrix.sort_indices()
    return matrix


def _joined(parts: list[Any], dtype: Any) -> NDArray[Any]:
    return np.concatenate([*parts, np.zeros(0, dtype)]).astype(dtype)


def largest(block: NDArray[np.float32], count: int) -> NDArray[np.bool_]:
    """The `count` largest positive values of each row, ties to the left.

    Args:
        block: Shape (rows, columns).
        count: Most values of a row.

    Returns:
        Where they are; shape (rows, columns).
    """
    if count <= 0:
        return np.zeros_like(block, np.bool_)
    if count >= block.shape[1]:
        return block > 0
    bound = np.partition(block, -count, axis=1)[:, -count][:, None]
    above = block > bound
    room = count - above.sum(axis=1, keepdims=True)
    equal = block == bound
    return (above | (equal & (np.cumsum(equal, axis=1) <= room))) & (block > 0)
