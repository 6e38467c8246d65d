"""What was decided on a match: places that are held or booked, and decisions that are not the list's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from data.database import reading
from data.instants import instant_of, micros_of
from data.places import Claim, claim_of, is_taken
from data.tables import care_events, slot_claims

OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A decision that was not the list's."""

    at: datetime
    clinician_id: str | None
    """Who was chosen instead; None where nobody was."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Everything that was decided on a match, oldest first."""

    claims: tuple[Claim, ...]
    """Holds that last and bookings."""
    overrides: tuple[Override, ...]


def read_decided(engine: Engine, match_id: str, patient_id: str, *, at: datetime) -> Decided:
    """What was decided on a match.

    Args:
        engine: The database.
        match_id: The match.
        patient_id: Whose match it is.
        at: The present; holds that are over by then are left out.
    """
    claims = (
        select(slot_claims)
        .where(
            slot_claims.c.patient_id == patient_id,
            slot_claims.c.match_id == match_id,
            is_taken(micros_of(at)),
        )
        .order_by(slot_claims.c.at, slot_claims.c.claim_id)
    )
    overrides = (
        select(care_events.c.at, care_events.c.clinician_id, care_events.c.reason)
        .where(care_events.c.match_id == match_id, care_events.c.type == OVERRIDE)
        .order_by(care_events.c.at, care_events.c.event_id)
    )
    with reading(engine) as connection:
        return Decided(
            claims=tuple(claim_of(row) for row in connection.execute(claims)),
            overrides=tuple(
                Override(
                    at=instant_of(row.at),
                    clinician_id=row.clinician_id,
                    reason=row.reason or "",
                )
                for row in connection.execute(overrides)
            ),
        )
