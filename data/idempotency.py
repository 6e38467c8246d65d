"""Answers kept under `Idempotency-Key`, so that a repeated request has one effect.

A key belongs to one client. It is claimed before the work, and its answer is appended in the
transaction of the work: where two processes did the same work after all, the second cannot commit.
A claim whose process died is free again after `CLAIM_SECONDS`, an answer after `KEPT_SECONDS`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Table, and_, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from data.database import transaction
from data.errors import ConflictError
from data.instants import micros_of
from data.log_writer import Write
from data.tables import idempotency_claims, idempotency_keys

KEPT_SECONDS = 24 * 60 * 60
"""How long an answer is kept."""
CLAIM_SECONDS = 120
"""How long a claim without an answer holds; longer than any request may take."""
MICROS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request under a key."""

    client: str
    """Who sends it."""
    key: str
    """The client's name for it."""
    fingerprint: str
    """Hash of the whole request, at most 64 characters."""
    at: datetime
    """When it came."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a key says about a request."""

    state: Literal["claimed", "in_flight", "reused", "answered"]
    """Claimed: do the work. In flight: the first request is under way. Reused: the key was used
    for another request. Answered: give the kept answer again."""
    status: int | None = None
    answer: bytes | None = None


def claim_key(engine: Engine, request: KeyedRequest) -> Claim:
    """Claim a key for a request, or find out what became of it."""
    with transaction(engine) as connection:
        _forget(connection, request.at)
        query = select(idempotency_keys).where(_is_key(idempotency_keys, request))
        kept = connection.execute(query).one_or_none()
        if kept is None:
            return Claim(_claim(connection, request))
    if kept.fingerprint != request.fingerprint:
        return Claim("reused")
    return Claim("answered", kept.status, kept.answer)


def _claim(
    connection: Connection, request: KeyedRequest
) -> Literal["claimed", "in_flight", "reused"]:
    row = _row(request)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(idempotency_claims).values(row).on_conflict_do_nothing()
    if connection.execute(statement.returning(idempotency_claims.c.key)).first() is not None:
        return "claimed"
    is_key = _is_key(idempotency_claims, request)
    is_dead = idempotency_claims.c.at < micros_of(request.at) - CLAIM_SECONDS * MICROS
    taken = update(idempotency_claims).where(is_key, is_dead).values(row)
    if connection.execute(taken.returning(idempotency_claims.c.key)).first() is not None:
        return "claimed"
    query = select(idempotency_claims.c.fingerprint).where(is_key)
    fingerprint = connection.scalar(query)
    return "in_flight" if fingerprint in {None, request.fingerprint} else "reused"


def answer_write(request: KeyedRequest, *, status: int, answer: bytes) -> Write:
    """The row that keeps the answer of a claimed key, for the log writer."""
    return idempotency_keys, {**_row(request), "status": status, "answer": answer}


def keep_answer(
    connection: Connection, request: KeyedRequest, *, status: int, answer: bytes
) -> None:
    """Keep the answer of a claimed key, inside the transaction that does the work.

    Raises:
        ConflictError: Another process has done the work and kept its answer; this one's transaction
            must not commit.
    """
    row = {**_row(request), "status": status, "answer": answer}
    try:
        connection.execute(insert(idempotency_keys), [row])
    except IntegrityError as error:
        raise ConflictError("the request was answered meanwhile: send it again") from error


def release_key(engine: Engine, request: KeyedRequest) -> None:
    """Give a claim back after work that failed, so that the client can try again.

    Where the work was done all the same, its answer is kept and found by the next claim.
    """
    with transaction(engine) as connection:
        is_key = _is_key(idempotency_claims, request)
        mine = idempotency_claims.c.at == micros_of(request.at)
        connection.execute(delete(idempotency_claims).where(is_key, mine))


def _row(request: KeyedRequest) -> dict[str, Any]:
    return {
        "client": request.client,
        "key": request.key,
        "fingerprint": request.fingerprint,
        "at": micros_of(request.at),
    }


def _is_key(table: Table, request: KeyedRequest) -> Any:
    return and_(table.c.client == request.client, table.c.key == request.key)


def _forget(connection: Connection, at: datetime) -> None:
    """Drop old answers, and old claims, answered or not."""
    oldest = micros_of(at) - KEPT_SECONDS * MICROS
    for table in (idempotency_keys, idempotency_claims):
        connection.execute(delete(table).where(table.c.at < oldest))
