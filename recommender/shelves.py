"""One person's candidates, sorted onto shelves and ordered; what tuning and serving share."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.binding import ABSENT, Binding
from recommender.blend import GOAL_SHARE, NEW_SOURCES, scaled
from recommender.filters import live
from recommender.interactions import DAY_MICROS
from recommender.ordering import best_first
from recommender.person import Person
from recommender.popular import UNKNOWN_DAYPART
from recommender.request import Shelf
from recommender.slate import varied
from recommender.sources import History, Pull, again_features, new_features

UNDER_WAY_DAYS = 90
"""A program not touched for longer is no longer under way."""
COLD_WEIGHTS = {"context": 0.2, "popular": 0.1}
"""Weights of the new shelf for people without use, beside goals, which come first with 1."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Moment:
    """When and for what a list is made."""

    at: int
    """Microseconds since 1970 UTC."""
    daypart: int = UNKNOWN_DAYPART
    goals: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    with_used: bool = True


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Candidates:
    """What may be offered to one person, and the scaled sources of it."""

    history: History
    pull: Pull
    next_steps: NDArray[np.int64]
    """Catalogue rows, best first."""
    again: NDArray[np.int64]
    """Catalogue rows of used items, in any order; shape (n,)."""
    again_values: NDArray[np.float64]
    """Scaled sources; shape (sources, n)."""
    is_new: NDArray[np.bool_]
    """Items never used that may be offered; shape (items,)."""
    new_values: NDArray[np.float64]
    """Scaled sources for the whole catalogue; shape (sources, items)."""

    @property
    def is_cold(self) -> bool:
        """Whether nothing this person did says what they want."""
        return not bool((self.history.weight > 0).any())


def find_candidates(
    binding: Binding, person: Person, offered: NDArray[np.bool_], moment: Moment
) -> Candidates:
    """Sort what may be offered onto the shelves.

    Args:
        binding: The model on the catalogue.
        person: History of the person.
        offered: Items that are allowed and pass the filters; shape (items,).
        moment: The time and its circumstances.
    """
    items = len(binding.catalogue)
    history = History.build(binding, person, at=moment.at)
    pull = Pull.build(binding, history)
    used = history.mask(history.is_used, items)
    finished = history.mask(history.is_finished, items)
    open_items = offered & ~history.mask(history.is_unwanted, items)
    open_items &= used | ~binding.order.blocked(finished, live(binding.catalogue, moment.at))
    unfinished = open_items & ~finished & (moment.with_used | ~used)
    steps = binding.order.next_steps(
        history.last_used(items), unfinished, since=moment.at - UNDER_WAY_DAYS * DAY_MICROS
    )
    is_step = np.zeros(items, np.bool_)
    is_step[steps] = True
    own = np.zeros(0, np.int64)
    if moment.with_used:
        own = np.flatnonzero(history.is_used & (history.row != ABSENT))
        own = own[(open_items & ~is_step)[history.row[own]]]
    is_new = open_items & ~used & ~is_step
    values = new_features(binding, history, pull, daypart=moment.daypart)
    return Candidates(
        history=history,
        pull=pull,
        next_steps=steps,
        again=history.row[own],
        again_values=scaled(
            again_features(binding, history, own, at=moment.at, daypart=moment.daypart)
        ),
        is_new=is_new,
        new_values=scaled_over(values, is_new),
    )


def scaled_over(values: NDArray[np.float64], mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each source divided by its largest value among some items, at least -1.

    Args:
        values: Finite source values; shape (sources, items).
        mask: The items that are compared; shape (items,).

    Returns:
        Values of shape (sources, items); 0 throughout where none is positive.
    """
    top = np.max(values, axis=1, keepdims=True, initial=0.0, where=mask)
    ratio = np.divide(values, top, out=np.zeros_like(values), where=top > 0)
    return np.clip(ratio, -1.0, None)


def new_weights(binding: Binding, candidates: Candidates) -> NDArray[np.float64]:
    """The weights of the new shelf for this person; shape (sources,)."""
    if candidates.is_cold:
        return np.array([COLD_WEIGHTS.get(name, 0.0) for name in NEW_SOURCES])
    return binding.model.blend.new


def new_scores(binding: Binding, candidates: Candidates, moment: Moment) -> NDArray[np.float64]:
    """Scores of the new shelf for the whole catalogue; shape (items,).

    What was rejected long ago scores lower by its weight. Stated goals add to what use says; for a person without use they come before everything else,
    then what is popular now.
    """
    weights = new_weights(binding, candidates)
    scores = weights @ candidates.new_values
    scores += candidates.history.reluctance(len(scores))
    if moment.goals or moment.concerns:
        fit = binding.topics.goal_fit(moment.goals, moment.concerns)
        scores += fit * (1.0 if candidates.is_cold else GOAL_SHARE * weights.sum())
    return scores


def rank_shelves(
    binding: Binding, candidates: Candidates, moment: Moment, *, limit: int
) -> dict[Shelf, NDArray[np.int64]]:
    """The shelves in their order, long enough for a list of `limit` with promotions.

    Args:
        binding: The model on the catalogue.
        candidates: What may be offered.
        moment: The time and its circumstances.
        limit: Length of the list.

    Returns:
        Catalogue rows by shelf, each of shape (items on the shelf,), best first; ties in the order
        of item ids.
    """
    again = np.sort(candidates.again)
    order = np.argsort(candidates.again, kind="stable")
    again_scores = (binding.model.blend.again @ candidates.again_values)[order]
    again_scores += candidates.history.reluctance(len(binding.catalogue))[again]
    rows = np.flatnonzero(candidates.is_new)
    scores = new_scores(binding, candidates, moment)[rows]
    new = rows[best_first(scores, 3 * limit + 20)]
    return {
        Shelf.NEXT_STEP: candidates.next_steps,
        Shelf.AGAIN: again[best_first(again_scores, limit)],
        Shelf.NEW: varied(new, binding.topic_group, limit=limit),
    }
