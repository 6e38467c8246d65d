"""Making a `Serving`: snapshots and champions, checked and tried out before anybody gets them.

Load order of a model: signature, hashes, structure, its golden answers, then a request on the real
directory or catalogue. Whatever fails is replaced by the fallback, and the answers say so.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import structlog

from api.fallbacks import popularity_model, rule_matcher
from api.logs import frames_of
from api.serving import MODEL_FAILURES, REVISIONS, Degradation, Loaded, Serving, Store
from data.bundles import load_bundle
from data.catalogue import Catalogue
from data.directory import Directory
from data.domain import CareLevel, Intake, Safety, Tier
from data.errors import BundleError
from data.prices import find_prices
from data.queries import read_frame
from data.registry import Model, find_champion
from data.revisions import read_revision
from data.settings import Settings
from data.signing import open_public_key
from matching import artifact as matching_artifact
from matching import golden as matching_golden
from matching.matcher import Matcher
from matching.ordering import SERVED
from matching.pricing import DirectoryPrices
from recommender import artifact as recommender_artifact
from recommender import golden as recommender_golden
from recommender.person import Person
from recommender.recommender import BoundRecommender, Recommender
from recommender.request import RecommendationRequest

log = structlog.get_logger()
Engine = TypeVar("Engine")

GREEN = Safety(tier=Tier.GREEN, care_level=CareLevel.OUTPATIENT)
GOLDEN_LIMIT = 5


def read_revisions(engine: Store) -> dict[str, int]:
    """The stored revisions of everything a serving is made of."""
    return {name: read_revision(engine, name) for name in REVISIONS}


def load_serving(
    engine: Store, settings: Settings, *, at: datetime, before: Serving | None = None
) -> Serving:
    """Read snapshots and champions; what has not moved since the serving before is kept.

    Args:
        engine: The database.
        settings: The home.
        at: The present.
        before: What served so far.
    """
    revisions = read_revisions(engine)
    directory = before.directory if before is not None else None
    if directory is None or directory.revision != revisions["directory"]:
        frame = read_frame(engine, "clinicians")
        directory = Directory.build(frame, revision=revisions["directory"])
    catalogue = before.catalogue if before is not None else None
    if catalogue is None or catalogue.revision != revisions["catalogue"]:
        content, programs = read_frame(engine, "content"), read_frame(engine, "programs")
        catalogue = Catalogue.build(content, programs, revision=revisions["catalogue"])
    rules = rule_matcher(settings)
    popularity = Recommender(popularity_model(engine, at=at)).bind(catalogue)
    matching = _load_matching(engine, settings, directory, rules, at)
    return Serving(
        revisions=revisions,
        directory=directory,
        catalogue=catalogue,
        rules=rules,
        popularity=popularity,
        matching=matching,
        recommender=_load_recommender(engine, settings, catalogue, popularity, at),
        prices=_load_prices(engine, directory, matching.version),
    )


def _load_prices(
    engine: Store, directory: Directory, version: str | None
) -> DirectoryPrices | None:
    """The prices in the utilities of what serves: those of another model are in other units."""
    found = find_prices(engine)
    if found is None:
        return None
    if found.model_version != version:
        log.warning("prices_of_another_model", version=found.model_version)
        return None
    return DirectoryPrices.build(found, directory)


def _load_matching(
    engine: Store, settings: Settings, directory: Directory, rules: Matcher, at: datetime
) -> Loaded[Matcher]:
    fallback = Loaded(engine=rules, version=None, degraded=Degradation("no_model", "rules"))
    return _load(
        find_champion(engine, "matching"),
        settings,
        fallback,
        lambda files: _matcher(files, settings, directory, at),
    )


def _load_recommender(
    engine: Store,
    settings: Settings,
    catalogue: Catalogue,
    popularity: BoundRecommender,
    at: datetime,
) -> Loaded[BoundRecommender]:
    why = Degradation("no_model", "popularity")
    fallback = Loaded(engine=popularity, version=None, degraded=why)
    return _load(
        find_champion(engine, "recommender"),
        settings,
        fallback,
        lambda files: _recommender(files, catalogue, at),
    )


def _load(
    champion: Model | None,
    settings: Settings,
    fallback: Loaded[Engine],
    build: Callable[[Mapping[str, bytes]], Engine],
) -> Loaded[Engine]:
    """The champion of a kind, or the fallback with the reason why."""
    if champion is None or fallback.degraded is None:
        return fallback
    bad = Degradation("bad_model", fallback.degraded.fallback)
    try:
        loaded = build(_files(champion, settings))
    except MODEL_FAILURES as error:
        log.error(  # noqa: TRY400 - a traceback would show values
            "bad_model",
            kind=champion.kind,
            version=champion.version,
            error=type(error).__name__,
            frames=frames_of(error.__traceback__),
        )
        return replace(fallback, degraded=bad)
    log.info("model_loaded", kind=champion.kind, version=champion.version)
    return Loaded(engine=loaded, version=champion.version, degraded=None)


def _files(model: Model, settings: Settings) -> Mapping[str, bytes]:
    """The files of a registered model, checked.

    Raises:
        BundleError: The bundle is damaged, not ours, or not the one that was registered.
    """
    bundle = load_bundle(
        settings.models / model.version,
        public_key=open_public_key(settings.keys),
        kind=model.kind,
    )
    if bundle.manifest.bundle_hash != model.bundle_hash:
        raise BundleError(f"{model.version} is not the bundle that was registered")
    return bundle.files


def _matcher(
    files: Mapping[str, bytes], settings: Settings, directory: Directory, at: datetime
) -> Matcher:
    """A matcher that has answered a golden request; golden answers go by the utility alone.

    Raises:
        BundleError: Its numbers are not finite.
    """
    scorer = matching_artifact.from_files(files)
    matching_golden.check_golden(Matcher(scorer=scorer), files[matching_golden.FILE])
    matcher = Matcher(scorer=scorer, policy=SERVED, default_country=settings.country)
    if len(directory):
        rows = np.arange(min(len(directory), GOLDEN_LIMIT))
        scored = matcher.score(golden_intake(directory, at), directory, rows, at=at)
        if not np.isfinite(scored.scores).all():
            raise BundleError("the matching model gives numbers that are not finite")
    matcher.match(
        golden_intake(directory, at),
        directory,
        safety=GREEN,
        at=at,
        limit=GOLDEN_LIMIT,
        seed=0,
    )
    return matcher


def golden_intake(directory: Directory, at: datetime) -> Intake:
    """A request that the directory's own words make possible; about nobody."""
    given: dict[str, Any] = {
        name: next(iter(index.rows), "")
        for name, index in (
            ("region", directory.regions),
            ("payer", directory.payers),
            ("age_band", directory.age_bands),
        )
    }
    return Intake(
        intake_id="golden",
        patient_id="golden",
        requested_at=at,
        concerns=tuple(directory.specialties.rows)[:1],
        **given,
    )


def _recommender(
    files: Mapping[str, bytes], catalogue: Catalogue, at: datetime
) -> BoundRecommender:
    """A recommender on the catalogue that has answered a golden request.

    Raises:
        BundleError: Its numbers are not finite.
    """
    model = recommender_artifact.from_files(files)
    recommender_golden.check_golden(model, files[recommender_golden.FILE])
    bound = Recommender(model).bind(catalogue)
    found = bound.recommend(
        Person.build("golden"),
        safety=GREEN,
        request=RecommendationRequest(limit=GOLDEN_LIMIT),
        at=at,
    )
    if not np.isfinite([entry.score for entry in found.results]).all():
        raise BundleError("the recommender gives numbers that are not finite")
    return bound
