"""How an operation is described: summary, schemas, an example each for request, answer and error.

Routes read and encode bodies themselves, so what OpenAPI says of them is put together here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from starlette.responses import JSONResponse, PlainTextResponse

from api.problems import (
    BAD_HEADER,
    DEADLINE,
    FORBIDDEN,
    IN_FLIGHT,
    INTERNAL,
    INVALID,
    KEY_REUSED,
    MALFORMED_JSON,
    MEDIA_TYPE,
    NOT_READY,
    OVERLOADED,
    STORAGE,
    TIMEOUT,
    TOO_LARGE,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA,
    Problem,
    document,
)
from api.schemas import ProblemAnswer

REF = "#/components/schemas/{model}"
EXAMPLE_REQUEST_ID = "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b"
EXAMPLE_ERRORS = (
    {
        "loc": ["body", "intake", "phq9_total"],
        "type": "less_than_equal",
        "msg": "is above the largest allowed value",
    },
)
ALWAYS = (INTERNAL, OVERLOADED, NOT_READY, DEADLINE, STORAGE)
GUARDED = (UNAUTHENTICATED, FORBIDDEN)
WITH_BODY = (MALFORMED_JSON, TIMEOUT, TOO_LARGE, UNSUPPORTED_MEDIA, INVALID)
KEYED = (BAD_HEADER, IN_FLIGHT, KEY_REUSED)

NO_CONTENT = 204

SECURITY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key made with `rapport keys create`.",
}
REQUEST_ID_HEADER = {
    "name": "X-Request-Id",
    "in": "header",
    "required": False,
    "description": "Your id of the request; given back, and made where it is absent or unusable.",
    "schema": {"type": "string"},
}
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A repeat with the same key and bytes has one effect and gets the same answer.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}


CLASSES = {"application/json": JSONResponse, "text/plain": PlainTextResponse}
"""What tells FastAPI the media type of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one operation takes and gives."""

    name: str
    """Its `operationId`."""
    summary: str
    answer: type[BaseModel]
    answer_example: Mapping[str, Any] | str
    body: type[BaseModel] | None = None
    body_example: Mapping[str, Any] | None = None
    problems: tuple[Problem, ...] = ()
    """What it refuses with, beside what every operation of its kind does."""
    status: int = 200
    """Of the answer."""
    is_public: bool = False
    has_key: bool = False
    """Whether it takes an `Idempotency-Key`."""
    media: str = "application/json"
    """Media type of the answer."""

    def route(self) -> dict[str, Any]:
        """Arguments for FastAPI's route decorators."""
        headers = [REQUEST_ID_HEADER, *([KEY_HEADER] if self.has_key else [])]
        extra: dict[str, Any] = {"parameters": headers}
        if self.body is not None:
            extra["requestBody"] = {
                "required": True,
                "content": {"application/json": _content(self.body, self.body_example)},
            }
        if self.is_public:
            extra["security"] = []
        content = {"content": {self.media: _content(self.answer, self.answer_example)}}
        answers: dict[int | str, dict[str, Any]] = {
            self.status: {
                "description": (self.answer.__doc__ or "").splitlines()[0],
                **({} if self.status == NO_CONTENT else content),
            }
        }
        for problem in self._refusals():
            answers.setdefault(problem.status, _problem_answer())
            entry = answers[problem.status]
            texts = [entry["description"], problem.title]
            entry["description"] = "; ".join(text for text in texts if text)
            entry["content"][MEDIA_TYPE]["examples"][problem.slug] = {
                "summary": problem.title,
                "value": _example(problem),
            }
        return {
            "summary": self.summary,
            "operation_id": self.name,
            "response_model": None,
            "response_class": CLASSES[self.media],
            "responses": answers,
            "openapi_extra": extra,
        }

    def _refusals(self) -> tuple[Problem, ...]:
        return (
            *(WITH_BODY if self.body is not None else ()),
            *(KEYED if self.has_key else ()),
            *(() if self.is_public else GUARDED),
            *self.problems,
            *ALWAYS,
        )


def _content(model: type[BaseModel], example: Mapping[str, Any] | str | None) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": REF.format(model=model.__name__)}}
    return content if example is None else {**content, "example": example}


def _problem_answer() -> dict[str, Any]:
    schema = {"$ref": REF.format(model=ProblemAnswer.__name__)}
    return {"description": "", "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _example(problem: Problem) -> dict[str, Any]:
    errors = EXAMPLE_ERRORS if problem is INVALID else ()
    return document(problem, request_id=EXAMPLE_REQUEST_ID, errors=errors)


def describe(app: FastAPI, operations: Sequence[Operation]) -> None:
    """Let an application describe itself as OpenAPI 3.1, computed once.

    Args:
        app: The application, with all its routes.
        operations: Every operation of it.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            parts = schema.setdefault("components", {})
            parts["schemas"] = _schemas(operations)
            parts["securitySchemes"] = {"key": SECURITY_SCHEME}
            schema["security"] = [{"key": []}]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    """The schema of every request and answer, by name."""
    models: dict[type[BaseModel], JsonSchemaMode] = {ProblemAnswer: "serialization"}
    for operation in operations:
        models[operation.answer] = "serialization"
        if operation.body is not None:
            models[operation.body] = "validation"
    _, definitions = models_json_schema(list(models.items()), ref_template=REF)
    return dict(definitions["$defs"])
