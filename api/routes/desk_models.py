"""The desk's page of models: what serves, and since when."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.desk.models_view import REAL, answering, entries
from api.desk.pages import page, reader_of
from api.desk.sessions import DeskScope, Visitor
from api.runtime import Runtime, get_runtime
from data.registry import list_changes, list_models

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("/models")
async def show_models(
    request: Request,
    visitor: Annotated[Visitor, Depends(DeskScope("models"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
) -> Response:
    """What answers now and since when, and all models with their states."""
    reader = reader_of(request)
    models = await runtime.query(list_models, runtime.engine)
    changes = await runtime.query(list_changes, runtime.engine)
    versions = runtime.models.serving.versions()
    serving = {version for version in versions.values() if version}
    return page(
        request,
        "models.html",
        visitor,
        here="/desk/models",
        serving=answering(versions, changes, reader),
        models=entries(models, reader),
        is_simulated=any(
            model.version in serving and model.trained_on != REAL for model in models
        ),
    )
