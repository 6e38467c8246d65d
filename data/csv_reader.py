"""CSV files as raw batches, with the physical line of every row."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data.columns import TableSpec
from data.errors import Place, UnreadableFileError
from data.faults import Cause, Fault
from data.raw_batches import BATCH_BYTES, BATCH_ROWS, Batch, Form, check_names
from data.text_lines import LINE_BYTES, TextLines

UNCLOSED = "a quote is opened here and never closed"


class CsvBatches:
    """A CSV file with a header: comma, double quotes, lines ending in LF or CRLF."""

    form = Form.TEXT

    def __init__(self, path: Path, spec: TableSpec) -> None:
        self.names: list[str] = []
        self._spec = spec
        self._lines = TextLines(path)

    @property
    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return self._lines.share_read

    def __iter__(self) -> Iterator[Batch]:
        """The batches in order; blank lines are passed over.

        Raises:
            UnknownColumnError: The header has a column the table does not know.
            UnreadableFileError: The file is not CSV, or its header is not one of this table.
        """
        csv.field_size_limit(max(csv.field_size_limit(), LINE_BYTES))
        rows = self._numbered_rows()
        line, header = next(rows, (1, []))
        check_names(self._spec, header, Place(self._lines.file, line))
        self.names = header
        while True:
            batch = self._batch(rows)
            if batch is None:
                return
            yield batch

    def _batch(self, rows: Iterator[tuple[int, list[str]]]) -> Batch | None:
        """The next batch; None at the end of the file."""
        width = len(self.names)
        lines: list[int] = []
        kept: list[list[str]] = []
        faults: list[Fault] = []
        end = self._lines.bytes_read + BATCH_BYTES
        for line, row in rows:
            if len(row) == width:
                lines.append(line)
                kept.append(row)
            else:
                is_short = len(row) < width
                cause = Cause.TOO_FEW_FIELDS if is_short else Cause.TOO_MANY_FIELDS
                faults.append(Fault(line, None, cause))
            if len(kept) + len(faults) >= BATCH_ROWS or self._lines.bytes_read >= end:
                break
        if not kept and not faults:
            return None
        columns: list[Any] = list(zip(*kept, strict=True)) if kept else [()] * width
        return Batch(lines, dict(zip(self.names, columns, strict=True)), faults)

    def _numbered_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row that is not blank, with the line on which it starts.

        Raises:
            UnreadableFileError: The file is not CSV from here on.
        """
        reader = csv.reader(iter(self._lines), strict=True)
        line = 1
        try:
            for row in reader:
                if row:
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            is_open = "unexpected end" in str(error) or "field limit" in str(error)
            message = UNCLOSED if is_open else f"the row is not valid CSV: {error}"
            raise UnreadableFileError(message, place=Place(self._lines.file, line)) from None
