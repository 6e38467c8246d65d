"""All writes of events: what people did with content, and what happened in care.

An event is taken once by its id. Events come from other systems, late and in any order: an event
that needs an episode which nobody has booked yet is refused, so that the sender tries again; all
others are stored as they come.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from data.capacity import note_booking
from data.care_ledger import CareLedger, Refusal
from data.clinic import CONTENT_EVENT_TYPES, CONTENT_EVENTS
from data.columns import ID_LENGTH
from data.database import transaction
from data.instants import micros_of
from data.places import Wanted
from data.tables import CLINIC, care_events, match_log

CARE_LOCK = 7_267_705_121
"""PostgreSQL advisory lock that one writer of care events holds; SQLite has one writer anyway."""
CARE_TYPES = (
    "booked",
    "accepted",
    "declined",
    "attended",
    "no_show",
    "late_cancel",
    "ended",
    "measure",
    "override",
)
"""Types of events about care, beside those of content."""

NEW_BOOKING = timedelta(days=1)
"""A booking that comes to light later than this is left to the clinic's next count of its places."""

_INTAKES = CLINIC["intakes"]
_CONTENT = CLINIC["content_events"]
_EPISODES = CLINIC["episodes"]
_ATTENDANCE = CLINIC["attendance"]
_MEASURES = CLINIC["measures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, with checked values."""

    event_id: str
    type: str
    at: datetime
    values: Mapping[str, Any]
    """Further columns by name, of `content_events`, `episodes`, `attendance` or `measures`; for an
    override `match_id`, `clinician_id`, `patient_id` and `reason`. None is missing, times are
    `datetime` with their offset."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event."""

    event_id: str
    status: Literal["accepted", "duplicate", "refused"]
    refusal: Refusal | None = None


def record_events(
    engine: Engine,
    events: Sequence[Event],
    *,
    received_at: datetime,
    also: Callable[[Connection, Sequence[Outcome]], None] | None = None,
) -> list[Outcome]:
    """Store events in one transaction; when this returns they are committed.

    Args:
        engine: The database.
        events: In the order in which they happened, as far as the sender knows.
        received_at: The present.
        also: Called with the outcomes before the commit, to write what belongs to them.

    Returns:
        One outcome per event, in the given order. A second event with an id that is known, or
        stands earlier in the list, is a duplicate and changes nothing.
    """
    with transaction(engine) as connection:
        outcomes = apply_events(connection, events, received_at=received_at)
        if also is not None:
            also(connection, outcomes)
    return outcomes


def apply_events(
    connection: Connection, events: Sequence[Event], *, received_at: datetime
) -> list[Outcome]:
    """As `record_events`, inside a transaction of the caller's."""
    care = [event for event in events if event.type not in CONTENT_EVENT_TYPES]
    if care and connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({CARE_LOCK})"))
    seen = _known_ids(connection, [event.event_id for event in events])
    ledger = _ledger(connection, care)
    outcomes: list[Outcome] = []
    taken: list[Event] = []
    for event in events:
        outcome = _outcome(event, seen, ledger)
        outcomes.append(outcome)
        if outcome.status == "accepted":
            seen.add(event.event_id)
            taken.append(event)
    content = [event for event in taken if event.type in CONTENT_EVENT_TYPES]
    cared = [event for event in taken if event.type not in CONTENT_EVENT_TYPES]
    _insert_new(connection, _CONTENT, [_content_row(event) for event in content])
    _insert_new(connection, care_events, [_care_row(event, received_at) for event in cared])
    _upsert(connection, _EPISODES, ledger.changed_episodes())
    _take_places(connection, cared, received_at)
    _upsert(connection, _ATTENDANCE, ledger.attendance_rows())
    _upsert(connection, _MEASURES, ledger.measure_rows())
    return outcomes


def _take_places(
    connection: Connection, events: Sequence[Event], received_at: datetime
) -> None:
    """New bookings take places of the ledger; those that come to light late are left to the clinic's count."""
    since = received_at - NEW_BOOKING
    booked = [
        event
        for event in events
        if event.type == "booked" and event.at >= since and event.values.get("clinician_id")
    ]
    for event in sorted(booked, key=lambda event: str(event.values["clinician_id"])):
        wanted = Wanted(
            clinician_id=str(event.values["clinician_id"]),
            patient_id=_whose(connection, event),
            match_id=event.values.get("match_id"),
        )
        note_booking(connection, wanted, at=event.at)


def _whose(connection: Connection, event: Event) -> str:
    """The person of a booking; where nobody knows, the intake stands for them."""
    if event.values.get("patient_id"):
        return str(event.values["patient_id"])
    intake_id = event.values.get("intake_id") or event.values["episode_id"]
    match_id = event.values.get("request_id") or intake_id
    for column, is_it in (
        (_INTAKES.c.patient_id, _INTAKES.c.intake_id == intake_id),
        (match_log.c.patient_id, match_log.c.match_id == match_id),
        (match_log.c.patient_id, match_log.c.intake_id == intake_id),
    ):
        found = connection.scalars(select(column).where(is_it).distinct().limit(2)).all()
        if len(found) == 1:
            return str(found[0])
    return stand_in(str(intake_id))


def stand_in(intake_id: str) -> str:
    """Who a place is booked for where only the intake, or the episode, is known."""
    return f"intake:{intake_id}"[:ID_LENGTH]


def _outcome(event: Event, seen: set[str], ledger: CareLedger) -> Outcome:
    """Take an event into the ledger, unless it is known; content needs no ledger."""
    if event.event_id in seen:
        return Outcome(event.event_id, "duplicate")
    if event.type in CONTENT_EVENT_TYPES:
        return Outcome(event.event_id, "accepted")
    refusal = ledger.apply(event.type, event.at, event.values)
    return Outcome(event.event_id, "refused" if refusal else "accepted", refusal)


def _known_ids(connection: Connection, ids: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for column in (_CONTENT.c.event_id, care_events.c.event_id):
        known.update(connection.scalars(select(column).where(column.in_(ids))))
    return known


def _ledger(connection: Connection, events: Sequence[Event]) -> CareLedger:
    """The episodes that events speak of, as stored, and when each was first attended."""
    ids = sorted({event.values.get("episode_id") or "" for event in events} - {""})
    if not ids:
        return CareLedger({}, {})
    stored = connection.execute(select(_EPISODES).where(_EPISODES.c.episode_id.in_(ids)))
    first = (
        select(_ATTENDANCE.c.episode_id, func.min(_ATTENDANCE.c.at))
        .where(_ATTENDANCE.c.episode_id.in_(ids), _ATTENDANCE.c.status == "attended")
        .group_by(_ATTENDANCE.c.episode_id)
    )
    episodes = {row["episode_id"]: dict(row) for row in stored.mappings()}
    return CareLedger(episodes, {row[0]: row[1] for row in connection.execute(first)})


def _content_row(event: Event) -> dict[str, Any]:
    given = {**event.values, "event_id": event.event_id, "type": event.type}
    row = {name: given.get(name) for name in CONTENT_EVENTS.names}
    return {**row, "at": micros_of(event.at)}


def _care_row(event: Event, received_at: datetime) -> dict[str, Any]:
    names = ("episode_id", "patient_id", "match_id", "clinician_id", "reason")
    return {
        "event_id": event.event_id,
        "type": event.type,
        "at": micros_of(event.at),
        "received_at": micros_of(received_at),
        **{name: event.values.get(name) for name in names},
    }


def _insert(connection: Connection, table: Any) -> Any:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


def _ordered(table: Any, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order of their keys, so that two writers lock them in the same order."""
    keys = [column.name for column in table.primary_key]
    return sorted(rows, key=lambda row: [row[name] for name in keys])


def _insert_new(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        statement = _insert(connection, table).on_conflict_do_nothing()
        connection.execute(statement, _ordered(table, rows))


def _upsert(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    rest = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if not column.primary_key
    }
    statement = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    connection.execute(statement, _ordered(table, rows))
