"""Taking places out of the ledger, checks first. The API and the desk's page take them alike."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from api.capacity import (
    PROBLEMS,
    Keep,
    book,
    booking_answer,
    check_not_left,
    check_offer,
    check_person,
    hold,
    hold_answer,
)
from api.problems import ProblemError
from api.runtime import Runtime
from api.schemas_capacity import BookingRequest, HoldRequest
from data.capacity import find_hold, release_hold
from data.idempotency import KeyedRequest, keep_answer
from data.known_risk import find_known_risk
from data.places import Claim
from data.rematches import find_origin, find_out_of_reach

CREATED = 201

Claiming = HoldRequest | BookingRequest
Say = Callable[[Claim, str], dict[str, Any]]


async def check_claim(runtime: Runtime, body: Claiming) -> None:
    """Refuse a place for somebody in a crisis, or one that this person may not be given.

    Raises:
        ProblemError: A human being has to act, or the place is not one that was offered.
    """
    patient_id = body.patient_id
    if isinstance(body, BookingRequest) and body.hold_id is not None:
        held = await runtime.query(find_hold, runtime.engine, body.hold_id)
        patient_id = None if held is None else held.patient_id
    if patient_id is None:
        return
    check_person(await runtime.query(find_known_risk, runtime.engine, patient_id))
    if body.clinician_id is None:
        return
    origin = None
    if body.match_id is not None:
        origin = await runtime.query(find_origin, runtime.engine, body.match_id)
        check_offer(origin, patient_id, body.clinician_id)
    reach = await runtime.query(
        find_out_of_reach, runtime.engine, patient_id, at=runtime.clock()
    )
    left = (*reach.previous, *(origin.left if origin else ()))
    check_not_left(runtime.models.serving.directory, left, body.clinician_id)


async def take_place(
    runtime: Runtime,
    body: Claiming,
    request_id: str,
    keyed: KeyedRequest | None,
    at: datetime,
) -> bytes:
    """Hold or book a place that was checked; its answer is kept in the same transaction.

    Args:
        runtime: The service.
        body: Whose place, for whom.
        request_id: The request's id.
        keyed: The request under its claimed key, if it has one.
        at: The present.
    """

    def take(keep: Keep) -> None:
        if isinstance(body, HoldRequest):
            hold(runtime.engine, body, at=at, keep=keep)
        else:
            book(runtime.engine, body, at=at, keep=keep)

    say: Say = hold_answer if isinstance(body, HoldRequest) else booking_answer

    def run() -> bytes:
        answer = b""

        def keep(connection: Any, claim: Claim) -> None:
            nonlocal answer
            answer = msgspec.json.encode(say(claim, request_id))
            if keyed is not None:
                keep_answer(connection, keyed, status=CREATED, answer=answer)

        take(keep)
        return answer

    return await runtime.change(run)


async def give_back(runtime: Runtime, hold_id: str) -> None:
    """Free a held place.

    Raises:
        ProblemError: There is no such hold, or it is a booking already.
    """
    gone = await runtime.change(release_hold, runtime.engine, hold_id)
    if gone is not None:
        raise ProblemError(PROBLEMS[gone])
