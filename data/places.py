"""Numbered places of a clinician, and the claims that take them: the rules under `data.capacity`."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from data.instants import instant_of, micros_of
from data.tables import slot_claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A place that is held or booked."""

    claim_id: str
    clinician_id: str
    patient_id: str
    expires_at: datetime | None
    """When a hold ends, None for a booking."""
    booking_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A place that somebody wants."""

    clinician_id: str
    patient_id: str
    match_id: str | None = None


def claim_of(row: Any) -> Claim:
    """A claim as its stored row holds it."""
    return Claim(
        claim_id=row.claim_id,
        clinician_id=row.clinician_id,
        patient_id=row.patient_id,
        expires_at=None if row.expires_at is None else instant_of(row.expires_at),
        booking_id=row.booking_id,
    )


def insert_claim(
    connection: Connection,
    wanted: Wanted,
    place: tuple[int, str],
    *,
    at: datetime,
    booking_id: str | None,
    expires_at: datetime | None = None,
) -> Claim:
    """Keep a claim of a numbered place of a count."""
    claim = Claim(
        claim_id=uuid.uuid4().hex,
        clinician_id=wanted.clinician_id,
        patient_id=wanted.patient_id,
        expires_at=expires_at,
        booking_id=booking_id,
    )
    row = {
        "claim_id": claim.claim_id,
        "clinician_id": claim.clinician_id,
        "slot": place[0],
        "counted": place[1],
        "patient_id": claim.patient_id,
        "match_id": wanted.match_id,
        "at": micros_of(at),
        "expires_at": None if expires_at is None else micros_of(expires_at),
        "booking_id": booking_id,
    }
    connection.execute(insert(slot_claims).values(row))
    return claim


def free_slot(
    connection: Connection, clinician_id: str, counted: str, now: int, places: int | None
) -> int | None:
    """The first free place of a count, an expired hold of it put aside; None where there is none.

    Args:
        connection: Inside a transaction.
        clinician_id: Whose places.
        counted: The count.
        now: Microseconds since 1970 UTC.
        places: How many were counted, None where that is not known.
    """
    of_count = (slot_claims.c.clinician_id == clinician_id) & (slot_claims.c.counted == counted)
    over = slot_claims.c.booking_id.is_(None) & (slot_claims.c.expires_at <= now)
    used = set(connection.scalars(select(slot_claims.c.slot).where(of_count, is_taken(now))))
    slot = next(place for place in range(len(used) + 1) if place not in used)
    if places is not None and slot >= places:
        return None
    # An expired hold of this very place makes room; its row stays, without a place.
    connection.execute(
        update(slot_claims).where(of_count, over, slot_claims.c.slot == slot).values(slot=None)
    )
    return slot


def is_taken(now: int) -> Any:
    """The condition under which a claim takes its place at a time, microseconds since 1970 UTC."""
    is_running = or_(slot_claims.c.expires_at.is_(None), slot_claims.c.expires_at > now)
    return is_running & slot_claims.c.slot.is_not(None)


def count_of(row: Any) -> str:
    """Names one count of a clinician's places."""
    told = f"{row.open_slots}|{row.next_available}|{row.verified_at}"
    return hashlib.sha256(told.encode()).hexdigest()
