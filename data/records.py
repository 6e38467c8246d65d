"""Single rows of the clinic's directory and catalogue: found, listed, put and deleted by their id."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from data.columns import Column, Kind, TableSpec
from data.database import reading, transaction
from data.instants import micros_of
from data.revisions import bump_revision
from data.staging import REVISIONS
from data.tables import CLINIC
from data.writers import time_texts

Record = dict[str, Any]
"""A row as answers hold it: lists, truth values, RFC 3339 times, None for what is missing."""

ROWS_AT_ONCE = 500
"""Rows read at once while a list is searched."""

_words = msgspec.json.Decoder(list[str]).decode


def find_record(engine: Engine, spec: TableSpec, key: str) -> Record | None:
    """A row by its id; None where there is none.

    Args:
        engine: The database.
        spec: A table with one key column.
        key: The id.
    """
    table, (name,) = CLINIC[spec.name], spec.key
    with reading(engine) as connection:
        row = connection.execute(select(table).where(table.c[name] == key)).mappings().first()
    return None if row is None else _record(spec, row)


def put_record(engine: Engine, spec: TableSpec, key: str, values: Mapping[str, Any]) -> None:
    """Put a row in the place of what is stored under its id; the same row again changes nothing.

    Args:
        engine: The database.
        spec: A table with one key column.
        key: The id.
        values: Checked values of the other columns; what is absent is missing from then on.
    """
    table, (name,) = CLINIC[spec.name], spec.key
    given = {**values, name: key}
    stored = {column.name: _stored(column, given.get(column.name)) for column in spec.columns}
    with transaction(engine) as connection:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        new = dialect.insert(table).values(stored)
        others = [column for column in spec.names if column != name]
        differs = or_(
            *(table.c[column].is_distinct_from(new.excluded[column]) for column in others)
        )
        change = new.on_conflict_do_update(
            index_elements=[name],
            set_={column: new.excluded[column] for column in others},
            where=differs,
        )
        if connection.execute(change.returning(table.c[name])).first() is not None:
            _count(connection, spec)


def delete_record(engine: Engine, spec: TableSpec, key: str) -> bool:
    """Take a row away; False where there was none. What refers to it stays."""
    table, (name,) = CLINIC[spec.name], spec.key
    with transaction(engine) as connection:
        found = connection.execute(delete(table).where(table.c[name] == key))
        if found.rowcount:
            _count(connection, spec)
    return bool(found.rowcount)


def list_records(
    engine: Engine,
    spec: TableSpec,
    *,
    after: str | None,
    limit: int,
    keep: Callable[[Record], bool],
) -> tuple[list[Record], bool]:
    """Rows that are wanted, by id.

    Args:
        engine: The database.
        spec: A table with one key column.
        after: The id that the page before ended with; None begins.
        limit: Most rows, 1 or more.
        keep: Which rows are wanted.

    Returns:
        The rows, and whether there are more.
    """
    found: list[Record] = []
    with reading(engine) as connection:
        for record in _from(connection, spec, after):
            if keep(record):
                if len(found) == limit:
                    return found, True
                found.append(record)
    return found, False


def _from(connection: Connection, spec: TableSpec, after: str | None) -> Iterator[Record]:
    table, (name,) = CLINIC[spec.name], spec.key
    while True:
        query = select(table).order_by(table.c[name]).limit(ROWS_AT_ONCE)
        if after is not None:
            query = query.where(table.c[name] > after)
        rows = connection.execute(query).mappings().all()
        for row in rows:
            yield _record(spec, row)
        if len(rows) < ROWS_AT_ONCE:
            return
        after = rows[-1][name]


def _count(connection: Connection, spec: TableSpec) -> None:
    bump_revision(connection, REVISIONS[spec.name])


def _record(spec: TableSpec, row: Mapping[Any, Any]) -> Record:
    return {column.name: _told(column, row[column.name]) for column in spec.columns}


def _told(column: Column, value: Any) -> Any:
    if column.kind is Kind.WORDS:
        return _words(value)
    if value is None:
        return None
    if column.kind is Kind.TIME:
        return time_texts([value])[0]
    return bool(value) if column.kind is Kind.FLAG else value


def _stored(column: Column, value: Any) -> Any:
    if column.kind is Kind.WORDS:
        return msgspec.json.encode(list(value or ())).decode()
    if isinstance(value, datetime):
        return micros_of(value)
    return float(value) if column.kind is Kind.NUMBER and value is not None else value
