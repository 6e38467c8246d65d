"""Engines and transactions."""

import pytest
from sqlalchemy import insert, select

from data.database import open_engine, reading, transaction
from data.errors import SettingsError, StorageError
from data.tables import revisions


@pytest.fixture
def store(tmp_path):
    """A SQLite store with one table."""
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with transaction(engine) as connection:
        revisions.create(connection)
    return engine


def put(connection, name):
    """Write one row."""
    connection.execute(insert(revisions).values(name=name, number=1))


def names(engine):
    """All rows that a fresh reader sees."""
    with reading(engine) as connection:
        return list(connection.scalars(select(revisions.c.name).order_by(revisions.c.name)))


class TestTransaction:
    def test_it_commits(self, store):
        """What was written inside stands afterwards."""
        with transaction(store) as connection:
            put(connection, "a")
        assert names(store) == ["a"]

    def test_an_error_takes_everything_back(self, store):
        """A half-done change is no change."""

        def fail_half_way():
            with transaction(store) as connection:
                put(connection, "a")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail_half_way()
        assert names(store) == []

    def test_sqlite_is_set_up_for_safety(self, store):
        """Write-ahead log, full sync, foreign keys."""
        with reading(store) as connection:
            found = [
                connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
                for pragma in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert found == ["wal", 2, 1]

    def test_a_store_that_cannot_be_opened_is_a_storage_error(self, tmp_path):
        """A missing folder is said in our words."""
        engine = open_engine(f"sqlite:///{tmp_path / 'missing' / 'store.db'}")
        with pytest.raises(StorageError, match="unable to open"), transaction(engine):
            pass


class TestReading:
    def test_a_reader_keeps_its_state(self, store):
        """What commits meanwhile is seen by the next reader only."""
        with reading(store) as connection:
            before = connection.scalars(select(revisions.c.name)).all()
            with transaction(store) as writer:
                put(writer, "a")
            assert connection.scalars(select(revisions.c.name)).all() == before == []
        assert names(store) == ["a"]


class TestOpenEngine:
    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("not a url", "not a database URL"),
            ("mysql://host/db", "mysql"),
            ("sqlite+nothing:///x.db", "SQLite driver"),
        ],
    )
    def test_other_databases_are_refused(self, url, words):
        """Two databases are promised and no other is tried."""
        with pytest.raises(SettingsError, match=words):
            open_engine(url)

    def test_postgresql_goes_through_psycopg(self):
        """A plain postgresql:// URL needs no driver name."""
        assert open_engine("postgresql://localhost/x").dialect.driver == "psycopg"
