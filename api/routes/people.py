"""A person's own data."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.fields import Identifier
from api.idempotency import json_answer
from api.match_answers import rfc3339
from api.operations import Operation
from api.problems import INVALID
from api.runtime import Runtime, get_runtime
from api.schemas import AnswerModel
from api.security import RequiredScope
from data.clients import Client
from data.erasure import erase_person

router = APIRouter(prefix="/v1", tags=["people"])


class ErasureAnswer(AnswerModel):
    """What was erased; it names nobody."""

    certificate_id: str
    erased_at: str
    rows: dict[str, int] = Field(description="Rows by table; tables without any are left out.")
    total: int
    request_id: str


ERASE = Operation(
    name="deletePerson",
    summary="Erase everything that is stored of a person",
    answer=ErasureAnswer,
    answer_example={
        "certificate_id": "1c9a4f6e2b7d4e0f8a3b5c6d7e8f9a0b",
        "erased_at": "2026-11-24T09:30:00Z",
        "rows": {"intakes": 1, "match_log": 2},
        "total": 3,
        "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
    },
    problems=(INVALID,),
)
OPERATIONS = (ERASE,)


@router.delete("/people/{person_id}", **ERASE.route())
async def delete_person(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("erase"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    person_id: Annotated[Identifier, Path(description="`patient_id`, also of content.")],
) -> Response:
    """Requests, courses, questionnaires, events, logged decisions and kept answers go in one transaction.

    Booked places stay taken, under a name that leads nowhere. Who is not known is as good as erased. Backups
    and exported files are the clinic's to erase.
    """
    found = await runtime.change(erase_person, runtime.engine, person_id, at=runtime.clock())
    answer = {
        "certificate_id": found.certificate_id,
        "erased_at": rfc3339(found.erased_at),
        "rows": found.rows,
        "total": sum(found.rows.values()),
        "request_id": request.state.request_id,
    }
    return json_answer(msgspec.json.encode(answer))
