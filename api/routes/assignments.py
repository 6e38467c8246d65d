"""A whole waiting list at once."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.assignments import assign_people
from api.bodies import JsonBody
from api.examples import MATCH_REQUEST, SAFETY
from api.idempotency import answer_once
from api.moments import moment_of
from api.operations import Operation
from api.recording import record_matches
from api.runtime import Runtime, get_runtime
from api.schemas_assignments import AssignmentAnswer, AssignmentRequest
from api.security import RequiredScope
from data.clients import Client
from data.idempotency import KeyedRequest

router = APIRouter(prefix="/v1", tags=["matching"])

ASSIGN = Operation(
    name="createAssignments",
    summary="Place a waiting list within the openings",
    body=AssignmentRequest,
    body_example={"intakes": [MATCH_REQUEST["intake"]], "language": "en"},
    answer=AssignmentAnswer,
    answer_example={
        "assignments": [
            {
                "match_id": "9f2d7c1e5b6a4d3c8e7f0a1b2c3d4e5f",
                "intake_id": "intake-1",
                "pathway": "routine",
                "safety": SAFETY,
                "clinician_id": "clinician-17",
                "utility": 0.41,
                "price": 0.03,
                "reason": None,
                "notes": [],
            }
        ],
        "assigned": 1,
        "unassigned": 0,
        "value": 0.41,
        "bound": 0.41,
        "gap": 0.0,
        "model": {"matching": "m-0123456789ab", "policy": "assignment"},
        "degraded": None,
        "language": "en",
        "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
    },
    has_key=True,
)
OPERATIONS = (ASSIGN,)


@router.post("/assignments", **ASSIGN.route())
async def create_assignments(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    body: Annotated[AssignmentRequest, Depends(JsonBody(AssignmentRequest))],
) -> Response:
    """As many people as possible are placed, and among such plans the sum of utilities is largest.

    Nobody in the red tier is placed: their entry holds crisis resources and actions. The plan takes no
    place; hold or book each one with the entry's `match_id`. Every entry is a match of its own,
    which can be read, booked and left like others.
    """

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        moment = moment_of(request, runtime, at)
        serving = runtime.models.serving
        found = await run_in_threadpool(assign_people, runtime.engine, body, serving, moment)
        await record_matches(runtime, found.decisions, keyed, found.answer)
        return found.answer

    return await answer_once(request, runtime, client, work)
