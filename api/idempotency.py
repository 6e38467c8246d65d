"""`Idempotency-Key`: a repeated request has one effect and gets the same answer.

After draft-ietf-httpapi-idempotency-key-header-07: the same bytes again while the first request is
under way give 409, other bytes under the same key 422. An answer is kept for a day, in the same
transaction as the work, and a request that failed frees its key.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from api.problems import BAD_HEADER, IN_FLIGHT, KEY_REUSED, ProblemError
from api.runtime import Runtime
from data.clients import Client
from data.idempotency import KeyedRequest, claim_key, release_key

HEADER = "idempotency-key"
_USABLE = re.compile(r"[!-~]{1,128}")
JSON = "application/json"
NO_STORE = {"Cache-Control": "no-store"}


def key_of(request: Request) -> str | None:
    """The key of a request, or None where it has none.

    Raises:
        ProblemError: It is given twice, too long, or holds other characters than visible ASCII.
    """
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1 or not _USABLE.fullmatch(given[0]):
        raise ProblemError(BAD_HEADER)
    return given[0]


def fingerprint_of(request: Request) -> str:
    """What tells two requests apart: operation and bytes of the body."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(request.state.body)
    return digest.hexdigest()


def json_answer(body: bytes, status: int = 200) -> Response:
    """A successful answer of encoded JSON."""
    return Response(body, status, media_type=JSON, headers=NO_STORE)


async def answer_once(
    request: Request,
    runtime: Runtime,
    client: Client,
    work: Callable[[KeyedRequest | None, datetime], Awaitable[bytes]],
    *,
    status: int = 200,
) -> Response:
    """Answer a request that writes, once per key.

    Args:
        request: The request, its body read.
        runtime: The service.
        client: Who asks.
        work: Does the work and gives the answer; it keeps the answer under the key, if there is
            one, in the transaction of the work.
        status: Of the answer.

    Raises:
        ProblemError: The key is unusable, under way or used for another request.
    """
    at = runtime.clock()
    key = key_of(request)
    if key is None:
        return json_answer(await work(None, at), status)
    keyed = KeyedRequest(
        client=client.key_id, key=key, fingerprint=fingerprint_of(request), at=at
    )
    answered = await once(runtime, keyed, work)
    if answered.is_replay:
        headers = {**NO_STORE, "Idempotent-Replayed": "true"}
        return Response(answered.body, answered.status or 200, headers, JSON)
    return json_answer(answered.body, status)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request under a key is answered with."""

    body: bytes
    status: int | None = None
    """Of an answer that was kept."""
    is_replay: bool = False


async def once(
    runtime: Runtime,
    keyed: KeyedRequest,
    work: Callable[[KeyedRequest | None, datetime], Awaitable[bytes]],
) -> Answered:
    """Do the work of a request under a key, unless it was done.

    Args:
        runtime: The service.
        keyed: The request.
        work: Does the work and keeps its answer under the key, in one transaction.

    Raises:
        ProblemError: The key is under way or used for another request.
    """
    claim = await runtime.change(claim_key, runtime.engine, keyed)
    if claim.state == "reused":
        raise ProblemError(KEY_REUSED)
    if claim.state == "in_flight":
        raise ProblemError(IN_FLIGHT)
    if claim.answer is not None:
        return Answered(claim.answer, claim.status, is_replay=True)
    is_answered = False
    try:
        answer = await work(keyed, keyed.at)
        is_answered = True
    finally:
        if not is_answered:
            release = runtime.change(release_key, runtime.engine, keyed)
            await asyncio.shield(asyncio.ensure_future(release))
    return Answered(answer)
