"""What a plan is worth, and how items are put into weeks."""

from math import inf, sqrt

import pytest

from recommender.plan_problem import (
    NO_UNIT,
    UNFINISHED_COST,
    WEEK_DISCOUNT,
    PlanProblem,
    in_sequence,
    placed,
    worth,
)


@pytest.fixture
def make_problem():
    """Items of five minutes outside programs that need nothing, with some fields replaced."""

    def make(*value: float, **given) -> PlanProblem:
        count = len(value)
        usual = {
            "minutes": (5.0,) * count,
            "needs": ((),) * count,
            "last_week": (9,) * count,
            "program": (NO_UNIT,) * count,
            "steps_left": (),
            "is_begun": (),
            "fits": ((),) * count,
            "goal_weight": (),
            "weeks": 2,
            "sessions": 2,
            "week_minutes": inf,
        }
        return PlanProblem(value=value, **{**usual, **given})

    return make


class TestWorth:
    def test_later_weeks_count_less(self, make_problem):
        """The same item is worth the discount in the second week."""
        assert worth(make_problem(1.0), [[], [0]]) == WEEK_DISCOUNT

    def test_a_goal_that_was_served_asks_for_less(self, make_problem):
        """Two sessions on one goal add 2 (sqrt 3 - 1), one on each of two add 4 (sqrt 2 - 1)."""
        both = {"fits": (((0, 1.0),), ((0, 1.0),), ((1, 1.0),)), "goal_weight": (1.0, 1.0)}
        problem = make_problem(1.0, 1.0, 1.0, **both)
        assert worth(problem, [[0, 1]]) == pytest.approx(2.0 + 2.0 * (sqrt(3.0) - 1.0))
        assert worth(problem, [[0, 2]]) == pytest.approx(2.0 + 4.0 * (sqrt(2.0) - 1.0))

    def test_a_program_costs_until_it_is_finished(self, make_problem):
        """Opening takes the cost off, the last step gives it back; the end of one under way adds it."""
        steps = {"program": (0, 0), "steps_left": (2,), "weeks": 3}
        fresh = make_problem(1.0, 1.0, is_begun=(False,), **steps)
        assert worth(fresh, [[0]]) == pytest.approx(1.0 - UNFINISHED_COST)
        assert worth(fresh, [[0, 1]]) == pytest.approx(2.0)
        begun = make_problem(1.0, 1.0, is_begun=(True,), **steps)
        assert worth(begun, [[0]]) == pytest.approx(1.0)
        assert worth(begun, [[0, 1]]) == pytest.approx(2.0 + UNFINISHED_COST)


class TestInSequence:
    def test_a_program_goes_on_before_the_next_item(self, make_problem):
        """The dearest item first; a program is not left for a dearer item, goals count, needs hold."""
        problem = make_problem(
            1.0,
            1.5,
            1.2,
            1.1,
            needs=((), (3,), (), ()),
            program=(0, 0, NO_UNIT, 0),
            fits=(((0, 1.0),), (), (), ()),
            goal_weight=(1.0,),
            steps_left=(3,),
            is_begun=(False,),
        )
        assert in_sequence(problem, range(4)) == (0, 3, 1, 2)
        assert in_sequence(problem, (1, 2)) == (1, 2)


class TestPlaced:
    def test_weeks_fill_up_in_order(self, make_problem):
        """Two sessions a week; what is beyond the last week is left out."""
        assert placed(make_problem(1, 1, 1, 1, 1), range(5)) == ((0, 1), (2, 3))

    def test_minutes_bound_a_week(self, make_problem):
        """A short item still fits behind one that was too long for the week."""
        problem = make_problem(1, 1, 1, minutes=(5.0, 5.0, 2.0), week_minutes=7.0)
        assert placed(problem, range(3)) == ((0, 2), (1,))

    def test_nothing_comes_before_what_it_needs(self, make_problem):
        """An item waits for what it needs, and is left out with it."""
        problem = make_problem(1, 1, 1, needs=((), (0,), (1,)), sessions=1)
        assert placed(problem, range(3)) == ((0,), (1,))
        late = make_problem(1, 1, needs=((), (0,)), last_week=(-1, 9))
        assert placed(late, range(2)) == ((), ())

    def test_an_item_is_not_put_past_its_time(self, make_problem):
        """What is shown in the first week alone is put there or nowhere."""
        problem = make_problem(1, 1, 1, last_week=(9, 9, 0))
        assert placed(problem, (2, 0, 1)) == ((2, 0), (1,))
        assert placed(problem, (0, 1, 2)) == ((0, 1), ())
