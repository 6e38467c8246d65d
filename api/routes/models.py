"""Which models there are, and which of them answer here."""

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.cursors import BAD_CURSOR, cursor_of, last_of
from api.examples_cards import MODEL_CARD
from api.idempotency import json_answer
from api.match_answers import rfc3339
from api.operations import Operation
from api.problems import INVALID, NOT_FOUND, STORAGE, ProblemError
from api.runtime import Runtime, get_runtime
from api.schemas import ModelsAnswer
from api.schemas_cards import ModelCardAnswer
from api.security import RequiredScope
from data.clients import Client
from data.errors import BundleError
from data.model_cards import read_card
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
CARD = Operation(
    name="getModelCard",
    summary="The card of the model that serves",
    answer=ModelCardAnswer,
    answer_example=MODEL_CARD,
    problems=(INVALID, NOT_FOUND),
)
OPERATIONS = (MODELS, CARD)


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


@router.get("/model-card/{kind}", **CARD.route())
async def get_model_card(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("models"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    kind: Annotated[
        Literal["matching", "recommender"], Path(description="Which kind of model.")
    ],
) -> Response:
    """The 31 source attributes with what was measured at training, and what became of the model since.

    It stands in the signed bundle. Where fixed rules or what is popular answer, there is no card.
    """
    settings = runtime.settings
    try:
        card = await run_in_threadpool(
            read_card, runtime.engine, settings.models, settings.keys, kind=kind
        )
    except BundleError:
        raise ProblemError(STORAGE) from None
    return json_answer(msgspec.json.encode({**card, "request_id": request.state.request_id}))
