"""Learning how to blend sources and mix shelves from what held-out people used."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue
from recommender.binding import Binding
from recommender.blend import (
    RATE_RANKS,
    Blend,
    TuningList,
    default_blend,
    learn_weights,
    rates_by_rank,
)
from recommender.filters import live
from recommender.model import RecommenderModel
from recommender.ordering import best_first
from recommender.request import Shelf
from recommender.shelves import Candidates, Moment, find_candidates, rank_shelves
from training.collaborative_tuning import IsTimeUp
from training.content_folds import Fold

PEOPLE_FOR_RATES = 500
"""About how many people the chances of use by rank are learned from."""
CANDIDATES_PER_SOURCE = 60
"""How many of each source's best items a held-out person's list is tuned on."""


def learn_blend(
    fold: Fold, model: RecommenderModel, catalogue: Catalogue, *, is_time_up: IsTimeUp
) -> tuple[Blend, dict[str, float]]:
    """Weights and rates from what held-out people used.

    Args:
        fold: The cut log; `model` was fitted on its first part.
        model: Item-sided parts and the blend to begin with.
        catalogue: Items on offer.
        is_time_up: Asked before each trial; the people looked at get fewer when time is short.

    Returns:
        The blend, and the NDCG at 10 of both shelves on the people it was learned from.
    """
    binding = Binding.build(model, catalogue)
    again: list[TuningList] = []
    new: list[TuningList] = []
    for candidates, _, is_used in _people(fold, binding, is_time_up):
        again.extend(_again_list(candidates, is_used))
        new.extend(_new_list(candidates, is_used))
    blend = model.blend
    again_weights, again_ndcg = learn_weights(again, blend.again, is_time_up=is_time_up)
    new_weights, new_ndcg = learn_weights(new, blend.new, is_time_up=is_time_up)
    learned = replace(blend, again=again_weights, new=new_weights)
    rated = _learn_rates(
        fold, Binding.build(replace(model, blend=learned), catalogue), is_time_up
    )
    return rated, {"again_ndcg": again_ndcg, "new_ndcg": new_ndcg}


def _people(
    fold: Fold, binding: Binding, is_time_up: IsTimeUp
) -> Iterator[tuple[Candidates, Moment, NDArray[np.bool_]]]:
    offered = live(binding.catalogue, fold.cut)
    rows = np.array(
        [binding.catalogue.rows.get(item, -1) for item in fold.log.item_ids], np.int64
    )
    for person_row, daypart in fold.people:
        if is_time_up():
            return
        moment = Moment(at=fold.cut, daypart=daypart)
        candidates = find_candidates(binding, fold.log.person(person_row), offered, moment)
        used = rows[fold.targets.items_of(person_row)]
        is_used = np.zeros(len(binding.catalogue), np.bool_)
        is_used[used[used >= 0]] = True
        yield candidates, moment, is_used & offered


def _again_list(candidates: Candidates, is_used: NDArray[np.bool_]) -> Sequence[TuningList]:
    is_hit = is_used[candidates.again]
    if not is_hit.any():
        return ()
    values = candidates.again_values
    return (TuningList(features=values, is_hit=is_hit, hits=int(is_hit.sum())),)


def _new_list(candidates: Candidates, is_used: NDArray[np.bool_]) -> Sequence[TuningList]:
    hits = int((is_used & candidates.is_new).sum())
    if not hits or candidates.is_cold:
        return ()
    rows = np.flatnonzero(candidates.is_new)
    values = candidates.new_values[:, rows]
    best = np.unique(
        np.concatenate([best_first(line, CANDIDATES_PER_SOURCE) for line in values])
    )
    return (TuningList(features=values[:, best], is_hit=is_used[rows[best]], hits=hits),)


def _learn_rates(fold: Fold, binding: Binding, is_time_up: IsTimeUp) -> Blend:
    """The chances by rank, from some of the people: blocks of ranks need no more."""
    every = max(1, len(fold.people) // PEOPLE_FOR_RATES)
    fold = replace(fold, people=fold.people[::every])
    hits = {shelf: np.zeros(RATE_RANKS) for shelf in Shelf}
    people = {shelf: np.zeros(RATE_RANKS) for shelf in Shelf}
    for candidates, moment, is_used in _people(fold, binding, is_time_up):
        shelves = rank_shelves(binding, candidates, moment, limit=RATE_RANKS)
        for shelf, rows in shelves.items():
            count = min(len(rows), RATE_RANKS)
            hits[shelf][:count] += is_used[rows[:count]]
            people[shelf][:count] += 1.0
    blend, prior = binding.model.blend, default_blend()
    return replace(
        blend,
        again_rate=rates_by_rank(hits[Shelf.AGAIN], people[Shelf.AGAIN], prior.again_rate),
        new_rate=rates_by_rank(hits[Shelf.NEW], people[Shelf.NEW], prior.new_rate),
        next_step_rate=rates_by_rank(
            hits[Shelf.NEXT_STEP], people[Shelf.NEXT_STEP], prior.next_step_rate
        ),
    )
