"""All plain reads of the store.

Frames are read in pieces, so that a table of millions of rows never stands in memory as Python
objects. What a request needs is read without pandas.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, Engine, Select, func, select

from data.clinic import CLINIC_TABLES
from data.columns import Kind, TableSpec
from data.database import reading
from data.errors import UsageError
from data.frames import empty_frame, frame_from_storage
from data.instants import instant_of, micros_of
from data.tables import CLINIC, match_log

TIME_COLUMNS = {
    "intakes": "requested_at",
    "offers": "offered_at",
    "episodes": "booked_at",
    "attendance": "at",
    "measures": "at",
    "content_events": "at",
}
"""When a row of a table came to be; tables that are not here say how things are now."""
LATER_FACTS = {"episodes": {"first_attended_at": (), "ended_at": ("end_reason",)}}
"""Times of a row that lie after its own, and the columns that were unknown until then."""
PLAYED = ("view", "start", "progress", "skip")
"""Content events whose `fraction` says how far somebody came."""
ROWS_AT_ONCE = 100_000


class UserEvent(NamedTuple):
    """One content event of a person, as plain values."""

    item_id: str
    type: str
    at_micros: int
    """Since 1970 UTC."""
    fraction: float | None
    """Share played; None is unknown."""
    local_hour: int | None
    """Hour of the person's day; None is unknown."""


def read_frame(
    engine: Engine,
    name: str,
    *,
    columns: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pd.DataFrame:
    """The rows of a clinic table as a frame, in order of time and then of key.

    The order is the same on every database, so that training on it gives the same bytes.
    With `until`, the frame is what was known at that instant: rows that came to be then or later
    are left out, and an episode's first visit and ending are missing where they came later.
    Tables without times of their own (clinicians, demographics, programs, content) are read as
    they are now.

    Args:
        engine: The database.
        name: A table of the contract.
        columns: Which columns, in which order; where None, all.
        since: Rows that came to be earlier are left out.
        until: The instant as of which the table is read.

    Raises:
        UsageError: There is no such table or column.
    """
    spec = _spec(name)
    wanted = spec.names if columns is None else tuple(columns)
    unknown = set(wanted) - set(spec.names)
    if unknown:
        raise UsageError(f"table {name} has no column {min(unknown)!r}")
    needed = list(dict.fromkeys([*wanted, *_later_times(name, until)]))
    query = _within(select(*(CLINIC[name].c[column] for column in needed)), name, since, until)
    query = query.order_by(*_order(engine, spec))
    pieces: list[pd.DataFrame] = []
    with reading(engine) as connection:
        result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
        for rows in result.partitions():
            stored = dict(zip(needed, zip(*rows, strict=True), strict=True))
            pieces.append(frame_from_storage(spec, stored))
    if not pieces:
        return empty_frame(spec)[list(wanted)]
    frame = pieces[0] if len(pieces) == 1 else pd.concat(pieces, ignore_index=True)
    return _as_known(frame, name, until)[list(wanted)]


def count_rows(
    engine: Engine, name: str, *, since: datetime | None = None, until: datetime | None = None
) -> int:
    """How many rows `read_frame` would give.

    Raises:
        UsageError: There is no such table.
    """
    _spec(name)
    query = _within(select(func.count()).select_from(CLINIC[name]), name, since, until)
    with reading(engine) as connection:
        return int(connection.scalar(query) or 0)


def find_time_range(engine: Engine, name: str) -> tuple[datetime, datetime] | None:
    """The instants of the first and the last row of a table, or None where it is empty.

    Raises:
        UsageError: There is no such table, or its rows have no time.
    """
    _spec(name)
    if name not in TIME_COLUMNS:
        raise UsageError(f"rows of table {name} have no time")
    at = CLINIC[name].c[TIME_COLUMNS[name]]
    with reading(engine) as connection:
        first, last = connection.execute(select(func.min(at), func.max(at))).one()
    return None if first is None else (instant_of(first), instant_of(last))


def list_user_events(engine: Engine, user_id: str, limit: int) -> list[UserEvent]:
    """The last content events of a person, newest first.

    Args:
        engine: The database.
        user_id: The person.
        limit: At most this many.
    """
    events = CLINIC["content_events"].c
    query = (
        select(
            events.item_id,
            events.type,
            events.at,
            events.fraction,
            events.context_local_hour,
        )
        .where(events.user_id == user_id)
        .order_by(events.at.desc(), events.event_id)
        .limit(limit)
    )
    with reading(engine) as connection:
        return [UserEvent(*row) for row in connection.execute(query)]


def list_finished_items(
    engine: Engine, user_id: str, *, least_fraction: float
) -> tuple[str, ...]:
    """Every item that a person ever finished, however long ago, by id.

    Args:
        engine: The database.
        user_id: The person.
        least_fraction: The share from which an item that was played counts as finished.
    """
    events = CLINIC["content_events"].c
    is_played = events.type.in_(PLAYED) & (events.fraction >= least_fraction)
    query = select(events.item_id).where(
        events.user_id == user_id, (events.type == "complete") | is_played
    )
    with reading(engine) as connection:
        return tuple(sorted(connection.scalars(query.distinct())))


def find_match_answer(engine: Engine, match_id: str) -> bytes | None:
    """The stored answer of a match, byte for byte, or None where there is none."""
    query = select(match_log.c.answer).where(match_log.c.match_id == match_id)
    with reading(engine) as connection:
        answer = connection.scalar(query)
    return None if answer is None else bytes(answer)


def _spec(name: str) -> TableSpec:
    """The table of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in CLINIC_TABLES:
        raise UsageError(f"there is no table {name!r}: use one of {', '.join(CLINIC_TABLES)}")
    return CLINIC_TABLES[name]


def _order(engine: Engine, spec: TableSpec) -> list[ColumnElement[Any]]:
    """Time, then the key by code point: PostgreSQL would sort text by the local language."""
    stored = CLINIC[spec.name].c
    order: list[ColumnElement[Any]] = []
    if spec.name in TIME_COLUMNS:
        order.append(stored[TIME_COLUMNS[spec.name]])
    for key in spec.key:
        is_text = spec.column(key).kind is not Kind.TIME
        is_foreign = is_text and engine.dialect.name == "postgresql"
        order.append(stored[key].collate("C") if is_foreign else stored[key])
    return order


def _within(
    query: Select[Any], name: str, since: datetime | None, until: datetime | None
) -> Select[Any]:
    """The query for rows that came to be since one instant and before another."""
    if name not in TIME_COLUMNS:
        return query
    at = CLINIC[name].c[TIME_COLUMNS[name]]
    if since is not None:
        query = query.where(at >= micros_of(since))
    if until is not None:
        query = query.where(at < micros_of(until))
    return query


def _later_times(name: str, until: datetime | None) -> tuple[str, ...]:
    """Columns that must be read to know what was known."""
    return () if until is None else tuple(LATER_FACTS.get(name, {}))


def _as_known(frame: pd.DataFrame, name: str, until: datetime | None) -> pd.DataFrame:
    """The frame without what came to light at that instant or later."""
    for time, facts in LATER_FACTS.get(name, {}).items():
        if until is not None:
            is_later = frame[time] >= until
            for fact in (time, *(fact for fact in facts if fact in frame)):
                frame[fact] = frame[fact].mask(is_later)
    return frame
