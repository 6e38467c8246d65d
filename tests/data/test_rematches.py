"""Whom people have left for good, for batches: as of a time, and under every id."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from data.database import transaction
from data.instants import micros_of
from data.rematches import all_ids_of, read_left_for_good
from data.tables import CLINIC, left_clinicians

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LISTS = dict.fromkeys(("taxonomy", "licensed_regions", "compact_regions", "payers", "languages", "formats", "specialties_top", "also_treats", "modalities", "age_bands", "populations", "not_accepted"), "[]")  # fmt: skip


@pytest.fixture
def left(engine: Engine) -> Engine:
    """P left a for fit yesterday, b by a move; q left c by a rematch for want of time."""
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
        connection.execute(
            insert(CLINIC["clinicians"]),
            [
                {**LISTS, "clinician_id": "a", "npi": "1234567893"},
                {**LISTS, "clinician_id": "A2", "npi": "1234567893"},
                {**LISTS, "clinician_id": "b", "npi": None},
            ],
        )
        row = {"root_match_id": "m", "match_id": "n", "at": then}
        connection.execute(
            insert(left_clinicians),
            [
                {**row, "patient_id": "q", "clinician_id": "c", "reason": "schedule"},
                {**row, "patient_id": "q", "clinician_id": "d", "reason": "complaint"},
            ],
        )
    return engine


class TestReadLeftForGood:
    def test_only_what_lasts_counts(self, left):
        """Fit and complaints last, a move and want of time do not; a namesake is the same person."""
        found = read_left_for_good(left)
        assert found.before("p", NOW) == ["a", "A2"]
        assert found.before("q", NOW) == ["d"]
        assert found.before("nobody", NOW) == []

    def test_nothing_later_counts(self, left):
        """A request from before the ending knows nothing of it."""
        found = read_left_for_good(left)
        assert found.before("p", NOW - timedelta(days=2)) == []
        assert found.before("q", NOW - timedelta(days=2)) == []


class TestAllIdsOf:
    def test_one_person_may_have_several_rows(self, left):
        """Those without a number are themselves alone."""
        assert all_ids_of(left, ["a"]) == ("a", "A2")
        assert all_ids_of(left, ["b", "unknown"]) == ("b", "unknown")
        assert all_ids_of(left, []) == ()
