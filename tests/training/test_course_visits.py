"""Visits one by one: who is at risk, and when a stop counts."""

import numpy as np
import pandas as pd

from data.instants import MICROS_PER_DAY
from training.course_visits import KNOWN_DAYS, CourseVisits

START = pd.Timestamp("2025-01-06T09:00:00Z")


def _day(days: float) -> pd.Timestamp:
    return START + pd.Timedelta(days=days)


def _micros(days: float) -> int:
    return int(_day(days).value // 1000)


def _frames(reason: str = "dropout", ended: float | None = 52.0) -> dict[str, pd.DataFrame]:
    """One course of two visits, a week apart, the second on day 7."""
    times = pd.Series([_day(7), _day(0)]).astype("datetime64[us, UTC]")
    return {
        "episodes": pd.DataFrame(
            {
                "episode_id": ["e1"],
                "intake_id": ["i1"],
                "clinician_id": ["c1"],
                "booked_at": pd.Series([_day(-3)]).astype("datetime64[us, UTC]"),
                "ended_at": pd.to_datetime(
                    pd.Series([None if ended is None else _day(ended)]), utc=True
                ).astype("datetime64[us, UTC]"),
                "end_reason": [reason],
            }
        ),
        "attendance": pd.DataFrame(
            {"episode_id": ["e1", "e1"], "at": times, "status": ["attended"] * 2}
        ),
    }


class TestCourseVisits:
    def test_numbers_visits_by_time(self) -> None:
        """The order of the file does not matter."""
        visits = CourseVisits.build(_frames())
        assert visits.numbers.tolist() == [1, 2]
        assert visits.at.tolist() == [_micros(0), _micros(7)]
        assert visits.is_last.tolist() == [False, True]

    def test_a_stop_follows_the_last_visit(self) -> None:
        """Two visits and a dropout: stayed once, stopped once."""
        places, stops = CourseVisits.build(_frames()).at_risk(_micros(400))
        assert (places.tolist(), stops.tolist()) == ([0, 1], [0.0, 1.0])

    def test_an_outside_ending_is_no_stop(self) -> None:
        """Whoever moves away did not stop against the course."""
        _, stops = CourseVisits.build(_frames("moved")).at_risk(_micros(400))
        assert stops.tolist() == [0.0, 0.0]

    def test_an_open_course_leaves_its_last_visit_out(self) -> None:
        """Nobody knows yet whether the person comes back."""
        places, _ = CourseVisits.build(_frames(ended=None)).at_risk(_micros(400))
        assert places.tolist() == [0]

    def test_returning_counts_no_sooner_than_stopping_could(self) -> None:
        """The return on day 7 is seen at once and counts on day 60 all the same."""
        visits = CourseVisits.build(_frames())
        edge = _micros(0) + KNOWN_DAYS * MICROS_PER_DAY
        assert visits.at_risk(edge)[0].tolist() == []
        assert visits.at_risk(edge + 1)[0].tolist() == [0]

    def test_an_empty_clinic_has_none(self) -> None:
        """No tables, no visits, no crash."""
        places, stops = CourseVisits.build({}).at_risk(_micros(0))
        assert len(places) == len(stops) == 0
        assert stops.dtype == np.float64
