"""The best plan there is, for problems small enough to look at every set of items.

A set that holds with every item what it needs can be all that was done by the end of some week. Between two
such sets lies a week, if what is new keeps to its sessions and minutes. The best plan is the best
path of `weeks` steps through the sets (dynamic programming), since the worth of a set does not depend on the order.
"""

import numpy as np
from numpy.typing import NDArray

from recommender.plan_problem import (
    SLACK,
    WEEK_DISCOUNT,
    Bundle,
    PlanProblem,
    Tally,
    Weeks,
)

MOST_SETS = 1_024
"""More sets than this are too many to compare each with each."""
MOST_ITEMS = 62
"""Sets are bits of one 64-bit number."""


def find_best_plan(problem: PlanProblem) -> Weeks | None:
    """The plan of the highest worth, or None where the problem is too large.

    Of equally good plans always the same one is given.
    """
    sets = _find_sets(problem)
    if sets is None:
        return None
    worths = np.array([_worth(problem, items) for items in sets])
    leads = _weeks_between(problem, sets)
    best = np.full(len(sets), -np.inf)
    best[0] = 0.0
    came_from: list[NDArray[np.int64]] = []
    for week in range(problem.weeks):
        in_time = [entry >= week for entry in problem.last_week]
        is_late = _added(problem, sets, in_time)
        gains = WEEK_DISCOUNT**week * (worths[None, :] - worths[:, None])
        totals = np.where(leads & ~is_late, best[:, None] + gains, -np.inf)
        came_from.append(totals.argmax(axis=0))
        best = totals.max(axis=0)
    return _path(problem, sets, came_from, int(best.argmax()))


def _find_sets(problem: PlanProblem) -> list[int] | None:
    """Every set that holds what its items need, as bits, the empty one first; None if too many."""
    if len(problem) > MOST_ITEMS:
        return None
    needs = [sum(1 << need for need in set(entry)) for entry in problem.needs]
    most = problem.weeks * problem.sessions
    found, layer = [0], {0: None}
    for _ in range(min(most, len(problem))):
        layer = {
            items | 1 << item: None
            for items in layer
            for item in range(len(problem))
            if not items >> item & 1 and needs[item] & ~items == 0
        }
        if len(found) + len(layer) > MOST_SETS:
            return None
        found.extend(sorted(layer))
    return found


def _worth(problem: PlanProblem, items: int) -> float:
    return Tally(problem).gain(Bundle.of(problem, _items_of(problem, items)))


def _items_of(problem: PlanProblem, items: int) -> list[int]:
    return [item for item in range(len(problem)) if items >> item & 1]


def _weeks_between(problem: PlanProblem, sets: list[int]) -> NDArray[np.bool_]:
    """Whether one week leads from each set to each other; shape (sets, sets)."""
    bits = np.array(sets, np.int64)
    count = np.array([items.bit_count() for items in sets])
    minutes = np.array(
        [sum(problem.minutes[item] for item in _items_of(problem, items)) for items in sets]
    )
    return (
        ((bits[:, None] & ~bits[None, :]) == 0)
        & (count[None, :] - count[:, None] <= problem.sessions)
        & (minutes[None, :] - minutes[:, None] <= problem.week_minutes + SLACK)
    )


def _added(problem: PlanProblem, sets: list[int], in_time: list[bool]) -> NDArray[np.bool_]:
    """Whether a step between two sets adds an item that is past its time; shape (sets, sets)."""
    late = sum(1 << item for item in range(len(problem)) if not in_time[item])
    bits = np.array(sets, np.int64)
    return (~bits[:, None] & bits[None, :] & late) != 0


def _path(
    problem: PlanProblem, sets: list[int], came_from: list[NDArray[np.int64]], end: int
) -> Weeks:
    weeks: list[tuple[int, ...]] = []
    for sources in reversed(came_from):
        start = int(sources[end])
        weeks.append(tuple(_items_of(problem, sets[end] & ~sets[start])))
        end = start
    return tuple(reversed(weeks))
