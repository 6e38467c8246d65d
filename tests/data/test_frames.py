"""Frames are the one pandas form of a table, and turn into stored values and back."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from data.clinic import CLINIC_TABLES, CONTENT_EVENTS, INTAKES, PROGRAMS
from data.columns import (
    Kind,
    TableSpec,
    flag,
    identifier,
    integer,
    number,
    text,
    time,
    word,
    words,
)
from data.domain import Intake
from data.frames import (
    DTYPES,
    complete_frame,
    empty_frame,
    frame_from_storage,
    intakes_from_frame,
    storage_from_frame,
)

SPEC = TableSpec(
    name="things",
    key=("a",),
    columns=(
        identifier("a", required=True),
        word("b"),
        text("c"),
        integer("d"),
        number("e"),
        flag("f"),
        time("g"),
        words("h"),
    ),
)
STORED = {
    "a": ["x", "y"],
    "b": ["w", None],
    "c": [None, "t"],
    "d": [2**53 + 1, None],
    "e": [1.5, None],
    "f": [True, None],
    "g": [1_500_000, None],
    "h": ['["p","q","p"]', "[]"],
}


class TestEmptyFrame:
    @pytest.mark.parametrize("spec", CLINIC_TABLES.values(), ids=CLINIC_TABLES)
    def test_columns_and_dtypes(self, spec):
        """A frame without rows has every column of the table, in its dtype."""
        frame = empty_frame(spec)
        assert tuple(frame.columns) == spec.names
        assert len(frame) == 0
        for column in spec.columns:
            assert frame[column.name].dtype == DTYPES[column.kind]


class TestFrameFromStorage:
    def test_values(self):
        """Stored values become what the dtypes hold; missing ones become NaN, NA or NaT."""
        frame = frame_from_storage(SPEC, STORED)
        assert frame.loc[0].to_dict() == {
            "a": "x",
            "b": "w",
            "c": pytest.approx(np.nan, nan_ok=True),
            "d": 2**53 + 1,
            "e": 1.5,
            "f": True,
            "g": pd.Timestamp("1970-01-01T00:00:01.5Z"),
            "h": ("p", "q", "p"),
        }
        assert frame.loc[1].isna().to_dict() == {
            "a": False, "b": True, "c": False, "d": True,
            "e": True, "f": True, "g": True, "h": False,
        }  # fmt: skip
        assert frame.loc[1, "h"] == ()

    @pytest.mark.parametrize(
        "values", [[None, None], [], ["x", "y"]], ids=["all missing", "no rows", "given"]
    )
    def test_dtypes_do_not_depend_on_values(self, values):
        """A column that is all missing, or without rows, has the dtype it always has."""
        for column in SPEC.columns:
            is_text = column.kind in {Kind.ID, Kind.WORD, Kind.TEXT}
            stored = [value for value in values if is_text or value is None]
            frame = frame_from_storage(SPEC, {column.name: stored})
            assert frame[column.name].dtype == DTYPES[column.kind]

    def test_empty_string_of_a_key_is_missing(self):
        """The store writes a missing key as the empty string; a frame says that it is missing."""
        assert frame_from_storage(SPEC, {"b": ["", "w"]})["b"].isna().tolist() == [True, False]

    def test_truth_may_be_stored_as_a_number(self):
        """SQLite keeps truth as 0 and 1."""
        assert frame_from_storage(SPEC, {"f": [0, 1, None]})["f"].tolist() == [
            False,
            True,
            pd.NA,
        ]

    def test_far_times(self):
        """Times that nanoseconds could not hold are held."""
        instant = datetime(9999, 12, 31, tzinfo=UTC)
        micros = int(instant.timestamp()) * 1_000_000
        assert frame_from_storage(SPEC, {"g": [micros]}).loc[0, "g"].to_pydatetime() == instant


class TestStorageFromFrame:
    def test_inverse(self):
        """A frame of stored values gives the same stored values, of the same types."""
        found = storage_from_frame(SPEC, frame_from_storage(SPEC, STORED))
        assert found == STORED
        kinds = {
            name: type(values[0]) for name, values in found.items() if values[0] is not None
        }
        assert kinds == {
            "a": str, "b": str, "d": int, "e": float, "f": bool, "g": int, "h": str,
        }  # fmt: skip

    def test_absent_columns_are_missing(self):
        """A column that the frame lacks is all missing, a list all empty."""
        found = storage_from_frame(SPEC, pd.DataFrame({"a": ["x"]}))
        assert found == {name: [None] for name in "bcdefg"} | {"a": ["x"], "h": ["[]"]}

    def test_dtypes_that_people_bring(self):
        """Floats with gaps, plain objects, nanoseconds, other zones and lists are understood."""
        frame = pd.DataFrame(
            {
                "a": pd.Series(["x", "y"], dtype="object"),
                "b": pd.Series(["w", None], dtype="category"),
                "d": [3.0, np.nan],
                "e": pd.Series([1, None], dtype="Int64"),
                "f": pd.Series([True, None], dtype="object"),
                "g": pd.to_datetime(["1969-12-31T19:00:01-05:00", None]).astype(
                    "datetime64[ns, America/New_York]"
                ),
                "h": [["p"], np.array([])],
            }
        )
        found = storage_from_frame(SPEC, frame)
        assert found["b"] == ["w", None]
        assert (found["d"], found["e"], found["f"]) == ([3, None], [1.0, None], [True, None])
        assert (found["g"], found["h"]) == ([1_000_000, None], ['["p"]', "[]"])


class TestCompleteFrame:
    def test_missing_columns_are_added_in_order(self):
        """The result has every column of the table, in its order and dtype."""
        frame = complete_frame(PROGRAMS, pd.DataFrame({"title": ["T"], "program_id": ["p"]}))
        assert tuple(frame.columns) == PROGRAMS.names
        assert frame.loc[0, "topics"] == ()

    def test_unknown_column(self):
        """A column that the table does not know is refused."""
        with pytest.raises(KeyError):
            complete_frame(PROGRAMS, pd.DataFrame({"x": [1]}))


class TestIntakesFromFrame:
    def test_every_column_arrives(self):
        """Values arrive as the domain wants them: whole numbers, truth, tuples, datetimes."""
        given = {
            "intake_id": ["i"],
            "patient_id": ["p"],
            "requested_at": [1_500_000],
            "region": ["US-CA"],
            "age_band": ["26-35"],
            "payer": ["self_pay"],
            "formats": ['["video"]'],
            "phq9_total": [12],
            "psychosis": [False],
            "pref_style_structured": [0.5],
            "latest": [2_000_000],
        }
        (intake,) = intakes_from_frame(
            complete_frame(INTAKES, frame_from_storage(INTAKES, given))
        )
        assert intake == Intake(
            intake_id="i",
            patient_id="p",
            requested_at=datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC),
            region="US-CA",
            age_band="26-35",
            payer="self_pay",
            formats=("video",),
            phq9_total=12,
            psychosis=False,
            pref_style_structured=0.5,
            latest=datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC),
        )
        assert type(intake.phq9_total) is int
        assert type(intake.requested_at) is datetime

    def test_optional_columns_may_be_absent(self):
        """Columns that the frame lacks are what the domain takes for missing."""
        names = ("intake_id", "patient_id", "region", "age_band", "payer")
        given = {name: ["x"] for name in names} | {"requested_at": [0]}
        (intake,) = intakes_from_frame(frame_from_storage(INTAKES, given))
        assert (intake.cssrs, intake.earliest, intake.languages) == (None, None, ())

    def test_no_rows(self):
        """A frame without rows has no intakes."""
        assert intakes_from_frame(empty_frame(INTAKES)) == []


def test_content_events_have_no_list():
    """Events stay plain columns, so that millions of them need no Python object each."""
    assert Kind.WORDS not in {column.kind for column in CONTENT_EVENTS.columns}
