"""Group commit: many requests hand over log rows, one thread commits them together.

A request may answer once its future has resolved: its rows are then on disk. While one commit is
under way the next group gathers, so that the busier the service, the more requests share a commit.
"""

import asyncio
import queue
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, insert
from sqlalchemy.exc import SQLAlchemyError

from data.database import transaction
from data.errors import StorageError

CAPACITY = 4_096
"""Most requests that wait; more are turned away, so that memory and waiting stay bounded."""
LARGEST_GROUP = 512
"""Most requests of one commit."""
BAD_ROWS = (SQLAlchemyError, OverflowError, TypeError, ValueError)
"""What a row can raise that does not fit its table."""

Row = Mapping[str, Any]
Write = tuple[Table, Row | Sequence[Row]]
"""A table and the row or rows to append to it, as stored values."""


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """Rows of one request, and who waits for them."""

    writes: tuple[tuple[Table, tuple[Row, ...]], ...]
    done: Future[None] = field(default_factory=Future)


class LogWriter:
    """Appends rows for many threads; close it to write what is left.

    Use it as a context manager or call `close`. After a fork it has to be made anew.
    """

    def __init__(self, engine: Engine, *, capacity: int = CAPACITY) -> None:
        """Start the thread that writes.

        Args:
            engine: The database.
            capacity: Most requests that may wait.
        """
        self._engine = engine
        self._waiting: queue.Queue[_Request | None] = queue.Queue(capacity)
        self._lock = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def submit(self, writes: Sequence[Write]) -> Future[None]:
        """Hand over the rows of one request; from any thread, without waiting.

        Args:
            writes: What to append; all of it is committed, or none.

        Returns:
            A future that resolves once the rows are on disk, or raises `StorageError`. Cancelling
            it before its commit begins takes the rows back.

        Raises:
            StorageError: Too many requests wait already, or the writer is closed.
        """
        request = _Request(
            tuple(
                (table, (rows,) if isinstance(rows, Mapping) else tuple(rows))
                for table, rows in writes
            )
        )
        with self._lock:
            if self._is_closed:
                raise StorageError("the log is closed: the service is stopping")
            try:
                self._waiting.put_nowait(request)
            except queue.Full:
                raise StorageError("the log is busy: try again in a moment") from None
        return request.done

    async def write(self, writes: Sequence[Write]) -> None:
        """Hand over rows and wait for them without holding the event loop.

        Args:
            writes: What to append; all of it is committed, or none.

        Raises:
            StorageError: As `submit`, or the rows could not be written.
        """
        await asyncio.wrap_future(self.submit(writes))

    def close(self) -> None:
        """Write what was handed over, then stop; further rows are refused."""
        with self._lock:
            was_closed, self._is_closed = self._is_closed, True
        if not was_closed:
            self._waiting.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        """Take groups until told to stop; whatever happens, nobody is left waiting."""
        group: list[_Request] = []
        try:
            is_open = True
            while is_open:
                group, is_open = self._next_group()
                if group:
                    self._write_group(group)
        finally:
            with self._lock:
                self._is_closed = True
            left = [*group, *self._drain()]
            _fail([request for request in left if not request.done.done()], "the log failed")

    def _next_group(self) -> tuple[list[_Request], bool]:
        """What has gathered, at least one; False where it is the last."""
        entry = self._waiting.get()
        group: list[_Request] = []
        while entry is not None:
            if entry.done.set_running_or_notify_cancel():
                group.append(entry)
            if len(group) >= LARGEST_GROUP:
                return group, True
            try:
                entry = self._waiting.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _drain(self) -> list[_Request]:
        left = []
        while not self._waiting.empty():
            entry = self._waiting.get_nowait()
            if entry is not None:
                left.append(entry)
        return left

    def _write_group(self, group: Sequence[_Request]) -> None:
        """Commit a group together; where a row is bad, each request alone."""
        try:
            with transaction(self._engine) as connection:
                _insert(connection, group)
        except StorageError as error:
            _fail(group, str(error))
        except BAD_ROWS:
            if len(group) == 1:
                _fail(group, "a row does not fit its table or is there already")
            else:
                for request in group:
                    self._write_group([request])
        else:
            for request in group:
                request.done.set_result(None)


def _fail(group: Sequence[_Request], words: str) -> None:
    """Tell everybody in a group what went wrong, without the cause, which may hold values."""
    for request in group:
        request.done.set_exception(StorageError(words))


def _insert(connection: Connection, group: Sequence[_Request]) -> None:
    """One statement for each table and set of columns, in order of first appearance.

    Raises:
        ValueError: A row has a column that its table lacks, which SQLAlchemy would ignore.
    """
    batches: dict[tuple[Table, frozenset[str]], list[Row]] = {}
    for request in group:
        for table, rows in request.writes:
            for row in rows:
                batches.setdefault((table, frozenset(row)), []).append(row)
    for (table, columns), batch in batches.items():
        if not columns.issubset(table.columns.keys()):
            raise ValueError(f"a row for {table.name} has unknown columns")
        connection.execute(insert(table), [dict(row) for row in batch])
