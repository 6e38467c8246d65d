"""Clients of the API: keys that are shown once and kept as a hash.

A key is `rk_KEYID_SECRET` with a secret of 256 random bits; since nobody can guess such a secret,
its plain SHA-256 is as good as a slow hash. Every look-up asks the database, so that a revoked key
ends at once.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select, update

from data.columns import ID_LENGTH
from data.database import reading, transaction
from data.errors import NotFoundError, UsageError
from data.instants import instant_of, micros_of
from data.tables import api_keys

SCOPES = (
    "match",
    "events",
    "recommend",
    "directory",
    "catalogue",
    "models",
    "erase",
    "metrics",
)
"""What a key may be allowed to do."""
KEY = re.compile(r"rk_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
NOBODY = hashlib.sha256(b"").hexdigest()
"""Compared with where there is no such key, so that both answers take the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who sent a request, and what it may do."""

    key_id: str
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedKey:
    """A new key; the only place where its secret ever stands."""

    key_id: str
    key: str
    name: str
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"CreatedKey(key_id={self.key_id!r}, key=...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """What is kept of a key."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None
    """When it ended; None while it is good."""


def create_key(engine: Engine, name: str, scopes: Sequence[str], *, at: datetime) -> CreatedKey:
    """Make a key.

    Args:
        engine: The database.
        name: Which client it is for: 1 to 128 characters.
        scopes: What it may do, at least one of `SCOPES`.
        at: The present.

    Raises:
        UsageError: The name is empty or too long, or a scope is missing or unknown.
    """
    if not 1 <= len(name.strip()) <= ID_LENGTH or not name.isprintable():
        raise UsageError(f"a key needs a name of 1 to {ID_LENGTH} printable characters")
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise UsageError(f"a key needs scopes out of {', '.join(SCOPES)}")
    key_id = secrets.token_hex(6)
    key = f"rk_{key_id}_{secrets.token_urlsafe(32)}"
    granted = tuple(scope for scope in SCOPES if scope in scopes)
    row = {
        "key_id": key_id,
        "name": name.strip(),
        "secret_sha256": _digest(key),
        "scopes": json.dumps(granted),
        "created_at": micros_of(at),
    }
    with transaction(engine) as connection:
        connection.execute(insert(api_keys).values(row))
    return CreatedKey(key_id=key_id, key=key, name=name.strip(), scopes=granted)


def find_client(engine: Engine, key: str) -> Client | None:
    """The client of a key, or None where the key is unknown, wrong or revoked."""
    shape = KEY.fullmatch(key)
    if shape is None:
        return None
    query = select(api_keys).where(api_keys.c.key_id == shape.group(1))
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    kept = NOBODY if row is None else row.secret_sha256
    is_right = hmac.compare_digest(kept, _digest(key))
    if row is None or not is_right or row.revoked_at is not None:
        return None
    return Client(key_id=row.key_id, name=row.name, scopes=frozenset(json.loads(row.scopes)))


def list_keys(engine: Engine) -> list[KnownKey]:
    """All keys, the revoked too, oldest first."""
    query = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.key_id)
    with reading(engine) as connection:
        return [
            KnownKey(
                key_id=row.key_id,
                name=row.name,
                scopes=tuple(json.loads(row.scopes)),
                created_at=instant_of(row.created_at),
                revoked_at=None if row.revoked_at is None else instant_of(row.revoked_at),
            )
            for row in connection.execute(query)
        ]


def revoke_key(engine: Engine, key_id: str, *, at: datetime) -> None:
    """End a key at once; ending it again changes nothing.

    Args:
        engine: The database.
        key_id: The part of the key between its first two underscores.
        at: The present.

    Raises:
        NotFoundError: There is no such key.
    """
    key = api_keys.c.key_id == key_id
    is_good = api_keys.c.revoked_at.is_(None)
    with transaction(engine) as connection:
        if connection.execute(select(api_keys.c.key_id).where(key)).first() is None:
            raise NotFoundError("there is no such key: see rapport keys list")
        connection.execute(
            update(api_keys).where(key, is_good).values(revoked_at=micros_of(at))
        )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
