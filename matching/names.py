"""Outside names and their rows in an array of distinct names."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Names = Sequence[str] | NDArray[Any]


def name_rows(names: Names) -> tuple[NDArray[np.str_], Rows]:
    """Distinct names in ascending order, and the row of each given name among them.

    Args:
        names: Outside names; shape (rows,).

    Returns:
        Arrays of shape (distinct,) and (rows,).
    """
    entries = names.tolist() if isinstance(names, np.ndarray) else names
    known = sorted(dict.fromkeys(entries))
    places = {name: row for row, name in enumerate(known)}
    rows = np.fromiter((places[name] for name in entries), np.int64, len(entries))
    return np.array(known, dtype=np.str_), rows


def find_rows(known: NDArray[np.str_], names: Names) -> Rows:
    """The row of each name among known ones in ascending order, -1 for an unknown name.

    Args:
        known: Distinct names in ascending order; shape (known,).
        names: Names to find; shape (rows,).

    Returns:
        Rows of shape (rows,).
    """
    wanted = np.asarray(names, dtype=np.str_)
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[places] == wanted, places, -1).astype(np.int64)
