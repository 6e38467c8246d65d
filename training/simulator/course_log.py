"""What the tables of a simulated clinic show of each course before a time, by rows of its setting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from data.directory import UNKNOWN_TIME
from training.clinic_frames import rows_of, table_of, times_of
from training.simulator.clinic import Clinic
from training.simulator.columns import DAY, Floats, Mask, Rows
from training.simulator.course_evidence import Scores
from training.simulator.severity import SCALES

STOPS = ("dropout", "rematch_fit")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CourseLog:
    """Episodes booked before a time, and what was known of them then."""

    intakes: Rows
    """Row of the intake; shape (courses,), as all that is not said."""
    clinicians: Rows
    accepted: Floats
    """1, 0, or NaN where it is not known."""
    alliance: Floats
    """Sum of the alliance scores, less the scale's mean; 0 without any."""
    alliance_count: Floats
    visit_course: Rows
    """Course of each visit after which it is known whether the person came back; shape (visits,)."""
    visit_number: Rows
    """From 1; shape (visits,)."""
    is_stop: Mask
    """Whether the person stopped after it; shape (visits,)."""
    starts: Scores
    """Totals of the request and at the first visit."""
    scores: Scores
    """Totals after it."""

    @classmethod
    def read(cls, clinic: Clinic, tables: Mapping[str, pd.DataFrame], as_of: int) -> Self:
        """Read the tables.

        Args:
            clinic: The clinic that the tables are of.
            tables: `episodes`, `attendance` and `measures`.
            as_of: Microseconds since 1970 UTC; nothing at or after it is read.
        """
        episodes = table_of(tables, "episodes")
        episodes = episodes[times_of(episodes, "booked_at") < as_of].reset_index(drop=True)
        intakes = rows_of(clinic.intakes["intake_id"], episodes["intake_id"])
        visits = _visits(episodes, table_of(tables, "attendance"), as_of)
        counts = np.bincount(visits["course"], minlength=len(episodes))
        ended_at = times_of(episodes, "ended_at")
        is_over = (ended_at != UNKNOWN_TIME) & (ended_at < as_of)
        course, number = (
            visits["course"].to_numpy(np.int64),
            visits["number"].to_numpy(np.int64),
        )
        is_last = number == counts[course]
        known = ~is_last | is_over[course]
        stopped = is_over & episodes["end_reason"].isin(STOPS).to_numpy(np.bool_)
        taken = _scores(episodes, table_of(tables, "measures"), visits, as_of)
        alliance = taken[taken["instrument"] == "srs"]
        mean = clinic.setting.world.course.alliance_scale[0]
        accepted = episodes["accepted"].astype("boolean").astype("Float64")
        at_start = (taken["number"] == 1) & (taken["days"] < 1.0)
        return cls(
            intakes=intakes,
            clinicians=rows_of(clinic.clinicians["clinician_id"], episodes["clinician_id"]),
            accepted=accepted.to_numpy(np.float64, na_value=np.nan),
            alliance=np.bincount(
                alliance["course"], alliance["total"] - mean, len(episodes)
            ).astype(np.float64),
            alliance_count=np.bincount(alliance["course"], minlength=len(episodes)).astype(
                np.float64
            ),
            visit_course=course[known],
            visit_number=number[known],
            is_stop=(is_last & stopped[course])[known],
            starts=_joined(_totals(taken[at_start]), intake_totals(clinic.intakes, intakes)),
            scores=_totals(taken[~at_start]),
        )


def intake_totals(intakes: pd.DataFrame, rows: Rows) -> Scores:
    """The totals that requests state, as scores of the first day.

    Args:
        intakes: The table `intakes`.
        rows: Rows of it, one per course or person.
    """
    parts = []
    for scale, code in enumerate(SCALES):
        stated = (
            intakes[f"{code}_total"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        )
        totals = stated[rows]
        known = np.flatnonzero(np.isfinite(totals))
        parts.append((known, np.full(len(known), scale), totals[known]))
    course, scale_of, total = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Scores(
        course=course,
        scale=scale_of,
        visits=np.ones(len(course), dtype=np.int64),
        days=np.zeros(len(course)),
        total=total,
    )


def _visits(episodes: pd.DataFrame, attendance: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Attended visits before a time: course, time and number from 1."""
    attended = attendance[attendance["status"] == "attended"]
    found = pd.DataFrame(
        {
            "course": rows_of(episodes["episode_id"], attended["episode_id"]),
            "at": times_of(attended, "at"),
        }
    )
    found = found[(found["course"] >= 0) & (found["at"] < as_of)].sort_values(["course", "at"])
    return found.assign(number=found.groupby("course").cumcount() + 1).reset_index(drop=True)


def _scores(
    episodes: pd.DataFrame, measures: pd.DataFrame, visits: pd.DataFrame, as_of: int
) -> pd.DataFrame:
    """Totals of attended courses before a time, with visits so far and days since the first."""
    firsts = visits[visits["number"] == 1].set_index("course")["at"]
    found = measures.assign(
        course=rows_of(episodes["episode_id"], measures["episode_id"]),
        at=times_of(measures, "at"),
    )
    found = found[found["course"].isin(firsts.index) & (found["at"] < as_of)]
    joined = pd.merge_asof(
        found.sort_values("at"), visits.sort_values("at"), on="at", by="course"
    )
    days = (joined["at"] - firsts.reindex(joined["course"]).to_numpy()) / DAY
    return joined.assign(number=joined["number"].fillna(1).astype(np.int64), days=days)


def _totals(taken: pd.DataFrame) -> Scores:
    scored = taken[taken["instrument"].isin(SCALES)]
    places = {code: scale for scale, code in enumerate(SCALES)}
    return Scores(
        course=scored["course"].to_numpy(np.int64),
        scale=scored["instrument"].map(places).to_numpy(np.int64),
        visits=scored["number"].to_numpy(np.int64),
        days=scored["days"].to_numpy(np.float64),
        total=scored["total"].to_numpy(np.float64),
    )


def _joined(one: Scores, other: Scores) -> Scores:
    return Scores(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in Scores.__slots__
        }
    )
