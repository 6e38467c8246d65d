"""The table `measures`: questionnaires at visits, and the outcome assessment (rows 4, 43 and 45)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from data.clinic import MEASURES
from training.simulator.care import ROUNDS, Round
from training.simulator.care_tables import visits_of
from training.simulator.columns import (
    DAY,
    HOUR,
    Floats,
    Mask,
    Rows,
    complete,
    ids_at,
    integers,
    numbers,
    times,
    words_at,
)
from training.simulator.courses import STOPPED, course_score
from training.simulator.episodes import Episodes, Setting
from training.simulator.recovery import GAD7, PCL5, PHQ9, WSAS, is_due
from training.simulator.requests import has_trauma
from training.simulator.severity import HIGHS, SCALES, errors_of, item9_answers, measured

INSTRUMENT_WORDS = (*SCALES, "srs")
SRS = len(SCALES)
SRS_HIGH = 40.0
RARE = 4
"""PCL-5 at every fourth visit."""
OUTCOME_FROM_DAY = 49.0
"""Who misses the outcome fills in nothing from here on."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Occasions:
    """Moments at which a person may fill in questionnaires; arrays of shape (occasions,)."""

    episode: Rows
    visits: Rows
    """Attended visits so far."""
    days: Rows
    """Planned days since the first visit; what the true score is computed from."""
    at: Rows
    is_assessment: Mask
    """The outcome assessment, not a visit."""

    def take(self, rows: Rows) -> "Occasions":
        """Some of the occasions."""
        return Occasions(
            episode=self.episode[rows],
            visits=self.visits[rows],
            days=self.days[rows],
            at=self.at[rows],
            is_assessment=self.is_assessment[rows],
        )


def measures_frame(
    setting: Setting, part: Round, intakes: pd.DataFrame, anchor: int
) -> pd.DataFrame:
    """Questionnaires of one round before the anchor."""
    streams, done = setting.streams, part.episodes
    occasions = _occasions(setting, part)
    parts = [
        _scored(setting, part, scale, _given(setting, part, occasions, scale))
        for scale in (PHQ9, GAD7, PCL5, WSAS)
    ]
    parts.append(_alliance(setting, part, occasions))
    episode, instrument, at, total, item9 = (
        np.concatenate(c) for c in zip(*parts, strict=True)
    )
    known = np.flatnonzero((at < anchor) & (done.booked_at[episode] < anchor))
    episode = episode[known]
    number = part.request_numbers(done.ask[episode])
    columns = {
        "patient_id": intakes["patient_id"].take(done.intake[episode]).reset_index(drop=True),
        "episode_id": ids_at(streams.ids("episode", ROUNDS * len(intakes)), number),
        "instrument": words_at(INSTRUMENT_WORDS, instrument[known]),
        "at": times(at[known]),
        "total": numbers(total[known].astype(np.float64)),
        "item9": integers(np.maximum(item9[known], 0), item9[known] < 0),
    }
    return complete(MEASURES, columns)


def visits_by(done: Episodes, days: Floats) -> Rows:
    """Visits attended by some planned days since the first; shape (episodes,)."""
    return np.minimum(done.courses.visits, days // (7 * done.leanings.week_gap) + 1).astype(
        np.int64
    )


def misses_outcome(setting: Setting, part: Round) -> Mask:
    """Whose outcome is never measured (row 45); shape (episodes,).

    More often after few visits and, among those who stopped unplanned, where benefit was small.
    """
    given, done = setting.world.course, part.episodes
    early = done.courses.visits < given.plan_from_visit
    base = logit(np.where(early, given.missing_early, given.missing_late))
    benefit = done.leanings.own + done.leanings.pair
    stopped = done.courses.ending == STOPPED
    chance = expit(base - given.missing_slope * np.where(stopped, benefit, 0.0))
    draws = setting.streams.uniform(f"missing outcome {part.number}", len(part.asks))
    return draws[done.ask] < chance


def _occasions(setting: Setting, part: Round) -> Occasions:
    done, world = part.episodes, setting.world
    episode, visit, at = visits_of(setting.streams, part)
    days = 7 * done.leanings.week_gap[episode] * (visit - 1)
    missing = misses_outcome(setting, part)
    due = is_due(world, days, visit)
    due &= ~missing[episode] | (days < OUTCOME_FROM_DAY)
    low, high = world.course.assessment_days
    rows = np.flatnonzero(done.attended & ~missing)
    draws = setting.streams.uniform(f"assessment {part.number}", len(part.asks))
    after = low + (high - low) * draws[done.ask[rows]]
    later = done.slot[rows] + (after * DAY).astype(np.int64)
    seen = visits_by(done, np.full(len(done.ask), low))[rows]
    keep = np.flatnonzero(due)
    return Occasions(
        episode=np.concatenate([episode[keep], rows]),
        visits=np.concatenate([visit[keep], seen]),
        days=np.concatenate([days[keep], np.full(len(rows), round((low + high) / 2))]),
        at=np.concatenate([at[keep], later - later % HOUR]),
        is_assessment=np.repeat([False, True], [len(keep), len(rows)]),
    )


def _given(setting: Setting, part: Round, occasions: Occasions, scale: int) -> Occasions:
    """The occasions at which an instrument is filled in."""
    given = setting.world.course
    is_first = (occasions.visits == 1) & ~occasions.is_assessment
    if scale in {PHQ9, GAD7}:
        wanted = np.ones(len(occasions.at), dtype=np.bool_)
    elif scale == PCL5:
        trauma = has_trauma(setting.words, setting.market.patients)[part.episodes.intake]
        often = is_first | occasions.is_assessment | (occasions.visits % RARE == 0)
        wanted = trauma[occasions.episode] & often
    else:
        often = is_first | (occasions.visits % given.wsas_every == 0)
        wanted = often & ~occasions.is_assessment & (occasions.days < OUTCOME_FROM_DAY)
    name = f"filled in {part.number} {SCALES[PHQ9 if scale == GAD7 else scale]}"
    filled = setting.streams.uniform(name, len(occasions.at)) < given.questionnaire_share
    return occasions.take(
        np.flatnonzero(wanted & (filled | is_first | occasions.is_assessment))
    )


def _scored(
    setting: Setting, part: Round, scale: int, given: Occasions
) -> tuple[Rows, Rows, Rows, Rows, Rows]:
    """Episode, instrument, time, total and item 9 of one instrument."""
    done, world = part.episodes, setting.world
    leanings = done.leanings.take(given.episode)
    true = course_score(setting.recovery, scale, leanings, given.visits, given.days)
    noise = setting.streams.normal(f"noise {part.number} {SCALES[scale]}", len(true))
    total = measured(true, errors_of(world)[scale], HIGHS[scale], noise)
    item9 = np.full(len(true), -1)
    if scale == PHQ9:
        leaning = setting.market.patients.severity.item9_leaning[done.intake[given.episode]]
        item9 = np.minimum(item9_answers(world.patients, true, leaning), total)
    return given.episode, np.full(len(true), scale), given.at, total, item9


def _alliance(
    setting: Setting, part: Round, occasions: Occasions
) -> tuple[Rows, Rows, Rows, Rows, Rows]:
    """The Session Rating Scale at the first visits."""
    course = setting.world.course
    asked = (occasions.visits <= course.alliance_visits) & ~occasions.is_assessment
    name = f"filled in {part.number} srs"
    filled = setting.streams.uniform(name, len(asked)) < course.questionnaire_share
    given = occasions.take(np.flatnonzero(asked & filled))
    mean, points, error = course.alliance_scale
    alliance = part.episodes.leanings.alliance[given.episode]
    noise = setting.streams.normal(f"noise {part.number} srs", len(alliance))
    total = measured(mean + points * alliance, error, SRS_HIGH, noise)
    shape = len(alliance)
    return given.episode, np.full(shape, SRS), given.at, total, np.full(shape, -1)
