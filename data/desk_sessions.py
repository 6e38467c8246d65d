"""Sessions of the desk's page: a random token in the browser, its hash in the store.

A session belongs to an API key and ends with it, when it is not used for a while, when it has lasted a
working day, or when somebody signs out, whichever comes first.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from data.clients import Client
from data.database import reading, transaction
from data.instants import instant_of, micros_of
from data.tables import api_keys, desk_sessions

IDLE = timedelta(minutes=30)
"""How long a session lasts without being used."""
LONGEST = timedelta(hours=10)
"""How long a session lasts at all."""
STEP = timedelta(minutes=1)
"""Use is noted no more often than this, so that not every page writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that holds."""

    client: Client
    used_at: datetime

    def is_stale(self, at: datetime) -> bool:
        """Whether its use is to be noted anew."""
        return at - self.used_at >= STEP


def begin_session(engine: Engine, client: Client, *, at: datetime) -> str:
    """Begin a session, and drop those that are over.

    Args:
        engine: The database.
        client: Whose key was shown.
        at: The present.

    Returns:
        The token; it stands nowhere else.
    """
    token = secrets.token_urlsafe(32)
    row = {
        "token_sha256": _digest(token),
        "key_id": client.key_id,
        "begun_at": micros_of(at),
        "used_at": micros_of(at),
    }
    with transaction(engine) as connection:
        over = desk_sessions.c.begun_at <= micros_of(at - LONGEST)
        connection.execute(delete(desk_sessions).where(over))
        connection.execute(insert(desk_sessions).values(row))
    return token


def find_session(engine: Engine, token: str, *, at: datetime) -> Session | None:
    """The session of a token; None where it is over, its key was revoked, or there was none.

    Args:
        engine: The database.
        token: As the browser sent it.
        at: The present.
    """
    query = (
        select(desk_sessions.c.used_at, api_keys)
        .join(api_keys, api_keys.c.key_id == desk_sessions.c.key_id)
        .where(
            desk_sessions.c.token_sha256 == _digest(token),
            desk_sessions.c.begun_at > micros_of(at - LONGEST),
            desk_sessions.c.used_at > micros_of(at - IDLE),
            api_keys.c.revoked_at.is_(None),
        )
    )
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    scopes = frozenset(json.loads(row.scopes))
    client = Client(key_id=row.key_id, name=row.name, scopes=scopes)
    return Session(client=client, used_at=instant_of(row.used_at))


def note_use(engine: Engine, token: str, *, at: datetime) -> None:
    """Let a session last from now on."""
    mine = desk_sessions.c.token_sha256 == _digest(token)
    with transaction(engine) as connection:
        connection.execute(update(desk_sessions).where(mine).values(used_at=micros_of(at)))


def end_session(engine: Engine, token: str) -> None:
    """End a session at once; ending one that is over changes nothing."""
    mine = desk_sessions.c.token_sha256 == _digest(token)
    with transaction(engine) as connection:
        connection.execute(delete(desk_sessions).where(mine))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
