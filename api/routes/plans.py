"""A person's program over weeks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.examples_personal_plans import PERSONAL_PLAN
from api.fields import Identifier
from api.idempotency import json_answer
from api.moments import moment_of
from api.operations import Operation
from api.personal_plans import plan_for, read_progress
from api.problems import INVALID
from api.recording import record_suggestion
from api.runtime import Runtime, get_runtime
from api.schemas_personal_plans import PersonalPlan, PlanQuery
from api.security import RequiredScope
from api.standing import standing_of
from data.clients import Client

router = APIRouter(prefix="/v1", tags=["content"])

READ = Operation(
    name="getPersonalPlan",
    summary="A person's program over weeks",
    answer=PersonalPlan,
    answer_example=PERSONAL_PLAN,
    problems=(INVALID,),
)
OPERATIONS = (READ,)


@router.get("/people/{person_id}/plan", **READ.route())
async def get_plan(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("recommend"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    person_id: Annotated[Identifier, Path(description="`user_id` of the person's events.")],
    asked: Annotated[PlanQuery, Query()],
) -> Response:
    """Sessions in the order in which they can be done, from now on, within the time there is.

    What the person finished is done, what they began comes first: ask again after events and the plan has moved
    on. What is on record of their risk decides what may be planned, now and in every week to its end; a person in
    the red tier gets crisis resources and no plan. Risk is never part of the query.
    """
    moment = moment_of(request, runtime, runtime.clock())
    serving = runtime.models.serving
    progress = await runtime.query(read_progress, runtime.engine, person_id)
    standing = standing_of(
        person_id, {}, progress.risk, at=moment.at, country=runtime.settings.country
    )
    plan = await run_in_threadpool(
        plan_for, person_id, asked, progress, standing, serving, moment
    )
    await record_suggestion(runtime, plan, None)
    return json_answer(plan.answer)
