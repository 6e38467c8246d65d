"""Triage, clinicians and content in one call."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import JsonBody
from api.care_plans import Known, plan_care
from api.examples_care_plans import CARE_PLAN_ANSWER, CARE_PLAN_REQUEST
from api.idempotency import answer_once
from api.moments import moment_of
from api.operations import Operation
from api.recommendations import read_person
from api.recording import record_plan
from api.runtime import Runtime, get_runtime
from api.schemas_care_plans import CarePlanAnswer, CarePlanRequest
from api.security import RequiredScope
from data.clients import Client
from data.idempotency import KeyedRequest
from data.rematches import find_out_of_reach

router = APIRouter(prefix="/v1", tags=["matching"])

CREATE = Operation(
    name="createCarePlan",
    summary="Triage, clinicians and content for an intake",
    body=CarePlanRequest,
    body_example=CARE_PLAN_REQUEST,
    answer=CarePlanAnswer,
    answer_example=CARE_PLAN_ANSWER,
    has_key=True,
)
OPERATIONS = (CREATE,)


@router.post("/care-plan", **CREATE.route())
async def create_care_plan(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("match"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    body: Annotated[CarePlanRequest, Depends(JsonBody(CarePlanRequest))],
) -> Response:
    """One triage decides both lists, and falls below nothing that is on record of the person.

    A person in the red tier gets crisis resources and actions, and neither clinicians nor content.
    The clinicians are a match like any other, with its `match_id`. The answer leaves once both log rows
    are committed; `free_text` is read by triage and never kept.
    """

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        serving = runtime.models.serving
        person_id = body.intake.columns()["patient_id"]
        history, risk = await runtime.query(read_person, runtime.engine, person_id)
        reach = await runtime.query(
            find_out_of_reach,
            runtime.engine,
            person_id,
            at=at,
            priced_at=serving.priced_at,
        )
        known = Known(history=history, risk=risk, reach=reach)
        plan = plan_care(body, known, serving, moment_of(request, runtime, at))
        await record_plan(runtime, plan, keyed)
        return plan.answer

    return await answer_once(request, runtime, client, work)
