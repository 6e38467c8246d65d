from dataclasses import replace

import numpy as np
import pytest

from training.simulator.courses import CENSORED, PLANNED, STOPPED, Leanings, run_courses
from training.simulator.hazards import solve_hazards
from training.simulator.parameters import world
from training.simulator.recovery import recovery_of
from training.simulator.streams import Streams

MANY = 20_000


def alike(count=MANY, *, phq9=16.0, stop=0.0):
    """People who are all the same."""
    return Leanings(
        start=np.tile([phq9, 12.0, 40.0, 17.0], (count, 1)),
        own=np.zeros(count),
        pair=np.zeros(count),
        stop=np.full(count, stop),
        is_setback=np.zeros(count, dtype=bool),
        alliance=np.zeros(count),
        week_gap=np.ones(count, dtype=np.int64),
    )


def run(configuration, leanings):
    """The courses of some people."""
    hazards, recovery = solve_hazards(configuration), recovery_of(configuration)
    return run_courses(configuration, hazards, recovery, leanings, Streams(1), "test")


@pytest.fixture(scope="module")
def plain():
    """A world in which stopping does not differ between people."""
    null = world("null")
    return replace(null, outcome=replace(null.outcome, alliance_stop=0.0))


class TestRunCourses:
    def test_stops_follow_row_forty(self, plain):
        """27 % stop after the first visit, 12 % of those who stay after the second."""
        courses = run(plain, alike())
        first = (courses.visits == 1) & (courses.ending == STOPPED)
        stayed = courses.visits >= 2
        second = (courses.visits == 2) & (courses.ending == STOPPED)
        assert first.mean() == pytest.approx(0.27, abs=0.012)
        assert second.sum() / stayed.sum() == pytest.approx(0.12, abs=0.012)

    def test_who_is_well_ends_by_plan_from_visit_four(self, plain):
        """Row 41: a fifth at each visit below the cut, and few before."""
        courses = run(plain, alike(phq9=6.0))
        at_four = (courses.visits == 4) & (courses.ending == PLANNED)
        assert at_four.sum() / (courses.visits >= 4).sum() == pytest.approx(0.19, abs=0.02)
        early = (courses.visits < 4) & (courses.ending == PLANNED)
        assert early.mean() < 0.04

    def test_outside_reasons_follow_row_forty_two(self, plain):
        """About .8 % of visits end for other reasons."""
        courses = run(plain, alike())
        assert (courses.ending == CENSORED).sum() / courses.visits.sum() == pytest.approx(
            0.008 * 0.85, abs=0.002
        )

    def test_leaning_to_stop_shortens_courses(self, plain):
        """A higher logit means fewer visits for everyone."""
        short, long = run(plain, alike(stop=1.0)), run(plain, alike(stop=-1.0))
        assert (short.visits <= long.visits).mean() > 0.95
        assert short.visits.mean() < long.visits.mean()


class TestTake:
    def test_all_arrays_are_taken(self):
        """Some people are some rows of everything."""
        some = alike(5).take(np.array([0, 2]))
        assert len(some.own) == len(some.start) == len(some.week_gap) == 2
