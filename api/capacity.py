"""Holding and booking a place: who may, and what is answered."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from api.match_answers import rfc3339
from api.problems import CRISIS, HOLD_OVER, INVALID, NO_PLACE, NOT_FOUND, ProblemError
from api.schemas_capacity import BookingRequest, HoldRequest
from api.serving import Store
from data.capacity import Gone, book_hold, book_place, hold_place
from data.directory import Directory
from data.domain import Intake, Tier
from data.places import Claim, Wanted
from data.rematches import Origin
from matching.triage import assess_safely

PROBLEMS = {
    "unknown_clinician": NOT_FOUND,
    "unknown_hold": NOT_FOUND,
    "full": NO_PLACE,
    "expired": HOLD_OVER,
    "booked": HOLD_OVER,
}

NOT_OFFERED = "is not among those whom the match may offer"
LEFT = "is somebody whom this person has left for good"


def check_person(known: Intake | None) -> None:
    """Nobody in the red tier is booked by machine.

    Args:
        known: What is on record of the person's risk.

    Raises:
        ProblemError: Somebody has to act at once instead.
    """
    if known is not None and assess_safely(known).tier is Tier.RED:
        raise ProblemError(CRISIS)


def check_offer(origin: Origin | None, patient_id: str, clinician_id: str) -> None:
    """A place that a match is named for is one that it offered to this person.

    Raises:
        ProblemError: There is no such match of this person, or it did not offer the clinician.
    """
    if origin is None or origin.patient_id != patient_id:
        raise ProblemError(NOT_FOUND)
    if clinician_id not in origin.candidates:
        raise ProblemError(INVALID, _not_offered(NOT_OFFERED))


def check_not_left(directory: Directory, left: Iterable[str], clinician_id: str) -> None:
    """Nobody is led back to a clinician whom they have left for good, under whatever id.

    Args:
        directory: All clinicians.
        left: Whom the person has left, by id.
        clinician_id: Whose place is asked for.

    Raises:
        ProblemError: It is one of them.
    """
    gone = list(left)
    row = directory.rows.get(clinician_id)
    if clinician_id in gone or row in directory.rows_of_people(gone):
        raise ProblemError(INVALID, _not_offered(LEFT))


def _not_offered(words: str) -> tuple[dict[str, object], ...]:
    return ({"loc": ("body", "clinician_id"), "type": "not_offered", "msg": words},)


Keep = Callable[[Any, Claim], None]
"""Keeps an answer, in the transaction of the claim."""


def hold(engine: Store, request: HoldRequest, *, at: datetime, keep: Keep) -> None:
    """Hold a place.

    Args:
        engine: The database.
        request: Whose place, for whom.
        at: The present.
        keep: What else is done in the transaction.

    Raises:
        ProblemError: There is no place.
    """
    lasts = timedelta(seconds=request.ttl_seconds)
    _check(hold_place(engine, wanted_of(request), at=at, lasts=lasts, also=keep))


def book(engine: Store, request: BookingRequest, *, at: datetime, keep: Keep) -> None:
    """Book a place, or turn a hold into a booking; arguments and errors as for `hold`.

    Raises:
        ProblemError: There is no place, or the hold is over.
    """
    if request.hold_id is not None:
        _check(book_hold(engine, request.hold_id, at=at, also=keep))
    else:
        _check(book_place(engine, wanted_of(request), at=at, also=keep))


def wanted_of(request: HoldRequest | BookingRequest) -> Wanted:
    """The place that a request asks for."""
    return Wanted(
        clinician_id=request.clinician_id or "",
        patient_id=request.patient_id or "",
        match_id=request.match_id,
    )


def hold_answer(claim: Claim, request_id: str) -> dict[str, Any]:
    """A hold as an answer says it."""
    ends = claim.expires_at
    return {
        "hold_id": claim.claim_id,
        "expires_at": None if ends is None else rfc3339(ends),
        "request_id": request_id,
    }


def booking_answer(claim: Claim, request_id: str) -> dict[str, Any]:
    """A booking as an answer says it."""
    return {
        "booking_id": claim.booking_id,
        "clinician_id": claim.clinician_id,
        "request_id": request_id,
    }


def _check(found: Claim | Gone) -> None:
    if not isinstance(found, Claim):
        raise ProblemError(PROBLEMS[found])
