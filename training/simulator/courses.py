"""Visits of those who attend: how many, in what rhythm, and how it ends (rows 40 to 43)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from training.simulator.columns import Floats, Mask, Quantity, Rows
from training.simulator.hazards import Hazards
from training.simulator.parameters import World
from training.simulator.recovery import PHQ9, Recovery, plan_hazard
from training.simulator.streams import Streams

PLANNED, STOPPED, CENSORED, CUT_OFF = range(4)
"""How a course ends: by plan, unplanned, for reasons outside it, or at the most visits."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Leanings:
    """What decides a course before it begins; arrays of shape (courses,) unless said."""

    start: Floats
    """True scores at the first visit; shape (courses, 4)."""
    own: Floats
    """Benefit from the patient's own side, in outcome SDs, what nobody can explain included."""
    pair: Floats
    """Benefit from the clinician and the alliance, in outcome SDs."""
    stop: Floats
    """Logit shift of unplanned stops."""
    is_setback: Mask
    """Whether the course deteriorates."""
    alliance: Floats
    """Standard units."""
    week_gap: Rows
    """Weeks from visit to visit."""

    def take(self, rows: Rows) -> "Leanings":
        """The leanings of some courses."""
        return Leanings(
            start=self.start[rows],
            own=self.own[rows],
            pair=self.pair[rows],
            stop=self.stop[rows],
            is_setback=self.is_setback[rows],
            alliance=self.alliance[rows],
            week_gap=self.week_gap[rows],
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Courses:
    """What happened; arrays of shape (courses,)."""

    visits: Rows
    """Attended visits, at least 1."""
    ending: Rows
    """`PLANNED`, `STOPPED`, `CENSORED` or `CUT_OFF`."""


def course_score(
    recovery: Recovery, scale: int, leanings: Leanings, visits: Quantity, days: Quantity
) -> Floats:
    """True score after some visits and days since the first; shape (courses,)."""
    care = recovery.dose(visits)
    start = leanings.start[:, scale]
    usual = recovery.score(
        scale, start, (leanings.own, leanings.pair), (recovery.natural(days), care)
    )
    return np.where(leanings.is_setback, recovery.setback(scale, start, care), usual)


def run_courses(
    world: World,
    hazards: Hazards,
    recovery: Recovery,
    leanings: Leanings,
    streams: Streams,
    name: str,
) -> Courses:
    """Visit by visit: an unplanned stop, else a planned ending, else an outside reason, else more.

    Args:
        world: The configuration.
        hazards: Its solved intercepts.
        recovery: Its recovery curve.
        leanings: What decides each course.
        streams: Randomness.
        name: Of this round.
    """
    given, count = world.course, len(leanings.own)
    visits = np.full(count, given.most_visits)
    ending = np.full(count, CUT_OFF)
    draws = streams.uniform(f"visits {name}", count, given.most_visits)
    active = np.arange(count)
    for visit in range(1, given.most_visits):
        now = leanings.take(active)
        days = 7.0 * now.week_gap * (visit - 1)
        phq9 = course_score(recovery, PHQ9, now, visit, days)
        stop = expit(hazards.stop[visit - 1] + now.stop)
        plan = (1.0 - stop) * plan_hazard(world, phq9, visit)
        outside = (1.0 - stop - plan) * given.censor_hazard
        edges = np.cumsum(np.stack([stop, plan, outside]), axis=0)
        fate = (draws[active, visit - 1] >= edges).sum(axis=0)
        is_over = fate < len(edges)
        ended = active[is_over]
        visits[ended] = visit
        ending[ended] = np.array([STOPPED, PLANNED, CENSORED, CUT_OFF])[fate[is_over]]
        active = active[~is_over]
    return Courses(visits=visits, ending=ending)
