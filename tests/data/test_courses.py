"""Courses of care as they are read: by every way an episode leads back to a person."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from data.courses import MOST_AT_ONCE, Score, read_courses
from data.database import reading, transaction
from data.instants import micros_of
from data.tables import CLINIC, care_events, match_log

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LISTS = {"languages": "[]", "formats": "[]", "concerns": "[]", "blocked_clinicians": "[]"}
INTAKE = {**LISTS, "region": "US-CA", "age_band": "26-35", "payer": "aetna", "requested_at": 0}


def day(number: int) -> int:
    return micros_of(NOW + timedelta(days=number))


@pytest.fixture
def put(engine: Engine):
    """Store rows of a table."""

    def write(table, *rows: dict) -> None:
        with transaction(engine) as connection:
            for row in rows:
                connection.execute(insert(table), row)

    return write


@pytest.fixture
def courses(engine: Engine):
    """The courses of some people."""

    def read(*people: str):
        with reading(engine) as connection:
            return read_courses(connection, people)

    return read


def intake(intake_id: str, patient_id: str) -> dict:
    return {**INTAKE, "intake_id": intake_id, "patient_id": patient_id}


def episode(episode_id: str, intake_id: str, clinician_id: str = "a", **values) -> dict:
    row = {
        "episode_id": episode_id,
        "intake_id": intake_id,
        "clinician_id": clinician_id,
        "booked_at": day(0),
    }
    return {**row, **values}


def match(match_id: str, patient_id: str, intake_id: str | None) -> dict:
    return {
        "match_id": match_id, "at": 0, "patient_id": patient_id, "policy": "utility", "seed": 0,
        "decision": b"{}", "answer": b"{}", "intake_id": intake_id,
    }  # fmt: skip


class TestReadCourses:
    def test_an_imported_course(self, put, courses):
        """Its attended visits, in order, and how it ended; a stranger's is not there."""
        put(CLINIC["intakes"], intake("i", "p"), intake("j", "q"))
        put(
            CLINIC["episodes"],
            episode("1", "i", ended_at=day(9), end_reason="planned", accepted=True),
            episode("2", "j"),
        )
        put(
            CLINIC["attendance"],
            *(
                {"episode_id": "1", "at": day(number), "status": status}
                for number, status in [(5, "attended"), (1, "attended"), (3, "no_show")]
            ),
        )
        (found,) = courses("p", "nobody")["p"]
        assert (found.clinician_id, found.booked_at, found.ended_at) == ("a", day(0), day(9))
        assert (found.end_reason, found.is_declined, found.is_shared) == (
            "planned",
            False,
            False,
        )
        assert found.visits == (day(1), day(5))

    @pytest.mark.parametrize(
        ("row", "event"),
        [
            (episode("1", "own-id"), None),
            (episode("1", "anything", request_id="m"), None),
            (episode("1", "anything"), {"patient_id": "p", "episode_id": "1"}),
        ],
    )
    def test_every_way_back_to_the_person(self, put, courses, row, event):
        """Through the intake of a match, the match itself, or an event that names the person."""
        put(match_log, match("m", "p", "own-id"))
        put(CLINIC["episodes"], row)
        if event:
            put(
                care_events,
                {**event, "event_id": "e", "type": "booked", "at": 0, "received_at": 0},
            )
        assert [course.episode_id for course in courses("p")["p"]] == ["1"]
        assert courses("q") == {}

    def test_one_course_by_several_ways_is_one(self, put, courses):
        """Imported, matched and reported: still the same episode."""
        put(CLINIC["intakes"], intake("i", "p"))
        put(match_log, match("m", "p", "i"), match("n", "p", "i"))
        put(CLINIC["episodes"], episode("1", "i", request_id="m"))
        (found,) = courses("p")["p"]
        assert not found.is_shared

    def test_an_intake_of_two_people_says_so(self, put, courses):
        """Two systems that number alike: both hear of the course, and that it may be the other's."""
        put(match_log, match("m", "p", "1"), match("n", "q", "1"))
        put(CLINIC["episodes"], episode("e", "1"))
        found = courses("p", "q")
        assert [course.is_shared for name in "pq" for course in found[name]] == [True, True]

    def test_scores_are_of_the_course_or_of_none(self, put, courses):
        """Those of another course are left out; names of instruments are brought to one form."""
        put(CLINIC["intakes"], intake("i", "p"))
        put(
            CLINIC["episodes"],
            episode("1", "i"),
            episode("2", "i", "b", booked_at=day(3), accepted=False),
        )
        row = {"patient_id": "p", "item9": None}
        put(
            CLINIC["measures"],
            {**row, "episode_id": "1", "instrument": "PHQ-9", "at": day(1), "total": 16.0},
            {**row, "episode_id": "", "instrument": "gad7", "at": day(0), "total": 9.0},
            {**row, "episode_id": "2", "instrument": "phq9", "at": day(4), "total": 5.0},
        )
        first, second = courses("p")["p"]
        assert first.scores == (
            Score(day(0), "gad7", 9.0, ""),
            Score(day(1), "phq9", 16.0, "1"),
        )
        assert [score.total for score in second.scores] == [9.0, 5.0]
        assert second.is_declined

    def test_more_people_than_one_query_takes(self, put, courses):
        """Nobody is lost between two groups."""
        people = [f"p{number}" for number in range(MOST_AT_ONCE + 2)]
        put(CLINIC["intakes"], *(intake(name, name) for name in people))
        put(CLINIC["episodes"], *(episode(name, name) for name in people))
        assert set(courses(*people)) == set(people)
