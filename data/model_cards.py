"""The card of a registered model: what its bundle says of it, and what became of it since.

The part of the bundle is signed with it. What the registry adds grows with the trail, which nothing is ever
taken from: a reason that was given to override a gate stays in the card.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data.bundles import load_bundle, parse_json
from data.errors import NotFoundError
from data.registry import OVERRIDE, Change, Model, find_champion, get_model, list_changes
from data.signing import open_public_key

CARD_FILE = "model_card.json"
STAMP = "TRAINED ON SYNTHETIC DATA: nothing here is evidence about real people."


def read_card(
    engine: Engine, models: Path, keys: Path, *, kind: str, version: str | None = None
) -> dict[str, Any]:
    """The whole card of a model.

    Args:
        engine: The database.
        models: Folder of the bundles.
        keys: Folder of the keys whose signature is accepted.
        kind: `matching` or `recommender`.
        version: A version; None means the champion.

    Raises:
        NotFoundError: There is no such model, none serves, or it was trained before there were cards.
        BundleError: The bundle is damaged.
    """
    model = find_champion(engine, kind) if version is None else get_model(engine, version)
    if model is None or model.kind != kind:
        raise NotFoundError(f"no {kind} model serves, or the version is of another kind")
    bundle = load_bundle(models / model.version, public_key=open_public_key(keys), kind=kind)
    if CARD_FILE not in bundle.files:
        raise NotFoundError(f"{model.version} has no card: train again")
    card = parse_json(bundle.files[CARD_FILE])
    changes = [change for change in list_changes(engine) if change.version == model.version]
    return {**_head(model), **card, **_since(changes)}


def _head(model: Model) -> dict[str, Any]:
    return {
        "version": model.version,
        "state": model.state,
        "created_at": _rfc3339(model.created_at),
        "stamp": STAMP if model.trained_on == "synthetic" else None,
    }


def _rfc3339(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _since(changes: list[Change]) -> dict[str, Any]:
    told = [
        {
            "at": _rfc3339(change.at),
            "action": change.action,
            "reason": change.reason,
        }
        for change in changes
    ]
    return {
        "history": told,
        "overrides": [entry for entry in told if entry["action"] == OVERRIDE],
    }
