"""Arrays as columns of the canonical frames of `data.frames`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from data.columns import TableSpec
from data.frames import empty_frame

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Quantity = NDArray[Any] | float
"""A number or numbers of any kind; shapes broadcast."""

MISSING = -1
"""Stands for a missing word in an array of word positions."""
NO_TIME = np.iinfo(np.int64).min
"""Stands for a missing instant in microsecond arrays."""
SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
"""Microseconds."""


def ids_at(ids: pa.LargeStringArray, rows: Rows) -> pd.Series:
    """The ids at some positions, missing where the position is `MISSING`; shape (rows,)."""
    return pd.Series(pd.array(ids.take(_positions(rows)), dtype="str"))


def words_at(words: Sequence[str], rows: Rows) -> pd.Series:
    """The words at some positions, missing where the position is `MISSING`; shape (rows,)."""
    return ids_at(pa.array(list(words), pa.large_string()), rows)


def _positions(rows: Rows) -> pa.Array:
    return pa.array(rows, mask=rows == MISSING)


def word_lists(words: Sequence[str], chosen: Mask) -> list[tuple[str, ...]]:
    """The words chosen for each row, in the order of `words`; `chosen` has shape (rows, words)."""
    known: dict[bytes, tuple[str, ...]] = {}
    lists = []
    for line in chosen:
        key = line.tobytes()
        if key not in known:
            known[key] = tuple(word for word, is_in in zip(words, line, strict=True) if is_in)
        lists.append(known[key])
    return lists


def lists(entries: Sequence[tuple[str, ...]]) -> pd.Series:
    """A column of word lists."""
    cells = np.empty(len(entries), dtype=object)
    cells[:] = entries
    return pd.Series(cells, dtype="object")


def times(micros: Rows) -> pd.Series:
    """A column of instants, missing where the array says `NO_TIME`; shape (rows,)."""
    return pd.Series(micros.view("datetime64[us]")).dt.tz_localize("UTC")


def flags(values: Mask, missing: Mask | None = None) -> pd.Series:
    """A column of truth values; `values` and `missing` have shape (rows,)."""
    gaps = np.zeros(len(values), dtype=np.bool_) if missing is None else missing
    return pd.Series(pd.arrays.BooleanArray(values, gaps))


def integers(values: NDArray[np.generic], missing: Mask | None = None) -> pd.Series:
    """A column of whole numbers; `values` and `missing` have shape (rows,)."""
    gaps = np.zeros(len(values), dtype=np.bool_) if missing is None else missing
    return pd.Series(pd.arrays.IntegerArray(values.astype(np.int64), gaps))


def numbers(values: Floats) -> pd.Series:
    """A column of real numbers, NaN is missing; shape (rows,)."""
    return pd.Series(values, dtype="float64")


def complete(spec: TableSpec, columns: dict[str, pd.Series]) -> pd.DataFrame:
    """A frame with every column of the table in its order; what is not given is all missing."""
    rows = len(next(iter(columns.values())))
    empty = empty_frame(spec)
    whole = {
        name: columns[name] if name in columns else _gap(empty[name], rows)
        for name in spec.names
    }
    return pd.DataFrame(whole)


def _gap(column: pd.Series, rows: int) -> pd.Series:
    if column.dtype == object:
        return lists([()] * rows)
    return column.reindex(range(rows))


def ordered(frame: pd.DataFrame, *by: str) -> pd.DataFrame:
    """The frame in a stable order with a fresh index."""
    return frame.sort_values(list(by), kind="stable", ignore_index=True)
