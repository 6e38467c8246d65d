"""What is known of a person comes from the newest source."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import insert

from data.database import transaction
from data.decisions import match_write
from data.domain import HeardIntake, Intake
from data.events import Event, record_events
from data.instants import micros_of
from data.known_risk import find_known_risk
from data.log_writer import LogWriter
from data.tables import CLINIC

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
INTAKE = Intake(
    intake_id="i1",
    patient_id="p1",
    requested_at=YESTERDAY,
    region="US-CA",
    age_band="26-35",
    payer="aetna",
    concerns=("trauma",),
    phq9_total=12,
    cssrs="low",
    earliest=NOW,
)


def import_intake(engine, intake_id: str, at: datetime, **values) -> None:
    lists = dict.fromkeys(("languages", "formats", "blocked_clinicians"), "[]")
    row = {
        "intake_id": intake_id,
        "patient_id": "p1",
        "requested_at": micros_of(at),
        "region": "US-CA",
        "age_band": "26-35",
        "payer": "aetna",
        "concerns": '["trauma"]',
        "earliest": micros_of(NOW),
        **lists,
        **values,
    }
    with transaction(engine) as connection:
        connection.execute(insert(CLINIC["intakes"]).values(row))


def log_match(engine, intake: Intake, at: datetime) -> None:
    write = match_write(
        match_id=intake.intake_id,
        at=at,
        patient_id=intake.patient_id,
        intake_id=intake.intake_id,
        matching_version=None,
        policy="utility",
        seed=0,
        decision=msgspec.json.encode({"intake": intake, "candidates": [1]}),
        answer=b"",
    )
    with LogWriter(engine) as writer:
        writer.submit([write]).result(10)


def measure(engine, at: datetime, **values) -> None:
    event = Event(
        event_id=f"{at}{values}", type="measure", at=at, values={"patient_id": "p1", **values}
    )
    record_events(engine, [event], received_at=NOW)


class TestFindKnownRisk:
    def test_nothing_is_known_of_a_stranger(self, engine):
        """A person who never came has no risk on record."""
        assert find_known_risk(engine, "p1") is None

    def test_the_imported_intake(self, engine):
        """A stored row comes back as the domain object."""
        import_intake(engine, "i1", YESTERDAY, phq9_total=12, cssrs="low")
        assert find_known_risk(engine, "p1") == INTAKE

    def test_the_newest_of_two(self, engine):
        """Of two intakes the later one counts."""
        import_intake(engine, "old", NOW - timedelta(days=9), cssrs="high")
        import_intake(engine, "new", YESTERDAY, cssrs="none")
        assert find_known_risk(engine, "p1").cssrs == "none"

    def test_a_match_request_is_newer_than_the_import(self, engine):
        """What was asked over HTTP counts from the moment of its log row."""
        import_intake(engine, "old", YESTERDAY, cssrs="none")
        asked = Intake(
            intake_id="m",
            patient_id="p1",
            requested_at=YESTERDAY,
            region="GB",
            age_band="18-25",
            payer="nhs",
            cssrs="high",
        )
        log_match(engine, asked, NOW)
        found = find_known_risk(engine, "p1")
        assert (found.cssrs, found.region, found.requested_at) == ("high", "GB", NOW)

    def test_what_was_heard_in_a_text_is_known(self, engine):
        """As codes, beside the columns of the request; an older log row holds none."""
        columns = {name: getattr(INTAKE, name) for name in Intake.__dataclass_fields__}
        heard = (("text_suicide", "red"), ("tripwire_supplements_screen", "green"))
        log_match(engine, HeardIntake(**{**columns, "intake_id": "m"}, heard=heard), NOW)
        assert find_known_risk(engine, "p1").heard == heard
        log_match(engine, INTAKE, NOW + timedelta(days=1))
        assert find_known_risk(engine, "p1").heard == ()

    def test_an_import_newer_than_the_match_request(self, engine):
        """A later import replaces an earlier request."""
        log_match(engine, INTAKE, NOW - timedelta(days=30))
        import_intake(engine, "new", YESTERDAY, cssrs="moderate")
        assert find_known_risk(engine, "p1").cssrs == "moderate"

    def test_later_questionnaires_replace_totals(self, engine):
        """Totals after the intake count, those before it do not."""
        import_intake(engine, "i1", YESTERDAY, phq9_total=12, cssrs="low")
        measure(engine, NOW - timedelta(days=9), instrument="gad7", total=21.0)
        measure(engine, NOW - timedelta(hours=2), instrument="phq9", total=18.0, item9=2)
        measure(engine, NOW - timedelta(hours=1), instrument="phq9", total=8.0)
        measure(engine, NOW, instrument="srs", total=30.0)
        found = find_known_risk(engine, "p1")
        assert (found.phq9_total, found.phq9_item9, found.gad7_total) == (8, 2, None)

    def test_a_clinics_own_spelling_counts(self, engine):
        """`PHQ-9` is the PHQ-9: an answer must not be missed for a hyphen."""
        measure(engine, NOW, instrument="PHQ-9", total=18.0, item9=3)
        found = find_known_risk(engine, "p1")
        assert (found.phq9_total, found.phq9_item9) == (18, 3)

    def test_questionnaires_alone(self, engine):
        """Somebody without any intake is known by their answers."""
        measure(engine, NOW, instrument="pcl5", total=40.0)
        found = find_known_risk(engine, "p1")
        assert (found.pcl5_total, found.patient_id, found.concerns) == (40, "p1", ())
