"""Batches of raw values as the readers of files give them, and the check of column names."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Protocol

from data.columns import TableSpec
from data.errors import Place, UnknownColumnError, UnreadableFileError
from data.faults import Fault

BATCH_ROWS = 20_000
"""Most rows of a batch."""
BATCH_BYTES = 8 * 1_048_576
"""A batch ends once it has taken this many bytes of its file."""
SHOWN_NAME_LENGTH = 64


class Form(StrEnum):
    """How raw values look."""

    TEXT = "text"
    """Strings, as in CSV; empty is missing."""
    JSON = "json"
    """Python objects of JSON; None is missing."""
    ARROW = "arrow"
    """Arrow arrays; null, and NaN among numbers, is missing."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file, not yet checked."""

    lines: Sequence[int]
    """Physical line where each row starts (row number in Parquet), counted from 1; ascending."""
    columns: Mapping[str, Any]
    """Raw values by column: a sequence, or an Arrow array, as long as `lines`."""
    faults: Sequence[Fault] = ()
    """Rows that could not even be taken apart; they are not among `lines`."""


class Batches(Protocol):
    """A file that is being read."""

    @property
    def form(self) -> Form:
        """How its raw values look."""

    @property
    def names(self) -> Collection[str]:
        """Columns the file has; complete once the last batch was given."""

    @property
    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1."""

    def __iter__(self) -> Iterator[Batch]:
        """The batches in the order of the file."""


def check_names(spec: TableSpec, names: Sequence[str], place: Place) -> None:
    """Refuse a header the table cannot take.

    Raises:
        UnknownColumnError: A column is unknown.
        UnreadableFileError: A column is there twice, a required one is missing, or no column is
            known, so that the header itself seems to be absent.
    """
    known = set(spec.names)
    if known.isdisjoint(names):
        raise UnreadableFileError(
            f"none of the columns of {spec.name} is named; the first line must be "
            "the header, with commas between the names",
            place=place,
        )
    stranger = next((name for name in names if name not in known), None)
    if stranger is not None:
        refusal = unknown_column(spec, stranger, place)
        raise refusal
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice:
        raise UnreadableFileError(
            "the column is there twice", place=Place(place.file, place.line, twice)
        )
    missing = [name for name in required_names(spec) if name not in names]
    if missing:
        raise UnreadableFileError(
            f"required columns are missing: {', '.join(missing)}",
            place=Place(place.file, place.line, missing[0]),
        )


def required_names(spec: TableSpec) -> list[str]:
    """The required columns of a table, in its order."""
    return [column.name for column in spec.columns if column.is_required]


def unknown_column(spec: TableSpec, name: str, place: Place) -> UnknownColumnError:
    """What to raise for a column that the table does not know; names the nearest known one."""
    nearest = get_close_matches(name, spec.names, n=1, cutoff=0.0)[0]
    shown = name[:SHOWN_NAME_LENGTH].encode(errors="replace").decode()
    return UnknownColumnError(
        f"{spec.name} has no column {shown!r}; the nearest known name is {nearest!r}",
        place=Place(place.file, place.line, shown),
    )
