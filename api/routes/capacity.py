"""Holds and bookings: the capacity ledger over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import JsonBody
from api.claiming import CREATED, Claiming, check_claim, give_back, take_place
from api.examples import BOOKING_ANSWER, BOOKING_REQUEST, HOLD_ANSWER, HOLD_REQUEST
from api.fields import Identifier
from api.idempotency import NO_STORE, answer_once
from api.operations import Operation
from api.problems import CRISIS, HOLD_OVER, INVALID, NO_PLACE, NOT_FOUND
from api.runtime import Runtime, get_runtime
from api.schemas_capacity import (
    BookingAnswer,
    BookingRequest,
    HoldAnswer,
    HoldRequest,
    Nothing,
)
from api.security import RequiredScope
from data.clients import Client
from data.idempotency import KeyedRequest

router = APIRouter(prefix="/v1", tags=["capacity"])
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
    return await _claimed(request, runtime, client, body)


@router.delete("/holds/{hold_id}", status_code=204, **RELEASE.route())
async def delete_hold(
    _client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    hold_id: Annotated[Identifier, Path(description="`hold_id` of the answer.")],
) -> Response:
    """The place is free at once; a hold that has ended by itself is as good as given back."""
    await give_back(runtime, hold_id)
    return Response(status_code=204, headers=NO_STORE)


@router.post("/bookings", status_code=CREATED, **BOOK.route())
async def create_booking(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    body: Annotated[BookingRequest, Depends(JsonBody(BookingRequest))],
) -> Response:
    """A place is sold once. A hold becomes a booking once, and only while it lasts."""
    return await _claimed(request, runtime, client, body)


async def _claimed(
    request: Request, runtime: Runtime, client: Client, body: Claiming
) -> Response:
    await check_claim(runtime, body)

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        return await take_place(runtime, body, request.state.request_id, keyed, at)

    return await answer_once(request, runtime, client, work, status=CREATED)
