"""Gains of courses, by hand."""

import numpy as np
import pandas as pd
import pytest

from data.directory import UNKNOWN_TIME
from data.instants import MICROS_PER_DAY
from matching.course_signals import DOSE_VISITS
from training.course_scores import SCORE_ERROR, CourseScores
from training.course_visits import CourseVisits

START = pd.Timestamp("2026-01-05T09:00Z")
FIRST = int(START.value // 1000)


def days(*numbers: float) -> pd.Series:
    return pd.Series([START + pd.Timedelta(days=day) for day in numbers]).astype(
        "datetime64[us, UTC]"
    )


def clinic(measures: list[tuple[str, float, float]], visits: list[float], **intake) -> dict:
    """One episode with visits on some days and scores of (instrument, day, total)."""
    return {
        "intakes": pd.DataFrame({"intake_id": ["i"], "patient_id": ["p"], **intake}),
        "episodes": pd.DataFrame(
            {
                "episode_id": ["e"],
                "intake_id": ["i"],
                "clinician_id": ["a"],
                "booked_at": days(-3),
            }
        ),
        "attendance": pd.DataFrame(
            {
                "episode_id": ["e"] * len(visits),
                "at": days(*visits) if visits else days(),
                "status": ["attended"] * len(visits),
            }
        ),
        "measures": pd.DataFrame(
            {
                "patient_id": ["p"] * len(measures),
                "episode_id": ["e"] * len(measures),
                "instrument": [name for name, _, _ in measures],
                "at": days(*(day for _, day, _ in measures)),
                "total": [total for _, _, total in measures],
            }
        ),
    }


def build(frames: dict, first: int = FIRST) -> CourseScores:
    return CourseScores.build(frames, CourseVisits.build(frames), np.array([first]))


class TestKnownGains:
    def test_one_score_by_hand(self):
        """PHQ-9 from 18 to 12 is one reliable change; after four visits half the effect is there."""
        frames = clinic([("phq9", 0, 18), ("phq9", 21, 12)], [0, 7, 14, 21])
        found = build(frames).known_gains(FIRST + 30 * MICROS_PER_DAY)
        share = 1.0 - np.exp(-3 / DOSE_VISITS)
        assert found.shares == pytest.approx([share])
        assert found.gains == pytest.approx([1.0 / share])
        assert found.variances == pytest.approx([1.5 * SCORE_ERROR**2 / share**2])
        assert found.starts == pytest.approx([3.0])
        assert found.days == pytest.approx([21.0])

    def test_the_start_is_the_mean_of_request_and_first_visit(self):
        """20 at the request and 16 at the first visit make 18."""
        frames = clinic([("phq9", 0, 16), ("phq9", 21, 12)], [0, 7, 14, 21], phq9_total=[20])
        found = build(frames).known_gains(FIRST + 30 * MICROS_PER_DAY)
        assert found.starts == pytest.approx([3.0])

    def test_nothing_later_counts(self):
        """A score is not used before it is taken."""
        frames = clinic(
            [("phq9", 0, 18), ("phq9", 21, 12), ("phq9", 28, 0)], [0, 7, 14, 21, 28]
        )
        early = build(frames).known_gains(FIRST + 22 * MICROS_PER_DAY)
        late = build(frames).known_gains(FIRST + 29 * MICROS_PER_DAY)
        assert early.gains[0] < late.gains[0]
        assert early.variances[0] > late.variances[0]
        assert len(build(frames).known_gains(FIRST).episodes) == 0

    def test_without_attendance_a_visit_a_week_stands_in(self):
        """After 21 days four visits are assumed."""
        with_visits = clinic([("phq9", 0, 18), ("phq9", 21, 12)], [0, 7, 14, 21])
        without = {**with_visits, "attendance": with_visits["attendance"].iloc[:0]}
        at = FIRST + 30 * MICROS_PER_DAY
        assert build(without).known_gains(at).gains == pytest.approx(
            build(with_visits).known_gains(at).gains
        )

    def test_a_scale_that_counts_upwards_is_turned_round(self):
        """Scores of a scale where higher is better gain when they rise."""
        frames = clinic([("ors", 0, 15), ("ors", 21, 20)], [0, 7, 14, 21])
        found = build(frames).known_gains(FIRST + 30 * MICROS_PER_DAY)
        assert found.gains[0] > 0.0
        assert found.starts[0] < 0.0

    def test_a_course_without_a_start_says_nothing(self):
        """No total at the request or first visit, no gain."""
        frames = clinic([("phq9", 21, 12)], [0, 7, 14, 21])
        assert len(build(frames).known_gains(FIRST + 30 * MICROS_PER_DAY).episodes) == 0

    def test_an_empty_clinic(self):
        """No tables, no scores."""
        empty = CourseScores.build({}, CourseVisits.build({}), np.zeros(0, dtype=np.int64))
        assert len(empty.known_gains(FIRST).episodes) == 0

    def test_without_a_first_visit_nothing_counts(self):
        """Scores of somebody who never came are not a course."""
        frames = clinic([("phq9", 0, 18), ("phq9", 21, 12)], [])
        found = build(frames, UNKNOWN_TIME).known_gains(FIRST + 30 * MICROS_PER_DAY)
        assert len(found.episodes) == 0
