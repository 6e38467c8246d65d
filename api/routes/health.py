"""Is the process alive, and is it ready for requests?"""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4 as TEXT_FORMAT
from starlette.requests import Request
from starlette.responses import Response

from api.idempotency import json_answer
from api.operations import Operation
from api.problems import INVALID, NOT_FOUND, PROBLEMS, Problem, ProblemError
from api.runtime import Runtime, get_runtime
from api.schemas import HealthAnswer, MetricsText, ProblemKind, ProblemKinds, ReadyAnswer
from api.security import RequiredScope
from data.clients import Client

router = APIRouter(tags=["service"])

HEALTH = Operation(
    name="getHealth",
    summary="Whether the process answers",
    answer=HealthAnswer,
    answer_example={"status": "ok"},
    is_public=True,
)
READY = Operation(
    name="getReadiness",
    summary="Whether requests are welcome",
    answer=ReadyAnswer,
    answer_example={
        "status": "ready",
        "model": {"matching": "m-0123456789ab", "recommender": "r-0123456789ab"},
        "degraded": None,
    },
    is_public=True,
)
KIND = Operation(
    name="getProblem",
    summary="What a problem type means",
    answer=ProblemKind,
    answer_example={
        "type": NOT_FOUND.type,
        "title": NOT_FOUND.title,
        "status": NOT_FOUND.status,
        "detail": NOT_FOUND.detail,
    },
    problems=(NOT_FOUND, INVALID),
    is_public=True,
)
KINDS = Operation(
    name="listProblems",
    summary="All problem types",
    answer=ProblemKinds,
    answer_example={"problems": [KIND.answer_example]},
    is_public=True,
)
METRICS = Operation(
    name="getMetrics",
    summary="Numbers for Prometheus",
    answer=MetricsText,
    answer_example='rapport_requests_total{method="POST",route="/v1/matches",status="200"} 42.0\n',
    media="text/plain",
)
OPERATIONS = (HEALTH, READY, KINDS, KIND, METRICS)


@router.get("/healthz", **HEALTH.route())
async def get_health() -> Response:
    """The process is alive. It says nothing about models or the database."""
    return json_answer(b'{"status":"ok"}')


@router.get("/readyz", **READY.route())
async def get_readiness(runtime: Annotated[Runtime, Depends(get_runtime)]) -> Response:
    """Directory, catalogue and models are loaded, golden requests are answered, the log writes.

    A model that is missing or bad is replaced by a fallback, which `degraded` names; that is ready
    too.
    """
    await runtime.writer.write([])
    serving = runtime.models.serving
    answer = {
        "status": "ready",
        "model": serving.versions(),
        "degraded": serving.degradations() or None,
    }
    return json_answer(msgspec.json.encode(answer))


@router.get("/metrics", **METRICS.route())
async def get_metrics(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("metrics"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
) -> Response:
    """Requests and times by operation, and which models answer, of all workers together.

    Labels hold paths with names in the place of ids, and nothing about anybody.
    """
    meters, serving = request.app.state.meters, runtime.models.serving
    meters.say(serving.versions(), serving.degradations())
    return Response(meters.text(), media_type=TEXT_FORMAT)


def _kind(problem: Problem) -> dict[str, str | int]:
    return {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }


@router.get("/problems", **KINDS.route())
async def list_problems() -> Response:
    """Every `type` that a problem document of this service can have."""
    kinds = [_kind(problem) for problem in PROBLEMS.values()]
    return json_answer(msgspec.json.encode({"problems": kinds}))


@router.get("/problems/{slug}", **KIND.route())
async def get_problem(
    slug: Annotated[str, Path(max_length=64, description="Last part of the type.")],
) -> Response:
    """The page that a problem document's `type` points to."""
    problem = PROBLEMS.get(slug)
    if problem is None:
        raise ProblemError(NOT_FOUND)
    return json_answer(msgspec.json.encode(_kind(problem)))
