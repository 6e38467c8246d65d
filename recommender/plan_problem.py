"""A plan as numbers: which items in which week, under which rules, and what it is worth.

The worth of a set of items is a sum of

    value of each item
    + goal weight x 2 (sqrt(1 + fit of all items to the goal) - 1), for each goal
    - `UNFINISHED_COST` for each program that is begun and not finished.

So a goal that had many sessions asks for less, and what is begun is better brought to its end. A plan is worth the
gains of its weeks, each week discounted by `WEEK_DISCOUNT`: what helps most comes first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Self

NO_UNIT = -1
"""Stands for an item outside programs."""
UNFINISHED_COST = 0.4
"""Below the least value of an item, so that no session stays empty for it."""
WEEK_DISCOUNT = 0.95
SLACK = 1e-9
"""Sums of minutes may be off by rounding."""

Weeks = tuple[tuple[int, ...], ...]
"""Items of each week in the order of its sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProblem:
    """What may be planned and how much of it; items and weeks count from 0.

    An item needs only items of smaller numbers, so the order of numbers is always a possible one.
    """

    value: tuple[float, ...]
    """Of each item, above `UNFINISHED_COST`."""
    minutes: tuple[float, ...]
    needs: tuple[tuple[int, ...], ...]
    """Items that have to come before each item."""
    last_week: tuple[int, ...]
    """The last week in which each item may be shown."""
    program: tuple[int, ...]
    """Program of each item, or `NO_UNIT`."""
    steps_left: tuple[int, ...]
    """Steps of each program that are not finished, whether they can be planned or not."""
    is_begun: tuple[bool, ...]
    """Whether each program was begun before the plan."""
    fits: tuple[tuple[tuple[int, float], ...], ...]
    """Goals that each item serves, and how well, above 0 to 1."""
    goal_weight: tuple[float, ...]
    weeks: int
    sessions: int
    """Most sessions of a week; a session is one item."""
    week_minutes: float = inf
    """Most minutes of a week."""

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """Items that are taken together, summed up."""

    items: tuple[int, ...]
    """In the order of their numbers."""
    value: float
    minutes: float
    fits: tuple[tuple[int, float], ...]
    """Fit by goal."""
    steps: tuple[tuple[int, int], ...]
    """Number of items by program."""

    @classmethod
    def of(cls, problem: PlanProblem, items: Iterable[int]) -> Self:
        """Sum up items."""
        fits: dict[int, float] = {}
        steps: dict[int, int] = {}
        ordered = tuple(sorted(items))
        for item in ordered:
            for goal, fit in problem.fits[item]:
                fits[goal] = fits.get(goal, 0.0) + fit
            program = problem.program[item]
            if program != NO_UNIT:
                steps[program] = steps.get(program, 0) + 1
        return cls(
            items=ordered,
            value=sum(problem.value[item] for item in ordered),
            minutes=sum(problem.minutes[item] for item in ordered),
            fits=tuple(fits.items()),
            steps=tuple(steps.items()),
        )


class Tally:
    """The worth of a growing set of items."""

    def __init__(self, problem: PlanProblem) -> None:
        self.problem = problem
        self._fit = [1.0] * len(problem.goal_weight)
        self._root = [1.0] * len(problem.goal_weight)
        self._steps = [0] * len(problem.steps_left)

    def gain(self, bundle: Bundle) -> float:
        """What items, none of them in the set yet, would add to its worth."""
        problem, gain = self.problem, bundle.value
        for goal, fit in bundle.fits:
            rise = sqrt(self._fit[goal] + fit) - self._root[goal]
            gain += 2.0 * problem.goal_weight[goal] * rise
        for program, count in bundle.steps:
            before_steps = self._steps[program]
            was_open = problem.is_begun[program] or before_steps > 0
            is_open = before_steps + count < problem.steps_left[program]
            gain += UNFINISHED_COST * (was_open - is_open)
        return gain

    def add(self, bundle: Bundle) -> None:
        """Take items into the set."""
        for goal, fit in bundle.fits:
            self._fit[goal] += fit
            self._root[goal] = sqrt(self._fit[goal])
        for program, count in bundle.steps:
            self._steps[program] += count


def worth(problem: PlanProblem, weeks: Sequence[Sequence[int]]) -> float:
    """What a plan is worth: the discounted gains of its weeks.

    Example:
        >>> two = PlanProblem(
        ...     value=(1.0, 2.0), minutes=(5.0, 5.0), needs=((), ()), last_week=(1, 1),
        ...     program=(NO_UNIT, NO_UNIT), steps_left=(), is_begun=(), fits=((), ()),
        ...     goal_weight=(), weeks=2, sessions=1,
        ... )
        >>> worth(two, [[1], [0]])
        2.95
    """
    tally, total = Tally(problem), 0.0
    for week, items in enumerate(weeks):
        bundle = Bundle.of(problem, items)
        total += WEEK_DISCOUNT**week * tally.gain(bundle)
        tally.add(bundle)
    return total


def in_sequence(problem: PlanProblem, items: Iterable[int]) -> tuple[int, ...]:
    """The order in which the items of a week are best done; it does not change what they are worth.

    Each comes after those it needs. A program goes on while it can, then comes what is worth most.
    """

    def appeal(item: int) -> tuple[bool, float, int]:
        fit = sum(problem.goal_weight[goal] * part for goal, part in problem.fits[item])
        goes_on = problem.program[item] == last != NO_UNIT
        return goes_on, problem.value[item] + fit, -item

    waiting, order, last = set(items), list[int](), NO_UNIT
    while waiting:
        ready = [item for item in waiting if waiting.isdisjoint(problem.needs[item])]
        best = max(ready, key=appeal)
        order.append(best)
        waiting.remove(best)
        last = problem.program[best]
    return tuple(order)


def placed(problem: PlanProblem, order: Iterable[int]) -> Weeks:
    """Items in a given order, each in the first week that has room for it.

    An item that fits into no week is left out, and with it what needs it.

    Args:
        problem: The rules.
        order: Items, each after those it needs.
    """
    weeks: list[list[int]] = [[] for _ in range(problem.weeks)]
    room = [problem.week_minutes + SLACK] * problem.weeks
    week_of: dict[int, int] = {}
    for item in order:
        if any(need not in week_of for need in problem.needs[item]):
            continue
        first = max((week_of[need] for need in problem.needs[item]), default=0)
        for week in range(first, min(problem.last_week[item] + 1, problem.weeks)):
            if len(weeks[week]) < problem.sessions and problem.minutes[item] <= room[week]:
                weeks[week].append(item)
                room[week] -= problem.minutes[item]
                week_of[item] = week
                break
    return tuple(tuple(items) for items in weeks)
