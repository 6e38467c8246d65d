"""Files of a clinic folder: which there are, and how each is read."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from data.clinic import CLINIC_TABLES
from data.columns import TableSpec
from data.csv_reader import CsvBatches
from data.errors import DataRefusedError, Place, UnreadableFileError
from data.ndjson_reader import NdjsonBatches
from data.parquet_reader import ParquetBatches
from data.raw_batches import Batches

READERS: Mapping[str, Callable[[Path, TableSpec], Batches]] = MappingProxyType(
    {".parquet": ParquetBatches, ".csv": CsvBatches, ".ndjson": NdjsonBatches}
)
"""The reader of each file format, by the end of the file name."""
OTHER_FORMATS = frozenset(
    {".feather", ".gz", ".json", ".jsonl", ".pq", ".tsv", ".xls", ".xlsx", ".zip"}
)
"""Formats in which somebody may well have meant to give a table."""
MISSPELT = 0.8
"""From this likeness on, a file name is taken for a misspelt table."""


def open_table(path: Path, spec: TableSpec) -> Batches:
    """A file of a table, ready to be read in constant memory.

    Args:
        path: A file whose name ends in `.parquet`, `.csv` or `.ndjson`.
        spec: The table it must hold.

    Raises:
        UnreadableFileError: There is no such file, or its name ends in something else. Reading may
            raise it too, and UnknownColumnError.
    """
    reader = READERS.get(path.suffix)
    if reader is None:
        raise UnreadableFileError(
            "the name of a table file ends in .parquet, .csv or .ndjson", place=Place(path.name)
        )
    if not path.is_file():
        raise UnreadableFileError("there is no such file", place=Place(path.name))
    return reader(path, spec)


def find_tables(folder: Path) -> dict[str, Path]:
    """The table files of a clinic folder, in the order in which tables are imported.

    Other files and folders are passed over, unless they look like a table under a wrong name.

    Raises:
        DataRefusedError: There is no such folder, it holds no table, one table stands there in two
            formats, or a file seems to be a table with a misspelt name or in an unknown format.
    """
    if not folder.is_dir():
        raise DataRefusedError("there is no such folder", place=Place(folder.name))
    found: dict[str, Path] = {}
    for path in sorted(entry for entry in folder.iterdir() if entry.is_file()):
        name = path.stem
        if path.suffix not in READERS or name not in CLINIC_TABLES:
            _refuse_lookalike(path)
        elif name in found:
            raise DataRefusedError(
                f"the table stands in {found[name].name} too; keep one", place=Place(path.name)
            )
        else:
            found[name] = path
    if not found:
        raise DataRefusedError(
            f"the folder holds no table, such as {next(iter(CLINIC_TABLES))}.csv",
            place=Place(folder.name),
        )
    return {name: found[name] for name in CLINIC_TABLES if name in found}


def _refuse_lookalike(path: Path) -> None:
    """Refuse a file that somebody seems to have meant as a table.

    Raises:
        DataRefusedError: It is one.
    """
    suffix, stem = path.suffix.lower(), path.name.split(".")[0]
    if path.name.startswith(".") or suffix not in {*READERS, *OTHER_FORMATS}:
        return
    if stem in CLINIC_TABLES:
        raise DataRefusedError(
            "the format is not known; tables end in .parquet, .csv or .ndjson",
            place=Place(path.name),
        )
    nearest = get_close_matches(stem.lower(), CLINIC_TABLES, n=1, cutoff=MISSPELT)
    if nearest:
        raise DataRefusedError(
            f"no table has this name; the nearest is {nearest[0]!r}", place=Place(path.name)
        )
