"""Rejected rows: how many, where and why; kept beside the files they came from."""

import json
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from data.columns import TableSpec
from data.errors import DataRefusedError, Place, UnknownColumnError
from data.faults import Cause, Fault, describe

FOLDER = "rejects"
MOST_KEPT = 10_000
"""So many faults are written down; where more rows are bad, a file is beyond repair by hand."""


class RejectLog:
    """The rejects of one import."""

    def __init__(self, folder: Path, *, max_rejects: int = 0) -> None:
        """Start an empty log.

        Args:
            folder: Where the files stand; rejects go into its folder `rejects`.
            max_rejects: How many rejected rows are tolerated in all.
        """
        self._folder = folder / FOLDER
        self._max_rejects = max_rejects
        self._rows = 0
        self._kept = 0
        self._lines: dict[str, list[str]] = defaultdict(list)
        self._first: DataRefusedError | None = None

    @property
    def is_hopeless(self) -> bool:
        """Whether the import is refused for sure and enough has been written down."""
        return self._rows > self._max_rejects and self._kept >= MOST_KEPT

    def record(self, spec: TableSpec, file: str, faults: Iterable[Fault], *, rows: int) -> None:
        """Add the faults of some rows of one file.

        Args:
            spec: The table of the file.
            file: Name of the file.
            faults: In the order of their lines.
            rows: How many different rows they concern.
        """
        self._rows += rows
        for fault in faults:
            place = Place(file, fault.line, fault.column)
            if self._first is None:
                column = spec.column(fault.column) if fault.column else None
                self._first = DataRefusedError(describe(fault.cause, column), place=place)
            self._keep(spec.name, place, fault.cause)

    def record_refusal(self, name: str, error: DataRefusedError) -> None:
        """Add the reason why a whole file was refused."""
        is_name = isinstance(error, UnknownColumnError)
        self._keep(name, error.place, Cause.UNKNOWN_COLUMN if is_name else Cause.UNREADABLE)

    def _keep(self, name: str, place: Place, cause: Cause) -> None:
        if self._kept < MOST_KEPT:
            self._kept += 1
            entry = {
                "file": place.file,
                "line": place.line,
                "column": place.column,
                "cause": cause.label,
            }
            self._lines[name].append(json.dumps(entry))

    def write(self, names: Iterable[str]) -> bool:
        """Write one file per table with rejects, and take away what earlier imports left.

        Args:
            names: Tables of this import.

        Returns:
            Whether everything could be written.
        """
        try:
            for name in names:
                path = self._folder / f"{name}.ndjson"
                if self._lines[name]:
                    self._folder.mkdir(exist_ok=True)
                    path.write_text("\n".join(self._lines[name]) + "\n", encoding="utf-8")
                elif path.is_file():
                    path.unlink()
            with suppress(OSError):  # there is none, or it is not empty
                self._folder.rmdir()
        except OSError:
            return False
        return True

    def refuse_if_too_many(self, *, is_written: bool) -> None:
        """Refuse the import where more rows were rejected than are tolerated.

        Args:
            is_written: Whether the rejects could be written; where not, none is tolerated.

        Raises:
            DataRefusedError: So it is; the place is that of the first fault.
        """
        if self._first is None or (self._rows <= self._max_rejects and is_written):
            return
        more = " or more" if self.is_hopeless else ""
        where = f"see the folder {FOLDER}" if is_written else f"{FOLDER} cannot be written"
        counts = f"{self._rows}{more} rejected, {self._max_rejects} tolerated"
        place = self._first.place
        message = str(self._first).removeprefix(f"{place}: ")
        raise DataRefusedError(f"{message} (rows: {counts}; {where})", place=place)
