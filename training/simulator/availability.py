"""Who has openings in which week, and how long one would wait."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, gammainc, gammaincinv, ndtr

from training.simulator.clinicians import Clinicians
from training.simulator.columns import DAY, HOUR, Floats, Mask, Rows
from training.simulator.parameters import World
from training.simulator.streams import Streams

WEEK = 7 * DAY


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Availability:
    """Openings by week; the last week holds the anchor. Arrays of shape (weeks, clinicians)."""

    start: int
    """Begin of the first week, microseconds since 1970 UTC."""
    is_open: Mask
    wait_days: Floats
    """Days to the next free appointment for a request of that week."""

    def weeks_at(self, times: Rows) -> Rows:
        """The week of each time, the last one for later times; shape (times,)."""
        return np.minimum((times - self.start) // WEEK, len(self.is_open) - 1)

    def slots_at(self, times: Rows, clinician_rows: Rows) -> Rows:
        """The next free appointment, on the full hour; shape (times,)."""
        waits = self.wait_days[self.weeks_at(times), clinician_rows]
        slots = times + (waits * DAY).astype(np.int64)
        return slots + (-slots) % HOUR


def draw_availability(
    world: World, streams: Streams, clinicians: Clinicians, anchor: int
) -> Availability:
    """Spells with and without openings, and waits that stay with a clinician for weeks.

    Waits follow the gamma distribution of the table, stretched because desks and patients take
    the sooner ones, and cut to the days that a clinic offers. Whoever many patients could see has
    longer waits and fewer openings.

    Args:
        world: The configuration.
        streams: Randomness.
        clinicians: Who.
        anchor: End of the log, microseconds since 1970 UTC.
    """
    given, weeks, count = world.course, world.period_days // 7 + 3, len(clinicians)
    closed = _closed_shares(world, clinicians)
    opens = 1.0 / world.clinicians.closed_weeks
    closes = np.minimum(opens * closed / (1.0 - closed), 1.0)
    turns = streams.generator("openings").random((count, weeks)).T
    shocks = streams.generator("wait shocks").standard_normal((count, weeks)).T
    is_open = np.empty((weeks, count), dtype=np.bool_)
    passing = np.empty((weeks, count))
    is_open[0], passing[0] = turns[0] >= closed, shocks[0]
    memory = given.wait_memory
    for week in range(1, weeks):
        before = is_open[week - 1]
        is_open[week] = np.where(before, turns[week] >= closes, turns[week] < opens)
        passing[week] = memory * passing[week - 1] + np.sqrt(1 - memory**2) * shocks[week]
    stays, busy = given.wait_persistence, given.busy_wait
    level = np.sqrt(stays - busy) * streams.normal("wait level", count)
    level += np.sqrt(busy) * clinicians.sought
    quantile = ndtr(level + np.sqrt(1 - stays) * passing)
    scale = given.wait_scale_days * given.wait_stretch
    least, most = gammainc(given.wait_shape, np.array(given.wait_bounds_days) / scale)
    days = scale * gammaincinv(given.wait_shape, least + quantile * (most - least))
    return Availability(
        start=anchor - (weeks - 1) * WEEK,
        is_open=is_open,
        wait_days=days,
    )


def _closed_shares(world: World, clinicians: Clinicians) -> Floats:
    """Share of time without openings, more for those who are sought; its mean is row 21."""
    share = world.clinicians.no_openings_share
    leaning = world.course.busy_closed * clinicians.sought

    def excess(intercept: float) -> float:
        return float(expit(intercept + leaning).mean()) - share

    return np.asarray(expit(brentq(excess, -20.0, 20.0) + leaning))
