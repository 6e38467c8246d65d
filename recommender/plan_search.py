"""A good plan for problems of any size: greedy by worth per share of a week, then improved by exchange.

The greedy step takes an item together with all it still needs, so a program is judged by what it leads to and
not by its first step. An exchange takes one program (or one item outside programs) out, or puts one first, and
fills up greedily again; what is worth more is kept. Nothing is drawn at random.
"""

import heapq
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
MOST_WORK = 600_000
"""Goals of bundles that are looked at before no further exchange is tried: a bound on time that no clock sets."""
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
        self.problem, self.work = problem, 0
        self.before: list[Items] = []
        for item, needs in enumerate(problem.needs):
            self.before.append(frozenset((item,)).union(*(self.before[need] for need in needs)))
        self.most = problem.weeks * problem.sessions
        self.most_minutes = problem.weeks * problem.week_minutes + SLACK
        self.bundles = [Bundle.of(problem, items) for items in self.before]
        empty = Tally(problem)
        self.alone = [self.ratio(empty, bundle) for bundle in self.bundles]
        self.touched = self._touched()
        self.is_pressed = min(problem.last_week) < problem.weeks - 1
        self.units = self._list_units()
        self.open = frozenset[int]().union(
            *(self.before[item] for unit in self.units for item in unit.items)
        )

    def ratio(self, tally: Tally, bundle: Bundle) -> float:
        """The worth of a bundle for its share of a week."""
        self.work += 1 + len(bundle.fits)
        share = len(bundle.items) / self.problem.sessions
        if isfinite(self.problem.week_minutes) and self.problem.week_minutes > 0:
            share = max(share, bundle.minutes / self.problem.week_minutes)
        return tally.gain(bundle) / share

    def _touched(self) -> list[Items]:
        """Items that ask for another look once each item is planned: they need it or share a program."""
        of_item: list[set[int]] = [set() for _ in self.before]
        of_program: dict[int, set[int]] = {}
        for item, bundle in enumerate(self.bundles):
            for need in bundle.items:
                of_item[need].add(item)
            for program, _ in bundle.steps:
                of_program.setdefault(program, set()).add(item)
        programs = self.problem.program
        return [
            frozenset(of_item[item] | of_program.get(programs[item], set()))
            for item in range(len(self.before))
        ]

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
        ratios = {
            item: self.alone[item] for item in items if len(self.before[item]) <= self.most
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
            if trials <= 0 or search.work > MOST_WORK:
                trials = 0
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
    problem, filling = search.problem, _Filling(search, usable)
    bundle: Bundle | None = Bundle.of(problem, first)
    while bundle is not None:
        filling.take(bundle)
        bundle = filling.find_best()
    order, waiting = filling.order, filling.waiting
    rest = sorted(waiting, key=lambda item: -search.alone[item])
    gaps = dict.fromkeys(entry for item in rest for entry in waiting[item].items)
    plan = placed(problem, [*order, *gaps])
    if not search.is_pressed:
        return plan
    pressed = placed(problem, [*_soonest_first(problem, order), *gaps])
    return max(plan, pressed, key=lambda weeks: worth(problem, weeks))


class _Filling:
    """A plan that is being filled.

    What a bundle adds for its share of a week only falls while others are planned, unless it shares a program
    with them or needs them. So an older figure is a bound, and most bundles are not looked at again.
    """

    def __init__(self, search: _Search, usable: Items) -> None:
        self.search = search
        self.tally = Tally(search.problem)
        self.order: list[int] = []
        self.minutes = search.most_minutes
        self.waiting = {
            item: search.bundles[item]
            for item in sorted(usable)
            if search.before[item] <= usable
        }
        self.queue = [(-search.alone[item], item) for item in self.waiting]
        heapq.heapify(self.queue)

    def take(self, bundle: Bundle) -> None:
        """Plan a bundle: what needs it needs less from now on."""
        self.tally.add(bundle)
        self.order.extend(bundle.items)
        self.minutes -= bundle.minutes
        taken = frozenset(bundle.items)
        for item in taken:
            self.waiting.pop(item, None)
        touched = frozenset[int]().union(*(self.search.touched[item] for item in taken))
        for item in sorted(touched & self.waiting.keys()):
            left = [entry for entry in self.waiting[item].items if entry not in taken]
            self.waiting[item] = Bundle.of(self.search.problem, left)
            heapq.heappush(self.queue, (-inf, item))

    def find_best(self) -> Bundle | None:
        """The bundle that adds most for its share of a week and fits; of equal ones the first."""
        while self.queue:
            _, item = heapq.heappop(self.queue)
            bundle = self.waiting.get(item)
            if bundle is None or not self._fits(bundle):
                continue
            entry = (-self.search.ratio(self.tally, bundle), item)
            if not self.queue or entry <= self.queue[0]:
                return bundle
            heapq.heappush(self.queue, entry)
        return None

    def _fits(self, bundle: Bundle) -> bool:
        room = self.search.most - len(self.order)
        return len(bundle.items) <= room and bundle.minutes <= self.minutes


def _soonest_first(problem: PlanProblem, order: list[int]) -> list[int]:
    """The order with what has to be shown soon, and what that needs, put first."""
    due = {item: problem.last_week[item] for item in order}
    for item in sorted(order, reverse=True):
        for need in problem.needs[item]:
            due[need] = min(due.get(need, due[item]), due[item])
    return sorted(order, key=lambda item: due[item])
