"""Raw columns as stored values and masks of faults: what a file may say, kind by kind.

Numbers and times go through Arrow and numpy as whole columns; a value is looked at by itself only
where its column has a fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.columns import Column, Kind, TableSpec
from data.faults import Cause, Fault
from data.parsing_arrow import arrow_objects, parse_arrow
from data.parsing_numbers import (
    parse_flag_objects,
    parse_flag_text,
    parse_number_objects,
    parse_number_text,
    parse_whole_objects,
    parse_whole_text,
    range_faults,
)
from data.parsing_times import parse_time_text
from data.parsing_words import parse_lists, parse_strings
from data.raw_batches import Batch, Form
from data.row_rules import RULES

STRINGS = frozenset({Kind.ID, Kind.WORD, Kind.TEXT})
OF_TEXT = {
    Kind.INTEGER: parse_whole_text,
    Kind.NUMBER: parse_number_text,
    Kind.FLAG: parse_flag_text,
    Kind.TIME: parse_time_text,
}
OF_OBJECTS = {
    Kind.INTEGER: parse_whole_objects,
    Kind.NUMBER: parse_number_objects,
    Kind.FLAG: parse_flag_objects,
    Kind.TIME: parse_time_text,
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """One column of a batch."""

    values: list[Any]
    """Stored values, None for missing; anything where there is a fault."""
    faults: NDArray[np.uint8]
    """The `Cause` of each row; shape (rows,)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows of a batch that are fine, and what is wrong with the others."""

    lines: list[int]
    columns: dict[str, list[Any]]
    """Stored values by column; each as long as `lines`."""
    faults: list[Fault]
    """In the order of lines, then of columns."""
    rows_read: int
    rows_rejected: int


def parse_column(column: Column, form: Form, raw: Any) -> Parsed:
    """One raw column, checked value by value.

    Args:
        column: What is allowed.
        form: How the raw values look.
        raw: A sequence, or an Arrow array where the form is ARROW.
    """
    values: Sequence[Any] = raw
    if form is Form.ARROW:
        if column.kind not in STRINGS | {Kind.WORDS}:
            return _finish(column, *parse_arrow(column.kind, raw))
        values = arrow_objects(column.kind, raw)
    if column.kind in STRINGS:
        return Parsed(*parse_strings(column, values))
    if column.kind is Kind.WORDS:
        return Parsed(*parse_lists(column, form, values))
    if form is Form.TEXT:
        given, faults = OF_TEXT[column.kind](values)
        is_missing = [not value for value in values]
    else:
        given, faults = OF_OBJECTS[column.kind](values)
        is_missing = [value is None or value == "" for value in values]
    return _finish(column, given, np.array(is_missing, dtype=np.bool_), faults)


def _finish(
    column: Column,
    values: NDArray[Any],
    is_missing: NDArray[np.bool_],
    faults: NDArray[np.uint8],
) -> Parsed:
    """Check ranges and required values, and put None where a value is missing."""
    is_missing = is_missing & (faults == Cause.FINE)
    is_open = (faults == Cause.FINE) & ~is_missing
    if column.kind in {Kind.INTEGER, Kind.NUMBER}:
        faults = np.where(is_open, range_faults(column, values), faults)
    kept = values.tolist()
    if is_missing.any():
        if column.is_required:
            faults = np.where(is_missing, np.uint8(Cause.MISSING), faults)
        kept = [None if gap else value for gap, value in zip(is_missing, kept, strict=True)]
    return Parsed(kept, faults)


def check_batch(spec: TableSpec, form: Form, batch: Batch) -> Checked:
    """All columns of a batch, each value checked, then the rules across columns."""
    parsed = {
        name: parse_column(spec.column(name), form, raw) for name, raw in batch.columns.items()
    }
    faults = {name: column.faults for name, column in parsed.items()}
    values = {name: column.values for name, column in parsed.items()}
    rule = RULES.get(spec.name)
    if rule is not None:
        for row, name, cause in rule({name: _fine(parsed[name]) for name in parsed}):
            faults[name][row] = cause
    return _without_faulty_rows(batch, values, faults)


def _fine(column: Parsed) -> list[Any]:
    """The values of a column, None where there is a fault."""
    if not column.faults.any():
        return column.values
    pairs = zip(column.values, column.faults.tolist(), strict=True)
    return [None if cause else value for value, cause in pairs]


def _without_faulty_rows(
    batch: Batch, values: dict[str, list[Any]], faults: Mapping[str, NDArray[np.uint8]]
) -> Checked:
    """Take the rows with faults out."""
    is_faulty = np.zeros(len(batch.lines), dtype=np.bool_)
    found = list(batch.faults)
    for name, causes in faults.items():
        is_faulty |= causes != Cause.FINE
        rows = np.flatnonzero(causes).tolist()
        found += [Fault(batch.lines[row], name, Cause(causes[row])) for row in rows]
    found.sort(key=lambda fault: fault.line)
    lines = list(batch.lines)
    if is_faulty.any():
        good = np.flatnonzero(~is_faulty).tolist()
        lines = [lines[row] for row in good]
        values = {name: [column[row] for row in good] for name, column in values.items()}
    return Checked(
        lines=lines,
        columns=values,
        faults=found,
        rows_read=len(batch.lines) + len(batch.faults),
        rows_rejected=int(is_faulty.sum()) + len(batch.faults),
    )
