"""Parquet files as raw batches; the line of a row is its number, counted from 1."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.columns import TableSpec
from data.errors import Place, UnreadableFileError
from data.raw_batches import BATCH_BYTES, BATCH_ROWS, Batch, Form, check_names
from data.text_lines import cannot_read

ROW_BYTES = 1_048_576
"""Most bytes a row may take on average within a row group."""


class ParquetBatches:
    """A Parquet file, read row group by row group."""

    form = Form.ARROW

    def __init__(self, path: Path, spec: TableSpec) -> None:
        self.names: list[str] = []
        self.share_read = 0.0
        self._path = path
        self._spec = spec

    def __iter__(self) -> Iterator[Batch]:
        """The batches in order.

        Raises:
            UnknownColumnError: The schema has a column the table does not know.
            UnreadableFileError: The file is empty, broken or not Parquet, or its columns are not
                those of this table.
        """
        rows = 0
        try:
            if self._path.stat().st_size == 0:
                raise UnreadableFileError("the file is empty", place=Place(self._path.name))
            with pq.ParquetFile(self._path, page_checksum_verification=True) as source:
                names = list(source.schema_arrow.names)
                check_names(self._spec, names, Place(self._path.name))
                self.names = names
                for group in self._record_batches(source):
                    group.validate(full=True)  # else damage shows as text that is not UTF-8
                    lines = range(rows + 1, rows + group.num_rows + 1)
                    rows += group.num_rows
                    self.share_read = rows / source.metadata.num_rows
                    yield Batch(lines, dict(zip(names, group.columns, strict=True)))
        except (pa.ArrowException, UnicodeDecodeError):  # the latter from column names
            raise self._broken(rows) from None
        except OSError as error:  # pyarrow reports damage inside a file as an OSError, too
            raise (
                cannot_read(self._path, error) if error.errno else self._broken(rows)
            ) from None

    def _record_batches(self, source: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
        """Record batches that each take little memory.

        Raises:
            UnreadableFileError: The rows are too wide for any clinic table.
        """
        for number in range(source.num_row_groups):
            group = source.metadata.row_group(number)
            row_bytes = group.total_byte_size / max(group.num_rows, 1)
            if row_bytes > ROW_BYTES:
                raise UnreadableFileError(
                    "rows take more than 1 MiB each", place=Place(self._path.name)
                )
            size = min(BATCH_ROWS, max(1, int(BATCH_BYTES / max(row_bytes, 1))))
            yield from filter(
                len, source.iter_batches(size, row_groups=[number], use_threads=False)
            )

    def _broken(self, rows: int) -> UnreadableFileError:
        place = Place(self._path.name, rows + 1 if rows else None)
        return UnreadableFileError("the file is not Parquet, or is damaged", place=place)
