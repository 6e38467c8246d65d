"""Events reach the tables once, whole, and on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from data.database import reading
from data.events import Event, record_events
from data.instants import micros_of
from data.tables import CLINIC, care_events

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def rows(engine: Engine, table) -> list[dict]:
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def count(engine: Engine) -> int:
    tables = [*CLINIC.values(), care_events]
    with reading(engine) as connection:
        return sum(connection.scalar(select(func.count()).select_from(name)) for name in tables)


def content(event_id: str, **values) -> Event:
    given = {"user_id": "u1", "item_id": "s1", **values}
    return Event(event_id=event_id, type="complete", at=NOW, values=given)


def care(event_id: str, kind: str, *, at: datetime = NOW, **values) -> Event:
    return Event(event_id=event_id, type=kind, at=at, values=values)


BOOKED = care("b1", "booked", episode_id="e1", intake_id="i1", clinician_id="c1")


def statuses(engine: Engine, *events: Event) -> list[str]:
    return [outcome.status for outcome in record_events(engine, events, received_at=NOW)]


class TestRecordEvents:
    def test_a_content_event_is_stored_as_sent(self, engine):
        """Given columns are kept, all others are NULL."""
        assert statuses(engine, content("x", fraction=0.5, position=3)) == ["accepted"]
        (row,) = rows(engine, CLINIC["content_events"])
        assert (row["event_id"], row["type"], row["fraction"]) == ("x", "complete", 0.5)
        assert (row["position"], row["mood_before"]) == (3, None)
        assert row["at"] == micros_of(NOW)

    def test_a_duplicate_changes_nothing(self, engine):
        """The second event with an id has no effect, even with other contents."""
        assert statuses(engine, content("x"), BOOKED) == ["accepted"] * 2
        other = care("b1", "booked", episode_id="e9", intake_id="i", clinician_id="c")
        assert statuses(engine, content("x", fraction=0.9), other) == ["duplicate"] * 2
        assert rows(engine, CLINIC["content_events"])[0]["fraction"] is None
        assert len(rows(engine, CLINIC["episodes"])) == 1

    def test_a_duplicate_within_one_call(self, engine):
        """The first of two equal ids in a list is the one that counts."""
        got = statuses(engine, content("x", fraction=0.1), content("x", fraction=0.2))
        assert got == ["accepted", "duplicate"]
        assert rows(engine, CLINIC["content_events"])[0]["fraction"] == 0.1

    def test_an_id_of_content_is_known_to_care(self, engine):
        """Ids are one space for all types."""
        statuses(engine, content("same"))
        event = care("same", "booked", episode_id="e", intake_id="i", clinician_id="c")
        assert statuses(engine, event) == ["duplicate"]
        assert rows(engine, CLINIC["episodes"]) == []

    def test_care_fills_the_three_tables(self, engine):
        """Booking, visit, end and questionnaire land where the contract says."""
        late = NOW + timedelta(days=30)
        got = statuses(
            engine,
            BOOKED,
            care("a", "accepted", episode_id="e1"),
            care("v", "attended", episode_id="e1", at=late),
            care("n", "no_show", episode_id="e1", at=late + timedelta(days=7)),
            care("m", "measure", patient_id="p", instrument="phq9", total=7.0, item9=0),
            care("z", "ended", episode_id="e1", at=late, end_reason="planned"),
        )
        assert got == ["accepted"] * 6
        (episode,) = rows(engine, CLINIC["episodes"])
        assert episode["accepted"] is True
        assert episode["first_attended_at"] == episode["ended_at"] == micros_of(late)
        visits = sorted(row["status"] for row in rows(engine, CLINIC["attendance"]))
        assert visits == ["attended", "no_show"]
        (measure,) = rows(engine, CLINIC["measures"])
        assert (measure["total"], measure["episode_id"], measure["item9"]) == (7.0, "", 0)

    def test_a_later_call_builds_on_what_is_stored(self, engine):
        """A visit sent before its booking is found when the booking comes."""
        late = NOW + timedelta(days=3)
        statuses(engine, care("v", "attended", episode_id="e1", at=late))
        statuses(engine, BOOKED)
        statuses(engine, care("z", "ended", episode_id="e1", end_reason="dropout"))
        (episode,) = rows(engine, CLINIC["episodes"])
        assert episode["first_attended_at"] == micros_of(late)
        assert episode["end_reason"] == "dropout"

    def test_a_refused_event_can_be_sent_again(self, engine):
        """A refusal uses up no id: after the booking the same event is taken."""
        ended = care("z", "ended", episode_id="e1", end_reason="planned")
        (first,) = record_events(engine, [ended], received_at=NOW)
        assert first.status == "refused"
        assert (first.refusal.type, first.refusal.where) == ("unknown_episode", "episode_id")
        assert count(engine) == 0
        assert statuses(engine, BOOKED, ended) == ["accepted", "accepted"]

    def test_an_override_is_kept_with_its_reason(self, engine):
        """Who was chosen instead, and why, stays in the log of care events."""
        event = care("o", "override", match_id="m", clinician_id="c", reason="knows_patient")
        assert statuses(engine, event) == ["accepted"]
        (row,) = rows(engine, care_events)
        assert (row["match_id"], row["reason"], row["episode_id"]) == (
            "m",
            "knows_patient",
            None,
        )
        assert row["received_at"] == micros_of(NOW)

    def test_what_belongs_to_a_batch_shares_its_transaction(self, engine):
        """Where the caller's own write fails, no event is stored."""

        def fail(_connection, outcomes):
            assert [outcome.status for outcome in outcomes] == ["accepted"]
            raise ArithmeticError

        with pytest.raises(ArithmeticError):
            record_events(engine, [content("x")], received_at=NOW, also=fail)
        assert count(engine) == 0

    def test_nothing_to_do(self, engine):
        """An empty list is fine."""
        assert record_events(engine, [], received_at=NOW) == []

    def test_a_thousand_events_are_one_call(self, engine):
        """A full batch with every second id twice."""
        events = [content(f"x{place // 2}") for place in range(1_000)]
        got = statuses(engine, *events)
        assert (got.count("accepted"), got.count("duplicate")) == (500, 500)
        assert count(engine) == 500
