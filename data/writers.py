"""Stored columns as CSV, NDJSON and Parquet, batch by batch.

Times are RFC 3339 in UTC with `Z`, with microseconds only where there are any.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, Self

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.columns import Column, Kind, TableSpec
from data.frames import EMPTY_LIST
from data.parsing_words import join_list

Stored = Mapping[str, Sequence[Any]]
SECOND = 1_000_000


class TableWriter(Protocol):
    """A file of a table that is being written; a context that closes it."""

    def __enter__(self) -> Self:
        """Itself."""

    def __exit__(self, *_: object) -> None:
        """Finish the file."""

    def write(self, columns: Stored) -> None:
        """Add rows, given as stored values of every column of the table."""


def time_texts(moments: Sequence[int | None]) -> list[str | None]:
    """Stored times as RFC 3339; None stays None.

    Example:
        >>> time_texts([0, 1_500_000, None])
        ['1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500000Z', None]
    """
    whole = np.array([moment or 0 for moment in moments], dtype=np.int64)
    texts = np.datetime_as_string(whole.astype("datetime64[us]"), unit="us").tolist()
    return [
        None
        if moment is None
        else text[:19] + ("Z" if moment % SECOND == 0 else text[19:] + "Z")
        for moment, text in zip(moments, texts, strict=True)
    ]


class CsvWriter:
    """CSV in UTF-8 with a header, comma, double quotes and LF."""

    def __init__(self, path: Path, spec: TableSpec) -> None:
        self._spec = spec
        self._file = path.open("w", encoding="utf-8", newline="")
        self._plain = csv.writer(self._file, lineterminator="\n")
        self._quoted = csv.writer(self._file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self._plain.writerow(spec.names)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._file.close()

    def write(self, columns: Stored) -> None:
        """Add rows.

        Rows are quoted throughout where a text holds a carriage return, which the csv module
        would leave bare.
        """
        cells = [_csv_cells(column.kind, columns[column.name]) for column in self._spec.columns]
        texts = [
            columns[column.name] for column in self._spec.columns if column.kind is Kind.TEXT
        ]
        has_return = any("\r" in (value or "") for values in texts for value in values)
        writer = self._quoted if has_return else self._plain
        writer.writerows(zip(*cells, strict=True))


def _csv_cells(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind is Kind.TIME:
        return time_texts(values)
    if kind is Kind.FLAG:
        return [None if value is None else ("true" if value else "false") for value in values]
    if kind is Kind.WORDS:
        decode = msgspec.json.Decoder(list[str]).decode
        return ["" if value == EMPTY_LIST else join_list(decode(value)) for value in values]
    return values


class NdjsonWriter:
    """One JSON object a line, with every column; a table without rows is one blank line."""

    def __init__(self, path: Path, spec: TableSpec) -> None:
        self._spec = spec
        self._file = path.open("wb")
        self._encode = msgspec.json.Encoder().encode_lines

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._file.tell() == 0:
            self._file.write(b"\n")
        self._file.close()

    def write(self, columns: Stored) -> None:
        """Add rows."""
        names = self._spec.names
        cells = [
            _json_cells(column.kind, columns[column.name]) for column in self._spec.columns
        ]
        rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
        self._file.write(self._encode(rows))


def _json_cells(kind: Kind, values: Sequence[Any]) -> Sequence[Any]:
    if kind is Kind.TIME:
        return time_texts(values)
    if kind is Kind.FLAG:
        return [None if value is None else bool(value) for value in values]
    if kind is Kind.WORDS:
        return [msgspec.Raw(value) for value in values]
    return values


ARROW_TYPES = MappingProxyType(
    {
        Kind.ID: pa.string(),
        Kind.WORD: pa.string(),
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.TIME: pa.timestamp("us", tz="UTC"),
        Kind.WORDS: pa.list_(pa.string()),
    }
)
"""The Arrow type of each kind of column."""


class ParquetWriter:
    """Parquet with one row group a batch, compressed, every page with its checksum."""

    def __init__(self, path: Path, spec: TableSpec) -> None:
        self._spec = spec
        self._schema = pa.schema(
            [(column.name, ARROW_TYPES[column.kind]) for column in spec.columns]
        )
        self._file = pq.ParquetWriter(
            path, self._schema, compression="zstd", write_page_checksum=True
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write the footer and close the file."""
        self._file.close()

    def write(self, columns: Stored) -> None:
        """Add rows."""
        arrays = [_arrow_array(column, columns[column.name]) for column in self._spec.columns]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))


def _arrow_array(column: Column, values: Sequence[Any]) -> Any:
    if column.kind is Kind.WORDS:
        decode = msgspec.json.Decoder(list[str]).decode
        return pa.array([decode(value) for value in values], ARROW_TYPES[column.kind])
    if column.kind is Kind.FLAG:
        values = [None if value is None else bool(value) for value in values]
    return pa.array(values, ARROW_TYPES[column.kind])


WRITERS: Mapping[str, Callable[[Path, TableSpec], TableWriter]] = MappingProxyType(
    {".parquet": ParquetWriter, ".csv": CsvWriter, ".ndjson": NdjsonWriter}
)
"""The writer of each file format, by the end of the file name."""
