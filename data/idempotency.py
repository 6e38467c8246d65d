"""Answers kept under `Idempotency-Key`, so that a repeated request has one effect.

A key belongs to one client. It is claimed before the work, and its answer is kept with the work;
a claim whose process died is free again after `CLAIM_SECONDS`, an answer after `KEPT_SECONDS`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data.database import transaction
from data.instants import micros_of
from data.tables import idempotency_keys

KEPT_SECONDS = 24 * 60 * 60
"""How long an answer is kept."""
CLAIM_SECONDS = 120
"""How long a claim without an answer holds; longer than any request may take."""
MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """What a key says about a request."""

    state: Literal["claimed", "in_flight", "reused", "answered"]
    """Claimed: do the work. In flight: the first request is under way. Reused: the key was used
    for another request. Answered: give the kept answer again."""
    status: int | None = None
    answer: bytes | None = None


def claim_key(
    engine: Engine, *, client: str, key: str, fingerprint: str, at: datetime
) -> Claim:
    """Claim a key for a request, or find out what became of it.

    Args:
        engine: The database.
        client: Who sends the request.
        key: The client's name for the request.
        fingerprint: Hash of the whole request, at most 64 characters.
        at: The present.
    """
    with transaction(engine) as connection:
        _forget(connection, client, key, at)
        row = {"client": client, "key": key, "fingerprint": fingerprint, "at": micros_of(at)}
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(idempotency_keys).values(row).on_conflict_do_nothing()
        made = statement.returning(idempotency_keys.c.key)
        if connection.execute(made).first() is not None:
            return Claim("claimed")
        query = select(idempotency_keys).where(_is_key(client, key))
        kept = connection.execute(query).one_or_none()
    if kept is None:
        return Claim("in_flight")  # released by another process in this moment
    if kept.fingerprint != fingerprint:
        return Claim("reused")
    if kept.status is None:
        return Claim("in_flight")
    return Claim("answered", kept.status, kept.answer)


def keep_answer(
    connection: Connection, *, client: str, key: str, status: int, answer: bytes
) -> None:
    """Keep the answer of a claimed key, inside the transaction that does the work."""
    row = update(idempotency_keys).where(_is_key(client, key))
    connection.execute(row.values(status=status, answer=answer))


def release_key(engine: Engine, *, client: str, key: str) -> None:
    """Give a claim back after work that had no effect, so that the client can try again."""
    with transaction(engine) as connection:
        unanswered = and_(_is_key(client, key), idempotency_keys.c.status.is_(None))
        connection.execute(delete(idempotency_keys).where(unanswered))


def _is_key(client: str, key: str) -> Any:
    return and_(idempotency_keys.c.client == client, idempotency_keys.c.key == key)


def _forget(connection: Connection, client: str, key: str, at: datetime) -> None:
    """Drop all old answers, and this key's claim where its process must have died."""
    table = idempotency_keys.c
    now = micros_of(at)
    is_dead = and_(
        _is_key(client, key), table.status.is_(None), table.at < now - CLAIM_SECONDS * MICROS
    )
    connection.execute(delete(idempotency_keys).where(is_dead))
    is_old = table.at < now - KEPT_SECONDS * MICROS
    connection.execute(delete(idempotency_keys).where(is_old))
