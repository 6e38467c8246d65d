"""The outer shell of the service as pure ASGI layers, cheapest refusal first.

`RequestScope` (request id, log line, last resort) holds `Limiter` (how many at once), which holds
`Deadline` (how long), which holds `BodyLimit` (how much). None of them reads a body or a path.
"""

import asyncio
import re
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import frames_of
from api.metering import Meters
from api.problems import (
    DEADLINE,
    INTERNAL,
    MEDIA_TYPE,
    OVERLOADED,
    TIMEOUT,
    TOO_LARGE,
    Problem,
    ProblemError,
    encoded,
    headers_of,
)

log = structlog.get_logger()

REQUEST_ID = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
"""What a client may send as `X-Request-Id`; anything else is replaced."""
EXEMPT = frozenset({"/healthz", "/readyz"})
"""Paths that no queue holds up."""
CLOSED_REQUEST = 499
"""Logged where a client went away before the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much the service takes on; what is beyond is refused, cheaply."""

    in_flight: int = 32
    """Most requests worked on at once, per process."""
    queue: int = 256
    """Most requests that wait for a place, per process."""
    queue_seconds: float = 1.0
    """Longest wait for a place."""
    body_bytes: int = 256 * 1024
    """Largest body."""
    bulk_bytes: int = 16 * 1024 * 1024
    """Largest body of a bulk operation."""
    seconds: float = 10.0
    """Longest time of a request, from its first byte to its answer."""
    bulk_seconds: float = 60.0
    """Longest time of a bulk operation."""
    bulk_paths: frozenset[str] = frozenset({"/v1/events", "/v1/assignments"})
    """Operations that take many records at once."""


class RequestScope:
    """Gives each request an id, writes its log line, and catches what nothing else caught."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app = app
        self.meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = header_of(scope, b"x-request-id")
        usable = given is not None and REQUEST_ID.fullmatch(given)
        request_id = given.decode() if given and usable else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        begun = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception as error:  # noqa: BLE001 - the last resort: no failure may show its insides
            log.error(  # noqa: TRY400 - a traceback would show values
                "failed",
                request_id=request_id,
                error=type(error).__name__,
                frames=frames_of(error.__traceback__),
            )
            if not status:
                await send_problem(scope, send_with_id, INTERNAL)
        finally:
            self._note(scope, status, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """One log line, one count."""
        route = getattr(scope.get("route"), "path", None)
        self.meters.count(scope["method"], route, status or CLOSED_REQUEST, seconds)
        _log_access(scope, route, status, seconds)


def _log_access(scope: Scope, route: str | None, status: int, seconds: float) -> None:
    log.info(
        "request",
        request_id=scope["state"]["request_id"],
        client=scope["state"].get("client_id"),
        method=scope["method"] if len(scope["method"]) <= 16 else "?",
        route=route,
        status=status or CLOSED_REQUEST,
        duration_ms=round(seconds * 1_000, 2),
    )


class Limiter:
    """Lets a fixed number of requests in, a few wait, and refuses the rest at once."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits
        self.running = 0
        self.waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it with 503."""
        if scope["type"] != "http" or scope["path"] in EXEMPT:
            await self.app(scope, receive, send)
            return
        if not await self._enter():
            await send_problem(scope, send, OVERLOADED, {"Connection": "close"})
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._leave()

    async def _enter(self) -> bool:
        """Take a place, waiting a little for one; False where none came free."""
        if self.running < self.limits.in_flight:
            self.running += 1
            return True
        if len(self.waiting) >= self.limits.queue:
            return False
        place = asyncio.get_running_loop().create_future()
        self.waiting.append(place)
        is_over = False
        try:
            await asyncio.wait({place}, timeout=self.limits.queue_seconds)
            is_over = True
        finally:
            if not is_over and place.done():
                self._leave()  # the client went away in the moment its turn came
            if not place.done():
                self.waiting.remove(place)
        return place.done()

    def _leave(self) -> None:
        """Hand the place to the longest waiting request, or free it."""
        if self.waiting:
            self.waiting.popleft().set_result(None)
        else:
            self.running -= 1


class Deadline:
    """Ends a request that takes too long: 408 while its body arrives, 503 after."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within its time.

        Raises:
            TimeoutError: The time is over and half of an answer has left.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_bulk = scope["path"] in self.limits.bulk_paths
        seconds = self.limits.bulk_seconds if is_bulk else self.limits.seconds
        is_started = is_reading = False

        async def watched_receive() -> Message:
            nonlocal is_reading
            is_reading = True
            message = await receive()
            is_reading = False
            return message

        async def watched_send(message: Message) -> None:
            nonlocal is_started
            is_started = True
            await send(message)

        try:
            async with asyncio.timeout(seconds):
                await self.app(scope, watched_receive, watched_send)
        except TimeoutError:
            if is_started:
                raise
            problem = TIMEOUT if is_reading else DEADLINE
            await send_problem(scope, send, problem, {"Connection": "close"})


class BodyLimit:
    """Refuses a body that is too large, by its declared length or while it arrives."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request whose body is within the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_bulk = scope["path"] in self.limits.bulk_paths
        most = self.limits.bulk_bytes if is_bulk else self.limits.body_bytes
        declared = header_of(scope, b"content-length")
        if declared is not None and declared.isdigit() and int(declared[:20]) > most:
            await send_problem(scope, send, TOO_LARGE, {"Connection": "close"})
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise ProblemError(TOO_LARGE, headers={"Connection": "close"})
            return message

        await self.app(scope, counted, send)


def header_of(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that lower-case name, or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


async def send_problem(
    scope: Scope, send: Send, problem: Problem, headers: Mapping[str, str] | None = None
) -> None:
    """Answer with a problem document from outside the application."""
    body = encoded(problem, request_id=scope["state"]["request_id"])
    every = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        **headers_of(problem),
        **(headers or {}),
    }
    listed = [(key.lower().encode(), value.encode()) for key, value in every.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": listed})
    await send({"type": "http.response.body", "body": body})
