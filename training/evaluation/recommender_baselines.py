"""What the recommender has to beat: simple orders of the catalogue, one score per item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.binding import ABSENT, Binding
from recommender.interactions import STARTED_WEIGHT
from recommender.popular import UNKNOWN_DAYPART, dayparts
from recommender.sources import NEVER, History, Pull

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Case:
    """One person at the moment that the test begins."""

    binding: Binding
    history: History
    rng: np.random.Generator

    @property
    def items(self) -> int:
        """How many items the catalogue has."""
        return len(self.binding.catalogue)


def score_at_random(case: Case) -> Scores:
    """Any order is as likely as any other; shape (items,)."""
    return case.rng.random(case.items)


def score_by_popularity(case: Case) -> Scores:
    """How many people use an item, the same for everybody; shape (items,)."""
    return case.binding.general


def score_by_context(case: Case) -> Scores:
    """What is used at the time of day at which this person is mostly there; shape (items,)."""
    hours = case.history.person.plays.local_hour
    parts = dayparts(hours[hours >= 0])
    usual = int(np.bincount(parts).argmax()) if len(parts) else UNKNOWN_DAYPART
    return case.binding.context(usual)


def score_by_own_plays(case: Case) -> Scores:
    """How often this person played an item, then popularity; shape (items,)."""
    plays = case.history.person.plays
    counted = plays.item_row[plays.weight >= STARTED_WEIGHT]
    counts = np.bincount(counted, minlength=len(case.history.row)).astype(np.float64)
    return _on_catalogue(case, counts) + 0.5 * _below_one(case.binding.general)


def score_by_recency(case: Case) -> Scores:
    """What this person used last, then popularity; shape (items,)."""
    last = case.history.last_used(case.items)
    times, place = np.unique(last, return_inverse=True)
    rank = place + int(NEVER not in times)
    return rank.astype(np.float64) + 0.5 * _below_one(case.binding.general)


def score_by_neighbours(case: Case) -> Scores:
    """What goes with the items this person used, then popularity; shape (items,)."""
    pull = Pull.build(case.binding, case.history).total(case.items)
    return pull + 1e-9 * _below_one(case.binding.general)


def _on_catalogue(case: Case, own: NDArray[np.float64]) -> Scores:
    scores = np.zeros(case.items)
    keep = case.history.row != ABSENT
    scores[case.history.row[keep]] = own[keep]
    return scores


def _below_one(values: Scores) -> Scores:
    top = values.max(initial=0.0)
    return values / top if top > 0 else values


BASELINES: Mapping[str, Callable[[Case], Scores]] = {
    "random": score_at_random,
    "popular": score_by_popularity,
    "popular_by_context": score_by_context,
    "personal_popular": score_by_own_plays,
    "recency": score_by_recency,
    "item_neighbours": score_by_neighbours,
}
"""All baselines by the name they have in reports."""
