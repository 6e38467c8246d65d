"""The tables of a clinic as learning reads them: every table and column there, whatever was given."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.clinic import CLINIC_TABLES
from data.columns import Kind
from data.directory import UNKNOWN_TIME, micros
from data.frames import EMPTY_LIST, column_from_storage, empty_frame

Frames = Mapping[str, pd.DataFrame]


def table_of(frames: Frames, name: str) -> pd.DataFrame:
    """One table with all columns of the contract and a fresh index; what is missing is empty.

    Args:
        frames: Tables by name; any may be absent and lack optional columns.
        name: The table.
    """
    spec = CLINIC_TABLES[name]
    found = frames.get(name)
    if found is None:
        return empty_frame(spec)
    table = found.reset_index(drop=True)
    for column in spec.columns:
        if column.name not in table:
            gap = EMPTY_LIST if column.kind is Kind.WORDS else None
            table[column.name] = column_from_storage(column.kind, [gap] * len(table))
    return table


def rows_of(keys: pd.Series, wanted: pd.Series) -> NDArray[np.int64]:
    """The row of each wanted id among distinct ids, -1 for an unknown or missing one.

    Returns:
        Rows of shape (wanted,).
    """
    index = pd.Index(keys.astype(object))
    return index.get_indexer(pd.Index(wanted.astype(object))).astype(np.int64)


def times_of(table: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """A TIME column as microseconds since 1970 UTC; shape (rows,), missing is `UNKNOWN_TIME`."""
    return micros(table[column])


def latest_time(frames: Frames, columns: Mapping[str, str]) -> int:
    """The latest instant in some columns, microseconds since 1970 UTC.

    Args:
        frames: Tables by name.
        columns: Table to its TIME column.

    Returns:
        The instant, or `UNKNOWN_TIME` where there is none.
    """
    latest = [
        int(times_of(table_of(frames, name), column).max(initial=UNKNOWN_TIME))
        for name, column in columns.items()
    ]
    return max(latest, default=UNKNOWN_TIME)
