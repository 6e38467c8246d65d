"""The engine and the one way to open a transaction, on SQLite and PostgreSQL alike."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
)

from data.errors import SettingsError, StorageError

__all__ = ["Engine", "open_engine", "reading", "refusal", "transaction"]
# Engine stands here for type hints outside data/, where nobody may import SQLAlchemy.

UPGRADE_HINT = "the database lacks tables or columns of this version: run `rapport db upgrade`"
"""What to do where a table is missing."""
MISSING_STATES = frozenset({"42P01", "42703", "3F000"})
"""SQLSTATE of an undefined table, column or schema."""
BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite writer waits for another one, in milliseconds."""


def open_engine(url: str) -> Engine:
    """An engine for a database URL.

    SQLite runs in WAL mode with `synchronous=FULL`, foreign keys and a busy timeout; every
    transaction that may write is opened with BEGIN IMMEDIATE, so that two writers queue instead of
    failing. PostgreSQL is used as it is, through psycopg. Errors never show the values of a row.

    Raises:
        SettingsError: The URL is not one of these two databases.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError("database_url is not a database URL") from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
        )
    if backend != "sqlite":
        raise SettingsError(
            f"database_url names {backend!r}: use sqlite:///... or postgresql://..."
        )
    try:
        engine = create_engine(
            parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1_000}, hide_parameters=True
        )
    except NoSuchModuleError:
        raise SettingsError("database_url names an unknown SQLite driver") from None
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Set up one SQLite connection; transactions are opened by `transaction` alone."""
    assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - narrows the driver's type
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "secure_delete=ON",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=FILE",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; SQLite does not wait by itself while another process does the same.

    Raises:
        sqlite3.OperationalError: It took too long, or cannot be done at all.
    """
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A connection inside one transaction that may write; commits, or rolls back on any error.

    Raises:
        IntegrityError: A row breaks a constraint; SQLAlchemy's own error, for the caller to name.
        DataError: A value does not fit its column; likewise.
        StorageError: The database cannot be reached, is damaged or locked for too long, or its
            tables are missing.
    """
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
    except (IntegrityError, DataError):
        raise  # the caller's rows are at fault, not the database
    except DatabaseError as error:
        raise StorageError(refusal(error)) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for reads that all see one state of the database.

    Raises:
        StorageError: The database cannot be reached, or its tables are missing.
    """
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )
            yield connection
    except DatabaseError as error:
        raise StorageError(refusal(error)) from error


def refusal(error: DatabaseError) -> str:
    """Why the database refused, in words that name objects and never row values."""
    words = str(error.orig).strip().splitlines()[:1]
    cause = words[0] if words else "no cause given"
    is_missing = getattr(error.orig, "sqlstate", None) in MISSING_STATES
    if is_missing or cause.startswith(("no such table", "no such column")):
        return UPGRADE_HINT
    return f"the database refused: {cause}"
