"""The recommender from event logs: tuned on later time than it learns from, then fitted on all."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

import pandas as pd

from data.catalogue import Catalogue
from data.instants import micros_of
from recommender.blend import Blend, default_blend
from recommender.model import RecommenderConfig, RecommenderModel
from training.content_folds import Fold, fold_at, fold_by_draw
from training.content_log import ContentLog
from training.recommender_blending import learn_blend
from training.recommender_tuning import fit_model, tune_config

LEAST_PEOPLE = 10
"""Held-out people below which nothing is tuned and the defaults stay."""
SEARCH_SHARE = 0.6
"""Share of the budget for hyperparameters; the rest is for the blend."""

Fact = float | int | str | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FittedRecommender:
    """A model ready to serve and what is to be known about how it came to be."""

    model: RecommenderModel
    facts: dict[str, Fact]
    """Counts, the configuration, and NDCG on the validation time it was tuned on: flattered by
    the tuning, so no measure of how good it is."""


def fit_recommender(  # noqa: PLR0913 - three tables and the conditions of one run
    events: pd.DataFrame,
    content: pd.DataFrame,
    programs: pd.DataFrame,
    *,
    as_of: datetime | None = None,
    seed: int = 0,
    budget_seconds: float = 600.0,
    tuned: RecommenderConfig | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> FittedRecommender:
    """Tune on the latest 15 % of events (a fifth of each person's items where all carry one time), then fit on everything before `as_of`.

    The same tables and seed give the same model, unless the budget runs out: then as much is
    tuned as there was time for. No events, one person, or items that the catalogue does not hold
    are all fine; what cannot be learned stays at its default.

    Args:
        events: Rows of `content_events`.
        content: Rows of `content`: the items on offer while tuning.
        programs: Rows of `programs`; may be empty.
        as_of: Events from this time on are not used; None uses all.
        seed: Draws the people whose held-out use is looked at.
        budget_seconds: What tuning may take; fitting itself comes on top.
        tuned: The configuration of a study, which then is not searched again.
        clock: Seconds that only rise.
    """
    end = None if as_of is None else micros_of(as_of)
    log = _known(ContentLog.from_frame(events), end)
    chosen = _Tuned() if tuned is None else _Tuned(config=tuned)
    cut = log.find_cut()
    fold = fold_by_draw(log, seed=seed) if cut is None else fold_at(log, cut, seed=seed)
    if fold is not None and len(fold.people) >= LEAST_PEOPLE:
        start = clock()
        chosen = _tune(
            fold,
            Catalogue.build(content, programs),
            lambda share: clock() - start > budget_seconds * share,
            tuned,
        )
    latest = int(log.events.at_micros.max()) + 1 if len(log.events.at_micros) else None
    model = fit_model(log, chosen.config, chosen.blend, at=latest if end is None else end)
    facts: dict[str, Fact] = {
        "events": len(log.events.at_micros),
        "people": len(log.person_ids),
        "items": len(log.item_ids),
        **chosen.facts,
        **{f"config_{name}": value for name, value in asdict(chosen.config).items()},
        "repeat_share": model.blend.repeat_share,
    }
    return FittedRecommender(model=model, facts=facts)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Tuned:
    """What tuning found; the defaults where nothing could be learned."""

    config: RecommenderConfig = field(default_factory=RecommenderConfig)
    blend: Blend = field(default_factory=default_blend)
    facts: dict[str, Fact] = field(
        default_factory=lambda: {
            "validation_people": 0,
            "trials": 0,
            "validation_again_ndcg": None,
            "validation_new_ndcg": None,
        }
    )


def _tune(
    fold: Fold,
    catalogue: Catalogue,
    is_past: Callable[[float], bool],
    known: RecommenderConfig | None,
) -> _Tuned:
    config, trials = known or RecommenderConfig(), 0
    if known is None:
        config, trials = tune_config(fold, is_past=lambda share: is_past(SEARCH_SHARE * share))
    model = fit_model(fold.log, config, default_blend(), at=fold.cut)
    blend, found = learn_blend(fold, model, catalogue, is_time_up=lambda: is_past(1.0))
    facts: dict[str, Fact] = {
        "validation_people": len(fold.people),
        "trials": trials,
        "validation_again_ndcg": found["again_ndcg"],
        "validation_new_ndcg": found["new_ndcg"],
    }
    return _Tuned(config=config, blend=blend, facts=facts)


def _known(log: ContentLog, end: int | None) -> ContentLog:
    """The log before a time, without the people and items it has no event of."""
    before = log if end is None else log.between(None, end)
    return before.compact()
