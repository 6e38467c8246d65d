"""Who is at the desk: a session cookie in the place of a key, and a token in every form.

Deny by default: a page needs a scope as every operation does, and whatever changes something needs
the token of the session beside the cookie.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from api.desk.forms import Form, read_form
from api.problems import FORBIDDEN, UNAUTHENTICATED, WRONG_FORM, ProblemError
from api.runtime import get_runtime
from api.security import ScopedAccess
from data.clients import Client
from data.desk_sessions import LONGEST, find_session, note_use

PLAIN = "rapport_desk"
SECURE = "__Host-rapport_desk"
"""The name that browsers take over TLS alone, for this host alone."""
ENTRY = "match"
"""The scope without which nobody signs in."""
LONGEST_TOKEN = 128


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who sends a request from a page."""

    client: Client
    token: str = field(repr=False)
    form: Form = field(default_factory=Form)
    """What was sent; empty where nothing was."""

    @cached_property
    def form_token(self) -> str:
        """What every form of this session carries; it tells nothing of the cookie."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    def may(self, scope: str) -> bool:
        """Whether the key has a scope."""
        return scope in self.client.scopes


@dataclass(frozen=True, slots=True)
class DeskScope(ScopedAccess):
    """A dependency that lets a request of a page in when the key of its session has the scope."""

    async def __call__(self, request: Request) -> Visitor:
        """The visitor of a request; session and key are looked up each time.

        Raises:
            ProblemError: 401 without a session, 403 without the scope or the token of the form.
        """
        visitor = await find_visitor(request)
        if visitor is None:
            raise ProblemError(UNAUTHENTICATED)
        request.state.client_id = visitor.client.key_id
        if request.method == "POST":
            visitor = Visitor(
                client=visitor.client, token=visitor.token, form=await read_form(request)
            )
            given = visitor.form.first("form_token").encode()
            if not hmac.compare_digest(given, visitor.form_token.encode()):
                raise ProblemError(WRONG_FORM)
        if not visitor.may(self.scope):
            raise ProblemError(FORBIDDEN)
        return visitor


async def find_visitor(request: Request) -> Visitor | None:
    """Whose session a request belongs to, without its form; None where there is none."""
    runtime = await get_runtime(request)
    token = _token_of(request)
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    at = runtime.clock()
    session = await runtime.query(find_session, runtime.engine, token, at=at)
    if session is None:
        return None
    if session.is_stale(at):
        await runtime.change(note_use, runtime.engine, token, at=at)
    return Visitor(client=session.client, token=token)


def set_session(request: Request, response: Response, token: str) -> None:
    """Give the browser the token of a new session; no script and no other site gets at it."""
    is_secure = not _is_loopback(request)
    response.set_cookie(
        SECURE if is_secure else PLAIN,
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=is_secure,
        httponly=True,
        samesite="strict",
    )


def clear_session(response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(PLAIN, path="/", httponly=True, samesite="strict")
    response.delete_cookie(SECURE, path="/", secure=True, httponly=True, samesite="strict")


def _token_of(request: Request) -> str:
    """The token; a cookie that a plain connection may have planted counts on this machine alone."""
    token = request.cookies.get(SECURE, "")
    return token or (request.cookies.get(PLAIN, "") if _is_loopback(request) else "")


def _is_loopback(request: Request) -> bool:
    """Whether the page was opened on the machine itself, without TLS."""
    if request.headers.get("origin", "").startswith("https:"):
        return False
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
