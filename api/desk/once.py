"""A form that is sent twice does its work once: a double click, a reload, a slow line."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.requests import Request

from api.desk.sessions import Visitor
from api.idempotency import fingerprint_of, once
from api.problems import IN_FLIGHT, ProblemError
from api.runtime import Runtime
from data.idempotency import KeyedRequest

TRIES = 30
PAUSE_SECONDS = 0.1


async def once_per_form(
    request: Request,
    runtime: Runtime,
    visitor: Visitor,
    work: Callable[[KeyedRequest | None, datetime], Awaitable[bytes]],
) -> bytes:
    """Do the work of a form, or give the answer of the same form that was sent before.

    Every page draws its forms with a mark of their own, so equal bytes are the same form; one that
    somebody changed is another. While the first is under way the second waits for it.

    Args:
        request: The request, its form read.
        runtime: The service.
        visitor: Who sends it.
        work: Does the work and keeps its answer under the key.

    Raises:
        ProblemError: The work was refused, or the first is still under way.
    """
    fingerprint = fingerprint_of(request)
    key = f"desk-{hashlib.sha256(fingerprint.encode()).hexdigest()}"
    keyed = KeyedRequest(
        client=visitor.client.key_id, key=key, fingerprint=fingerprint, at=runtime.clock()
    )
    for _ in range(TRIES):
        try:
            return (await once(runtime, keyed, work)).body
        except ProblemError as error:
            if error.problem is not IN_FLIGHT:
                raise
        await asyncio.sleep(PAUSE_SECONDS)
    raise ProblemError(IN_FLIGHT)
