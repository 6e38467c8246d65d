"""How often each part of the store has changed: what readers poll to know that they are old."""

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data.database import reading
from data.tables import revisions


def read_revision(engine: Engine, name: str) -> int:
    """The revision of a part (`directory`, `catalogue`, `events`, `models`); 0 if untouched."""
    with reading(engine) as connection:
        number = connection.scalar(select(revisions.c.number).where(revisions.c.name == name))
    return 0 if number is None else int(number)


def bump_revision(connection: Connection, name: str) -> None:
    """Count one change of a part, inside the transaction that makes the change."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    start = dialect.insert(revisions).values(name=name, number=0)
    connection.execute(start.on_conflict_do_nothing())
    connection.execute(
        update(revisions).where(revisions.c.name == name).values(number=revisions.c.number + 1)
    )
