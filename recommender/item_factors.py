"""Item factors of a weighted factorisation (iALS), and a person folded into them.

Hu et al. (2008): each pair of person and item has a preference, 1 where it was used and liked and 0 elsewhere, and a
confidence in it. Training keeps the item side alone; a person's vector is solved for from their history when they ask,
so that no row of the artifact belongs to anybody and every event counts at once:

    w = (V'V + sum_j (c_j - 1) V_j V_j' + ridge I)^-1 sum_{j liked} c_j V_j
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemFactors:
    """The item side of the factorisation."""

    factors: NDArray[np.float32]
    """Shape (items, width)."""
    gram: NDArray[np.float32]
    """`V'V + ridge I`, over the items of the model whether on offer or not; shape (width, width)."""
    confidence: float
    """How much more certain a full use is than no use."""

    @classmethod
    def build(cls, factors: NDArray[np.float32], *, confidence: float, ridge: float) -> Self:
        """Factors with their Gram matrix.

        Args:
            factors: One row per item; shape (items, width).
            confidence: How much more certain a full use is than no use.
            ridge: Penalty on a person's vector.
        """
        gram = factors.T.astype(np.float64) @ factors + ridge * np.eye(factors.shape[1])
        return cls(factors=factors, gram=gram.astype(np.float32), confidence=confidence)

    @classmethod
    def none(cls, items: int) -> Self:
        """Of width 0, which score nothing."""
        return cls.build(np.zeros((items, 0), np.float32), confidence=0.0, ridge=1.0)

    def fold_in(
        self, rows: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """A person's vector.

        Args:
            rows: Items of the history; shape (n,).
            weights: Signed weights; below 0 the item is confidently not wanted, 0 says nothing; shape (n,).

        Returns:
            Shape (width,); zeros where nothing was liked.
        """
        matrix, wanted = self._equations(rows, weights)
        if not wanted.shape[0]:
            return np.zeros(self.factors.shape[1], np.float32)
        return np.linalg.solve(matrix, wanted.sum(axis=0))

    def parts(
        self, rows: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """What each item of a history adds to the person's vector (Hu et al., 2008, section 5).

        Args:
            rows: Items of the history; shape (n,).
            weights: Signed weights; shape (n,).

        Returns:
            Shape (n, width); the sum over the first axis is the person's vector.
        """
        found = np.zeros((len(rows), self.factors.shape[1]), np.float32)
        matrix, wanted = self._equations(rows, weights)
        if wanted.shape[0]:
            found[weights > 0] = np.linalg.solve(matrix, wanted.T).T
        return found

    def _equations(
        self, rows: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The matrix, and the right side of each item that is liked, shape (liked, width)."""
        spoken = weights != 0.0
        mine = self.factors[rows[spoken]]
        more = (self.confidence * np.abs(weights[spoken])).astype(np.float32)
        matrix = self.gram + (mine * more[:, None]).T @ mine
        liked = weights[spoken] > 0
        return matrix, mine[liked] * (1.0 + more[liked])[:, None]
