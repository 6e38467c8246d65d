"""Holds and bookings: the capacity ledger over HTTP."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import JsonBody
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
from api.examples import BOOKING_ANSWER, BOOKING_REQUEST, HOLD_ANSWER, HOLD_REQUEST
from api.fields import Identifier
from api.idempotency import NO_STORE, answer_once
from api.operations import Operation
from api.problems import CRISIS, HOLD_OVER, INVALID, NO_PLACE, NOT_FOUND, ProblemError
from api.runtime import Runtime, get_runtime
from api.schemas_capacity import (
    BookingAnswer,
    BookingRequest,
    HoldAnswer,
    HoldRequest,
    Nothing,
)
from api.security import RequiredScope
from data.capacity import find_hold, release_hold
from data.clients import Client
from data.idempotency import KeyedRequest, keep_answer
from data.known_risk import find_known_risk
from data.places import Claim
from data.rematches import find_origin, find_out_of_reach

router = APIRouter(prefix="/v1", tags=["capacity"])
CREATED = 201

HOLD = Operation(
    name="createHold",
    summary="Hold a clinician's place for a while",
    body=HoldRequest,
    body_example=HOLD_REQUEST,
    answer=HoldAnswer,
    answer_example=HOLD_ANSWER,
    problems=(NOT_FOUND, NO_PLACE, CRISIS),
    has_key=True,
    status=CREATED,
)
RELEASE = Operation(
    name="deleteHold",
    summary="Give a held place back",
    answer=Nothing,
    answer_example={},
    problems=(INVALID, NOT_FOUND, HOLD_OVER),
    status=204,
)
BOOK = Operation(
    name="createBooking",
    summary="Book a place, or turn a hold into a booking",
    body=BookingRequest,
    body_example=BOOKING_REQUEST,
    answer=BookingAnswer,
    answer_example=BOOKING_ANSWER,
    problems=(NOT_FOUND, NO_PLACE, HOLD_OVER, CRISIS),
    has_key=True,
    status=CREATED,
)
OPERATIONS = (HOLD, RELEASE, BOOK)


@router.post("/holds", status_code=CREATED, **HOLD.route())
async def create_hold(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    body: Annotated[HoldRequest, Depends(JsonBody(HoldRequest))],
) -> Response:
    """A place that nobody else can take until the hold ends, by itself or by being given back.

    Where a match is named, the clinician must be one whom it may offer, and never one whom the
    person has left for good. A person of whom a crisis is
    on record is not held a place for: a human being has to act.
    """
    await _check(runtime, body.patient_id, body.clinician_id, body.match_id)

    def take(at: datetime, keep: Keep) -> None:
        hold(runtime.engine, body, at=at, keep=keep)

    return await _answer(request, runtime, client, (take, hold_answer))


@router.delete("/holds/{hold_id}", status_code=204, **RELEASE.route())
async def delete_hold(
    _client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    hold_id: Annotated[Identifier, Path(description="`hold_id` of the answer.")],
) -> Response:
    """The place is free at once; a hold that has ended by itself is as good as given back."""
    gone = await runtime.change(release_hold, runtime.engine, hold_id)
    if gone is not None:
        raise ProblemError(PROBLEMS[gone])
    return Response(status_code=204, headers=NO_STORE)


@router.post("/bookings", status_code=CREATED, **BOOK.route())
async def create_booking(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    body: Annotated[BookingRequest, Depends(JsonBody(BookingRequest))],
) -> Response:
    """A place is sold once. A hold becomes a booking once, and only while it lasts."""
    patient_id = body.patient_id
    if body.hold_id is not None:
        held = await runtime.query(find_hold, runtime.engine, body.hold_id)
        patient_id = None if held is None else held.patient_id
    if patient_id is not None:
        await _check(runtime, patient_id, body.clinician_id, body.match_id)

    def take(at: datetime, keep: Keep) -> None:
        book(runtime.engine, body, at=at, keep=keep)

    return await _answer(request, runtime, client, (take, booking_answer))


async def _check(
    runtime: Runtime, patient_id: str, clinician_id: str | None, match_id: str | None
) -> None:
    check_person(await runtime.query(find_known_risk, runtime.engine, patient_id))
    if clinician_id is None:
        return
    origin = None
    if match_id is not None:
        origin = await runtime.query(find_origin, runtime.engine, match_id)
        check_offer(origin, patient_id, clinician_id)
    reach = await runtime.query(
        find_out_of_reach, runtime.engine, patient_id, at=runtime.clock()
    )
    left = (*reach.previous, *(origin.left if origin else ()))
    check_not_left(runtime.models.serving.directory, left, clinician_id)


Take = Callable[[datetime, Keep], None]
Say = Callable[[Claim, str], dict[str, Any]]


async def _answer(
    request: Request, runtime: Runtime, client: Client, parts: tuple[Take, Say]
) -> Response:
    """Take a place and keep the answer under the request's key, in one transaction."""
    take, say = parts

    def run(keyed: KeyedRequest | None, at: datetime) -> bytes:
        answer = b""

        def keep(connection: Any, claim: Claim) -> None:
            nonlocal answer
            answer = msgspec.json.encode(say(claim, request.state.request_id))
            if keyed is not None:
                keep_answer(connection, keyed, status=CREATED, answer=answer)

        take(at, keep)
        return answer

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        return await runtime.change(run, keyed, at)

    return await answer_once(request, runtime, client, work, status=CREATED)
