"""The directory of clinicians, one row at a time."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import JsonBody
from api.cursors import cursor_of, last_of
from api.examples_records import CLINICIAN, CLINICIAN_GIVEN
from api.fields import Identifier
from api.idempotency import NO_STORE, json_answer
from api.operations import Operation
from api.problems import INVALID, NOT_FOUND, ProblemError
from api.records import CLINICIAN_WORDS, holding, treating
from api.runtime import Runtime, get_runtime
from api.schemas_capacity import Nothing
from api.schemas_records import (
    ClinicianAnswer,
    ClinicianGiven,
    CliniciansAnswer,
    ClinicianSearch,
)
from api.security import RequiredScope
from data.clients import Client
from data.clinic import CLINICIANS
from data.records import Record, delete_record, find_record, list_records, put_record

router = APIRouter(prefix="/v1", tags=["directory"])

LIST = Operation(
    name="listClinicians",
    summary="Search the directory",
    answer=CliniciansAnswer,
    answer_example={"clinicians": [CLINICIAN], "next_cursor": None, "request_id": "4f1c2d9ab0"},
    problems=(INVALID,),
)
READ = Operation(
    name="getClinician",
    summary="A clinician's row",
    answer=ClinicianAnswer,
    answer_example=CLINICIAN,
    problems=(INVALID, NOT_FOUND),
)
PUT = Operation(
    name="putClinician",
    summary="Add or replace a clinician",
    body=ClinicianGiven,
    body_example=CLINICIAN_GIVEN,
    answer=ClinicianAnswer,
    answer_example=CLINICIAN,
)
DELETE = Operation(
    name="deleteClinician",
    summary="Take a clinician out of the directory",
    answer=Nothing,
    answer_example={},
    problems=(INVALID, NOT_FOUND),
    status=204,
)
OPERATIONS = (LIST, READ, PUT, DELETE)

ClinicianId = Annotated[Identifier, Path(description="`clinician_id` of the directory.")]


@router.get("/clinicians", **LIST.route())
async def list_clinicians(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("directory"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    search: Annotated[ClinicianSearch, Query()],
) -> Response:
    """Rows that list every word asked for, by id, whether or not they take new patients.

    Nobody is judged here: who may be offered to a person, and why not, is what a match says.
    """
    asked = search.model_dump(include=set(CLINICIAN_WORDS))
    lists, treats = holding(CLINICIAN_WORDS, asked), treating(search.concern)

    def keep(record: Record) -> bool:
        return lists(record) and treats(record)

    found, has_more = await run_in_threadpool(
        list_records,
        runtime.engine,
        CLINICIANS,
        after=None if search.cursor is None else last_of(search.cursor),
        limit=search.limit,
        keep=keep,
    )
    answer = {
        "clinicians": found,
        "next_cursor": cursor_of(found[-1]["clinician_id"]) if has_more else None,
        "request_id": request.state.request_id,
    }
    return json_answer(msgspec.json.encode(answer))


@router.get("/clinicians/{clinician_id}", **READ.route())
async def get_clinician(
    _client: Annotated[Client, Depends(RequiredScope("directory"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    clinician_id: ClinicianId,
) -> Response:
    """All columns of the row; what is not known is null."""
    found = await runtime.query(find_record, runtime.engine, CLINICIANS, clinician_id)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return json_answer(msgspec.json.encode(found))


@router.put("/clinicians/{clinician_id}", **PUT.route())
async def put_clinician(
    _client: Annotated[Client, Depends(RequiredScope("directory"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    clinician_id: ClinicianId,
    body: Annotated[ClinicianGiven, Depends(JsonBody(ClinicianGiven))],
) -> Response:
    """The whole row: columns that are absent are missing from then on.

    Answers go by the new row within about a second, in every process. A new number of places, a new
    appointment or a new date of verification is a new count of places: older holds are part of it.
    """
    await runtime.change(
        put_record, runtime.engine, CLINICIANS, clinician_id, body.model_dump()
    )
    found = await runtime.query(find_record, runtime.engine, CLINICIANS, clinician_id)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return json_answer(msgspec.json.encode(found))


@router.delete("/clinicians/{clinician_id}", status_code=204, **DELETE.route())
async def delete_clinician(
    _client: Annotated[Client, Depends(RequiredScope("directory"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    clinician_id: ClinicianId,
) -> Response:
    """Nobody is offered the clinician within about a second; courses and bookings stay on record."""
    if not await runtime.change(delete_record, runtime.engine, CLINICIANS, clinician_id):
        raise ProblemError(NOT_FOUND)
    return Response(status_code=204, headers=NO_STORE)
