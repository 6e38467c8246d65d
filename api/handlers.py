"""Exceptions to problem documents."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.desk.pages import HOME
from api.desk.refusals import problem_page
from api.problems import (
    BAD_HEADER,
    IN_FLIGHT,
    INTERNAL,
    INVALID,
    MALFORMED_JSON,
    MEDIA_TYPE,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    STORAGE,
    UNSUPPORTED_MEDIA,
    ProblemError,
    encoded,
    headers_of,
    invalid,
)
from data.errors import ConflictError, NotFoundError, StorageError

BY_STATUS = {
    400: MALFORMED_JSON,
    404: NOT_FOUND,
    405: METHOD_NOT_ALLOWED,
    415: UNSUPPORTED_MEDIA,
    422: INVALID,
    431: BAD_HEADER,
}


def problem_response(request: Request, error: ProblemError) -> Response:
    """The answer for a refusal."""
    body = encoded(error.problem, request_id=request.state.request_id, errors=error.errors)
    return Response(
        body,
        status_code=error.problem.status,
        media_type=MEDIA_TYPE,
        headers={**headers_of(error.problem), **error.headers},
    )


async def _on_problem(request: Request, error: Any) -> Response:
    return await _refused(request, error)


async def _refused(request: Request, error: ProblemError) -> Response:
    """A document for programs, a page for people."""
    is_page = request.url.path == HOME or request.url.path.startswith(f"{HOME}/")
    return await problem_page(request, error) if is_page else problem_response(request, error)


async def _on_validation(request: Request, error: Any) -> Response:
    """Path and query parameters; bodies are checked by `api.bodies`."""
    return await _refused(request, invalid(error.errors(), prefix=()))


async def _on_http(request: Request, error: Any) -> Response:
    problem = BY_STATUS.get(error.status_code, INTERNAL)
    headers = {key: value for key, value in (error.headers or {}).items() if key == "Allow"}
    return await _refused(request, ProblemError(problem, headers=headers))


async def _on_not_found(request: Request, _error: Any) -> Response:
    return await _refused(request, ProblemError(NOT_FOUND))


async def _on_conflict(request: Request, _error: Any) -> Response:
    return await _refused(request, ProblemError(IN_FLIGHT))


async def _on_storage(request: Request, _error: Any) -> Response:
    return await _refused(request, ProblemError(STORAGE))


async def _on_disconnect(_request: Request, _error: Any) -> Response:
    return Response(status_code=400)  # nobody reads it


def add_handlers(app: FastAPI) -> None:
    """Register every handler."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(NotFoundError, _on_not_found)
    app.add_exception_handler(ConflictError, _on_conflict)
    app.add_exception_handler(StorageError, _on_storage)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
