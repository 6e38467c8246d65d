"""Frames of a clinic table: the one pandas form that all of rapport works on.

ID, WORD and TEXT are `str` columns (missing is NaN), INTEGER is `Int64`, NUMBER `float64`, FLAG
`boolean`, TIME `datetime64[us, UTC]`, WORDS an object column of tuples that is never missing.
Stored values are what `data.tables` keeps: microseconds, JSON arrays, and None for missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from data.clinic import INTAKES
from data.columns import Kind, TableSpec
from data.domain import Intake

DTYPES = {
    Kind.ID: "str",
    Kind.WORD: "str",
    Kind.TEXT: "str",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.FLAG: "boolean",
    Kind.TIME: "datetime64[us, UTC]",
    Kind.WORDS: "object",
}
"""The dtype of each kind of column."""

EMPTY_LIST = "[]"
"""The stored form of an empty list."""


def empty_frame(spec: TableSpec) -> pd.DataFrame:
    """A frame of the table without rows."""
    return frame_from_storage(spec, {name: [] for name in spec.names})


def column_from_storage(kind: Kind, values: Sequence[Any]) -> pd.Series:
    """One column of stored values as a column of a frame.

    Args:
        kind: What the column is.
        values: Stored values; None is missing.

    Returns:
        A series with the dtype of the kind and a fresh index.
    """
    if kind is Kind.WORDS:
        decode = msgspec.json.Decoder(tuple[str, ...]).decode
        known: dict[str, tuple[str, ...]] = {EMPTY_LIST: ()}
        cells = np.empty(len(values), dtype=object)
        for row, value in enumerate(values):
            text = value or EMPTY_LIST
            if text not in known:
                known[text] = decode(text)
            cells[row] = known[text]
        return pd.Series(cells, dtype="object")
    if kind is Kind.TIME:
        missing = np.datetime64("NaT", "us").astype(np.int64)
        whole = np.array([missing if value is None else value for value in values], np.int64)
        return pd.Series(whole.view("datetime64[us]")).dt.tz_localize("UTC")
    if kind is Kind.FLAG:
        values = [None if value is None else bool(value) for value in values]
    if kind in {Kind.ID, Kind.WORD, Kind.TEXT}:
        values = [value or None for value in values]
    return pd.Series(values, dtype=DTYPES[kind])


def frame_from_storage(spec: TableSpec, columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A frame of stored columns.

    Args:
        spec: The table.
        columns: Stored values by column name; all of equal length, and not every column of the
            table need be there.
    """
    return pd.DataFrame(
        {
            name: column_from_storage(spec.column(name).kind, values)
            for name, values in columns.items()
        }
    )


def storage_from_column(kind: Kind, column: pd.Series) -> list[Any]:
    """One column of a frame as stored values; the inverse of `column_from_storage`."""
    if kind is Kind.WORDS:
        return [
            msgspec.json.encode(list(entry)).decode() if len(entry) else EMPTY_LIST
            for entry in column
        ]
    missing = column.isna().to_numpy()
    if kind is Kind.TIME:
        plain = column.astype(DTYPES[kind]).dt.tz_localize(None).to_numpy("datetime64[us]")
        values: Iterable[Any] = plain.astype(np.int64).tolist()
    elif kind is Kind.INTEGER:
        values = column.astype("Int64").fillna(0).to_numpy(np.int64).tolist()
    elif kind is Kind.NUMBER:
        values = column.astype("Float64").to_numpy(np.float64, na_value=0.0).tolist()
    elif kind is Kind.FLAG:
        values = column.astype("boolean").fillna(False).to_numpy(np.bool_).tolist()
    else:
        values = column.tolist()
    return [None if gap else value for gap, value in zip(missing, values, strict=True)]


def storage_from_frame(spec: TableSpec, frame: pd.DataFrame) -> dict[str, list[Any]]:
    """All columns of a frame as stored values; a column that the frame lacks is all missing."""
    stored: dict[str, list[Any]] = {}
    for column in spec.columns:
        if column.name in frame:
            stored[column.name] = storage_from_column(column.kind, frame[column.name])
        else:
            gap = EMPTY_LIST if column.kind is Kind.WORDS else None
            stored[column.name] = [gap] * len(frame)
    return stored


def complete_frame(spec: TableSpec, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every column of the table, in the table's order and dtypes.

    Raises:
        KeyError: The frame has a column that the table does not know.
    """
    for name in frame.columns:
        spec.column(name)
    return frame_from_storage(spec, storage_from_frame(spec, frame))


def intakes_from_frame(frame: pd.DataFrame) -> list[Intake]:
    """The rows of a frame of `intakes` as domain objects; missing values become None."""
    columns: dict[str, list[Any]] = {}
    for column in INTAKES.columns:
        if column.name not in frame:
            continue
        series = frame[column.name]
        if column.kind is Kind.TIME:
            values = [None if value is pd.NaT else value for value in series.dt.to_pydatetime()]
        elif column.kind is Kind.WORDS:
            values = list(series)
        else:
            values = storage_from_column(column.kind, series)
        columns[column.name] = values
    names = tuple(columns)
    return [
        Intake(**dict(zip(names, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    ]
