"""Which rows carry a word: one boolean row per word, so that a filter is one look-up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


def word_key(word: str) -> str:
    """The form in which words compare: no outer blanks, no case.

    Example:
        >>> word_key(" US-CA ")
        'us-ca'
    """
    return word.strip().casefold()


def language_key(tag: str) -> str:
    """The primary language of a BCP-47 tag, so that `es-MX` meets `es`.

    Example:
        >>> language_key("es-MX")
        'es'
    """
    return word_key(tag).replace("_", "-").split("-", 1)[0]


FOLDS: Mapping[str, Callable[[str], str]] = {
    "word": word_key,
    "language": language_key,
    "exact": str,
}
"""How the words of a column are made comparable."""


@dataclass(frozen=True, slots=True, eq=False)
class WordIndex:
    """The words of one list column, inverted.

    Attributes:
        rows: Word key to row of `matrix`.
        matrix: True where the item has the word; shape (words, items).
        has_words: True where the item has any word; shape (items,).
    """

    rows: Mapping[str, int]
    matrix: NDArray[np.bool_]
    has_words: NDArray[np.bool_]

    @classmethod
    def build(cls, lists: Sequence[Iterable[str]], *, key: str = "word") -> Self:
        """Invert the word lists of all items.

        Args:
            lists: The words of each item, in item order.
            key: `word` compares whole words, `language` primary languages, `exact` as written.
        """
        fold = FOLDS[key]
        rows: dict[str, int] = {}
        hits: list[tuple[int, int]] = []
        for item, entries in enumerate(lists):
            hits.extend((rows.setdefault(fold(entry), len(rows)), item) for entry in entries)
        matrix = np.zeros((len(rows), len(lists)), dtype=np.bool_)
        if hits:
            places = np.array(hits, dtype=np.int64)
            matrix[places[:, 0], places[:, 1]] = True
        return cls(rows, matrix, np.logical_or.reduce(matrix, axis=0))

    def having(self, key: str) -> NDArray[np.bool_]:
        """Items that carry a word, given as its key; a new word is carried by none.

        Returns:
            A mask of shape (items,); do not write into it.
        """
        row = self.rows.get(key)
        return np.zeros_like(self.has_words) if row is None else self.matrix[row]

    def having_any(self, keys: Iterable[str]) -> NDArray[np.bool_]:
        """Items that carry at least one of the words; none where no word is given.

        Returns:
            A mask of shape (items,).
        """
        rows = [self.rows[key] for key in keys if key in self.rows]
        if not rows:
            return np.zeros_like(self.has_words)
        return np.logical_or.reduce(self.matrix[rows], axis=0)

    def count_of(self, keys: Iterable[str]) -> NDArray[np.int64]:
        """How many of the words each item carries; shape (items,)."""
        rows = [self.rows[key] for key in dict.fromkeys(keys) if key in self.rows]
        return self.matrix[rows].sum(axis=0, dtype=np.int64)

    def words_of(self, item: int) -> list[str]:
        """The word keys of one item, in order of first appearance in the column."""
        return [word for word, row in self.rows.items() if self.matrix[row, item]]
