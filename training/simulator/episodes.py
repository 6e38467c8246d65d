"""Bookings and the courses that follow them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from data.clinic import END_REASONS
from training.simulator.columns import DAY, HOUR, MISSING, NO_TIME, Floats, Mask, Rows
from training.simulator.courses import (
    CENSORED,
    STOPPED,
    Courses,
    Leanings,
    course_score,
    run_courses,
)
from training.simulator.desk import Asks, Market
from training.simulator.hazards import Hazards
from training.simulator.pairs import (
    PairEffects,
    attend_probability,
    own_benefit,
    own_stop,
    pair_effects,
)
from training.simulator.parameters import World
from training.simulator.recovery import Recovery
from training.simulator.severity import SCALES
from training.simulator.streams import Streams, pick_by
from training.simulator.words import Words

REASON = {word: place for place, word in enumerate(END_REASONS)}
ANSWER_MICROS = HOUR // 12
"""From the request to the list."""
EARLY_VISITS = 2
"""Row 46 calls a stop within these visits early."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Setting:
    """All that care is made from."""

    world: World
    words: Words
    streams: Streams
    hazards: Hazards
    recovery: Recovery
    market: Market
    self_help: Floats
    """Benefit from finished self-guided programs, in outcome SDs; shape (intakes,)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Episodes:
    """Bookings, as if the log never ended; arrays of shape (episodes,)."""

    ask: Rows
    """Row of the request for a list."""
    intake: Rows
    clinician: Rows
    booked_at: Rows
    slot: Rows
    """First appointment, known when booked."""
    accepted: Mask
    attended: Mask
    leanings: Leanings
    courses: Courses
    """Of those who attend; of the others, what would have been."""
    last_visit: Rows
    ended_at: Rows
    reason: Rows
    """Position in `END_REASONS`, `MISSING` for a refused referral."""
    asks_again_at: Rows
    """When the patient asks for another clinician, `NO_TIME` where not."""
    scores_then: Floats
    """True scores when the course ends; shape (episodes, 4)."""


def book(setting: Setting, asks: Asks, clinicians: Rows, starts: Floats, name: str) -> Episodes:
    """Book, accept or refuse, attend or miss, and live through the course.

    Args:
        setting: All that care is made from.
        asks: The requests.
        clinicians: Whom each request books, `MISSING` for nobody; shape (asks,).
        starts: True scores of the requests; shape (asks, 4).
        name: Of this round.
    """
    world, streams, market = setting.world, setting.streams, setting.market
    rows = np.flatnonzero(clinicians != MISSING)
    givers, intake, at = clinicians[rows], asks.intake[rows], asks.asked_at[rows]
    pairs = pair_effects(
        world, setting.words, market.patients, market.clinicians, (intake, givers)
    )
    leanings = _leanings(setting, pairs, (rows, len(asks)), intake, starts[rows], name)
    draws = streams.uniform(f"booking {name}", len(asks), 4)[rows]
    slot = market.availability.slots_at(at, givers)
    wait = (slot - at) / DAY
    offered = at + ANSWER_MICROS
    thinks = -np.log1p(-draws[:, 0]) * world.desk.booking_days
    booked = offered + (np.minimum(thinks, 0.5 * (slot - offered) / DAY) * DAY).astype(np.int64)
    accepted = draws[:, 1] < expit(setting.hazards.accept + pairs.accept)
    deprivation = market.patients.deprivation[intake]
    comes = draws[:, 2] < attend_probability(world, deprivation, wait)
    courses = run_courses(world, setting.hazards, setting.recovery, leanings, streams, name)
    return _endings(
        setting,
        rows,
        (intake, givers, booked, slot),
        (accepted, accepted & comes),
        (leanings, courses),
        name,
    )


def _leanings(
    setting: Setting,
    pairs: PairEffects,
    places: tuple[Rows, int],
    intake: Rows,
    starts: Floats,
    name: str,
) -> Leanings:
    world, patients, streams = setting.world, setting.market.patients, setting.streams
    rows, asks = places
    normal = streams.normal(f"course {name}", asks, 2)[rows]
    draws = streams.uniform(f"course kind {name}", asks, 2)[rows]
    own = own_benefit(world, patients)[intake] + setting.self_help[intake]
    return Leanings(
        start=starts,
        own=own + setting.recovery.residual * normal[:, 0],
        pair=pairs.benefit + setting.recovery.alliance * normal[:, 1],
        stop=pairs.stop
        + own_stop(world, patients)[intake]
        + world.outcome.alliance_stop * normal[:, 1],
        is_setback=draws[:, 0] < expit(setting.hazards.setback + pairs.setback),
        alliance=normal[:, 1],
        week_gap=1 + pick_by(draws[:, 1], np.array(world.course.cadence_shares)),
    )


def _endings(
    setting: Setting,
    rows: Rows,
    booking: tuple[Rows, Rows, Rows, Rows],
    funnel: tuple[Mask, Mask],
    course: tuple[Leanings, Courses],
    name: str,
) -> Episodes:
    """When and why each episode ends, and who asks for another clinician."""
    world, (intake, givers, booked, slot) = setting.world, booking
    (accepted, attended), (leanings, courses) = funnel, course
    draws = setting.streams.generator(f"ending {name}").random(
        (int(rows.max(initial=-1)) + 1, 3)
    )
    draws = draws[rows]
    days = 7 * leanings.week_gap * (courses.visits - 1)
    last_visit = slot + days * DAY
    share = np.where(
        courses.visits <= EARLY_VISITS, world.course.rematch_early, setting.hazards.rematch_late
    )
    rematch = attended & (courses.ending == STOPPED) & (draws[:, 0] < share)
    ended_at, reason = _closings(world, courses, last_visit, draws[:, 1])
    reason = np.where(rematch, REASON["rematch_fit"], reason)
    low, high = world.desk.answer_days
    pause = ((low + (high - low) * draws[:, 2]) * DAY).astype(np.int64)
    ended_at = np.where(rematch, last_visit + DAY + pause, ended_at)
    missed_at = slot + int(world.course.missed_days * DAY)
    ended_at = np.where(attended, ended_at, np.where(accepted, missed_at, booked + HOUR))
    reason = np.where(attended, reason, np.where(accepted, REASON["dropout"], MISSING))
    again = np.where(rematch, ended_at + HOUR, np.where(accepted, NO_TIME, booked + pause))
    scores = np.stack(
        [
            course_score(setting.recovery, scale, leanings, courses.visits, days)
            for scale in range(len(SCALES))
        ],
        axis=1,
    )
    return Episodes(
        ask=rows,
        intake=intake,
        clinician=givers,
        booked_at=booked,
        slot=slot,
        accepted=accepted,
        attended=attended,
        leanings=leanings,
        courses=courses,
        last_visit=last_visit,
        ended_at=ended_at,
        reason=reason,
        asks_again_at=again,
        scores_then=np.where(attended[:, None], scores, leanings.start),
    )


def _closings(
    world: World, courses: Courses, last_visit: Rows, draw: Floats
) -> tuple[Rows, Rows]:
    """When an attended course is closed in the record, and the reason."""
    outside = np.array([REASON[word] for word, _ in world.course.censor_shares])
    shares = np.array([share for _, share in world.course.censor_shares])
    reason = np.full(len(draw), REASON["planned"])
    reason[courses.ending == STOPPED] = REASON["dropout"]
    is_outside = courses.ending == CENSORED
    reason[is_outside] = outside[pick_by(draw[is_outside], shares)]
    silent = int(world.course.disengaged_days * DAY)
    closes = np.where(courses.ending == STOPPED, silent, DAY + HOUR)
    return last_visit + closes, reason
