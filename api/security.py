"""Who may do what: an API key in `Authorization: Bearer`, and one scope per operation.

Deny by default: an operation that declares no scope stops the service from starting.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request

from api.problems import FORBIDDEN, UNAUTHENTICATED, ProblemError
from api.runtime import get_runtime
from data.clients import SCOPES, Client, find_client
from data.errors import UsageError

PUBLIC = frozenset(
    {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/problems",
        "/problems/{slug}",
        "/desk/sign-in",
        "/desk/static/{name}",
    }
)
"""Paths that need no credential; they hold nothing about anybody."""

_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/\-]{1,512}=*) *")


@dataclass(frozen=True, slots=True)
class ScopedAccess(ABC):
    """A dependency that lets a request in when whoever sends it has the scope."""

    scope: str

    @abstractmethod
    async def __call__(self, request: Request) -> Any:
        """Who sends a request, looked up each time."""


@dataclass(frozen=True, slots=True)
class RequiredScope(ScopedAccess):
    """A dependency that lets a request in when its key has the scope."""

    async def __call__(self, request: Request) -> Client:
        """The client of a request; looked up each time, so that a revoked key ends at once.

        Raises:
            ProblemError: 401 without a valid key, 403 without the scope.
        """
        runtime = await get_runtime(request)
        key = bearer_of(request)
        client = None if key is None else await runtime.query(find_client, runtime.engine, key)
        if client is None:
            challenge = 'Bearer realm="rapport"'
            if "authorization" in request.headers:
                challenge += ', error="invalid_token"'
            raise ProblemError(UNAUTHENTICATED, headers={"WWW-Authenticate": challenge})
        request.state.client_id = client.key_id
        if self.scope not in client.scopes:
            challenge = (
                f'Bearer realm="rapport", error="insufficient_scope", scope="{self.scope}"'
            )
            raise ProblemError(FORBIDDEN, headers={"WWW-Authenticate": challenge})
        return client


def bearer_of(request: Request) -> str | None:
    """The key of a request; None where there is none, more than one, or another scheme."""
    given = request.headers.getlist("authorization")
    found = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    return found[1] if found else None


def scopes_of(route: APIRoute) -> list[str]:
    """The scopes that an operation asks for."""

    def walk(dependant: Dependant) -> Iterator[str]:
        for part in dependant.dependencies:
            if isinstance(part.call, ScopedAccess):
                yield part.call.scope
            yield from walk(part)

    return list(walk(route.dependant))


def check_scopes(app: FastAPI) -> None:
    """Refuse an application with an operation that declares no scope, or an unknown one.

    Raises:
        UsageError: An operation is open that should not be.
    """
    for route in app.routes:
        path = getattr(route, "path", "")
        if path in PUBLIC:
            continue
        scopes = scopes_of(route) if isinstance(route, APIRoute) else []
        if len(scopes) != 1 or scopes[0] not in SCOPES:
            raise UsageError(f"{path} needs exactly one known scope: declare it on the route")
