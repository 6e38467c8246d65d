"""Choosing the recommender's hyperparameters on time later than it was fitted on."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recommender.blend import Blend
from recommender.interactions import pair_weights
from recommender.model import RecommenderConfig, RecommenderModel
from recommender.ordering import best_first
from recommender.popular import fit_popularity
from training.collaborative_tuning import (
    Space,
    fit_factors,
    fit_low_pass,
    fit_similar,
    search,
    tune_collaborative,
)
from training.content_folds import Fold
from training.content_log import ContentLog
from training.metrics.ranking import find_hits, ndcg_at

POPULARITY: Space = (("popularity_half_life_days", (60.0, 7.0, 14.0, 30.0, 120.0, 360.0)),)
TUNING_RANKS = 10


def fit_model(
    log: ContentLog, config: RecommenderConfig, blend: Blend, *, at: int | None
) -> RecommenderModel:
    """Fit the item-sided parts on all events of a log.

    Args:
        log: Events before `at`.
        config: Hyperparameters.
        blend: Weights and rates; its repeat share is replaced by that of the log.
        at: Microseconds since 1970 UTC; None where the log is empty.
    """
    plays, opinions = log.collapse()
    items, now = len(log.item_ids), 0 if at is None else at
    popularity = fit_popularity(
        plays,
        items=items,
        at=now,
        half_life_days=config.popularity_half_life_days,
        shrinkage=config.popularity_shrinkage,
        context_shrinkage=config.context_shrinkage,
    )
    pairs = pair_weights(
        plays, opinions, items=items, at=now, half_life_days=config.interest_half_life_days
    )
    used = plays.where(plays.weight > 0)
    distinct = len(np.unique(used.person_row * max(items, 1) + used.item_row))
    share = (len(used.weight) - distinct + 1.0) / (len(used.weight) + 3.0)
    return RecommenderModel(
        config=config,
        item_ids=log.item_ids,
        popularity=popularity,
        neighbours=fit_similar(pairs, config, items=items),
        low_pass=fit_low_pass(pairs, config, items=items),
        factors=fit_factors(pairs, config, items=items),
        blend=replace(blend, repeat_share=share),
        trained_until=at,
    )


def tune_config(
    fold: Fold, *, is_past: Callable[[float], bool]
) -> tuple[RecommenderConfig, int]:
    """Go through the hyperparameters one after the other and keep what helps.

    Args:
        fold: The cut log.
        is_past: Whether a share of the search's time is over; asked before each trial.

    Returns:
        The best configuration and how many trials were made. Without a time limit in reach the
        result depends on the fold alone.
    """
    config, popular = search(
        POPULARITY,
        lambda trial: popular_ndcg(fold, trial),
        RecommenderConfig(),
        is_time_up=lambda: is_past(1.0),
    )
    config, more = tune_collaborative(fold, config, is_past=is_past)
    return config, popular + more


def popular_ndcg(fold: Fold, config: RecommenderConfig) -> float:
    """NDCG@10 of what is popular, on everything that was used after the cut."""
    popularity = fit_popularity(
        fold.plays,
        items=len(fold.log.item_ids),
        at=fold.cut,
        half_life_days=config.popularity_half_life_days,
        shrinkage=config.popularity_shrinkage,
        context_shrinkage=config.context_shrinkage,
    )
    best = best_first(popularity.general, TUNING_RANKS)
    rows = np.array([row for row, _ in fold.people], np.int64)
    return _mean_ndcg(fold, rows, np.tile(best, (len(rows), 1)))


def _mean_ndcg(fold: Fold, rows: NDArray[np.int64], ranked: NDArray[np.int64]) -> float:
    items = max(len(fold.log.item_ids), 1)
    keys = fold.targets.person_row * items + fold.targets.item_row
    place = np.full(len(fold.log.person_ids), -1)
    place[rows] = np.arange(len(rows))
    people, used_items = place[keys // items], keys % items
    people, used_items = people[people >= 0], used_items[people >= 0]
    hits = find_hits(ranked, people, used_items, items=items)
    values = ndcg_at(hits, np.bincount(people, minlength=len(rows)), TUNING_RANKS)
    return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
