"""Bookings and the courses that follow them."""

from dataclasses import dataclass, fields

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
class Bookings:
    """Who is booked with whom, and whether it begins; arrays of shape (episodes,)."""

    ask: Rows
    """Row of the request for a list."""
    intake: Rows
    clinician: Rows
    booked_at: Rows
    slot: Rows
    """First appointment, known when booked."""
    accepted: Mask
    attended: Mask


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Episodes(Bookings):
    """Bookings and what came of them, as if the log never ended."""

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
    world, market = setting.world, setting.market
    rows = np.flatnonzero(clinicians != MISSING)
    pairs = pair_effects(
        world,
        setting.words,
        market.patients,
        market.clinicians,
        (asks.intake[rows], clinicians[rows]),
    )
    bookings = _bookings(setting, asks, (rows, clinicians[rows]), pairs, name)
    leanings = _leanings(setting, bookings, pairs, (starts[rows], len(asks)), name)
    courses = run_courses(
        world, setting.hazards, setting.recovery, leanings, setting.streams, name
    )
    draws = setting.streams.uniform(f"ending {name}", len(asks), 3)[rows]
    return _endings(setting, bookings, leanings, courses, draws)


def _bookings(
    setting: Setting, asks: Asks, chosen: tuple[Rows, Rows], pairs: PairEffects, name: str
) -> Bookings:
    """Book some days later, be accepted or not, come or not."""
    world, (rows, givers) = setting.world, chosen
    intake, at = asks.intake[rows], asks.asked_at[rows]
    draws = setting.streams.uniform(f"booking {name}", len(asks), 3)[rows]
    slot = setting.market.availability.slots_at(at, givers)
    offered = at + ANSWER_MICROS
    thinks = -np.log1p(-draws[:, 0]) * world.desk.booking_days
    waits = np.minimum(thinks, 0.5 * (slot - offered) / DAY)
    accepted = draws[:, 1] < expit(setting.hazards.accept + pairs.accept)
    deprivation = setting.market.patients.deprivation[intake]
    comes = draws[:, 2] < attend_probability(world, deprivation, (slot - at) / DAY)
    return Bookings(
        ask=rows,
        intake=intake,
        clinician=givers,
        booked_at=offered + (waits * DAY).astype(np.int64),
        slot=slot,
        accepted=accepted,
        attended=accepted & comes,
    )


def _leanings(
    setting: Setting,
    bookings: Bookings,
    pairs: PairEffects,
    places: tuple[Floats, int],
    name: str,
) -> Leanings:
    world, patients, streams = setting.world, setting.market.patients, setting.streams
    starts, asks = places
    normal = streams.normal(f"course {name}", asks, 2)[bookings.ask]
    draws = streams.uniform(f"course kind {name}", asks, 2)[bookings.ask]
    own = (own_benefit(world, patients) + setting.self_help)[bookings.intake]
    return Leanings(
        start=starts,
        own=own + setting.recovery.residual * normal[:, 0],
        pair=pairs.benefit + setting.recovery.alliance * normal[:, 1],
        stop=pairs.stop
        + own_stop(world, patients)[bookings.intake]
        + world.outcome.alliance_stop * normal[:, 1],
        is_setback=draws[:, 0] < expit(setting.hazards.setback + pairs.setback),
        alliance=normal[:, 1],
        week_gap=1 + pick_by(draws[:, 1], np.array(world.course.cadence_shares)),
    )


def _endings(
    setting: Setting, bookings: Bookings, leanings: Leanings, courses: Courses, draws: Floats
) -> Episodes:
    """When and why each episode ends, and who asks for another clinician."""
    world, recovery = setting.world, setting.recovery
    days = 7 * leanings.week_gap * (courses.visits - 1)
    last_visit = bookings.slot + days * DAY
    is_early = courses.visits <= EARLY_VISITS
    share = np.where(is_early, world.course.rematch_early, setting.hazards.rematch_late)
    stopped = bookings.attended & (courses.ending == STOPPED)
    rematch = stopped & (draws[:, 0] < share)
    low, high = world.desk.answer_days
    pause = ((low + (high - low) * draws[:, 2]) * DAY).astype(np.int64)
    closed_at, reason = _closings(world, courses, last_visit, draws[:, 1])
    closed_at = np.where(rematch, last_visit + DAY + pause, closed_at)
    reason = np.where(rematch, REASON["rematch_fit"], reason)
    missed_at = bookings.slot + int(world.course.missed_days * DAY)
    unseen_at = np.where(bookings.accepted, missed_at, bookings.booked_at + HOUR)
    unseen = np.where(bookings.accepted, REASON["dropout"], MISSING)
    refused_at = np.where(bookings.accepted, NO_TIME, bookings.booked_at + pause)
    scores = np.stack(
        [
            course_score(recovery, scale, leanings, courses.visits, days)
            for scale in range(len(SCALES))
        ],
        axis=1,
    )
    return Episodes(
        **{entry.name: getattr(bookings, entry.name) for entry in fields(bookings)},
        leanings=leanings,
        courses=courses,
        last_visit=last_visit,
        ended_at=np.where(bookings.attended, closed_at, unseen_at),
        reason=np.where(bookings.attended, reason, unseen),
        asks_again_at=np.where(rematch, closed_at + HOUR, refused_at),
        scores_then=np.where(bookings.attended[:, None], scores, leanings.start),
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
