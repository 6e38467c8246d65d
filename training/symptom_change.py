"""Reliable change of questionnaires from a baseline around the first visit to the outcome window."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codes.instruments import INSTRUMENTS, instrument_key
from data.directory import UNKNOWN_TIME
from data.instants import MICROS_PER_DAY
from training.clinic_frames import times_of

BASELINE_DAYS = (-14, 7)
"""A baseline lies within these days of the first visit."""
OUTCOME_DAYS = (56, 112)
"""The outcome is the latest score within these days after the first visit."""
INTAKE_TOTALS = {
    "phq9": "phq9_total",
    "gad7": "gad7_total",
    "pcl5": "pcl5_total",
    "wsas": "wsas_total",
}
"""Totals of the intake that stand in for a missing baseline."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SymptomChange:
    """What questionnaires say about several courses; every array has shape (courses,)."""

    is_observed: NDArray[np.bool_]
    """Whether any instrument has both a baseline and an outcome."""
    is_improved: NDArray[np.bool_]
    """Reliably better on one instrument and reliably worse on none."""
    is_deteriorated: NDArray[np.bool_]
    """Reliably worse on one instrument and reliably better on none."""
    observed_at: Rows
    """When the last score that counts was taken, `UNKNOWN_TIME` where none was."""
    mean_change: NDArray[np.float64]
    """Mean gain over the instruments, in reliable changes, NaN where nothing is observed."""
    mean_start: NDArray[np.float64]
    """Mean baseline of the same instruments, in reliable changes; NaN as above."""


def symptom_change(
    courses: pd.DataFrame, first_visits: Rows, intakes: pd.DataFrame, measures: pd.DataFrame
) -> SymptomChange:
    """Reliable change of each course.

    A score belongs to a course by its episode id or, where it has none, by its patient.

    Args:
        courses: One row per episode, with `episode_id` and `patient_id`.
        first_visits: First attended visits, microseconds since 1970 UTC, `UNKNOWN_TIME` where
            there was none; shape (courses,).
        intakes: The intake of each course, row by row.
        measures: The table `measures`.
    """
    scores = scores_of_courses(courses, first_visits, measures)
    better = np.zeros(len(courses), dtype=np.bool_)
    worse, observed = better.copy(), better.copy()
    observed_at = np.full(len(courses), UNKNOWN_TIME)
    sums = np.zeros((3, len(courses)))
    for code, instrument in INSTRUMENTS.items():
        if instrument.reliable_change is None:
            continue
        own = scores[scores["instrument"] == code]
        first = _baselines(own, len(courses))
        if code in INTAKE_TOTALS:
            stated = intakes[INTAKE_TOTALS[code]].astype("Float64")
            first = np.where(
                np.isnan(first), stated.to_numpy(np.float64, na_value=np.nan), first
            )
        last, last_at = _outcomes(own, len(courses))
        is_known = np.isfinite(first) & np.isfinite(last) & (first_visits != UNKNOWN_TIME)
        gain = (last - first) if instrument.higher_is_better else (first - last)
        better |= is_known & (gain >= instrument.reliable_change)
        worse |= is_known & (-gain >= instrument.reliable_change)
        observed |= is_known
        sums += np.where(
            is_known,
            np.stack([gain, first, np.full(len(courses), instrument.reliable_change)])
            / instrument.reliable_change,
            0.0,
        )
        observed_at = np.where(is_known, np.maximum(observed_at, last_at), observed_at)
    counts = np.where(observed, sums[2], np.nan)
    return SymptomChange(
        is_observed=observed,
        mean_change=sums[0] / counts,
        mean_start=sums[1] / counts,
        is_improved=better & ~worse,
        is_deteriorated=worse & ~better,
        observed_at=observed_at,
    )


def scores_of_courses(
    courses: pd.DataFrame, first_visits: Rows, measures: pd.DataFrame
) -> pd.DataFrame:
    """Scores with the row of their course and the days since its first visit, in time order."""
    keys = courses[["episode_id", "patient_id"]].assign(course_row=np.arange(len(courses)))
    named = measures["episode_id"].notna() & (measures["episode_id"] != "")
    found = pd.concat(
        [
            measures[named].drop(columns="patient_id").merge(keys, on="episode_id"),
            measures[~named]
            .drop(columns="episode_id")
            .merge(keys.dropna(subset="patient_id"), on="patient_id"),
        ],
        ignore_index=True,
    )
    at, rows = times_of(found, "at"), found["course_row"].to_numpy(np.int64)
    starts = first_visits[rows]
    days = (at - np.where(starts == UNKNOWN_TIME, 0, starts)) / MICROS_PER_DAY
    scores = pd.DataFrame(
        {
            "course_row": rows,
            "instrument": [instrument_key(word) for word in found["instrument"]],
            "at": at,
            "days": np.where(starts == UNKNOWN_TIME, np.nan, days),
            "total": found["total"].to_numpy(np.float64),
        }
    )
    return scores.dropna(subset=["days", "total"]).sort_values("at", kind="stable")


def _baselines(scores: pd.DataFrame, courses: int) -> NDArray[np.float64]:
    """The score nearest to the first visit within the window; NaN where there is none."""
    near = scores[scores["days"].between(*BASELINE_DAYS)]
    nearest = near.assign(distance=near["days"].abs()).sort_values("distance", kind="stable")
    chosen = nearest.drop_duplicates("course_row")
    totals = np.full(courses, np.nan)
    totals[chosen["course_row"].to_numpy()] = chosen["total"].to_numpy()
    return totals


def _outcomes(scores: pd.DataFrame, courses: int) -> tuple[NDArray[np.float64], Rows]:
    """The latest score within the window and its time."""
    late = scores[scores["days"].between(*OUTCOME_DAYS)]
    chosen = late.drop_duplicates("course_row", keep="last")
    totals, times = np.full(courses, np.nan), np.full(courses, UNKNOWN_TIME)
    totals[chosen["course_row"].to_numpy()] = chosen["total"].to_numpy()
    times[chosen["course_row"].to_numpy()] = chosen["at"].to_numpy()
    return totals, times
