"""What the store knows of people, for batches."""

from datetime import UTC, datetime

import pandas as pd

from data.clinic import CONTENT_EVENTS, MEASURES
from data.domain import Condition, Tier
from data.exporting import write_frame
from data.frames import complete_frame
from data.importing import import_table
from training.people import histories, person_of, standings

AT = datetime(2026, 3, 1, tzinfo=UTC)


def put(engine, tmp_path, spec, **columns):
    """Import rows of a table."""
    path = tmp_path / f"{spec.name}.parquet"
    write_frame(complete_frame(spec, pd.DataFrame(columns)), spec, path)
    import_table(engine, spec.name, path)


class TestStandings:
    def test_a_later_questionnaire_withholds_content_in_batches_too(
        self, sqlite_store, tmp_path
    ):
        """The batch knows what the API knows: an answer to item 9 counts without any intake."""
        put(
            *(sqlite_store, tmp_path, MEASURES),
            patient_id=["p"],
            instrument=["PHQ-9"],
            at=[pd.Timestamp(AT)],
            total=[14.0],
            item9=[2],
        )
        known = standings(sqlite_store, ["p", "stranger"])
        assert set(known) == {"p"}
        assert known["p"].safety.tier is Tier.AMBER
        assert Condition.SUICIDALITY in known["p"].safety.conditions


class TestHistories:
    def test_only_the_past_counts_and_strangers_exist(self, sqlite_store, tmp_path):
        """Events from the asked time on are left out; anybody is a person."""
        put(
            *(sqlite_store, tmp_path, CONTENT_EVENTS),
            event_id=["1", "2"],
            user_id=["p", "p"],
            item_id=["a", "b"],
            type=["complete", "complete"],
            at=[pd.Timestamp("2026-02-01", tz="UTC"), pd.Timestamp(AT)],
            context_local_hour=[22, None],
        )
        events = histories(sqlite_store, ["p", "stranger"], at=AT)
        assert [(event.item_id, event.local_hour) for event in events["p"]] == [("a", 22)]
        person, safety = person_of("stranger", events, {})
        assert (person.person_id, person.item_ids) == ("stranger", ())
        assert safety.tier is Tier.GREEN
