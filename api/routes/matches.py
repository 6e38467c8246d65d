"""Therapist-patient matching."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.asking import ask
from api.bodies import JsonBody
from api.examples import MATCH_ANSWER, MATCH_REQUEST, REMATCH_ANSWER, REMATCH_REQUEST
from api.fields import Identifier
from api.idempotency import answer_once, json_answer
from api.moments import moment_of
from api.operations import Operation
from api.problems import INVALID, NOT_FOUND, ProblemError
from api.recording import record_leaving, record_match
from api.rematches import call_for_review, decide_rematch, leave
from api.runtime import Runtime, get_runtime
from api.schemas_matches import MatchAnswer, MatchRequest, RematchRequest
from api.security import RequiredScope
from data.clients import Client
from data.idempotency import KeyedRequest
from data.known_risk import find_known_risk
from data.queries import find_match_answer
from data.rematches import find_origin, find_out_of_reach

router = APIRouter(prefix="/v1", tags=["matching"])

CREATE = Operation(
    name="createMatch",
    summary="Rank the clinicians for an intake",
    body=MatchRequest,
    body_example=MATCH_REQUEST,
    answer=MatchAnswer,
    answer_example=MATCH_ANSWER,
    has_key=True,
)
READ = Operation(
    name="getMatch",
    summary="A stored answer, byte for byte",
    answer=MatchAnswer,
    answer_example=MATCH_ANSWER,
    problems=(INVALID, NOT_FOUND),
)
REMATCH = Operation(
    name="createRematch",
    summary="Rank other clinicians for somebody who wants to leave theirs",
    body=RematchRequest,
    body_example=REMATCH_REQUEST,
    answer=MatchAnswer,
    answer_example=REMATCH_ANSWER,
    problems=(NOT_FOUND,),
    has_key=True,
)
OPERATIONS = (CREATE, READ, REMATCH)


@router.post("/matches", **CREATE.route())
async def create_match(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    body: Annotated[MatchRequest, Depends(JsonBody(MatchRequest))],
) -> Response:
    """Safety first, then who may be offered, then the order.

    A person in the red tier is never ranked: the answer holds crisis resources and actions. Where
    nobody may be offered, the answer leads to a navigator and says what stood in the way. The
    answer leaves once its log row is committed; `free_text` is read by triage and never kept.
    """

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        return (await ask(runtime, body, moment_of(request, runtime, at), keyed)).answer

    return await answer_once(request, runtime, client, work)


@router.get("/matches/{match_id}", **READ.route())
async def get_match(
    _client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    match_id: Annotated[Identifier, Path(description="`match_id` of the answer.")],
) -> Response:
    """The answer as it left when the match was made."""
    answer = await runtime.query(find_match_answer, runtime.engine, match_id)
    if answer is None:
        raise ProblemError(NOT_FOUND)
    return json_answer(answer)


@router.post("/matches/{match_id}/rematch", **REMATCH.route())
async def create_rematch(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    match_id: Annotated[Identifier, Path(description="`match_id` of the answer that is left.")],
    body: Annotated[RematchRequest, Depends(JsonBody(RematchRequest))],
) -> Response:
    """Never the same clinician again, through the whole chain and under every id that shares an NPI.

    Triage hears what is said now and falls below nothing that was found before or is on record. A
    reason that somebody has to look at makes the answer amber at least. Free text is not kept, so
    what it said has to be said again.
    """

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        origin = await runtime.query(find_origin, runtime.engine, match_id)
        if origin is None:
            raise ProblemError(NOT_FOUND)
        leaving = leave(body, origin, uuid.uuid4().hex)
        await record_leaving(runtime, leaving, at=at)
        known = await runtime.query(find_known_risk, runtime.engine, origin.patient_id)
        serving = runtime.models.serving
        reach = await runtime.query(
            find_out_of_reach,
            runtime.engine,
            origin.patient_id,
            at=at,
            root_match_id=origin.root_match_id,
            priced_at=serving.priced_at,
        )
        moment = moment_of(request, runtime, at)
        decision = decide_rematch(body, leaving, known, serving, moment, reach=reach)
        await record_match(runtime, decision, keyed)
        call_for_review(body, moment.request_id)
        return decision.answer

    return await answer_once(request, runtime, client, work)
