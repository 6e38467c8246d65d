"""What people use together as a signal on the graph of items, of which the slow part is kept.

The matrix of use, scaled by powers of how much each person and each item is used, is taken apart into its
singular vectors; the leading ones are what many share, the rest is noise (graph signal processing: Shen et al.,
2021, and Peng et al., 2022). Items are scored from a history in one pass, with nothing to solve:

    score_i = d_i^b * V_i . sum_j (w_j * d_j^-a * V_j)

where `V` holds the leading vectors on the side of the items and `d` is how much an item is used. The vectors come from
block power iteration (Halko et al., 2011) with a fixed start, so equal data give equal bytes.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

OVERSAMPLING = 32
"""Vectors more than asked for, which make the last ones exact."""
ITERATIONS = 4
FLOOR = 1e-10
"""Directions whose share of the largest squared singular value is less are numerical noise."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LowPass:
    """The leading vectors and what items are scaled by as they are read and as they are scored."""

    basis: NDArray[np.float32]
    """Orthonormal columns, the leading one first; shape (items, rank)."""
    source_scale: NDArray[np.float32]
    """Shape (items,)."""
    target_scale: NDArray[np.float32]
    """Shape (items,)."""

    @classmethod
    def none(cls, items: int) -> Self:
        """Of rank 0, which scores nothing."""
        one = np.ones(items, np.float32)
        return cls(basis=np.zeros((items, 0), np.float32), source_scale=one, target_scale=one)

    def parts(
        self, rows: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """What each item of a history adds to the person's vector.

        Args:
            rows: Item rows; shape (n,).
            weights: Signed weights; what is disliked says nothing here; shape (n,).

        Returns:
            Shape (n, rank); the sum over the first axis is the person's vector.
        """
        strength = np.maximum(weights, 0.0).astype(np.float32) * self.source_scale[rows]
        return self.basis[rows] * strength[:, None]

    def targets(self) -> NDArray[np.float32]:
        """What a person's vector is multiplied by; shape (items, rank)."""
        return self.basis * self.target_scale[:, None]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spectrum:
    """Leading singular vectors of a scaled matrix of use, the largest first."""

    vectors: NDArray[np.float32]
    """Shape (items, rank)."""
    use: NDArray[np.float64]
    """How much each item is used, over all people; shape (items,)."""

    def low_pass(self, *, rank: int, source_power: float, target_power: float) -> LowPass:
        """The filter of the first vectors.

        Args:
            rank: How many are kept, at most those there are.
            source_power: How strongly the use of a history's items is discounted.
            target_power: How strongly scores favour what is used much.
        """
        use = np.where(self.use > 0, self.use, 1.0)
        return LowPass(
            basis=np.ascontiguousarray(self.vectors[:, :rank]),
            source_scale=(use**-source_power).astype(np.float32),
            target_scale=(use**target_power).astype(np.float32),
        )


def decompose(used: Any, *, rank: int, person_power: float, item_power: float) -> Spectrum:
    """The leading vectors of `D_person^-person_power x used x D_item^-item_power`.

    Args:
        used: Weights above 0 as a sparse matrix of shape (people, items).
        rank: Most vectors; fewer where the matrix has no more.
        person_power: How strongly people who use much are weighed down.
        item_power: How strongly items that are used much are weighed down.
    """
    people, items = used.shape
    by_person = np.asarray(used.sum(axis=1), np.float64).ravel()
    by_item = np.asarray(used.sum(axis=0), np.float64).ravel()
    matrix = (
        sparse.diags(_power(by_person, -person_power))
        @ used
        @ sparse.diags(_power(by_item, -item_power))
    )
    matrix = sparse.csr_matrix(matrix, dtype=np.float32)
    most = min(people, items)
    vectors = _leading(matrix, min(rank, most), min(rank + OVERSAMPLING, most))
    return Spectrum(vectors=vectors, use=by_item)


def _power(values: NDArray[np.float64], power: float) -> NDArray[np.float32]:
    return np.where(values > 0, np.where(values > 0, values, 1.0) ** power, 0.0).astype(
        np.float32
    )


def _leading(matrix: Any, rank: int, width: int) -> NDArray[np.float32]:
    """Right singular vectors by power iteration on a block; shape (items, at most rank)."""
    items = matrix.shape[1]
    if rank < 1 or not matrix.nnz:
        return np.zeros((items, 0), np.float32)
    back = matrix.T.tocsr()
    start = np.random.default_rng(0).standard_normal((items, width))
    block = start.astype(np.float32)
    for _ in range(ITERATIONS):
        block = _orthonormal(back @ (matrix @ block))
    image = matrix @ block
    values, turn = np.linalg.eigh((image.T @ image).astype(np.float64))
    order = np.argsort(-values, kind="stable")[:rank]
    order = order[values[order] > FLOOR * values.max()]
    vectors = block @ turn[:, order].astype(np.float32)
    return np.ascontiguousarray(_signed(vectors))


def _orthonormal(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """An orthonormal basis of a block's columns by its Gram matrix: several times faster than QR."""
    values, turn = np.linalg.eigh((block.T @ block).astype(np.float64))
    keep = values > FLOOR * values.max()
    return block @ (turn[:, keep] / np.sqrt(values[keep])).astype(np.float32)


def _signed(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each column with its largest entry positive, as its sign is arbitrary."""
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], axis=0)
    return vectors * np.where(largest < 0, np.float32(-1), np.float32(1))
