"""The tables `offers`, `episodes` and `attendance`, as known at the anchor."""

import numpy as np
import pandas as pd

from data.clinic import ATTENDANCE, END_REASONS, EPISODES, OFFERS
from training.simulator.care import ROUNDS, Round
from training.simulator.columns import (
    DAY,
    MISSING,
    NO_TIME,
    Mask,
    Rows,
    complete,
    flags,
    ids_at,
    integers,
    numbers,
    times,
    words_at,
)
from training.simulator.courses import STOPPED
from training.simulator.desk import POLICY
from training.simulator.episodes import ANSWER_MICROS, Episodes
from training.simulator.parameters import World
from training.simulator.streams import Streams

STATUSES = ("attended", "no_show", "late_cancel", "cancelled")
ATTENDED, NO_SHOW, LATE_CANCEL, CANCELLED = range(len(STATUSES))
MISSED_SHARES = (0.45, 0.30, 0.25)
"""No-show, late cancellation, cancellation of a missed visit; assumed."""
MOVED_SHARE = 0.3
"""Visits after the first that take place a day later; assumed."""
LAST_NO_SHOW_SHARE = 0.5
"""Stoppers who had another visit scheduled and did not come; assumed."""


def offers_frame(
    streams: Streams, part: Round, intakes: pd.DataFrame, clinicians: pd.DataFrame, anchor: int
) -> pd.DataFrame:
    """The lists of one round that were shown before the anchor."""
    row, rank = np.nonzero(part.shown.clinicians != MISSING)
    offered = part.asks.asked_at[row] + ANSWER_MICROS
    row, rank = row[offered < anchor], rank[offered < anchor]
    requests = streams.ids("request", ROUNDS * len(intakes))
    givers = part.shown.clinicians[row, rank]
    columns = {
        "request_id": ids_at(requests, part.request_numbers(row)),
        "intake_id": intakes["intake_id"].take(part.asks.intake[row]).reset_index(drop=True),
        "offered_at": times(part.asks.asked_at[row] + ANSWER_MICROS),
        "clinician_id": clinicians["clinician_id"].take(givers).reset_index(drop=True),
        "rank": integers(rank + 1),
        "exposure_probability": numbers(np.clip(part.shown.exposure[row, rank], 0.0, 1.0)),
        "policy": words_at((POLICY,), np.zeros(len(row), dtype=np.int64)),
    }
    return complete(OFFERS, columns)


def episodes_frame(
    streams: Streams, part: Round, intakes: pd.DataFrame, clinicians: pd.DataFrame, anchor: int
) -> pd.DataFrame:
    """The bookings of one round made before the anchor; what lies after it is not known."""
    done = part.episodes
    rows = np.flatnonzero(done.booked_at < anchor)
    number = part.request_numbers(done.ask[rows])
    started = np.where(done.attended, done.slot, NO_TIME)[rows]
    ended = done.ended_at[rows]
    is_over = ended < anchor
    columns = {
        "episode_id": ids_at(streams.ids("episode", ROUNDS * len(intakes)), number),
        "intake_id": intakes["intake_id"].take(done.intake[rows]).reset_index(drop=True),
        "clinician_id": clinicians["clinician_id"]
        .take(done.clinician[rows])
        .reset_index(drop=True),
        "request_id": ids_at(streams.ids("request", ROUNDS * len(intakes)), number),
        "booked_at": times(done.booked_at[rows]),
        "accepted": flags(done.accepted[rows]),
        "first_attended_at": times(np.where(started < anchor, started, NO_TIME)),
        "ended_at": times(np.where(is_over, ended, NO_TIME)),
        "end_reason": words_at(END_REASONS, np.where(is_over, done.reason[rows], MISSING)),
    }
    return complete(EPISODES, columns)


def visits_of(streams: Streams, part: Round) -> tuple[Rows, Rows, Rows]:
    """Every attended visit: episode row, number from 1, and time; each of shape (visits,)."""
    done = part.episodes
    count = np.where(done.attended, done.courses.visits, 0)
    episode = np.repeat(np.arange(len(count)), count)
    visit = np.arange(len(episode)) - np.repeat(np.cumsum(count) - count, count) + 1
    moved = streams.uniform(f"moved {part.number}", len(episode)) < MOVED_SHARE
    day = 7 * done.leanings.week_gap[episode] * (visit - 1) + (moved & (visit > 1))
    return episode, visit, done.slot[episode] + day * DAY


def attendance_frame(
    world: World, streams: Streams, part: Round, count: int, anchor: int
) -> pd.DataFrame:
    """Scheduled visits of one round before the anchor, kept and missed.

    Every booking has its first appointment here, also where the clinician refused (cancelled):
    how long a patient would have waited does not tell whether the referral was accepted.

    Args:
        world: The configuration.
        streams: Randomness.
        part: The round.
        count: How many intakes there are.
        anchor: End of the log, microseconds since 1970 UTC.
    """
    done = part.episodes
    episode, visit, at = visits_of(streams, part)
    draws = streams.generator(f"missed {part.number}").random((len(episode), 2))
    status = np.full(len(episode), ATTENDED)
    moved = np.flatnonzero((visit > 1) & (draws[:, 0] < world.course.missed_visit))
    missed = 1 + np.searchsorted(np.cumsum(MISSED_SHARES[:-1]), draws[moved, 1])
    first = np.flatnonzero(~done.attended)
    no_first = np.where(done.accepted[first], _first_missed(streams, part, first), CANCELLED)
    gone = np.flatnonzero(_left_a_slot(streams, part))
    next_slot = done.last_visit[gone] + 7 * done.leanings.week_gap[gone] * DAY
    rows = np.concatenate([episode, episode[moved], first, gone])
    when = np.concatenate([at, at[moved] - 2 * DAY, done.slot[first], next_slot])
    what = np.concatenate([status, missed, no_first, np.full(len(gone), NO_SHOW)])
    known = (when < anchor) & (done.booked_at[rows] < anchor)
    number = part.request_numbers(done.ask[rows[known]])
    columns = {
        "episode_id": ids_at(streams.ids("episode", ROUNDS * count), number),
        "at": times(when[known]),
        "status": words_at(STATUSES, what[known]),
    }
    return complete(ATTENDANCE, columns)


def _first_missed(streams: Streams, part: Round, first: Rows) -> Rows:
    draws = streams.uniform(f"first missed {part.number}", len(part.episodes.ask))[first]
    return 1 + np.searchsorted(np.cumsum(MISSED_SHARES[:-1]), draws)


def _left_a_slot(streams: Streams, part: Round) -> Mask:
    done: Episodes = part.episodes
    draws = streams.uniform(f"left a slot {part.number}", len(done.ask))
    stopped = done.attended & (done.courses.ending == STOPPED)
    return stopped & (done.asks_again_at == NO_TIME) & (draws < LAST_NO_SHOW_SHARE)
