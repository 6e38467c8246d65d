"""Named random streams and opaque ids, so that one more patient changes no other patient."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

ALPHABET = np.frombuffer(b"0123456789abcdefghjkmnpqrstvwxyz", dtype=np.uint8)
"""32 letters and digits that are hard to mistake for one another."""
LETTERS = 13
"""Letters of an id: 13 times 5 bits hold 64 bits."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Independent random generators by name.

    A stream depends on the seed and its name alone. What is drawn for the first rows does not
    depend on how many rows follow.
    """

    seed: int

    def generator(self, name: str) -> np.random.Generator:
        """A fresh generator of the stream; two calls give the same numbers."""
        child = np.random.SeedSequence(self.seed, spawn_key=tuple(name.encode()))
        return np.random.default_rng(child)

    def uniform(self, name: str, *shape: int) -> NDArray[np.float64]:
        """Uniform numbers in [0, 1); shape (*shape)."""
        return self.generator(name).random(shape)

    def normal(self, name: str, *shape: int) -> NDArray[np.float64]:
        """Standard normal numbers; shape (*shape)."""
        return self.generator(name).standard_normal(shape)

    def pick(
        self, name: str, shares: tuple[float, ...] | NDArray[np.float64], rows: int
    ) -> NDArray[np.int64]:
        """Positions drawn with the given shares, which are scaled to sum to 1; shape (rows,)."""
        return pick_by(self.uniform(name, rows), np.asarray(shares, dtype=np.float64))

    def ids(self, kind: str, rows: int) -> pa.LargeStringArray:
        """Different opaque ids that tell neither order nor number; shape (rows,)."""
        key = self.generator(f"id {kind}").integers(0, 2**64, dtype=np.uint64)
        return _spell(_scramble(np.arange(rows, dtype=np.uint64), key))


def pick_by(uniform: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions by inversion of uniform numbers; shares need not sum to 1.

    Args:
        uniform: Numbers in [0, 1); any shape.
        shares: Weights, 0 or more; shape (words,).

    Returns:
        Positions in `shares`, of the shape of `uniform`.
    """
    edges = np.cumsum(shares) / np.sum(shares)
    picked = np.searchsorted(edges, uniform, side="right")
    return np.minimum(picked, len(shares) - 1).astype(np.int64)


def _scramble(numbers: NDArray[np.uint64], key: np.uint64) -> NDArray[np.uint64]:
    """A bijection on 64-bit numbers: SplitMix64 (Steele, Lea & Flood 2014)."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15) + key
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _spell(numbers: NDArray[np.uint64]) -> pa.LargeStringArray:
    letters = np.empty((len(numbers), LETTERS), dtype=np.uint8)
    rest = numbers.copy()
    for place in range(LETTERS):
        letters[:, place] = ALPHABET[(rest & np.uint64(31)).astype(np.intp)]
        rest >>= np.uint64(5)
    starts = np.arange(len(numbers) + 1, dtype=np.int64) * LETTERS
    return pa.LargeStringArray.from_buffers(
        len(numbers), pa.py_buffer(starts), pa.py_buffer(letters)
    )
