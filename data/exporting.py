"""The store, or frames, out to files of the contract; each file appears whole or not at all."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, func, select

from data.atomic_files import replacing
from data.clinic import CLINIC_TABLES
from data.columns import TableSpec
from data.database import reading
from data.errors import ConflictError, RapportError, UsageError
from data.frames import storage_from_frame
from data.tables import CLINIC
from data.writers import WRITERS, Stored

BATCH_ROWS = 50_000
"""Rows that are in memory at once."""
ReportProgress = Callable[[str, int, int | None], None]
"""Called with the name of a table, rows written and rows there are."""


def export_folder(
    engine: Engine,
    folder: Path,
    *,
    format: str = "parquet",  # noqa: A002 - the word users know
    tables: Sequence[str] | None = None,
    on_progress: ReportProgress | None = None,
) -> dict[str, int]:
    """Write tables of the store as one file each, all as of one moment, ordered by key.

    Importing the folder into an empty store gives equal tables.

    Args:
        engine: A database at the newest revision.
        folder: Where to write; made if absent.
        format: `parquet`, `csv` or `ndjson`.
        tables: Names of tables; where None, all of the contract.
        on_progress: Told how far each table has been written.

    Returns:
        Rows written by table.

    Raises:
        UsageError: A table or the format is unknown.
        ConflictError: The folder has one of the tables in another format already.
        RapportError: The files cannot be written.
        StorageError: The database cannot be used.
    """
    names = list(CLINIC_TABLES) if tables is None else list(tables)
    for name in names:
        if name not in CLINIC_TABLES:
            raise UsageError(f"{name!r} is no table; known: {', '.join(CLINIC_TABLES)}")
    suffix = f".{format}"
    if suffix not in WRITERS:
        raise UsageError(f"{format!r} is no format; it is parquet, csv or ndjson")
    _refuse_other_formats(folder, names, suffix)
    report = on_progress or (lambda _name, _done, _total: None)
    written: dict[str, int] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with reading(engine) as connection:
            for name in names:
                path = folder / f"{name}{suffix}"
                written[name] = _export(connection, name, path, report)
    except OSError as error:
        raise RapportError(_cannot_write(error)) from None
    return written


def _refuse_other_formats(folder: Path, names: Sequence[str], suffix: str) -> None:
    """Refuse to put a table beside itself in another format: nobody could tell which counts.

    Raises:
        ConflictError: The folder has such a table.
    """
    for name in names:
        for other in WRITERS:
            if other != suffix and (folder / f"{name}{other}").exists():
                raise ConflictError(
                    f"the folder has {name}{other} already; export to another folder"
                )


def _export(connection: Connection, name: str, path: Path, report: ReportProgress) -> int:
    """One table as a file; the number of its rows."""
    spec, table = CLINIC_TABLES[name], CLINIC[name]
    total = int(connection.scalar(select(func.count()).select_from(table)) or 0)
    query = select(table).order_by(*(table.c[key] for key in spec.key))
    rows = connection.execution_options(yield_per=BATCH_ROWS).execute(query)
    done = 0
    with replacing(path) as part, WRITERS[path.suffix](part, spec) as file:
        for partition in rows.partitions():
            file.write(_with_gaps(spec, list(zip(*partition, strict=True))))
            done += len(partition)
            report(name, done, total)
    report(name, done, done)
    return done


def _with_gaps(spec: TableSpec, columns: Sequence[Sequence[Any]]) -> Stored:
    """Columns by name; the empty string of a key becomes the missing value it stands for."""
    named = dict(zip(spec.names, columns, strict=True))
    for key in spec.key:
        if not spec.column(key).is_required:
            named[key] = [value or None for value in named[key]]
    return named


def write_frame(frame: pd.DataFrame, spec: TableSpec, path: Path) -> None:
    """Write a frame as a file of a table; a column that the frame lacks is written empty.

    Args:
        frame: Its columns are columns of the table, in the dtypes of `data.frames`.
        spec: The table; all its columns are written, in its order.
        path: The file; the end of its name says its format. Its folder must be there.

    Raises:
        UsageError: The name does not end in `.parquet`, `.csv` or `.ndjson`.
        KeyError: The frame has a column that the table does not know.
        RapportError: The file cannot be written.
    """
    if path.suffix not in WRITERS:
        raise UsageError("the name of the file must end in .parquet, .csv or .ndjson")
    for name in frame.columns:
        spec.column(name)
    try:
        with replacing(path) as part, WRITERS[path.suffix](part, spec) as file:
            for piece in _pieces(frame):
                file.write(storage_from_frame(spec, piece))
    except OSError as error:
        raise RapportError(_cannot_write(error)) from None


def _pieces(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), BATCH_ROWS):
        yield frame.iloc[start : start + BATCH_ROWS]


def _cannot_write(error: OSError) -> str:
    return f"the files cannot be written: {(error.strerror or 'unknown reason').lower()}"
