"""A request by its id, wherever it came from."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import insert

from data.database import transaction
from data.domain import HeardIntake, Intake
from data.instants import micros_of
from data.intake_records import find_intake
from data.tables import CLINIC, match_log

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLAIN = {"patient_id": "p1", "region": "US-CA", "age_band": "26-35", "payer": "aetna"}


def matched(engine, match_id: str, *, at: datetime, **changes) -> None:
    """A match as the log keeps it."""
    asked = HeardIntake(**{"intake_id": "i1", "requested_at": at, **PLAIN, **changes})
    row = {
        "match_id": match_id,
        "at": micros_of(at),
        "patient_id": asked.patient_id,
        "intake_id": asked.intake_id,
        "policy": "utility",
        "seed": 1,
        "decision": msgspec.json.encode({"intake": asked}),
        "answer": b"{}",
    }
    with transaction(engine) as connection:
        connection.execute(insert(match_log).values(row))


def imported(engine, intake_id: str) -> None:
    """A row of the table."""
    lists = ("languages", "formats", "concerns", "blocked_clinicians")
    row = {"intake_id": intake_id, "requested_at": micros_of(AT), **PLAIN}
    with transaction(engine) as connection:
        connection.execute(
            insert(CLINIC["intakes"]).values({**row, **dict.fromkeys(lists, '["x"]')})
        )


class TestFindIntake:
    def test_an_imported_one(self, engine):
        """As the file had it."""
        imported(engine, "i1")
        asked = Intake(intake_id="i1", requested_at=AT, concerns=("x",), **PLAIN)
        found = find_intake(engine, "i1")
        assert (found.intake_id, found.requested_at, found.concerns) == ("i1", AT, ("x",))
        assert found.region == asked.region

    def test_what_was_asked_last_counts(self, engine):
        """The newest match of the id, before the imported row; a match is found by its own id too."""
        imported(engine, "i1")
        matched(engine, "m1", at=AT, payer="cigna")
        matched(engine, "m2", at=AT + timedelta(hours=1), payer="humana")
        assert find_intake(engine, "i1").payer == "humana"
        assert find_intake(engine, "m1").payer == "cigna"

    def test_nobody_knows_it(self, engine):
        """None, not somebody else's."""
        imported(engine, "i1")
        assert find_intake(engine, "i2") is None
        assert find_intake(engine, "") is None
