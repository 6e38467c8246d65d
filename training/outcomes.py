"""What became of each booking: labels of the five heads, and when each became known.

A label is NaN where it is unknown, does not apply (nobody engages who did not attend), or ended for
a reason that says nothing about the fit (insurance, a move, a clinician who left, higher care,
censoring). A label that rests on something not having happened counts only once its time is over,
and its opposite no sooner: if the good news of recent courses counted before their bad news could,
whoever had many recent courses would look better.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME
from data.instants import MICROS_PER_DAY
from matching.predictions import HEADS
from training.clinic_frames import (
    Frames,
    latest_time,
    rows_of,
    table_of,
    times_of,
)
from training.symptom_change import SymptomChange, symptom_change

ATTEND_DAYS = 30
"""A first appointment is attended within these days of booking, or counts as missed."""
ENGAGE_VISITS = 3
ENGAGE_DAYS = 60
"""Engaged means this many attended visits within these days of the first."""
MATURITY_DAYS = 170
"""From a request until its outcome is surely known: 14 + 30 + 112 and 14 days of grace."""
NEUTRAL_ENDINGS = frozenset({"insurance", "moved", "clinician_left", "higher_care", "censored"})
"""Endings that say nothing about the fit."""

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outcomes:
    """Labels of all episodes, in the order of the table `episodes`."""

    episode_ids: tuple[str, ...]
    clinician_ids: NDArray[np.str_]
    """Shape (episodes,)."""
    intake_rows: Rows
    """Row of the intake in its table, -1 where it is not there; shape (episodes,)."""
    labels: Floats
    """0, 1 or NaN in the order of `HEADS`; shape (5, episodes)."""
    observed_at: Rows
    """When each label became known, microseconds since 1970 UTC, `UNKNOWN_TIME` where the label
    is NaN; shape (5, episodes)."""
    first_visit_at: Rows
    """First attended visit, `UNKNOWN_TIME` where there is none; shape (episodes,)."""
    visits: Rows
    """Attended visits, -1 where visits are not recorded; shape (episodes,)."""
    outcome_observed: Mask
    """Whether any questionnaire has a baseline and an outcome; shape (episodes,)."""
    is_censored: Mask
    """Whether the ending says nothing about the fit; shape (episodes,)."""
    changes: Floats
    """Mean symptom change in reliable changes, NaN where it is not known or nobody engaged; known
    when improvement is; shape (episodes,)."""
    starts: Floats
    """Mean baseline in reliable changes, NaN as in `changes`; shape (episodes,)."""

    def label(self, head: str) -> Floats:
        """The labels of one head; shape (episodes,)."""
        return self.labels[HEADS.index(head)]

    def known_before(self, head: str, as_of: int) -> Mask:
        """Episodes whose label was known strictly before a time, and whose intake is there.

        Args:
            head: One of `HEADS`.
            as_of: Microseconds since 1970 UTC.

        Returns:
            Shape (episodes,).
        """
        at = self.observed_at[HEADS.index(head)]
        return np.isfinite(self.label(head)) & (at < as_of) & (self.intake_rows >= 0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Courses:
    """Episodes with what the other tables say about them; arrays of shape (episodes,)."""

    table: pd.DataFrame
    booked_at: Rows
    ended_at: Rows
    first_at: Rows
    third_at: Rows
    """The visit that makes engagement, `UNKNOWN_TIME` where there is none."""
    visits: Rows
    is_neutral: Mask
    known_until: int
    """What has not happened by then is not known to be missing."""


def clinic_outcomes(frames: Frames) -> Outcomes:
    """The labels of a clinic's episodes.

    Args:
        frames: Tables by name; `episodes`, `attendance`, `measures` and `intakes` are read, and
            any of them, or any optional column, may be absent.
    """
    intakes = table_of(frames, "intakes")
    courses = _courses(frames)
    intake_rows = rows_of(intakes["intake_id"], courses.table["intake_id"])
    of_courses = intakes.reindex(np.where(intake_rows < 0, len(intakes), intake_rows))
    keys = pd.DataFrame(
        {
            "episode_id": courses.table["episode_id"].to_numpy(object),
            "patient_id": of_courses["patient_id"].to_numpy(object),
        }
    )
    change = symptom_change(keys, courses.first_at, of_courses, table_of(frames, "measures"))
    accept, accept_at = _accept(courses)
    attend, attend_at = _attend(courses, accept)
    engage, engage_at = _engage(courses, attend)
    improve, deteriorate, change_at = _change(change, engage)
    labels = np.stack([accept, attend, engage, improve, deteriorate])
    observed_at = np.stack([accept_at, attend_at, engage_at, change_at, change_at])
    return Outcomes(
        episode_ids=tuple(courses.table["episode_id"].astype(object)),
        clinician_ids=courses.table["clinician_id"].to_numpy(dtype=np.str_),
        intake_rows=intake_rows,
        labels=labels,
        observed_at=np.where(np.isnan(labels), UNKNOWN_TIME, observed_at),
        first_visit_at=courses.first_at,
        visits=courses.visits,
        outcome_observed=change.is_observed,
        is_censored=courses.is_neutral,
        changes=np.where(np.isnan(improve), np.nan, change.mean_change),
        starts=np.where(np.isnan(improve), np.nan, change.mean_start),
    )


def _courses(frames: Frames) -> _Courses:
    episodes, attendance = table_of(frames, "episodes"), table_of(frames, "attendance")
    attended = attendance[attendance["status"] == "attended"]
    rows = rows_of(episodes["episode_id"], attended["episode_id"])
    visits = pd.DataFrame({"row": rows, "at": times_of(attended, "at")})
    visits = visits[visits["row"] >= 0].sort_values(["row", "at"], kind="stable")
    place = visits.groupby("row").cumcount()
    stated = times_of(episodes, "first_attended_at")
    first_seen = _spread(visits[place == 0], len(episodes))
    counted = np.bincount(visits["row"].to_numpy(np.int64), minlength=len(episodes))
    is_counted = counted > 0
    if len(attendance):
        is_counted |= stated == UNKNOWN_TIME
    return _Courses(
        table=episodes,
        booked_at=times_of(episodes, "booked_at"),
        ended_at=times_of(episodes, "ended_at"),
        first_at=np.where(stated == UNKNOWN_TIME, first_seen, stated),
        third_at=_spread(visits[place == ENGAGE_VISITS - 1], len(episodes)),
        visits=np.where(is_counted, counted, -1).astype(np.int64),
        is_neutral=episodes["end_reason"].isin(NEUTRAL_ENDINGS).to_numpy(np.bool_),
        known_until=latest_time(
            frames,
            {
                "episodes": "booked_at",
                "attendance": "at",
                "measures": "at",
                "intakes": "requested_at",
            },
        ),
    )


def _spread(visits: pd.DataFrame, courses: int) -> Rows:
    times = np.full(courses, UNKNOWN_TIME)
    times[visits["row"].to_numpy(np.int64)] = visits["at"].to_numpy(np.int64)
    return times


def _accept(courses: _Courses) -> tuple[Floats, Rows]:
    """Accepted as recorded; a first visit shows acceptance where nothing is."""
    stated = courses.table["accepted"].astype("boolean").astype("Float64")
    labels = stated.to_numpy(np.float64, na_value=np.nan)
    has_visit = courses.first_at != UNKNOWN_TIME
    shown = np.isnan(labels) & has_visit
    return (
        np.where(shown, 1.0, labels),
        np.where(shown, courses.first_at, courses.booked_at),
    )


def _attend(courses: _Courses, accept: Floats) -> tuple[Floats, Rows]:
    """Missed once the days for a first visit are over or the episode has ended without one."""
    has_visit = courses.first_at != UNKNOWN_TIME
    has_ended = courses.ended_at != UNKNOWN_TIME
    late = courses.booked_at + ATTEND_DAYS * MICROS_PER_DAY
    missed_at = np.where(has_ended, np.minimum(courses.ended_at, late), late)
    is_missed = ~has_visit & ~courses.is_neutral & (missed_at <= courses.known_until)
    labels = np.where(has_visit, 1.0, np.where(is_missed, 0.0, np.nan))
    labels[accept == 0.0] = np.nan
    return labels, np.maximum(np.where(has_visit, courses.first_at, missed_at), late)


def _engage(courses: _Courses, attend: Floats) -> tuple[Floats, Rows]:
    """Three visits in time; not once the days are over or the episode has ended."""
    limit = courses.first_at + ENGAGE_DAYS * MICROS_PER_DAY
    is_engaged = (courses.third_at != UNKNOWN_TIME) & (courses.third_at <= limit)
    has_ended = courses.ended_at != UNKNOWN_TIME
    over_at = np.where(has_ended, np.minimum(courses.ended_at, limit), limit)
    is_cut_short = courses.is_neutral & has_ended & (courses.ended_at < limit)
    is_over = ~is_engaged & ~is_cut_short & (over_at <= courses.known_until)
    labels = np.where(is_engaged, 1.0, np.where(is_over, 0.0, np.nan))
    labels[(attend != 1.0) | (courses.visits < 0)] = np.nan
    return labels, np.maximum(over_at, limit)


def _change(change: SymptomChange, engage: Floats) -> tuple[Floats, Floats, Rows]:
    """Improvement and deterioration of those who engaged, or of whom it is not known."""
    counts = change.is_observed & (engage != 0.0)
    improve = np.where(counts, change.is_improved.astype(np.float64), np.nan)
    deteriorate = np.where(counts, change.is_deteriorated.astype(np.float64), np.nan)
    return improve, deteriorate, change.observed_at
