"""Revisions tell readers that what they hold is old."""

import pytest

from data.database import open_engine, transaction
from data.errors import StorageError
from data.revisions import bump_revision, read_revision


class TestRevisions:
    def test_untouched_part_is_zero(self, engine):
        """A part that never changed has revision 0."""
        assert read_revision(engine, "directory") == 0

    def test_each_change_counts_one(self, engine):
        """Changes of one part are counted, and other parts stay as they are."""
        for _ in range(2):
            with transaction(engine) as connection:
                bump_revision(connection, "directory")
        assert read_revision(engine, "directory") == 2
        assert read_revision(engine, "catalogue") == 0

    def test_change_that_fails_does_not_count(self, engine):
        """A transaction that is taken back takes its count back."""

        def fail():
            with transaction(engine) as connection:
                bump_revision(connection, "directory")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert read_revision(engine, "directory") == 0

    def test_database_without_tables(self, sqlite_url):
        """A database that was never set up is named."""
        with pytest.raises(StorageError, match="db upgrade"):
            read_revision(open_engine(sqlite_url), "directory")
