"""Whom people have left: for good or within a chain, and as of a time for batches."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from data.courses import CourseRecord
from data.database import transaction
from data.instants import micros_of
from data.rematches import NOT_CHOSEN, find_out_of_reach, left_for_fit, read_pasts
from data.tables import CLINIC, left_clinicians

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def left(engine: Engine) -> Engine:
    """P left a for fit yesterday, b by a move; q left c for want of time, d with a complaint."""
    intake = {
        "region": "US-CA", "age_band": "26-35", "payer": "aetna", "languages": "[]",
        "formats": "[]", "concerns": "[]", "blocked_clinicians": "[]", "requested_at": 0,
    }  # fmt: skip
    then = micros_of(NOW - timedelta(days=1))
    episode = {"booked_at": 0, "ended_at": then, "intake_id": "i"}
    with transaction(engine) as connection:
        connection.execute(
            insert(CLINIC["intakes"]), [{**intake, "intake_id": "i", "patient_id": "p"}]
        )
        connection.execute(
            insert(CLINIC["episodes"]),
            [
                {
                    **episode,
                    "episode_id": "1",
                    "clinician_id": "a",
                    "end_reason": "rematch_fit",
                },
                {**episode, "episode_id": "2", "clinician_id": "b", "end_reason": "moved"},
            ],
        )
        row = {"root_match_id": "m", "match_id": "n", "at": then}
        connection.execute(
            insert(left_clinicians),
            [
                {**row, "patient_id": "q", "clinician_id": "c", "reason": "schedule"},
                {**row, "patient_id": "q", "clinician_id": "d", "reason": "complaint"},
                {**row, "patient_id": "q", "clinician_id": "e", "reason": NOT_CHOSEN},
            ],
        )
    return engine


class TestReadPasts:
    def test_only_what_lasts_counts(self, left):
        """Fit and complaints last; a move, want of time and lists that were only seen do not."""
        found = read_pasts(left, ["p", "q", "nobody"])
        assert found.left_before("p", NOW) == ["a"]
        assert found.left_before("q", NOW) == ["d"]
        assert found.left_before("nobody", NOW) == []
        assert [course.clinician_id for course in found.courses["p"]] == ["a", "b"]

    def test_nothing_later_counts(self, left):
        """A request from before the ending knows nothing of it."""
        found = read_pasts(left, ["p", "q"])
        assert found.left_before("p", NOW - timedelta(days=2)) == []
        assert found.left_before("q", NOW - timedelta(days=2)) == []

    def test_only_those_who_are_asked_for(self, left):
        """A batch of few people reads few."""
        found = read_pasts(left, ["q"])
        assert (set(found.courses), set(found.rematches)) == (set(), {"q"})


class TestLeftForFit:
    def test_an_ending_without_a_time_counts_from_the_booking(self):
        """It is on the safe side: nobody says that the person had not left yet."""
        course = CourseRecord(
            episode_id="1",
            intake_id="i",
            request_id=None,
            clinician_id="a",
            booked_at=10,
            is_declined=False,
            first_attended_at=None,
            ended_at=None,
            end_reason="rematch_fit",
        )
        assert left_for_fit([course], before=11) == ["a"]
        assert left_for_fit([course], before=10) == []
        assert left_for_fit([course]) == ["a"]


class TestFindOutOfReach:
    def test_a_chain_adds_whom_it_left_for_any_reason(self, left):
        """A new match hears of what lasts alone, a rematch of its whole chain too."""
        fresh = find_out_of_reach(left, "q", at=NOW)
        assert (fresh.previous, fresh.full, fresh.courses) == (("d",), (), ())
        chained = find_out_of_reach(left, "q", at=NOW, root_match_id="m")
        assert set(chained.previous) == {"c", "d", "e"}

    def test_an_ending_counts_whatever_its_date(self, left):
        """Clocks of clinics run ahead; who has left has left."""
        assert find_out_of_reach(left, "p", at=NOW - timedelta(days=9)).previous == ("a",)
