"""From the store to a registered model and back: what the commands call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data.bundles import Bundle, load_bundle, write_bundle
from data.database import Engine
from data.errors import NotFoundError
from data.model_cards import CARD_FILE
from data.registry import find_champion, get_model, promote, register
from data.settings import Settings
from data.signing import open_public_key, open_signing_key
from training import matching_contest, matching_job, recommender_job
from training.card_attributes import CardFacts
from training.console import ReportProgress
from training.gates import failed_gates
from training.model_card import card_bytes
from training.products import Order, Product

Trainer = Callable[[Engine, Order, ReportProgress], Product]
TRAINERS: Mapping[str, Trainer] = {
    "matching": matching_job.train,
    "recommender": recommender_job.train,
}
VERIFIERS: Mapping[str, Callable[[Bundle], None]] = {
    "matching": matching_job.verify,
    "recommender": recommender_job.verify,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A registered model."""

    version: str
    kind: str
    state: str
    metrics: dict[str, Any]
    remarks: tuple[str, ...] = ()
    """What a person should know beside the numbers."""


def trained_on(settings: Settings) -> str:
    """`synthetic` where the home keeps the truth of a simulated clinic, else `real`."""
    return "synthetic" if (settings.truth / "world.json").is_file() else "real"


def train_model(
    settings: Settings, engine: Engine, order: Order, *, on_progress: ReportProgress
) -> Trained:
    """Train, bundle, verify and register a model; promote it where nothing serves yet.

    The bundle depends on data, seed, time and budget alone, and holds no clock.

    Args:
        settings: The home.
        engine: Its database.
        order: What to train.
        on_progress: Told of each step.

    Raises:
        BundleError: The bundle just written does not give its golden answers.
    """
    on_progress(f"train {order.kind}", 0, None)
    product = TRAINERS[order.kind](engine, order, on_progress)
    meta = {**product.meta, "trained_on": trained_on(settings), "seed": order.seed}
    key = open_signing_key(settings.keys)
    files = {**product.files, CARD_FILE: _card(settings, order.kind, product, meta)}
    manifest = write_bundle(settings.models, kind=order.kind, files=files, meta=meta, key=key)
    register(engine, manifest, metrics=product.metrics, at=order.at)
    verify_model(settings, engine, manifest.version)
    failed = failed_gates(order.kind, product.metrics)
    if find_champion(engine, order.kind) is None and not failed:
        promote(engine, manifest.version, at=order.at, reason="the first to pass the gates")
    on_progress(f"train {order.kind}", 1, 1)
    return Trained(
        version=manifest.version,
        kind=order.kind,
        state=get_model(engine, manifest.version).state,
        metrics=product.metrics,
        remarks=(*product.remarks, *(f"not promoted: {words}" for words in failed)),
    )


def _card(settings: Settings, kind: str, product: Product, meta: Mapping[str, Any]) -> bytes:
    facts = CardFacts(
        kind=kind,
        trained_on=str(meta["trained_on"]),
        owner={
            "contact": settings.contact,
            "funding": settings.funding,
            "clinical_owner": settings.clinical_owner,
        },
        meta=meta,
        metrics=product.metrics,
        evidence=product.evidence,
    )
    return card_bytes(facts)


def open_model(settings: Settings, engine: Engine, kind: str, version: str | None) -> Bundle:
    """The checked bundle of a version, or of the champion.

    Args:
        settings: The home.
        engine: Its database.
        kind: `matching` or `recommender`.
        version: A version; None means the champion.

    Raises:
        NotFoundError: There is no such model, or none serves yet.
        BundleError: The bundle is damaged or of another kind.
    """
    if version is None:
        champion = find_champion(engine, kind)
        if champion is None:
            raise NotFoundError(f"no {kind} model serves yet: run `rapport train {kind}` first")
        version = champion.version
    model = get_model(engine, version)
    public_key = open_public_key(settings.keys)
    return load_bundle(settings.models / model.version, public_key=public_key, kind=kind)


def verify_model(settings: Settings, engine: Engine, version: str) -> None:
    """Check signature, hashes and golden answers of a registered model.

    Raises:
        BundleError: Something about it is not as it was trained.
    """
    kind = get_model(engine, version).kind
    VERIFIERS[kind](open_model(settings, engine, kind, version))


def evaluate_models(
    settings: Settings,
    engine: Engine,
    kind: str,
    *,
    versions: list[str | None],
    seed: int,
    on_progress: ReportProgress,
) -> dict[str, Any]:
    """The held-out comparison of models with every baseline, as one document.

    Args:
        settings: The home; its truth is used where it holds one.
        engine: Its database.
        kind: `matching` or `recommender`.
        versions: The models; None means the champion.
        seed: Seed of the intervals.
        on_progress: Told of each step.
    """
    on_progress(f"evaluate {kind}", 0, None)
    bundles = [open_model(settings, engine, kind, version) for version in versions]
    evaluate = {"matching": matching_contest.evaluate, "recommender": recommender_job.evaluate}
    document = evaluate[kind](settings, engine, bundles, seed)
    on_progress(f"evaluate {kind}", 1, 1)
    return {
        "kind": kind,
        "models": [bundle.manifest.version for bundle in bundles],
        **document,
    }
