"""What a command says: data on stdout, words for people and progress on stderr."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from data.errors import DataRefusedError, RapportError
from data.settings import Settings

ReportProgress = Callable[[str, int, int | None], None]
"""Called with the name of a step, what is done and how much there is (None: unknown)."""


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command line: where it works and how it speaks."""

    home: Path | None
    """The home given with `--home`, if any."""
    is_json: bool
    """One JSON document on stdout instead of text."""
    is_quiet: bool
    """No words and no progress on stderr."""

    @property
    def settings(self) -> Settings:
        """The settings of the home in use.

        Raises:
            SettingsError: A setting is missing or impossible.
        """
        return Settings.load(self.home)

    def say(self, words: str) -> None:
        """Tell a person something on stderr."""
        if not self.is_quiet:
            Console(stderr=True, highlight=False, soft_wrap=True).print(words, markup=False)

    def answer(self, document: Mapping[str, Any], text: str) -> None:
        """Give the result of a command on stdout: the document with `--json`, else the text."""
        sys.stdout.write(as_json(document) if self.is_json else text)
        sys.stdout.write("\n")
        sys.stdout.flush()

    @contextmanager
    def progress(self) -> Iterator[ReportProgress]:
        """A progress display on stderr with the time left, one line per step."""
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=self.is_quiet or not sys.stderr.isatty(),
        ) as display:
            tasks: dict[str, Any] = {}

            def report(step: str, done: int, total: int | None) -> None:
                if step not in tasks:
                    tasks[step] = display.add_task(step, total=total)
                display.update(tasks[step], completed=done, total=total)

            yield report


def as_json(document: Mapping[str, Any]) -> str:
    """A JSON text with stable order of keys as given and no NaN.

    Raises:
        ValueError: The document holds a number that JSON cannot.
    """
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False, default=str)


def error_document(error: RapportError) -> dict[str, Any]:
    """The contract's JSON form of an error."""
    place = error.place if isinstance(error, DataRefusedError) else None
    return {
        "error": {
            "type": type(error).__name__.removesuffix("Error"),
            "detail": str(error),
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
        }
    }


def table_text(header: list[str], rows: list[list[Any]]) -> str:
    """A plain text table, columns padded; the empty table is its header.

    Example:
        >>> print(table_text(["name", "n"], [["a", 1], ["bc", 20]]))
        name  n
        a     1
        bc    20
    """
    cells = [header, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
    return "\n".join(lines)
