"""The best plan against trying everything, and the good plan against the best."""

from dataclasses import replace
from itertools import product
from math import inf, sqrt

import numpy as np
import pytest

from recommender.plan_exact import MOST_ITEMS, find_best_plan
from recommender.plan_problem import NO_UNIT, PlanProblem, placed, worth
from recommender.plan_search import find_good_plan


def random_problem(seed: int, *, programs: int, longest: int, singles: int) -> PlanProblem:
    """Programs whose steps need each other, single items, goals, deadlines and budgets."""
    dice = np.random.default_rng(seed)

    def one_of(*values):
        return values[int(dice.integers(len(values)))]

    weeks = one_of(1, 2, 3)
    items, steps_left = [], []
    for program in range(programs):
        first, steps = len(items), one_of(*range(1, longest + 1))
        items.extend((program, (first + step - 1,) if step else ()) for step in range(steps))
        steps_left.append(steps + one_of(0, 1))
    for _ in range(singles):
        needs = (int(dice.integers(len(items))),) if items and dice.random() < 0.3 else ()
        items.append((NO_UNIT, needs))
    return PlanProblem(
        value=tuple(round(float(dice.uniform(0.5, 3.0)), 3) for _ in items),
        minutes=tuple(one_of(2.0, 4.0, 5.5) for _ in items),
        needs=tuple(needs for _, needs in items),
        last_week=tuple(one_of(0, weeks - 1, weeks) for _ in items),
        program=tuple(program for program, _ in items),
        steps_left=tuple(steps_left),
        is_begun=tuple(bool(dice.random() < 0.3) for _ in range(programs)),
        fits=tuple(
            tuple((goal, one_of(0.5, 1.0)) for goal in (0, 1) if dice.random() < 0.4)
            for _ in items
        ),
        goal_weight=(1.0, 0.5),
        weeks=weeks,
        sessions=one_of(1, 2, 3),
        week_minutes=one_of(inf, 9.0),
    )


def worth_by_hand(problem: PlanProblem, week_of: dict[int, int]) -> float:
    """The formula of the module, written once more: from whole sets, not from gains."""

    def whole(items: list[int]) -> float:
        total = sum(problem.value[item] for item in items)
        for goal, weight in enumerate(problem.goal_weight):
            fit = sum(
                part for item in items for other, part in problem.fits[item] if other == goal
            )
            total += weight * 2.0 * (sqrt(1.0 + fit) - 1.0)
        for program, left in enumerate(problem.steps_left):
            done = sum(problem.program[item] == program for item in items)
            if done < left and (done or problem.is_begun[program]):
                total -= 0.4
        return total

    until = [
        whole([item for item, own in week_of.items() if own < week])
        for week in range(problem.weeks + 1)
    ]
    return sum(0.95**week * (until[week + 1] - until[week]) for week in range(problem.weeks))


def keeps_the_rules(problem: PlanProblem, week_of: dict[int, int]) -> bool:
    """Sessions, minutes, last weeks, and needs, each looked at by itself."""
    for week in range(problem.weeks):
        mine = [item for item, own in week_of.items() if own == week]
        if len(mine) > problem.sessions:
            return False
        if sum(problem.minutes[item] for item in mine) > problem.week_minutes:
            return False
    return all(
        week <= problem.last_week[item]
        and all(need in week_of and week_of[need] <= week for need in problem.needs[item])
        for item, week in week_of.items()
    )


def weeks_of(plan) -> dict[int, int]:
    return {item: week for week, items in enumerate(plan) for item in items}


def best_by_trying(problem: PlanProblem) -> float:
    """The worth of the best of all assignments of items to weeks or to none."""
    best = 0.0
    for chosen in product(range(-1, problem.weeks), repeat=len(problem)):
        week_of = {item: week for item, week in enumerate(chosen) if week >= 0}
        if keeps_the_rules(problem, week_of):
            best = max(best, worth_by_hand(problem, week_of))
    return best


class TestFindBestPlan:
    @pytest.mark.parametrize("seed", range(40))
    def test_nothing_is_better(self, seed):
        """Every assignment of items to weeks is tried; none is worth more."""
        problem = random_problem(seed, programs=2, longest=2, singles=2)
        plan = find_best_plan(problem)
        assert keeps_the_rules(problem, weeks_of(plan))
        assert worth_by_hand(problem, weeks_of(plan)) == pytest.approx(worth(problem, plan))
        assert worth(problem, plan) == pytest.approx(best_by_trying(problem))

    def test_large_problems_are_left_to_the_search(self):
        """Too many items, or too many sets of them."""
        many = random_problem(1, programs=0, longest=1, singles=MOST_ITEMS + 1)
        assert find_best_plan(many) is None
        free = random_problem(2, programs=0, longest=1, singles=30)
        assert find_best_plan(replace(free, weeks=2, sessions=3)) is None

    def test_nothing_to_plan(self):
        """No item gives weeks without sessions."""
        problem = random_problem(1, programs=0, longest=1, singles=0)
        assert set(find_best_plan(problem)) == {()}


class TestFindGoodPlan:
    @pytest.mark.parametrize("seed", range(40))
    def test_it_keeps_the_rules_and_leaves_no_room(self, seed):
        """Whatever is left out fits into no gap of the plan."""
        problem = random_problem(seed, programs=6, longest=6, singles=20)
        plan = find_good_plan(problem)
        week_of = weeks_of(plan)
        assert keeps_the_rules(problem, week_of)
        for item in set(range(len(problem))) - set(week_of):
            for week in range(problem.weeks):
                assert not keeps_the_rules(problem, {**week_of, item: week})

    def test_it_comes_close_to_the_best(self):
        """Over a hundred small problems it loses less than two per cent of the worth."""
        best, good = 0.0, 0.0
        for seed in range(100):
            problem = random_problem(seed, programs=2, longest=4, singles=3)
            best += worth(problem, find_best_plan(problem))
            good += worth(problem, find_good_plan(problem))
        assert 0.98 * best < good <= best + 1e-9

    def test_the_same_problem_gives_the_same_plan(self):
        """Nothing is drawn at random."""
        problem = random_problem(3, programs=10, longest=8, singles=20)
        assert find_good_plan(problem) == find_good_plan(problem)

    def test_a_program_is_finished_before_the_next_one(self):
        """Equal programs of three steps and three sessions a week: one after the other."""
        problem = PlanProblem(
            value=(1.0,) * 12,
            minutes=(5.0,) * 12,
            needs=tuple((item - 1,) if item % 3 else () for item in range(12)),
            last_week=(1,) * 12,
            program=tuple(item // 3 for item in range(12)),
            steps_left=(3,) * 4,
            is_begun=(False,) * 4,
            fits=((),) * 12,
            goal_weight=(),
            weeks=2,
            sessions=3,
        )
        assert find_good_plan(problem) == ((0, 1, 2), (3, 4, 5))

    def test_no_room_at_all(self):
        """No item, no session, no week."""
        problem = random_problem(1, programs=0, longest=1, singles=0)
        assert set(find_good_plan(problem)) == {()}
        assert placed(problem, ()) == find_good_plan(problem)
