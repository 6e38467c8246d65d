"""The store of one home, opened for a command, and the one clock of the command line."""

from datetime import UTC, datetime

from data.database import Engine, open_engine
from data.migrate import upgrade
from data.settings import Settings


def now() -> datetime:
    """The present, in UTC; commands pass it down, nothing below reads a clock."""
    return datetime.now(UTC)


def open_store(settings: Settings) -> Engine:
    """The engine of a home, made if absent, at the newest revision of the schema.

    Raises:
        StorageError: The database cannot be used.
        SettingsError: The database URL is impossible.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = open_engine(settings.url)
    upgrade(engine)
    return engine
