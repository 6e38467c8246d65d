"""A good plan for problems of any size: greedy by worth per share of a week, then improved by exchange.

The greedy step takes an item together with all it still needs, so a program is judged by what it leads to and
not by its first step. An exchange takes one program (or one item outside programs) out, or puts one first, and
fills up greedily again; what is worth more is kept. Nothing is drawn at random.
"""

from collections.abc import Collection, Iterator
from math import inf, isfinite
from typing import NamedTuple

from recommender.plan_problem import (
    NO_UNIT,
    SLACK,
    Bundle,
    PlanProblem,
    Tally,
    Weeks,
    placed,
    worth,
)

ROOM_SHARE = 2
"""Programs and single items are looked at until they would fill the plan so often."""
SPARE_UNITS = 10
"""How many more are looked at, over all and for each goal."""
MOST_TRIALS = 20
"""Exchanges that are tried."""
LEAST_RISE = 1e-9

Items = frozenset[int]


class _Unit(NamedTuple):
    """A program, or an item outside programs."""

    items: Items
    best: int
    """The item that is worth most for its share of a week, with all it needs."""
    ratio: float


class _Search:
    """What stays the same while one problem is searched."""

    def __init__(self, problem: PlanProblem) -> None:
        self.problem = problem
        self.before: list[Items] = []
        for item, needs in enumerate(problem.needs):
            self.before.append(frozenset((item,)).union(*(self.before[need] for need in needs)))
        self.bundles = [Bundle.of(problem, items) for items in self.before]
        self.most = problem.weeks * problem.sessions
        self.most_minutes = problem.weeks * problem.week_minutes + SLACK
        self.is_pressed = min(problem.last_week) < problem.weeks - 1
        self.units = self._list_units()
        self.open = frozenset[int]().union(
            *(self.before[item] for unit in self.units for item in unit.items)
        )

    def ratio(self, tally: Tally, bundle: Bundle) -> float:
        """The worth of a bundle for its share of a week."""
        share = len(bundle.items) / self.problem.sessions
        if isfinite(self.problem.week_minutes) and self.problem.week_minutes > 0:
            share = max(share, bundle.minutes / self.problem.week_minutes)
        return tally.gain(bundle) / share

    def _list_units(self) -> list[_Unit]:
        """The units that are looked at, best first."""
        members: dict[int, list[int]] = {}
        for item, program in enumerate(self.problem.program):
            members.setdefault(-1 - item if program == NO_UNIT else program, []).append(item)
        ranked = sorted(
            (self._unit(items) for items in members.values()),
            key=lambda unit: (-unit.ratio, unit.best),
        )
        kept: dict[int, _Unit] = {}
        room, spare = ROOM_SHARE * self.most, SPARE_UNITS
        for_goal = dict.fromkeys(range(len(self.problem.goal_weight)), SPARE_UNITS)
        for unit in ranked:
            goals = [goal for goal, _ in self.problem.fits[unit.best] if for_goal[goal] > 0]
            if room > 0:
                room -= len(unit.items)
            elif spare > 0:
                spare -= 1
            elif not goals:
                continue
            kept[unit.best] = unit
            for goal in goals:
                for_goal[goal] -= 1
        return list(kept.values())

    def _unit(self, items: Collection[int]) -> _Unit:
        empty = Tally(self.problem)
        ratios = {
            item: self.ratio(empty, self.bundles[item])
            for item in items
            if len(self.before[item]) <= self.most
        }
        best = max(ratios, key=lambda item: (ratios[item], -item), default=min(items))
        return _Unit(frozenset(items), best, ratios.get(best, -inf))


def find_good_plan(problem: PlanProblem) -> Weeks:
    """A plan that none of the exchanges tried makes better; the same problem gives the same plan."""
    if not len(problem) or problem.weeks < 1 or problem.sessions < 1:
        return ((),) * max(problem.weeks, 0)
    search = _Search(problem)
    best = _filled(search, search.open, first=frozenset())
    value, trials = worth(problem, best), MOST_TRIALS
    is_rising = True
    while is_rising and trials > 0:
        is_rising = False
        for usable, first in _exchanges(search, best):
            trials -= 1
            plan = _filled(search, usable, first=first)
            risen = worth(problem, plan)
            if risen > value + LEAST_RISE:
                best, value, is_rising = plan, risen, True
                break
            if trials <= 0:
                break
    return best


def _exchanges(search: _Search, plan: Weeks) -> Iterator[tuple[Items, Items]]:
    """What may be used, and what comes first, of each plan to try."""
    planned = frozenset(item for week in plan for item in week)
    for unit in search.units:
        inside = unit.items & planned
        if inside:
            first = frozenset[int]().union(*(search.before[item] for item in inside))
            yield search.open, first
            yield _without(search, unit.items), frozenset()
        else:
            yield search.open, search.before[unit.best]


def _without(search: _Search, items: Items) -> Items:
    return frozenset(item for item in search.open if items.isdisjoint(search.before[item]))


def _filled(search: _Search, usable: Items, *, first: Items) -> Weeks:
    """A plan filled up greedily; what does not fit in the end is tried in every gap."""
    problem, tally = search.problem, Tally(search.problem)
    order: list[int] = []
    minutes = search.most_minutes
    waiting = {
        item: search.bundles[item] for item in sorted(usable) if search.before[item] <= usable
    }
    bundle: Bundle | None = Bundle.of(problem, first)
    while bundle is not None:
        tally.add(bundle)
        order.extend(bundle.items)
        minutes -= bundle.minutes
        _take(search, waiting, bundle.items)
        bundle = _best(search, tally, waiting, search.most - len(order), minutes)
    alone = Tally(problem)
    rest = sorted(waiting.values(), key=lambda entry: -search.ratio(alone, entry))
    gaps = dict.fromkeys(item for entry in rest for item in entry.items)
    plan = placed(problem, [*order, *gaps])
    if not search.is_pressed:
        return plan
    pressed = placed(problem, [*_soonest_first(problem, order), *gaps])
    return max(plan, pressed, key=lambda weeks: worth(problem, weeks))


def _soonest_first(problem: PlanProblem, order: list[int]) -> list[int]:
    """The order with what has to be shown soon, and what that needs, put first."""
    due = {item: problem.last_week[item] for item in order}
    for item in sorted(order, reverse=True):
        for need in problem.needs[item]:
            due[need] = min(due.get(need, due[item]), due[item])
    return sorted(order, key=lambda item: due[item])


def _take(search: _Search, waiting: dict[int, Bundle], items: tuple[int, ...]) -> None:
    """Items are in the plan: what needs them needs less from now on."""
    taken = frozenset(items)
    for item in items:
        waiting.pop(item, None)
    for item, bundle in waiting.items():
        if not taken.isdisjoint(bundle.items):
            left = [entry for entry in bundle.items if entry not in taken]
            waiting[item] = Bundle.of(search.problem, left)


def _best(
    search: _Search, tally: Tally, waiting: dict[int, Bundle], room: int, minutes: float
) -> Bundle | None:
    fitting = [
        bundle
        for bundle in waiting.values()
        if len(bundle.items) <= room and bundle.minutes <= minutes
    ]
    return max(fitting, key=lambda bundle: search.ratio(tally, bundle), default=None)
