"""Checked rows on their way into the store: first staged, then merged in one step per table.

Rows are staged in temporary tables of one connection of their own. Both databases drop those when
the connection ends, however it ends; SQLite keeps them in an unnamed file that no other process
can see. So an import that is killed leaves nothing, and nothing reaches a clinic table before all
files have passed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    MetaData,
    Table,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError

from data.columns import Kind, TableSpec
from data.database import refusal
from data.errors import StorageError
from data.faults import Cause, Fault
from data.frames import EMPTY_LIST
from data.revisions import bump_revision
from data.tables import CLINIC

LINE = "staged_line"
BUSY_TIMEOUT_MS = 600_000
"""How long a merge waits for another writer of a SQLite file, in milliseconds."""
MOST_FAULTS = 10_000
"""So many contradicting rows are named; the others are counted."""
LOCK_KEY = 7_267_705_121
"""PostgreSQL advisory lock that one merging process holds."""
REVISIONS = {
    "clinicians": "directory",
    "content": "catalogue",
    "programs": "catalogue",
    "content_events": "events",
}
"""What a change of a table makes old."""


@contextmanager
def staging(engine: Engine) -> Iterator[Connection]:
    """A connection that nobody else gets, for staged tables; they go when it ends.

    Raises:
        StorageError: The database cannot be reached.
    """
    try:
        connection = engine.connect()
    except DatabaseError as error:
        raise StorageError(refusal(error)) from error
    with connection:
        connection.detach()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA temp.journal_mode=OFF")
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.commit()
        yield connection


@contextmanager
def _writing(connection: Connection, *, is_merge: bool = False) -> Iterator[None]:
    """One transaction; merges queue behind one another and behind other writers.

    Raises:
        StorageError: The database refused.
    """
    try:
        with connection.begin():
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE" if is_merge else "BEGIN")
            elif is_merge:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_KEY})"))
            yield
    except DatabaseError as error:
        raise StorageError(refusal(error)) from error


class StagedTable:
    """The checked rows of one file, waiting for their merge."""

    def __init__(self, connection: Connection, spec: TableSpec) -> None:
        """Make the temporary table.

        Raises:
            StorageError: The database refused.
        """
        self._connection = connection
        self._spec = spec
        self._target = CLINIC[spec.name]
        self._table = Table(
            f"staged_{spec.name}",
            MetaData(),
            Column(LINE, BigInteger, nullable=False),
            *(Column(name, self._target.c[name].type) for name in spec.names),
            prefixes=["TEMPORARY"],
        )
        self.rows = 0
        """Rows that wait."""
        self.unchanged = 0
        """Rows of the file that were there before, in the file or in the store."""
        with _writing(connection):
            self._table.create(connection, checkfirst=False)

    def add(self, lines: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
        """Add rows.

        Args:
            lines: Where each row stands in its file.
            columns: Stored values by column, each as long as `lines`.

        Raises:
            StorageError: The database refused.
        """
        if not lines:
            return
        names = [LINE, *columns]
        rows = zip(lines, *columns.values(), strict=True)
        with _writing(self._connection):
            if self._connection.dialect.name == "sqlite":
                places = ", ".join("?" * len(names))
                statement = (
                    f"INSERT INTO {self._table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608 - names of the contract
                )
                self._connection.exec_driver_sql(statement, list(rows))
            else:
                self._copy(names, rows)
        self.rows += len(lines)

    def _copy(self, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        driver: Any = self._connection.connection.dbapi_connection
        statement = f"COPY {self._table.name} ({', '.join(names)}) FROM STDIN"
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def drop_duplicates(self, names: Collection[str]) -> tuple[list[Fault], int]:
        """Keep the first row of every key.

        A later row with the same values counts as unchanged, one with other values is a fault.

        Args:
            names: Columns the file has.

        Returns:
            The first faults in the order of lines, and how many there are in all.

        Raises:
            StorageError: The database refused.
        """
        later = self._table.alias("later")
        first = (
            select(*(self._table.c[name] for name in self._spec.key))
            .add_columns(func.min(self._table.c[LINE]).label(LINE))
            .group_by(*(self._table.c[name] for name in self._spec.key))
            .having(func.count() > 1)
            .subquery("first")
        )
        kept = self._table.alias("kept")
        differs = self._differs(later, kept, [name for name in names if name in self._free])
        found = (
            select(later.c[LINE], differs)
            .join(first, self._same_key(later, first))
            .join(kept, and_(self._same_key(kept, first), kept.c[LINE] == first.c[LINE]))
            .where(later.c[LINE] > first.c[LINE])
            .order_by(later.c[LINE])
            .execution_options(yield_per=MOST_FAULTS)
        )
        other = self._table.alias("other")
        earliest = select(func.min(other.c[LINE])).where(self._same_key(other, self._table))
        is_later = self._table.c[LINE] > earliest.scalar_subquery()
        with _writing(self._connection):
            self._add_key_index()
            faults, clashes, duplicates = [], 0, 0
            for line, is_other in self._connection.execute(found):
                duplicates += 1
                clashes += bool(is_other)
                if is_other and clashes <= MOST_FAULTS:
                    faults.append(Fault(line, self._spec.key[0], Cause.DUPLICATE_KEY))
            if duplicates:
                self._connection.execute(delete(self._table).where(is_later))
        self.unchanged += duplicates - clashes
        self.rows -= duplicates
        return faults, clashes

    @property
    def _free(self) -> list[str]:
        """Columns that are not part of the key."""
        return [name for name in self._spec.names if name not in self._spec.key]

    def _add_key_index(self) -> None:
        """Make keys comparable and give them an order in which to find and merge rows."""
        for name in self._spec.key:
            column = self._table.c[name]
            if not self._spec.column(name).is_required:
                absent = self._table.update().where(column.is_(None))
                self._connection.execute(absent.values({name: ""}))
        columns = [self._table.c[name] for name in self._spec.key]
        Index(f"staged_key_{self._spec.name}", *columns, self._table.c[LINE]).create(
            self._connection
        )
        if self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql(f"ANALYZE {self._table.name}")

    def _same_key(self, left: Any, right: Any) -> ColumnElement[bool]:
        return and_(*(left.c[name] == right.c[name] for name in self._spec.key))

    @staticmethod
    def _differs(left: Any, right: Any, names: Collection[str]) -> ColumnElement[bool]:
        if not names:
            return literal(0) == literal(1)
        return or_(*(left.c[name].is_distinct_from(right.c[name]) for name in names))

    def merge(self, names: Collection[str]) -> int:
        """Write the staged rows into the clinic table, in one transaction.

        A stored row whose values are the same already is not touched. Columns that the file does
        not have keep what is stored, and are empty in new rows.

        Args:
            names: Columns the file has.

        Returns:
            How many rows were new or changed.

        Raises:
            StorageError: The database refused.
        """
        with _writing(self._connection, is_merge=True):
            statement = self._merge_statement([name for name in self._free if name in names])
            result = self._connection.execute(
                statement, execution_options={"preserve_rowcount": True}
            )
            written = int(result.rowcount)
            if written and self._spec.name in REVISIONS:
                bump_revision(self._connection, REVISIONS[self._spec.name])
            self._table.drop(self._connection, checkfirst=False)
        self.unchanged += self.rows - written
        return written

    def _merge_statement(self, given: Sequence[str]) -> Any:
        """INSERT ... SELECT ... ON CONFLICT (key) DO UPDATE ... WHERE a value differs."""
        keys = list(self._spec.key)
        gaps = [
            column.name
            for column in self._spec.columns
            if column.kind is Kind.WORDS and column.name not in given
        ]
        source = (
            select(
                *(self._table.c[name] for name in (*keys, *given)),
                *(literal(EMPTY_LIST) for _ in gaps),
            )
            .where(true())
            .order_by(*(self._table.c[name] for name in keys))
        )
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(self._target).from_select([*keys, *given, *gaps], source)
        if not given:
            return statement.on_conflict_do_nothing(index_elements=keys)
        return statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in given},
            where=self._differs_from_new(statement.excluded, given),
        )

    def _differs_from_new(self, new: Any, names: Sequence[str]) -> ColumnElement[bool]:
        return or_(*(self._target.c[name].is_distinct_from(new[name]) for name in names))
