"""Which models there are, and which of them answer here."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.cursors import BAD_CURSOR, cursor_of, last_of
from api.idempotency import json_answer
from api.match_answers import rfc3339
from api.operations import Operation
from api.problems import INVALID, ProblemError
from api.runtime import Runtime, get_runtime
from api.schemas import ModelsAnswer
from api.security import RequiredScope
from data.clients import Client
from data.registry import list_models as read_models

router = APIRouter(prefix="/v1", tags=["models"])

MODELS = Operation(
    name="listModels",
    summary="The registry of models",
    answer=ModelsAnswer,
    answer_example={
        "models": [
            {
                "version": "m-0123456789ab",
                "kind": "matching",
                "state": "champion",
                "created_at": "2026-11-24T09:30:00Z",
            }
        ],
        "serving": {"matching": "m-0123456789ab", "recommender": None},
        "next_cursor": None,
    },
    problems=(INVALID,),
)
OPERATIONS = (MODELS,)


@router.get("/models", **MODELS.route())
async def list_models(
    _client: Annotated[Client, Depends(RequiredScope("models"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    limit: Annotated[int, Query(ge=1, le=100, description="Most models, 1 to 100.")] = 100,
    cursor: Annotated[
        str | None, Query(max_length=256, description="`next_cursor` of the page before.")
    ] = None,
) -> Response:
    """All models with their states, newest first, and the versions this process answers with."""
    models = await runtime.query(read_models, runtime.engine)
    versions = [model.version for model in models]
    start = 0
    if cursor is not None:
        last = last_of(cursor)
        if last not in versions:
            raise ProblemError(INVALID, BAD_CURSOR)
        start = versions.index(last) + 1
    page = models[start : start + limit]
    is_last = start + limit >= len(models)
    answer = {
        "models": [
            {
                "version": model.version,
                "kind": model.kind,
                "state": model.state,
                "created_at": rfc3339(model.created_at),
            }
            for model in page
        ],
        "serving": runtime.models.serving.versions(),
        "next_cursor": None if is_last else cursor_of(page[-1].version),
    }
    return json_answer(msgspec.json.encode(answer))
