"""Which models there are, which one serves, and how that came about.

A model is a candidate (trained, not serving), a shadow (answers beside the champion and is not
shown), the champion (serves), the previous one (served last; what a rollback returns to), or
retired. Of each kind there is at most one champion, which the database itself enforces, and
once there was one there is always one. Every change is one transaction, leaves a row in the trail, and
moves the revision `models`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, func, insert, select, text, update

from data.database import reading, transaction
from data.errors import ConflictError, NotFoundError
from data.instants import instant_of, micros_of
from data.manifests import Manifest
from data.revisions import bump_revision
from data.tables import model_versions, registry_audit

REVISION = "models"
"""The revision that moves with every change."""
OVERRIDE = "override"
"""What the trail calls a gate that a person let a model past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One registered model."""

    version: str
    kind: str
    state: str
    """candidate, shadow, champion, previous or retired."""
    created_at: datetime
    trained_on: str
    """synthetic or real."""
    bundle_hash: str
    metrics: Mapping[str, Any]
    """What was measured when it was trained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of the trail."""

    sequence: int
    """Counts up from 1 without gaps."""
    at: datetime
    action: str
    """register, promote, override or rollback."""
    version: str
    replaced: str | None
    """The champion before, where the action replaced one."""
    reason: str


def register(
    engine: Engine,
    manifest: Manifest,
    *,
    metrics: Mapping[str, Any],
    at: datetime,
    state: Literal["candidate", "shadow"] = "candidate",
) -> Model:
    """Enter a published bundle; a version that is known already stays as it is.

    Args:
        engine: The database.
        manifest: Of the published bundle.
        metrics: What was measured, as JSON with finite numbers.
        at: The present.
        state: What it is entered as.

    Raises:
        ConflictError: The version is known with another content.
        ValueError: The metrics are not JSON.
    """
    values = {
        "version": manifest.version,
        "kind": manifest.kind,
        "state": state,
        "created_at": micros_of(at),
        "trained_on": str(manifest.meta["trained_on"]),
        "bundle_hash": manifest.bundle_hash,
        "metrics": json.dumps(metrics, sort_keys=True, allow_nan=False),
    }
    with transaction(engine) as connection:
        _lock(connection)
        known = _find(connection, manifest.version)
        if known is not None:
            if known.bundle_hash != manifest.bundle_hash:
                raise ConflictError(f"{manifest.version} is another model already: train again")
            return known
        connection.execute(insert(model_versions).values(values))
        _record(connection, "register", manifest.version, at=at, reason="trained")
        return _get(connection, manifest.version)


def promote(
    engine: Engine, version: str, *, at: datetime, reason: str, overridden: str | None = None
) -> Model:
    """Let a model serve; the champion so far becomes the previous one.

    Promoting the champion changes nothing.

    Args:
        engine: The database.
        version: The model that shall serve.
        at: The present.
        reason: Kept in the trail.
        overridden: The gates that it did not pass and why it serves all the same; kept in the trail, and in the
            model's card, for ever.

    Raises:
        NotFoundError: There is no such model.
    """
    with transaction(engine) as connection:
        _lock(connection)
        model = _get(connection, version)
        if model.state == "champion":
            return model
        if overridden is not None:
            _record(connection, OVERRIDE, version, at=at, reason=overridden)
        _enthrone(connection, model, action="promote", at=at, reason=reason)
        return _get(connection, version)


def rollback(engine: Engine, kind: str, *, at: datetime, reason: str) -> str:
    """Let the model serve again that served before; the two change places.

    Args:
        engine: The database.
        kind: `matching` or `recommender`.
        at: The present.
        reason: Kept in the trail.

    Returns:
        The version that serves now.

    Raises:
        ConflictError: No model of this kind served before.
    """
    with transaction(engine) as connection:
        _lock(connection)
        previous = _find_in_state(connection, kind, "previous")
        if previous is None:
            raise ConflictError(f"no {kind} model served before: promote another instead")
        _enthrone(connection, previous, action="rollback", at=at, reason=reason)
    return previous.version


def find_champion(engine: Engine, kind: str) -> Model | None:
    """The model of a kind that serves, or None where none was promoted yet."""
    with reading(engine) as connection:
        return _find_in_state(connection, kind, "champion")


def get_model(engine: Engine, version: str) -> Model:
    """The model of a version.

    Raises:
        NotFoundError: There is no such model.
    """
    with reading(engine) as connection:
        return _get(connection, version)


def list_models(engine: Engine) -> list[Model]:
    """All models, newest first."""
    query = select(model_versions).order_by(
        model_versions.c.created_at.desc(), model_versions.c.version
    )
    with reading(engine) as connection:
        return [_model(row) for row in connection.execute(query)]


def list_changes(engine: Engine) -> list[Change]:
    """The trail, oldest first."""
    query = select(registry_audit).order_by(registry_audit.c.sequence)
    with reading(engine) as connection:
        return [
            Change(**{**row._asdict(), "at": instant_of(row.at)})
            for row in connection.execute(query)
        ]


def _lock(connection: Connection) -> None:
    """Make writers of the registry queue; a SQLite transaction is alone already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE model_versions IN SHARE ROW EXCLUSIVE MODE"))


def _enthrone(
    connection: Connection, model: Model, *, action: str, at: datetime, reason: str
) -> None:
    """Make a model the champion, the champion the previous one, and retire that one."""
    champion = _find_in_state(connection, model.kind, "champion")
    if champion is not None:
        previous = _find_in_state(connection, model.kind, "previous")
        if previous is not None:
            _set_state(connection, previous.version, "retired")
        _set_state(connection, champion.version, "previous")
    _set_state(connection, model.version, "champion")
    replaced = None if champion is None else champion.version
    _record(connection, action, model.version, replaced=replaced, at=at, reason=reason)


def _record(
    connection: Connection,
    action: str,
    version: str,
    *,
    at: datetime,
    reason: str,
    replaced: str | None = None,
) -> None:
    """Append to the trail and move the revision."""
    last = connection.scalar(select(func.max(registry_audit.c.sequence)))
    connection.execute(
        insert(registry_audit).values(
            sequence=(last or 0) + 1,
            at=micros_of(at),
            action=action,
            version=version,
            replaced=replaced,
            reason=reason,
        )
    )
    bump_revision(connection, REVISION)


def _set_state(connection: Connection, version: str, state: str) -> None:
    row = model_versions.c.version == version
    connection.execute(update(model_versions).where(row).values(state=state))


def _find(connection: Connection, version: str) -> Model | None:
    query = select(model_versions).where(model_versions.c.version == version)
    row = connection.execute(query).one_or_none()
    return None if row is None else _model(row)


def _get(connection: Connection, version: str) -> Model:
    """The model of a version.

    Raises:
        NotFoundError: There is no such model.
    """
    model = _find(connection, version)
    if model is None:
        raise NotFoundError("there is no such model version: see rapport models list")
    return model


def _find_in_state(connection: Connection, kind: str, state: str) -> Model | None:
    columns = model_versions.c
    query = select(model_versions).where(columns.kind == kind, columns.state == state)
    row = connection.execute(query).one_or_none()
    return None if row is None else _model(row)


def _model(row: Row[Any]) -> Model:
    values = row._asdict()
    values["created_at"] = instant_of(row.created_at)
    values["metrics"] = json.loads(row.metrics)
    return Model(**values)
