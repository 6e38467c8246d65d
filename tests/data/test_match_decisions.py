"""What was decided on a match, and nothing of another."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from data.capacity import book_place, hold_place, release_hold
from data.database import transaction
from data.events import Event, record_events
from data.match_decisions import read_decided
from data.places import Wanted
from data.tables import CLINIC

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def wanted(clinician_id: str = "a", match_id: str = "m1") -> Wanted:
    return Wanted(clinician_id=clinician_id, patient_id="p1", match_id=match_id)


def add_clinicians(engine, *names: str) -> None:
    lists = [
        "taxonomy",
        "licensed_regions",
        "compact_regions",
        "payers",
        "languages",
        "specialties_top",
        "also_treats",
        "modalities",
        "formats",
        "age_bands",
        "populations",
        "not_accepted",
    ]
    rows = [{"clinician_id": name, **dict.fromkeys(lists, "[]")} for name in names]
    with transaction(engine) as connection:
        connection.execute(insert(CLINIC["clinicians"]), rows)


class TestReadDecided:
    def test_holds_that_last_and_bookings(self, engine):
        """Oldest first; what was given back, is over, or is another match's is not among them."""
        add_clinicians(engine, "a", "b")
        held = hold_place(engine, wanted(), at=AT, lasts=QUARTER)
        booked = book_place(engine, wanted("b"), at=AT + timedelta(minutes=1))
        given = hold_place(engine, wanted("b"), at=AT, lasts=QUARTER)
        release_hold(engine, given.claim_id)
        hold_place(engine, wanted(match_id="m2"), at=AT, lasts=QUARTER)
        assert read_decided(engine, "m1", "p1", at=AT).claims == (held, booked)
        assert read_decided(engine, "m1", "p1", at=AT + QUARTER).claims == (booked,)
        assert read_decided(engine, "m1", "p2", at=AT).claims == ()

    def test_overrides_with_their_reasons(self, engine):
        """Who was chosen instead, or that nobody was."""
        events = [
            Event(
                event_id=f"e{place}",
                type="override",
                at=AT + timedelta(minutes=place),
                values={"match_id": match_id, "clinician_id": name, "reason": "sooner"},
            )
            for place, (match_id, name) in enumerate([("m1", "a"), ("m2", "b"), ("m1", None)])
        ]
        record_events(engine, events, received_at=AT)
        found = read_decided(engine, "m1", "p1", at=AT).overrides
        assert [(entry.clinician_id, entry.reason) for entry in found] == [
            ("a", "sooner"),
            (None, "sooner"),
        ]
