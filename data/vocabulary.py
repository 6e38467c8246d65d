"""Outside ids and their rows in a matrix."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNKNOWN_ROW = -1
"""The row of an id that is not in the vocabulary."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Distinct ids in a fixed order; the place of an id is its row."""

    index: pd.Index
    """The ids by row."""

    @classmethod
    def build(cls, ids: Iterable[str], *, is_sorted: bool = False) -> Self:
        """The distinct ids of a sequence.

        Args:
            ids: Any ids, with repeats; missing ones (None, NaN) are left out.
            is_sorted: Rows follow the code points of the ids; otherwise first appearance.
        """
        column = pd.Series(ids if isinstance(ids, pd.Series) else list(ids), dtype="str")
        distinct = column.dropna().unique()
        return cls(pd.Index(sorted(distinct) if is_sorted else distinct, dtype="str"))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids by row."""
        return tuple(self.index)

    def __len__(self) -> int:
        return len(self.index)

    def __contains__(self, outside_id: object) -> bool:
        return outside_id in self.index

    def row(self, outside_id: str) -> int:
        """The row of an id.

        Raises:
            KeyError: The id is not in the vocabulary.
        """
        return int(self.index.get_loc(outside_id))

    def find_rows(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """The rows of many ids at once.

        Args:
            ids: Any ids, with repeats, and missing ones.

        Returns:
            Rows of shape (ids,); `UNKNOWN_ROW` where an id is missing or not in the vocabulary.
        """
        column = pd.Series(ids if isinstance(ids, pd.Series) else list(ids), dtype="str")
        return self.index.get_indexer(pd.Index(column)).astype(np.int64)
