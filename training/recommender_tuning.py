"""Choosing the recommender's hyperparameters on time later than it was fitted on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recommender.blend import Blend
from recommender.ease import MOST_ITEMS, fit_ease
from recommender.interactions import Opinions, Pairs, Plays, pair_weights
from recommender.item_neighbours import ItemNeighbours, fit_item_neighbours, user_item_matrix
from recommender.model import RecommenderConfig, RecommenderModel
from recommender.ordering import best_first
from recommender.popular import fit_popularity
from training.content_log import ContentLog, Targets
from training.metrics.ranking import find_hits, ndcg_at

NEIGHBOUR_SPACES: Mapping[str, tuple[float, ...]] = {
    "interest_half_life_days": (180.0, 30.0, 90.0, 720.0),
    "ease_ridge": (0.0, 3.0, 10.0, 30.0, 100.0, 300.0),
    "neighbours": (100, 30, 300),
    "neighbour_shrinkage": (10.0, 0.0, 3.0, 30.0, 100.0),
    "activity_power": (0.5, 0.0, 1.0),
}
"""Hyperparameters of the neighbours in the order of the search, the default first."""
POPULARITY_SPACE: Mapping[str, tuple[float, ...]] = {
    "popularity_half_life_days": (60.0, 7.0, 14.0, 30.0, 120.0, 360.0),
}
MOST_PEOPLE = 1_500
"""Most people whose held-out use is looked at."""
PEOPLE_AT_ONCE = 256
TUNING_RANKS = 10
IsTimeUp = Callable[[], bool]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fold:
    """A log cut in two: what is learned from, and what it is judged by."""

    log: ContentLog
    """Before the cut."""
    cut: int
    """Microseconds since 1970 UTC."""
    plays: Plays
    opinions: Opinions
    targets: Targets
    people: tuple[tuple[int, int], ...]
    """Row and daypart of the people looked at."""


def fold_at(log: ContentLog, cut: int, *, seed: int) -> Fold:
    """Cut a log at a time in microseconds and draw the people to look at."""
    before = log.between(None, cut)
    plays, opinions = before.collapse()
    targets = Targets.build(log.between(cut, None))
    people = tuple(targets.sample(MOST_PEOPLE, np.random.default_rng(seed)))
    return Fold(
        log=before, cut=cut, plays=plays, opinions=opinions, targets=targets, people=people
    )


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
    neighbours = fit_similar(pairs, config, items=items)
    used = plays.where(plays.weight > 0)
    distinct = len(np.unique(used.person_row * max(items, 1) + used.item_row))
    share = (len(used.weight) - distinct + 1.0) / (len(used.weight) + 3.0)
    return RecommenderModel(
        config=config,
        item_ids=log.item_ids,
        popularity=popularity,
        neighbours=neighbours,
        blend=replace(blend, repeat_share=share),
        trained_until=at,
    )


def fit_similar(pairs: Pairs, config: RecommenderConfig, *, items: int) -> ItemNeighbours:
    """What is like each item: regressions where a ridge is set and the catalogue allows, else cosines."""
    if config.ease_ridge > 0 and items <= MOST_ITEMS:
        return fit_ease(
            pairs,
            items=items,
            neighbours=config.neighbours,
            ridge=config.ease_ridge,
            activity_power=config.activity_power,
        )
    return fit_item_neighbours(
        pairs,
        items=items,
        neighbours=config.neighbours,
        shrinkage=config.neighbour_shrinkage,
        activity_power=config.activity_power,
    )


def tune_config(fold: Fold, *, is_time_up: IsTimeUp) -> tuple[RecommenderConfig, int]:
    """Go through the hyperparameters one after the other and keep what helps.

    Args:
        fold: The cut log.
        is_time_up: Asked before each trial.

    Returns:
        The best configuration and how many trials were made. Without a time limit in reach the
        result depends on the fold alone.
    """
    config, popular = _search(
        fold, RecommenderConfig(), POPULARITY_SPACE, popular_ndcg, is_time_up
    )
    spaces = dict(NEIGHBOUR_SPACES)
    if len(fold.log.item_ids) > MOST_ITEMS:
        del spaces["ease_ridge"]
    config, neighbours = _search(fold, config, spaces, neighbours_ndcg, is_time_up)
    return config, popular + neighbours


def _search(
    fold: Fold,
    config: RecommenderConfig,
    spaces: Mapping[str, tuple[float, ...]],
    judge: Callable[[Fold, RecommenderConfig], float],
    is_time_up: IsTimeUp,
) -> tuple[RecommenderConfig, int]:
    best, trials = -1.0, 0
    for name, values in spaces.items():
        for value in values:
            trial = replace(config, **{name: type(getattr(config, name))(value)})
            if trials and trial == config:
                continue
            if is_time_up():
                return config, trials
            found = judge(fold, trial)
            trials += 1
            if found > best + 1e-9:
                best, config = found, trial
    return config, trials


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
    return _mean_ndcg(fold, rows, np.tile(best, (len(rows), 1)), is_new_only=False)


def neighbours_ndcg(fold: Fold, config: RecommenderConfig) -> float:
    """NDCG@10 of what is similar, on items new to a person after the cut."""
    items = len(fold.log.item_ids)
    pairs = pair_weights(
        fold.plays,
        fold.opinions,
        items=items,
        at=fold.cut,
        half_life_days=config.interest_half_life_days,
    )
    similar = fit_similar(pairs, config, items=items).matrix()
    used = user_item_matrix(pairs, items=items)
    rows = np.array([row for row, _ in fold.people if row < used.shape[0]], np.int64)
    ranked = np.zeros((len(rows), min(TUNING_RANKS, items)), np.int64)
    for start in range(0, len(rows), PEOPLE_AT_ONCE):
        part = used[rows[start : start + PEOPLE_AT_ONCE]]
        scores = (part @ similar).toarray()
        scores[part.nonzero()] = -np.inf
        for place, line in enumerate(scores):
            ranked[start + place] = best_first(line, TUNING_RANKS)
    return _mean_ndcg(fold, rows, ranked, is_new_only=True)


def _mean_ndcg(
    fold: Fold, rows: NDArray[np.int64], ranked: NDArray[np.int64], *, is_new_only: bool
) -> float:
    items = max(len(fold.log.item_ids), 1)
    keys = fold.targets.person_row * items + fold.targets.item_row
    if is_new_only:
        used = fold.plays.person_row * items + fold.plays.item_row
        keys = keys[~np.isin(keys, used)]
    place = np.full(len(fold.log.person_ids), -1)
    place[rows] = np.arange(len(rows))
    people, used_items = place[keys // items], keys % items
    people, used_items = people[people >= 0], used_items[people >= 0]
    hits = find_hits(ranked, people, used_items, items=items)
    values = ndcg_at(hits, np.bincount(people, minlength=len(rows)), TUNING_RANKS)
    return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
