"""Reads of the store: what was known when, in a fixed order."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import insert

from data import queries
from data.clinic import CLINIC_TABLES
from data.database import transaction
from data.errors import UsageError
from data.frames import empty_frame
from data.instants import micros_of
from data.queries import (
    UserEvent,
    count_rows,
    find_match_answer,
    find_time_range,
    list_finished_items,
    list_user_events,
    read_frame,
)
from data.tables import CLINIC, match_log

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    """Stored form of an instant so many days after the start."""
    return micros_of(START + timedelta(days=number))


def put(engine, name, *rows):
    """Store rows; missing lists are empty."""
    lists = {entry.name: "[]" for entry in CLINIC_TABLES[name].columns if entry.kind == "words"}
    with transaction(engine) as connection:
        for row in rows:
            connection.execute(insert(CLINIC[name]).values({**lists, **row}))


def put_events(engine, *events):
    """Store content events of (id, user, item, day)."""
    rows = [
        {"event_id": name, "user_id": user, "item_id": item, "type": "complete", "at": day(at)}
        for name, user, item, at in events
    ]
    put(engine, "content_events", *rows)


def put_episode(engine, number, *, patient="p", clinician="c", booked=0, **more):
    """Store an intake and its episode."""
    put(
        engine,
        "intakes",
        {
            "intake_id": f"i{number}",
            "patient_id": patient,
            "requested_at": day(booked),
            "region": "US-CA",
            "age_band": "26-35",
            "payer": "x",
            "concerns": '["sleep","grief"]',
        },
    )
    episode = {"episode_id": f"e{number}", "intake_id": f"i{number}", "booked_at": day(booked)}
    put(engine, "episodes", {**episode, "clinician_id": clinician, **more})


class TestReadFrame:
    @pytest.mark.parametrize("name", list(CLINIC_TABLES))
    def test_an_empty_table_gives_an_empty_frame(self, engine, name):
        """With all columns and their dtypes."""
        pd.testing.assert_frame_equal(
            read_frame(engine, name, until=START), empty_frame(CLINIC_TABLES[name])
        )

    def test_values_come_back_in_the_form_of_frames(self, engine):
        """Times with zone, lists as tuples, missing as missing."""
        put_episode(engine, 1, booked=3)
        frame = read_frame(engine, "intakes")
        assert frame["requested_at"].tolist() == [pd.Timestamp("2026-01-04", tz="UTC")]
        assert frame["concerns"].tolist() == [("sleep", "grief")]
        assert frame["phq9_total"].isna().all()
        assert frame.dtypes.equals(empty_frame(CLINIC_TABLES["intakes"]).dtypes)

    def test_rows_are_ordered_by_time_then_key(self, engine):
        """Keys by code point, on every database: capitals before small letters."""
        put_events(
            engine,
            ("b", "u", "i", 1),
            ("a", "u", "i", 1),
            ("B", "u", "i", 1),
            ("z", "u", "i", 0),
        )
        assert read_frame(engine, "content_events")["event_id"].tolist() == ["z", "B", "a", "b"]

    def test_tables_without_time_are_ordered_by_key(self, engine):
        """And are read as they are now."""
        for name in ("b", "B", "a"):
            put(engine, "programs", {"program_id": name, "title": name})
        frame = read_frame(engine, "programs", since=START, until=START)
        assert frame["program_id"].tolist() == ["B", "a", "b"]

    def test_pieces_make_one_frame(self, engine, monkeypatch):
        """Reading in pieces changes nothing but the memory it takes."""
        put_events(engine, *((f"e{number}", "u", "i", number) for number in range(7)))
        whole = read_frame(engine, "content_events")
        monkeypatch.setattr(queries, "ROWS_AT_ONCE", 3)
        pd.testing.assert_frame_equal(read_frame(engine, "content_events"), whole)

    def test_only_the_columns_that_were_asked_for(self, engine):
        """In the order asked for."""
        put_events(engine, ("a", "u", "i", 1))
        frame = read_frame(engine, "content_events", columns=("item_id", "user_id"))
        assert list(frame.columns) == ["item_id", "user_id"]
        assert list(read_frame(engine, "offers", columns=["rank"]).columns) == ["rank"]

    def test_since_is_inclusive_and_until_exclusive(self, engine):
        """A row at the instant itself belongs to what follows."""
        put_events(engine, *((f"e{number}", "u", "i", number) for number in range(4)))
        frame = read_frame(
            engine,
            "content_events",
            columns=["event_id"],
            since=START + timedelta(days=1),
            until=START + timedelta(days=3),
        )
        assert frame["event_id"].tolist() == ["e1", "e2"]

    def test_what_came_later_was_not_known(self, engine):
        """An episode's first visit and ending are missing as of an earlier instant."""
        put_episode(engine, 1, first_attended_at=day(5), ended_at=day(9), end_reason="planned")
        put_episode(engine, 2, first_attended_at=day(20), ended_at=day(30), end_reason="moved")
        frame = read_frame(engine, "episodes", until=START + timedelta(days=9))
        assert frame["first_attended_at"].notna().tolist() == [True, False]
        assert frame["ended_at"].notna().tolist() == [False, False]
        assert frame["end_reason"].notna().tolist() == [False, False]
        later = read_frame(engine, "episodes", until=START + timedelta(days=10))
        assert later["end_reason"].fillna("").tolist() == ["planned", ""]
        assert later.dtypes.equals(read_frame(engine, "episodes").dtypes)

    def test_the_reason_is_unknown_even_when_its_time_is_not_asked_for(self, engine):
        """Leaving a column out is no way around."""
        put_episode(engine, 1, ended_at=day(9), end_reason="planned")
        frame = read_frame(
            engine, "episodes", columns=["end_reason"], until=START + timedelta(days=5)
        )
        assert list(frame.columns) == ["end_reason"]
        assert frame["end_reason"].isna().all()

    @pytest.mark.parametrize(
        ("name", "columns", "words"),
        [("patients", None, "no table 'patients'"), ("offers", ["price"], "no column 'price'")],
    )
    def test_unknown_names_are_refused(self, sqlite_store, name, columns, words):
        """With the name that was wrong."""
        with pytest.raises(UsageError, match=words):
            read_frame(sqlite_store, name, columns=columns)


class TestCountRows:
    def test_it_counts_what_would_be_read(self, engine):
        """With the same meaning of since and until."""
        put_events(engine, *((f"e{number}", "u", "i", number) for number in range(4)))
        assert count_rows(engine, "content_events") == 4
        assert count_rows(engine, "content_events", since=START + timedelta(days=3)) == 1
        assert count_rows(engine, "content_events", until=START + timedelta(days=3)) == 3
        assert count_rows(engine, "offers") == 0

    def test_an_unknown_table_is_refused(self, sqlite_store):
        """With the names there are."""
        with pytest.raises(UsageError, match="use one of clinicians"):
            count_rows(sqlite_store, "x")


class TestFindTimeRange:
    def test_first_and_last(self, engine):
        """Both ends are rows."""
        put_events(engine, ("a", "u", "i", 2), ("b", "u", "i", 5))
        assert find_time_range(engine, "content_events") == (
            START + timedelta(days=2),
            START + timedelta(days=5),
        )

    def test_an_empty_table_has_none(self, engine):
        """No row, no range."""
        assert find_time_range(engine, "measures") is None

    def test_a_table_without_time_is_refused(self, sqlite_store):
        """Programs do not happen."""
        with pytest.raises(UsageError, match="have no time"):
            find_time_range(sqlite_store, "programs")


class TestListUserEvents:
    def test_newest_first_of_this_person_alone(self, engine):
        """At most as many as asked for."""
        put_events(
            engine,
            ("a", "u", "x", 1),
            ("b", "u", "y", 3),
            ("c", "u", "z", 2),
            ("d", "v", "x", 9),
        )
        found = list_user_events(engine, "u", 2)
        assert found == [
            UserEvent("y", "complete", day(3), None, None),
            UserEvent("z", "complete", day(2), None, None),
        ]

    def test_an_unknown_person_has_none(self, engine):
        """Nobody is an error."""
        assert list_user_events(engine, "nobody", 10) == []


class TestListFinishedItems:
    def test_completed_or_played_far_enough(self, engine):
        """Each item once, of one person; opinions and short plays finish nothing."""
        rows = [
            ("a", "u", "complete", None),
            ("a", "u", "complete", 1.0),
            ("b", "u", "progress", 0.8),
            ("c", "u", "progress", 0.79),
            ("d", "u", "like", 1.0),
            ("e", "u", "start", None),
            ("f", "v", "complete", None),
        ]
        put(
            engine,
            "content_events",
            *(
                {
                    "event_id": f"e{number}",
                    "user_id": user,
                    "item_id": item,
                    "type": kind,
                    "at": day(number),
                    "fraction": fraction,
                }
                for number, (item, user, kind, fraction) in enumerate(rows)
            ),
        )
        assert list_finished_items(engine, "u", least_fraction=0.8) == ("a", "b")
        assert list_finished_items(engine, "nobody", least_fraction=0.8) == ()


class TestFindMatchAnswer:
    def test_byte_for_byte(self, engine):
        """What was answered, not what would be answered now."""
        row = {"match_id": "m", "at": 1, "patient_id": "p", "policy": "x", "seed": 1}
        with transaction(engine) as connection:
            connection.execute(
                insert(match_log).values(**row, decision=b"{}", answer=b'{"a": 1}\n')
            )
        assert find_match_answer(engine, "m") == b'{"a": 1}\n'
        assert find_match_answer(engine, "other") is None
