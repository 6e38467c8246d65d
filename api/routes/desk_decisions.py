"""What the desk decides on a match: a place held or booked, or something that is not the list's."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import refusal
from api.capacity import check_person
from api.claiming import Claiming, check_claim, give_back, take_place
from api.desk.match_view import REASONS
from api.desk.once import once_per_form
from api.desk.pages import go_to
from api.desk.sessions import DeskScope, Visitor
from api.fields import Identifier
from api.match_answers import rfc3339
from api.problems import CRISIS, HOLD_OVER, INVALID, NO_PLACE, ProblemError
from api.recording import record_batch
from api.routes.desk_intakes import AtDesk, MatchId, Running, match_page, origin_of
from api.runtime import Runtime
from api.schemas_capacity import BookingRequest, HoldRequest
from api.schemas_events import read_event
from data.idempotency import KeyedRequest
from data.known_risk import find_known_risk
from data.match_decisions import read_decided
from data.rematches import Origin

router = APIRouter(prefix="/desk/matches/{match_id}", include_in_schema=False)
SHOWN = frozenset({NO_PLACE, HOLD_OVER, CRISIS, INVALID})
"""Refusals after which the desk goes on with the same match."""


@router.post("/hold")
async def hold_place(
    request: Request, visitor: AtDesk, runtime: Running, match_id: MatchId
) -> Response:
    """The same hold as of `POST /v1/holds`."""
    return await _claim(request, runtime, visitor, match_id, HoldRequest)


@router.post("/book")
async def book_place(
    request: Request, visitor: AtDesk, runtime: Running, match_id: MatchId
) -> Response:
    """The same booking as of `POST /v1/bookings`."""
    return await _claim(request, runtime, visitor, match_id, BookingRequest)


@router.post("/holds/{hold_id}/book")
async def book_hold(
    request: Request,
    visitor: AtDesk,
    runtime: Running,
    match_id: MatchId,
    hold_id: Annotated[Identifier, Path()],
) -> Response:
    """A hold of this match becomes a booking."""
    origin = await origin_of(runtime, match_id)

    async def run() -> None:
        if not await _is_taken(runtime, origin, hold_id):
            raise ProblemError(HOLD_OVER)
        await _take(request, runtime, visitor, BookingRequest(hold_id=hold_id))

    return await _done(request, runtime, visitor, origin, run)


@router.post("/holds/{hold_id}/release")
async def release_hold(
    request: Request,
    visitor: AtDesk,
    runtime: Running,
    match_id: MatchId,
    hold_id: Annotated[Identifier, Path()],
) -> Response:
    """A hold of this match is given back; one that is over already is as good."""
    origin = await origin_of(runtime, match_id)

    async def run() -> None:
        if await _is_taken(runtime, origin, hold_id):
            await give_back(runtime, hold_id)

    return await _done(request, runtime, visitor, origin, run)


@router.post("/override")
async def override(
    request: Request,
    visitor: Annotated[Visitor, Depends(DeskScope("events"))],
    runtime: Running,
    match_id: MatchId,
) -> Response:
    """The same event as of `POST /v1/events`: who was chosen instead, if anybody, and why."""
    origin = await origin_of(runtime, match_id)
    reason, chosen = visitor.form.first("reason"), visitor.form.first("clinician_id")

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        event = {
            "event_id": f"desk-{uuid.uuid4().hex}",
            "type": "override",
            "at": rfc3339(at),
            "patient_id": origin.patient_id,
            "match_id": match_id,
            "clinician_id": chosen or None,
            "reason": reason,
        }
        read = [read_event(msgspec.Raw(msgspec.json.encode(event)))]
        return await record_batch(runtime, read, keyed, at, request.state.request_id)

    async def run() -> None:
        if reason not in REASONS:
            raise ProblemError(INVALID)
        if chosen:
            check_person(
                await runtime.query(find_known_risk, runtime.engine, origin.patient_id)
            )
        answer = await once_per_form(request, runtime, visitor, work)
        if msgspec.json.decode(answer)["refused"]:
            raise ProblemError(INVALID)

    if chosen and chosen not in runtime.models.serving.directory.rows:
        return await match_page(
            request, runtime, visitor, origin, status=422, notice="override_unknown"
        )
    return await _done(request, runtime, visitor, origin, run)


async def _claim(
    request: Request,
    runtime: Runtime,
    visitor: Visitor,
    match_id: str,
    kind: type[HoldRequest | BookingRequest],
) -> Response:
    origin = await origin_of(runtime, match_id)
    wanted = {
        "clinician_id": visitor.form.first("clinician_id"),
        "patient_id": origin.patient_id,
        "match_id": match_id,
    }

    async def run() -> None:
        try:
            body = kind.model_validate(wanted)
        except ValidationError as error:
            problem = refusal(error)
        else:
            return await _take(request, runtime, visitor, body)
        raise problem

    return await _done(request, runtime, visitor, origin, run)


async def _take(request: Request, runtime: Runtime, visitor: Visitor, body: Claiming) -> None:
    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        await check_claim(runtime, body)
        return await take_place(runtime, body, request.state.request_id, keyed, at)

    await once_per_form(request, runtime, visitor, work)


async def _is_taken(runtime: Runtime, origin: Origin, hold_id: str) -> bool:
    """Whether a hold of this very match lasts, or has become a booking."""
    decided = await runtime.query(
        read_decided,
        runtime.engine,
        origin.match_id,
        origin.patient_id,
        at=runtime.clock(),
    )
    return hold_id in {claim.claim_id for claim in decided.claims}


async def _done(
    request: Request,
    runtime: Runtime,
    visitor: Visitor,
    origin: Origin,
    run: Callable[[], Awaitable[None]],
) -> Response:
    """Do what the desk decided, and show the match again: with it, or with why it was refused."""
    try:
        await run()
    except ProblemError as error:
        if error.problem not in SHOWN:
            raise
        return await match_page(
            request,
            runtime,
            visitor,
            origin,
            status=error.problem.status,
            notice=f"problem.{error.problem.slug}",
        )
    return go_to(f"/desk/matches/{origin.match_id}")
