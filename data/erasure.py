"""Erasing a person: every row that is theirs, in one transaction, with a certificate that names nobody.

Places that were booked stay taken, under a name that leads nowhere. Models keep what they learned from
many people and hold no row of anyone.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, Update, delete, insert, select, update

from data.database import transaction
from data.events import stand_in
from data.instants import micros_of
from data.tables import (
    CLINIC,
    care_events,
    erasures,
    idempotency_keys,
    left_clinicians,
    match_log,
    recommendation_log,
    slot_claims,
)

IDS_AT_ONCE = 500
"""Ids named in one statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What was erased and when; it names no person."""

    certificate_id: str
    erased_at: datetime
    rows: dict[str, int]
    """Rows that were erased or lost their name, by table; tables without any are left out."""


@dataclass(frozen=True, slots=True)
class _Traces:
    """Ids by which rows of other tables are a person's."""

    matches: list[str]
    intakes: list[str]
    episodes: list[str]
    answers: list[str]
    """What kept answers of repeated requests would name."""


def erase_person(engine: Engine, person_id: str, *, at: datetime) -> Certificate:
    """Erase everything that is stored of a person; nobody known is as good as erased.

    Args:
        engine: The database.
        person_id: `patient_id`, `user_id` or `person_id`: they are one.
        at: The present.
    """
    certificate_id = uuid.uuid4().hex
    with transaction(engine) as connection:
        rows = _erase(connection, person_id, f"erased-{certificate_id}")
        kept = {name: count for name, count in rows.items() if count}
        row = {
            "certificate_id": certificate_id,
            "erased_at": micros_of(at),
            "rows": json.dumps(kept),
        }
        connection.execute(insert(erasures).values(row))
    _empty_log_file(engine)
    return Certificate(certificate_id=certificate_id, erased_at=at, rows=kept)


def _empty_log_file(engine: Engine) -> None:
    """Move what SQLite still holds of old pages out of its log file."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _erase(connection: Connection, person_id: str, nobody: str) -> dict[str, int]:
    traces = _traces(connection, person_id)
    rows = {
        "attendance": _by_ids(connection, CLINIC["attendance"], "episode_id", traces.episodes),
        "offers": _by_ids(connection, CLINIC["offers"], "intake_id", traces.intakes),
        "care_events": _care_events(connection, person_id, traces),
        "measures": _by_ids(connection, CLINIC["measures"], "episode_id", traces.episodes),
        "episodes": _by_ids(connection, CLINIC["episodes"], "episode_id", traces.episodes),
        "idempotency_keys": _kept_answers(connection, traces.answers),
    }
    owned: dict[Table, str] = {
        CLINIC["measures"]: "patient_id",
        CLINIC["intakes"]: "patient_id",
        CLINIC["demographics"]: "patient_id",
        CLINIC["content_events"]: "user_id",
        match_log: "patient_id",
        recommendation_log: "person_id",
        left_clinicians: "patient_id",
    }
    for table, column in owned.items():
        found = connection.execute(delete(table).where(table.c[column] == person_id))
        rows[table.name] = rows.get(table.name, 0) + int(found.rowcount)
    names = [person_id, *map(stand_in, [*traces.intakes, *traces.episodes])]
    rows["slot_claims"] = sum(
        int(connection.execute(_renamed(part, nobody)).rowcount) for part in _parts(names)
    )
    return rows


def _renamed(names: list[str], nobody: str) -> Update:
    claims = update(slot_claims).where(slot_claims.c.patient_id.in_(names))
    return claims.values(patient_id=nobody, match_id=None)


def _traces(connection: Connection, person_id: str) -> _Traces:
    intakes, episodes = CLINIC["intakes"], CLINIC["episodes"]
    own = select(intakes.c.intake_id).where(intakes.c.patient_id == person_id)
    logged = select(match_log.c.match_id, match_log.c.intake_id).where(
        match_log.c.patient_id == person_id
    )
    asked = connection.execute(logged).all()
    named = {*connection.scalars(own), *(row.intake_id for row in asked if row.intake_id)}
    matches = [row.match_id for row in asked]
    mine = sorted(named - _of_others(connection, person_id, named))
    found: set[str] = set()
    for column, ids in ((episodes.c.intake_id, mine), (episodes.c.request_id, matches)):
        for part in _parts(ids):
            query = select(episodes.c.episode_id).where(column.in_(part))
            found.update(connection.scalars(query))
    claims = select(slot_claims.c.claim_id, slot_claims.c.booking_id).where(
        slot_claims.c.patient_id == person_id
    )
    shown = select(recommendation_log.c.recommendation_id).where(
        recommendation_log.c.person_id == person_id
    )
    places = [name for row in connection.execute(claims) for name in row if name]
    answers = [*matches, *places, *connection.scalars(shown)]
    return _Traces(matches, mine, sorted(found), answers)


def _of_others(connection: Connection, person_id: str, intake_ids: set[str]) -> set[str]:
    """Intake ids that other people have too: what hangs on them is nobody's alone."""
    found: set[str] = set()
    for table in (CLINIC["intakes"], match_log):
        for part in _parts(sorted(intake_ids)):
            others = table.c.patient_id != person_id
            query = select(table.c.intake_id).where(table.c.intake_id.in_(part), others)
            found.update(connection.scalars(query))
    return found


def _care_events(connection: Connection, person_id: str, traces: _Traces) -> int:
    mine = connection.execute(delete(care_events).where(care_events.c.patient_id == person_id))
    return (
        int(mine.rowcount)
        + _by_ids(connection, care_events, "episode_id", traces.episodes)
        + _by_ids(connection, care_events, "match_id", traces.matches)
    )


def _kept_answers(connection: Connection, names: list[str]) -> int:
    """Forget answers that would be given again and name something of the person."""
    if not names:
        return 0
    needles, count = [name.encode() for name in names], 0
    query = select(idempotency_keys.c.client, idempotency_keys.c.key, idempotency_keys.c.answer)
    for client, key, answer in connection.execute(query).all():
        if any(needle in bytes(answer or b"") for needle in needles):
            is_it = (idempotency_keys.c.client == client) & (idempotency_keys.c.key == key)
            count += int(connection.execute(delete(idempotency_keys).where(is_it)).rowcount)
    return count


def _by_ids(connection: Connection, table: Table, column: str, ids: Iterable[str]) -> int:
    return sum(
        int(connection.execute(delete(table).where(table.c[column].in_(part))).rowcount)
        for part in _parts(ids)
    )


def _parts(ids: Iterable[str]) -> Iterator[list[Any]]:
    ordered = list(ids)
    for begin in range(0, len(ordered), IDS_AT_ONCE):
        yield ordered[begin : begin + IDS_AT_ONCE]
