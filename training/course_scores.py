"""How far the questionnaires of each course moved: every score counts, not only the last one.

A course that ended early, or whose last questionnaire is missing, has scores too. Each is a gain since
the start in reliable changes (`data.codes.instruments`); by the share of the effect of care that so many
visits reach it tells the gain of a whole course, and how precisely.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codes.instruments import INSTRUMENTS, RELIABLE_CHANGE_ERRORS, Instrument
from matching.course_signals import DOSE_VISITS
from training.clinic_frames import Frames, rows_of, table_of
from training.course_visits import CourseVisits
from training.symptom_change import INTAKE_TOTALS, OUTCOME_DAYS, scores_of_courses

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

START_DAYS = (-14.0, 1.0)
"""Scores from here to there, in days since the first visit, and those of the request are the start."""
SCORE_ERROR = 1.0 / RELIABLE_CHANGE_ERRORS
"""Standard error of one score, in reliable changes: what a reliable change is defined by."""
LEAST_SHARE = 0.05
"""Scores before this share of the effect say nothing of it."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CourseGains:
    """The gain of a whole course that scores tell; arrays of shape (courses,)."""

    episodes: Rows
    """Row of each course, ascending."""
    gains: Floats
    """Expected gain once the effect of care is complete, in reliable changes."""
    variances: Floats
    """Of the gains, by the error of the scores alone."""
    starts: Floats
    """Mean score at the start, in reliable changes, larger for more unwell."""
    shares: Floats
    """Share of the effect of care that the last score comes after."""
    days: Floats
    """Days from the first visit to the last score."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CourseScores:
    """Scores after the first visit, by course and time; arrays of shape (scores,)."""

    episodes: Rows
    at: Rows
    """Microseconds since 1970 UTC."""
    days: Floats
    shares: Floats
    """Share of the effect of care that the visits so far reach."""
    gains: Floats
    """Gain since the start, in reliable changes, mean over the instruments of the moment."""
    starts: Floats
    """Mean score at the start of each episode, NaN where unknown; shape (episodes,)."""

    @classmethod
    def build(cls, frames: Frames, visits: CourseVisits, first_visits: Rows) -> Self:
        """Put scores in order.

        Where a clinic keeps no attendance, one visit a week stands in.

        Args:
            frames: Tables by name; `episodes`, `intakes` and `measures` are read, any may be absent.
            visits: Attended visits.
            first_visits: First visit of each episode, `UNKNOWN_TIME` where there was none; shape
                (episodes,).
        """
        episodes, intakes = table_of(frames, "episodes"), table_of(frames, "intakes")
        rows = rows_of(intakes["intake_id"], episodes["intake_id"])
        asked = intakes.reindex(np.where(rows < 0, len(intakes), rows))
        keys = pd.DataFrame(
            {
                "episode_id": episodes["episode_id"].to_numpy(object),
                "patient_id": asked["patient_id"].to_numpy(object),
            }
        )
        scores = scores_of_courses(keys, first_visits, table_of(frames, "measures"))
        scores = scores[scores["days"].between(START_DAYS[0], OUTCOME_DAYS[1])]
        parts = [
            _of_instrument(scores[scores["instrument"] == code], code, instrument, asked)
            for code, instrument in INSTRUMENTS.items()
            if instrument.reliable_change is not None
        ]
        found = pd.concat(parts, ignore_index=True).dropna(subset=["gain"])
        found["start"] = found["start"].astype(np.float64)
        starts = (
            found.drop_duplicates(["course_row", "code"]).groupby("course_row")["start"].mean()
        )
        moments = (
            found.groupby(["course_row", "at"], sort=True)[["days", "gain"]]
            .mean()
            .reset_index()
        )
        return cls(
            episodes=moments["course_row"].to_numpy(np.int64),
            at=moments["at"].to_numpy(np.int64),
            days=moments["days"].to_numpy(np.float64),
            shares=_shares(moments, visits),
            gains=moments["gain"].to_numpy(np.float64),
            starts=starts.reindex(np.arange(len(episodes))).to_numpy(np.float64),
        )

    def known_gains(self, as_of: int) -> CourseGains:
        """The gain of each course with a score that tells something of it.

        Generalised least squares through the origin: scores of a course share the error of its
        start, measured twice as a rule, and have one of their own each.

        Args:
            as_of: Microseconds since 1970 UTC; scores taken at or after it are not used.
        """
        kept = np.flatnonzero((self.at < as_of) & (self.shares > LEAST_SHARE))
        episodes, course = np.unique(self.episodes[kept], return_inverse=True)
        share, gain = self.shares[kept], self.gains[kept]
        counts, sums, squares, gained, both = (
            np.bincount(course, column, len(episodes))
            for column in (np.ones(len(kept)), share, share**2, gain, share * gain)
        )
        own, common = SCORE_ERROR**2, SCORE_ERROR**2 / 2.0
        pull = common / (own + counts * common)
        information = (squares - pull * sums**2) / own
        last = np.append(np.flatnonzero(np.diff(course)), len(course) - 1)[: len(episodes)]
        return CourseGains(
            episodes=episodes,
            gains=(both - pull * sums * gained) / own / information,
            variances=1.0 / information,
            starts=self.starts[episodes],
            shares=share[last],
            days=self.days[kept][last],
        )


def _of_instrument(
    scores: pd.DataFrame, code: str, instrument: Instrument, asked: pd.DataFrame
) -> pd.DataFrame:
    """Gains since the start of one instrument, in reliable changes."""
    change = float(instrument.reliable_change or 1)
    early = scores[scores["days"] < START_DAYS[1]]
    rows = early["course_row"].to_numpy(np.int64)
    counts = np.bincount(rows, minlength=len(asked)).astype(np.float64)
    sums = np.bincount(rows, early["total"].to_numpy(np.float64), len(asked)).astype(np.float64)
    if code in INTAKE_TOTALS:
        stated = (
            asked[INTAKE_TOTALS[code]].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        )
        counts += np.isfinite(stated)
        sums += np.nan_to_num(stated)
    starts = np.divide(sums, counts, out=np.full(len(asked), np.nan), where=counts > 0)
    later = scores[scores["days"] >= START_DAYS[1]]
    own = starts[later["course_row"].to_numpy(np.int64)]
    moved = later["total"].to_numpy(np.float64) - own
    unwell = -own if instrument.higher_is_better else own
    return pd.DataFrame(
        {
            "course_row": later["course_row"].to_numpy(np.int64),
            "at": later["at"].to_numpy(np.int64),
            "days": later["days"].to_numpy(np.float64),
            "gain": (moved if instrument.higher_is_better else -moved) / change,
            "start": unwell / change,
            "code": code,
        }
    )


def _shares(moments: pd.DataFrame, visits: CourseVisits) -> Floats:
    """Share of the effect of care reached by each moment; shape (moments,)."""
    counted = pd.DataFrame(
        {"course_row": visits.episodes, "at": visits.at, "number": visits.numbers}
    ).sort_values("at", kind="stable")
    places = np.argsort(moments["at"].to_numpy(), kind="stable")
    found = pd.merge_asof(
        moments.iloc[places][["course_row", "at"]], counted, on="at", by="course_row"
    )
    numbers = np.full(len(moments), np.nan)
    numbers[places] = found["number"].to_numpy(np.float64)
    weekly = 1.0 + moments["days"].to_numpy(np.float64) / 7.0
    seen = np.isin(moments["course_row"].to_numpy(), visits.episodes)
    numbers = np.where(seen, np.nan_to_num(numbers, nan=1.0), weekly)
    return np.asarray(1.0 - np.exp((1.0 - np.maximum(numbers, 1.0)) / DOSE_VISITS))
