"""Lines of a text file in constant memory, whatever the file really is."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from data.errors import Place, UnreadableFileError

LINE_BYTES = 1_048_576
"""Longest line that is read."""
NUL = b"\0"
BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")


class TextLines:
    """The lines of a UTF-8 file, endings kept, and how far they have been read."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self.line = 0
        """Number of the line given last, counted from 1."""
        self.bytes_read = 0
        self._path = path
        self._size = 0

    @property
    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return self.bytes_read / self._size if self._size else 0.0

    def __iter__(self) -> Iterator[str]:
        """Every line in order.

        Raises:
            UnreadableFileError: The file is empty or not UTF-8 text with lines of at most 1 MiB.
        """
        try:
            with self._path.open("rb") as stream:
                self._size = self._path.stat().st_size
                self._check_start(stream)
                yield from self._lines(stream)
        except OSError as error:
            refusal = cannot_read(self._path, error)
            raise refusal from None

    def _check_start(self, stream: BinaryIO) -> None:
        """Stand behind a byte order mark.

        Raises:
            UnreadableFileError: The file is empty, or is UTF-16.
        """
        start = stream.read(len(BOM))
        if not start:
            raise UnreadableFileError("the file is empty", place=Place(self.file))
        if start.startswith(WIDE_BOMS):
            raise self._refusal("the file is UTF-16; save it as UTF-8", 1)
        if start != BOM:
            stream.seek(0)

    def _lines(self, stream: BinaryIO) -> Iterator[str]:
        for raw in iter(partial(stream.readline, LINE_BYTES + 1), b""):
            self.line += 1
            self.bytes_read += len(raw)
            if NUL in raw:
                raise self._refusal("NUL bytes: the file is damaged or not text", self.line)
            if len(raw) > LINE_BYTES:
                raise self._refusal("the line is longer than 1 MiB", self.line)
            try:
                yield raw.decode()
            except UnicodeDecodeError:
                raise self._refusal(
                    "bytes that are not UTF-8; save the whole file as UTF-8", self.line
                ) from None

    def _refusal(self, message: str, line: int) -> UnreadableFileError:
        return UnreadableFileError(message, place=Place(self.file, line))


def cannot_read(path: Path, error: OSError) -> UnreadableFileError:
    """What to raise where the system refuses to read a file."""
    reason = (error.strerror or "unknown reason").lower()
    return UnreadableFileError(f"the file cannot be read: {reason}", place=Place(path.name))
