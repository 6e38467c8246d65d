"""The capacity ledger: places that are held or booked, and never one place twice.

A clinician's row of the directory counts the places that were free when the clinic wrote it. Claims of
that count take numbered places, which the database keeps distinct; a hold that has expired gives its
place back by itself. Once the clinic counts anew, which shows in another number, appointment or date of
verification, older claims are part of the new count and no longer subtracted from it; the same row
again is the same count.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, select, update

from data.database import reading, transaction
from data.instants import micros_of
from data.places import Claim, Wanted, claim_of, count_of, free_slot, insert_claim, is_taken
from data.tables import CLINIC, slot_claims

_CLINICIANS = CLINIC["clinicians"]
_COUNT = (
    _CLINICIANS.c.open_slots,
    _CLINICIANS.c.accepts_new,
    _CLINICIANS.c.next_available,
    _CLINICIANS.c.verified_at,
)

Gone = Literal["unknown_clinician", "full", "unknown_hold", "expired", "booked"]
"""Why there is no place: no such clinician, none left, no such hold, a hold that is over or used up."""


Also = Callable[[Any, Claim], None]
"""What else is done, with the connection and the claim, in the transaction of a claim."""


def hold_place(
    engine: Engine,
    wanted: Wanted,
    *,
    at: datetime,
    lasts: timedelta,
    also: Also | None = None,
) -> Claim | Gone:
    """Hold a place for a while.

    Args:
        engine: The database.
        wanted: Whose place, for whom.
        at: The present.
        lasts: How long the place is held.
        also: What else is done in the transaction.
    """
    with transaction(engine) as connection:
        found = _claim(connection, wanted, at=at, expires_at=at + lasts, booking_id=None)
        return _with(connection, found, also)


def book_place(
    engine: Engine, wanted: Wanted, *, at: datetime, also: Also | None = None
) -> Claim | Gone:
    """Book a place at once; arguments as for `hold_place`."""
    with transaction(engine) as connection:
        booking_id = uuid.uuid4().hex
        found = _claim(connection, wanted, at=at, expires_at=None, booking_id=booking_id)
        return _with(connection, found, also)


def book_hold(
    engine: Engine, claim_id: str, *, at: datetime, also: Also | None = None
) -> Claim | Gone:
    """Turn a hold into a booking, once; arguments as for `hold_place`."""
    with transaction(engine) as connection:
        return _with(connection, _turned(connection, claim_id, at), also)


def _with(connection: Connection, found: Claim | Gone, also: Also | None) -> Claim | Gone:
    if also is not None and isinstance(found, Claim):
        also(connection, found)
    return found


def _turned(connection: Connection, claim_id: str, at: datetime) -> Claim | Gone:
    row = _hold(connection, claim_id)
    if row is None:
        return "unknown_hold"
    if row.booking_id is not None:
        return "booked"
    if row.expires_at <= micros_of(at):
        return "expired"
    booking_id = uuid.uuid4().hex
    is_mine = (slot_claims.c.claim_id == claim_id) & slot_claims.c.booking_id.is_(None)
    taken = update(slot_claims).where(is_mine).values(booking_id=booking_id, expires_at=None)
    connection.execute(taken)
    return Claim(
        claim_id=claim_id,
        clinician_id=row.clinician_id,
        patient_id=row.patient_id,
        expires_at=None,
        booking_id=booking_id,
    )


def note_booking(connection: Connection, wanted: Wanted, *, at: datetime) -> None:
    """Count a booking that was made elsewhere, inside the caller's transaction.

    It is a fact and not a request: where no place is left it changes nothing. A hold or booking of the same
    person with the same clinician is that booking. What happened before the clinic counted is in the count.

    Args:
        connection: Inside a transaction.
        wanted: Who was booked with whom.
        at: When.
    """
    mine = _CLINICIANS.c.clinician_id == wanted.clinician_id
    row = connection.execute(select(*_COUNT).where(mine).with_for_update()).one_or_none()
    now = micros_of(at)
    if row is None or (row.verified_at is not None and now < row.verified_at):
        return
    counted = count_of(row)
    same = (
        (slot_claims.c.clinician_id == wanted.clinician_id)
        & (slot_claims.c.patient_id == wanted.patient_id)
        & (slot_claims.c.counted == counted)
        & is_taken(now)
    )
    known = connection.execute(select(slot_claims).where(same)).first()
    if known is None:
        slot = free_slot(connection, wanted.clinician_id, counted, now, row.open_slots)
        if slot is not None:
            insert_claim(
                connection, wanted, (slot, counted), at=at, booking_id=uuid.uuid4().hex
            )
    elif known.booking_id is None:
        booked = update(slot_claims).where(slot_claims.c.claim_id == known.claim_id)
        connection.execute(booked.values(booking_id=uuid.uuid4().hex, expires_at=None))


def release_hold(engine: Engine, claim_id: str) -> Gone | None:
    """Give a hold back; one that has expired is over already, and that is as good.

    Returns:
        None where the place is free again, else why not.
    """
    with transaction(engine) as connection:
        row = _hold(connection, claim_id)
        if row is None:
            return "unknown_hold"
        if row.booking_id is not None:
            return "booked"
        mine = update(slot_claims).where(slot_claims.c.claim_id == claim_id)
        connection.execute(mine.values(slot=None, expires_at=row.at))
    return None


def find_hold(engine: Engine, claim_id: str) -> Claim | None:
    """A hold or what became of it."""
    with reading(engine) as connection:
        row = connection.execute(
            select(slot_claims).where(slot_claims.c.claim_id == claim_id)
        ).one_or_none()
    return None if row is None else claim_of(row)


def find_full_clinicians(connection: Connection, *, at: datetime) -> Sequence[str]:
    """Clinicians whose places, as the directory counts them, are all held or booked."""
    found = _taken_and_counted(connection, at)
    return [name for name, (taken, counted) in found.items() if taken >= counted]


def count_taken(connection: Connection, *, at: datetime) -> dict[str, int]:
    """Places held or booked of those that the directory counts, by clinician; 0 are left out."""
    return {name: taken for name, (taken, _) in _taken_and_counted(connection, at).items()}


def _taken_and_counted(connection: Connection, at: datetime) -> dict[str, tuple[int, int]]:
    query = (
        select(slot_claims.c.clinician_id, slot_claims.c.counted, *_COUNT)
        .join(_CLINICIANS, _CLINICIANS.c.clinician_id == slot_claims.c.clinician_id)
        .where(_CLINICIANS.c.open_slots.is_not(None), is_taken(micros_of(at)))
    )
    found: dict[str, tuple[int, int]] = {}
    for row in connection.execute(query):
        if row.counted == count_of(row):
            before, _ = found.get(row.clinician_id, (0, 0))
            found[row.clinician_id] = (before + 1, row.open_slots)
    return found


def _claim(
    connection: Connection,
    wanted: Wanted,
    *,
    at: datetime,
    expires_at: datetime | None,
    booking_id: str | None,
) -> Claim | Gone:
    """Take the first free place.

    The clinician's row is locked meanwhile, so that requests for one clinician queue; SQLite has one
    writer anyway.
    """
    mine = _CLINICIANS.c.clinician_id == wanted.clinician_id
    row = connection.execute(select(*_COUNT).where(mine).with_for_update()).one_or_none()
    if row is None:
        return "unknown_clinician"
    if row.accepts_new == False or row.open_slots == 0:  # noqa: E712 - null means yes
        return "full"
    counted, now = count_of(row), micros_of(at)
    slot = free_slot(connection, wanted.clinician_id, counted, now, row.open_slots)
    if slot is None:
        return "full"
    place = slot, counted
    return insert_claim(
        connection, wanted, place, at=at, expires_at=expires_at, booking_id=booking_id
    )


def _hold(connection: Connection, claim_id: str) -> Row[Any] | None:
    query = select(slot_claims).where(slot_claims.c.claim_id == claim_id)
    return connection.execute(query.with_for_update()).one_or_none()
