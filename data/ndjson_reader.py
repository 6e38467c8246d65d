"""NDJSON files as raw batches: one JSON object a line; blank lines are passed over."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from data.columns import TableSpec
from data.errors import Place, UnknownColumnError
from data.faults import Cause, Fault
from data.raw_batches import (
    BATCH_BYTES,
    BATCH_ROWS,
    Batch,
    Form,
    required_names,
    unknown_column,
)
from data.text_lines import TextLines


class _DuplicateFieldError(ValueError):
    """An object has the same name twice."""


class NdjsonBatches:
    """An NDJSON file; a name that an object lacks counts as null."""

    form = Form.JSON

    def __init__(self, path: Path, spec: TableSpec) -> None:
        self.names: set[str] = set(required_names(spec))
        self._spec = spec
        self._known = frozenset(spec.names)
        self._required = frozenset(self.names)
        self._lines = TextLines(path)
        self._decode = json.JSONDecoder(
            object_pairs_hook=_object, parse_constant=_refuse_constant
        ).decode

    @property
    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return self._lines.share_read

    def __iter__(self) -> Iterator[Batch]:
        """The batches in order.

        Raises:
            UnknownColumnError: An object has a name the table does not know.
            UnreadableFileError: The file is empty or not UTF-8 text.
        """
        lines: list[int] = []
        records: list[dict[str, Any]] = []
        faults: list[Fault] = []
        end = BATCH_BYTES
        for text in self._lines:
            if not text.isspace():
                found = self._record(text)
                if isinstance(found, Fault):
                    faults.append(found)
                else:
                    lines.append(self._lines.line)
                    records.append(found)
            if len(records) + len(faults) >= BATCH_ROWS or self._lines.bytes_read >= end:
                yield self._batch(lines, records, faults)
                lines, records, faults = [], [], []
                end = self._lines.bytes_read + BATCH_BYTES
        if records or faults:
            yield self._batch(lines, records, faults)

    def _record(self, text: str) -> dict[str, Any] | Fault:
        """The object of one line, or why there is none.

        Raises:
            UnknownColumnError: It has a name the table does not know.
        """
        line = self._lines.line
        try:
            record = self._decode(text)
        except _DuplicateFieldError as error:
            return Fault(line, self._column_or_none(str(error)), Cause.DUPLICATE_FIELD)
        except (ValueError, RecursionError):
            return Fault(line, None, Cause.NOT_AN_OBJECT)
        if type(record) is not dict:
            return Fault(line, None, Cause.NOT_AN_OBJECT)
        if not self._known.issuperset(record):
            raise self._unknown(record)
        if not self._required.issubset(record):
            absent = next(name for name in required_names(self._spec) if name not in record)
            return Fault(line, absent, Cause.MISSING)
        return record

    def _column_or_none(self, name: str) -> str | None:
        return name if name in self._known else None

    def _unknown(self, record: dict[str, Any]) -> UnknownColumnError:
        name = next(name for name in record if name not in self._known)
        return unknown_column(self._spec, name, Place(self._lines.file, self._lines.line))

    def _batch(
        self, lines: list[int], records: list[dict[str, Any]], faults: list[Fault]
    ) -> Batch:
        self.names.update(*records)
        columns = {name: [record.get(name) for record in records] for name in self._spec.names}
        return Batch(lines, columns, faults)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are all different.

    Raises:
        _DuplicateFieldError: They are not; its text is the name.
    """
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateFieldError(next(name for name in names if names.count(name) > 1))
    return record


def _refuse_constant(_: str) -> NoReturn:
    """NaN and Infinity are not JSON.

    Raises:
        ValueError: Always.
    """
    raise ValueError("not JSON")
