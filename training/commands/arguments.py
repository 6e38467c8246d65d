"""Arguments that several commands share, and how their words are read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from data.errors import UsageError

KINDS = ("matching", "recommender")
MODEL_KINDS = "matching or recommender."

as_of_option = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="Use only what was known then; RFC 3339 or a date.", metavar="TIME"
    ),
]


def parse_kind(word: str) -> str:
    """A kind of model.

    Raises:
        UsageError: There is no such kind.
    """
    if word not in KINDS:
        raise UsageError(f"there is no model of kind {word!r}; it is matching or recommender")
    return word


def parse_time(words: str) -> datetime:
    """An RFC 3339 time with a zone, or a date, which means its midnight in UTC.

    Raises:
        UsageError: The words are neither.

    Example:
        >>> parse_time("2026-06-30").isoformat()
        '2026-06-30T00:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise UsageError("a time is written as 2026-06-30T12:00:00Z or 2026-06-30") from None
    if moment.tzinfo is None:
        if len(words) > len("2026-06-30"):
            raise UsageError("a time needs a zone; write it as 2026-06-30T12:00:00Z")
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise UsageError("a time lies within the years 1 to 9999 in UTC") from None


def refuse_same_file(source: Path, out: Path) -> None:
    """Keep a command from writing over what it reads.

    Raises:
        UsageError: Both names lead to one file.
    """
    if out.exists() and source.exists() and out.samefile(source):
        raise UsageError("--out would overwrite the file that is read: name another")
