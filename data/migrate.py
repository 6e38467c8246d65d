"""Bring a database to the schema of this version, and check that it is whole.

The revisions stand in `data/migrations/versions`. A run is one transaction: it happens as a whole
or not at all, and two processes that start together wait for each other.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from data.database import UPGRADE_HINT, reading, refusal
from data.errors import StorageError
from data.tables import metadata

LOCK_KEY = 7_267_705_120
"""PostgreSQL advisory lock that one migrating process holds."""


def configuration(connection: Connection | None = None) -> Config:
    """The Alembic configuration of this package.

    Args:
        connection: Where revisions shall run; where None, only the files are looked at.
    """
    config = Config()
    config.set_main_option("script_location", "data:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head_revision() -> str:
    """The newest revision this version knows."""
    return str(ScriptDirectory.from_config(configuration()).get_current_head())


def upgrade(engine: Engine) -> str:
    """Bring the schema to the newest revision; nothing happens where it is there already.

    Returns:
        The revision the database is at.

    Raises:
        StorageError: The database cannot be reached or changed, or comes from a newer version.
    """
    head = head_revision()
    with reading(engine) as connection:
        if _revision(connection) == head:
            return head
    with _migrating(engine) as connection:
        command.upgrade(configuration(connection), "head")
    return head


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the schema back to an earlier revision; rows of tables that go are lost.

    Raises:
        StorageError: The database cannot be reached or changed, or the revision is unknown.
    """
    with _migrating(engine) as connection:
        command.downgrade(configuration(connection), revision)


def check(engine: Engine) -> str:
    """Check that schema and files of a database are whole.

    Returns:
        The revision the database is at.

    Raises:
        StorageError: The revision is not the newest, a table or column is missing, a reference
            dangles, or the file is damaged.
    """
    with reading(engine) as connection:
        revision = _revision(connection)
        if revision != head_revision():
            raise StorageError(UPGRADE_HINT)
        inspector = inspect(connection)
        for table in metadata.sorted_tables:
            if not inspector.has_table(table.name):
                raise StorageError(f"table {table.name} is missing: restore a backup")
            found = {column["name"] for column in inspector.get_columns(table.name)}
            if not found.issuperset(table.columns.keys()):
                raise StorageError(f"table {table.name} lacks columns: restore a backup")
        if connection.dialect.name == "sqlite":
            _check_file(connection)
    return revision


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_file(connection: Connection) -> None:
    """Refuse a SQLite file with damaged pages or dangling references.

    Raises:
        StorageError: It is such a file.
    """
    if connection.execute(text("PRAGMA integrity_check")).scalars().all() != ["ok"]:
        raise StorageError("the database file is damaged: restore a backup")
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise StorageError("the database has rows that refer to nothing: restore a backup")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """A connection that no other migrating process has, inside one transaction.

    SQLite rebuilds a table to change it, which foreign keys would forbid; so they are off
    meanwhile and checked before the end.

    Raises:
        StorageError: The database cannot be reached or changed.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    try:
        with engine.connect() as connection:
            if is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_KEY})"))
            try:
                yield connection
                if is_sqlite:
                    _check_file(connection)
                connection.commit()
            finally:
                connection.invalidate()  # its foreign keys are off: nobody may get it again
    except CommandError as error:
        raise StorageError(f"the schema cannot be changed: {error}") from error
    except DatabaseError as error:
        raise StorageError(refusal(error)) from error
