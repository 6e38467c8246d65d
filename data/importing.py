"""Clinic files into the store: all files are read and checked first, then merged.

A bad row is rejected and written down; more of them than tolerated, or one file that cannot be
read, and nothing is stored. Importing the same rows again changes nothing. A file without some
optional column leaves what is stored in that column as it is; a column that is there but empty
empties it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine

from data.clinic import CLINIC_TABLES
from data.columns import TableSpec
from data.errors import DataRefusedError, Place, UsageError
from data.faults import Cause, describe
from data.frames import complete_frame, frame_from_storage
from data.parsing import check_batch
from data.raw_batches import Batches
from data.readers import find_tables, open_table
from data.rejects import RejectLog
from data.staging import StagedTable, staging

ReportProgress = Callable[[str, int, int | None], None]
"""Called with the name of a table, rows read and rows expected: an estimate until the last call."""


@dataclass(frozen=True, slots=True)
class TableCounts:
    """What became of the rows of one file."""

    read: int
    written: int
    """Rows that were new, or changed what was stored."""
    unchanged: int
    """Rows that the store, or an earlier line, had already."""
    rejected: int


@dataclass(slots=True)
class _Import:
    """One file under way."""

    spec: TableSpec
    path: Path
    staged: StagedTable
    source: Batches
    read: int = 0
    rejected: int = 0


def import_folder(
    engine: Engine,
    folder: Path,
    *,
    max_rejects: int = 0,
    on_progress: ReportProgress | None = None,
) -> dict[str, TableCounts]:
    """Import every table of a clinic folder.

    Args:
        engine: A database at the newest revision.
        folder: Holds tables as `NAME.parquet`, `NAME.csv` or `NAME.ndjson`.
        max_rejects: How many bad rows are tolerated in all; they are left out.
        on_progress: Told how far each table has been read.

    Returns:
        Counts by table, in the order of the contract.

    Raises:
        DataRefusedError: The folder, a file or too many rows are bad; nothing was stored.
        StorageError: The database cannot be used.
    """
    return _import(
        engine,
        find_tables(folder),
        RejectLog(folder, max_rejects=max_rejects),
        on_progress or _say_nothing,
    )


def import_table(
    engine: Engine,
    name: str,
    path: Path,
    *,
    max_rejects: int = 0,
    on_progress: ReportProgress | None = None,
) -> TableCounts:
    """Import one table from a file of any name; rejects go into a folder beside it.

    Args:
        engine: A database at the newest revision.
        name: The table.
        path: The file; the end of its name says its format.
        max_rejects: How many bad rows are tolerated; they are left out.
        on_progress: Told how far the file has been read.

    Raises:
        UsageError: There is no such table.
        DataRefusedError: The file or too many of its rows are bad; nothing was stored.
        StorageError: The database cannot be used.
    """
    if name not in CLINIC_TABLES:
        raise UsageError(f"{name!r} is no table; known: {', '.join(CLINIC_TABLES)}")
    rejects = RejectLog(path.parent, max_rejects=max_rejects)
    return _import(engine, {name: path}, rejects, on_progress or _say_nothing)[name]


def read_file(path: Path, spec: TableSpec) -> pd.DataFrame:
    """A file of a table as a frame, after the same checks as an import; for batch commands.

    A row that is there twice is given once. Columns that the file lacks are there and empty.

    Raises:
        DataRefusedError: The file or one of its rows is bad.
    """
    source = open_table(path, spec)
    columns: dict[str, list[Any]] = {}
    lines: list[int] = []
    for batch in source:
        checked = check_batch(spec, source.form, batch)
        for fault in checked.faults[:1]:
            column = spec.column(fault.column) if fault.column else None
            raise DataRefusedError(
                describe(fault.cause, column), place=Place(path.name, fault.line, fault.column)
            )
        lines += checked.lines
        for name, values in checked.columns.items():
            columns.setdefault(name, []).extend(values)
    frame = complete_frame(spec, frame_from_storage(spec, columns))
    again = frame.duplicated()
    clash = frame[~again].duplicated(list(spec.key))
    if clash.any():
        raise DataRefusedError(
            describe(Cause.DUPLICATE_KEY, None),
            place=Place(path.name, lines[clash.index[clash][0]], spec.key[0]),
        )
    return frame[~again].reset_index(drop=True)


def _say_nothing(_name: str, _done: int, _total: int | None) -> None:
    """The progress report where nobody asked for one."""


def _import(
    engine: Engine, paths: dict[str, Path], rejects: RejectLog, on_progress: ReportProgress
) -> dict[str, TableCounts]:
    """Stage all files, then merge them table by table.

    Raises:
        DataRefusedError: A file or too many rows are bad.
        StorageError: The database cannot be used.
    """
    with staging(engine) as connection:
        try:
            files = list(_stage_all(connection, paths, rejects, on_progress))
        except DataRefusedError:
            rejects.write(paths)
            raise
        rejects.refuse_if_too_many(is_written=rejects.write(paths))
        return {file.spec.name: _merge(file) for file in files}


def _stage_all(
    connection: Connection,
    paths: dict[str, Path],
    rejects: RejectLog,
    on_progress: ReportProgress,
) -> Iterator[_Import]:
    """Read, check and stage every file.

    Raises:
        DataRefusedError: A file cannot be read; the log of rejects knows.
    """
    for name, path in paths.items():
        spec = CLINIC_TABLES[name]
        try:
            source = open_table(path, spec)
            file = _Import(spec, path, StagedTable(connection, spec), source)
            _stage(file, rejects, on_progress)
        except DataRefusedError as error:
            rejects.record_refusal(name, error)
            raise
        yield file


def _stage(file: _Import, rejects: RejectLog, on_progress: ReportProgress) -> None:
    """Read, check and stage one file, as far as that makes sense."""
    for batch in file.source:
        checked = check_batch(file.spec, file.source.form, batch)
        file.staged.add(checked.lines, checked.columns)
        file.read += checked.rows_read
        file.rejected += checked.rows_rejected
        rejects.record(file.spec, file.path.name, checked.faults, rows=checked.rows_rejected)
        on_progress(file.spec.name, file.read, round(file.read / file.source.share_read))
        if rejects.is_hopeless:
            return
    faults, clashes = file.staged.drop_duplicates(file.source.names)
    file.rejected += clashes
    rejects.record(file.spec, file.path.name, faults, rows=clashes)
    on_progress(file.spec.name, file.read, file.read)


def _merge(file: _Import) -> TableCounts:
    written = file.staged.merge(file.source.names)
    return TableCounts(file.read, written, file.staged.unchanged, file.rejected)
