"""Therapist-patient matching."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import JsonBody
from api.examples import MATCH_ANSWER, MATCH_REQUEST
from api.fields import Identifier
from api.idempotency import answer_once, json_answer
from api.matches import Moment, decide
from api.operations import Operation
from api.problems import INVALID, NOT_FOUND, ProblemError
from api.recording import record_match
from api.runtime import Runtime, get_runtime
from api.schemas_matches import MatchAnswer, MatchRequest
from api.security import RequiredScope
from data.clients import Client
from data.idempotency import KeyedRequest
from data.queries import find_match_answer

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
OPERATIONS = (CREATE, READ)


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
        moment = Moment(at=at, seed=runtime.settings.seed, request_id=request.state.request_id)
        decision = decide(body, runtime.models.serving, moment)
        await record_match(runtime, decision, keyed)
        return decision.answer

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
