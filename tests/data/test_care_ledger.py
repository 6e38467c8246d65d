"""The rules by which events change episodes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.care_ledger import CareLedger, Refusal
from data.instants import micros_of

DAY = datetime(2026, 3, 1, tzinfo=UTC)
WHO = {"episode_id": "e1", "intake_id": "i1", "clinician_id": "c1"}


def later(days: int) -> datetime:
    return DAY + timedelta(days=days)


class TestCareLedger:
    def test_booking_makes_an_episode_at_the_event_s_time(self):
        """Without `booked_at` the event's own time is the booking's."""
        ledger = CareLedger({}, {})
        assert ledger.apply("booked", DAY, WHO) is None
        (row,) = ledger.changed_episodes()
        assert row["booked_at"] == micros_of(DAY)
        assert (row["accepted"], row["ended_at"]) == (None, None)

    def test_a_course_of_care_ends_in_one_row(self):
        """Booked, accepted, attended twice, ended: one episode with the first visit."""
        ledger = CareLedger({}, {})
        ledger.apply("booked", DAY, WHO)
        ledger.apply("accepted", later(1), {"episode_id": "e1"})
        ledger.apply("attended", later(9), {"episode_id": "e1"})
        ledger.apply("attended", later(5), {"episode_id": "e1"})
        ledger.apply("ended", later(60), {"episode_id": "e1", "end_reason": "planned"})
        (row,) = ledger.changed_episodes()
        assert row["accepted"] is True
        assert row["first_attended_at"] == micros_of(later(5))
        assert row["ended_at"] == micros_of(later(60))
        assert row["end_reason"] == "planned"
        assert [visit["status"] for visit in ledger.attendance_rows()] == ["attended"] * 2

    def test_given_times_win_over_the_event_s_own(self):
        """An event sent late names the time that counts."""
        ledger = CareLedger({}, {})
        ledger.apply("booked", later(5), {**WHO, "booked_at": DAY})
        ledger.apply("attended", later(9), {"episode_id": "e1"})
        ledger.apply("attended", later(9), {"episode_id": "e1"})
        (row,) = ledger.changed_episodes()
        assert row["booked_at"] == micros_of(DAY)
        assert len(ledger.attendance_rows()) == 1

    def test_a_visit_known_before_the_booking_counts(self):
        """An attended visit that arrived first fills the episode that is booked later."""
        ledger = CareLedger({}, {"e1": micros_of(later(3))})
        ledger.apply("booked", DAY, WHO)
        assert ledger.changed_episodes()[0]["first_attended_at"] == micros_of(later(3))

    @pytest.mark.parametrize("kind", ["accepted", "declined", "ended"])
    def test_an_unknown_episode_is_refused(self, kind):
        """Nothing is made up: who and what for must be known from somewhere."""
        ledger = CareLedger({}, {})
        refusal = ledger.apply(kind, DAY, {"episode_id": "e1"})
        assert refusal == Refusal("unknown_episode", "episode_id")
        assert ledger.changed_episodes() == []

    def test_a_booking_names_the_pair(self):
        """A new booking without its clinician is refused by the name of the field."""
        refusal = CareLedger({}, {}).apply(
            "booked", DAY, {"episode_id": "e1", "intake_id": "i1"}
        )
        assert refusal == Refusal("missing", "clinician_id")

    def test_another_clinician_is_refused(self):
        """An episode never changes its clinician."""
        ledger = CareLedger({}, {})
        ledger.apply("booked", DAY, WHO)
        refusal = ledger.apply("booked", DAY, {**WHO, "clinician_id": "c2"})
        assert refusal == Refusal("episode_conflict", "clinician_id")

    def test_declined_wins_over_a_contradicting_column(self):
        """The type of the event says whether the clinician accepted."""
        ledger = CareLedger({}, {})
        ledger.apply("declined", DAY, {**WHO, "accepted": True})
        assert ledger.changed_episodes()[0]["accepted"] is False

    def test_a_missed_visit_is_no_first_visit(self):
        """Only attended visits count as attended."""
        ledger = CareLedger({}, {})
        ledger.apply("booked", DAY, WHO)
        ledger.apply("no_show", later(3), {"episode_id": "e1"})
        assert ledger.changed_episodes()[0]["first_attended_at"] is None

    def test_measure_without_an_episode_has_the_empty_key(self):
        """A missing value in a key is stored as the empty string."""
        ledger = CareLedger({}, {})
        values = {"patient_id": "p", "instrument": "phq9", "total": 12.0, "episode_id": None}
        assert ledger.apply("measure", DAY, values) is None
        (row,) = ledger.measure_rows()
        assert row == {**values, "episode_id": "", "at": micros_of(DAY), "item9": None}

    def test_unknown_type(self):
        """A type without a rule is refused by name of the field."""
        assert CareLedger({}, {}).apply("danced", DAY, {}) == Refusal("unknown_type", "type")

    def test_override_changes_nothing(self):
        """An override is kept as an event alone."""
        ledger = CareLedger({}, {})
        assert ledger.apply("override", DAY, {"match_id": "m"}) is None
        assert ledger.changed_episodes() == []

    @given(st.permutations(["booked", "accepted", "attended", "ended"]))
    def test_order_does_not_matter_where_events_name_the_pair(self, order):
        """Events that name patient and clinician give one episode in any order."""
        events: dict[str, tuple[datetime, dict[str, Any]]] = {
            "booked": (DAY, WHO),
            "accepted": (later(1), WHO),
            "attended": (later(4), WHO),
            "ended": (later(30), WHO),
        }
        ledger = CareLedger({}, {})
        for kind in order:
            assert ledger.apply(kind, *events[kind]) is None
        (row,) = ledger.changed_episodes()
        assert row["booked_at"] == micros_of(DAY)
        assert row["accepted"] is True
        assert row["first_attended_at"] == micros_of(later(4))
        assert row["ended_at"] == micros_of(later(30))
