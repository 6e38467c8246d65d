import pandas as pd

from data.clinic import INTAKES
from data.directory import UNKNOWN_TIME
from training.clinic_frames import latest_time, rows_of, table_of, times_of

DAY = pd.Timestamp("1970-01-02", tz="UTC")


class TestTableOf:
    def test_an_absent_table_is_empty(self):
        """It has every column of the contract."""
        assert tuple(table_of({}, "intakes").columns) == INTAKES.names

    def test_absent_columns_are_missing(self):
        """Lists are empty tuples, numbers are missing, and the index starts afresh."""
        frame = pd.DataFrame({"intake_id": ["a", "b"]}, index=[5, 9])
        table = table_of({"intakes": frame}, "intakes")
        assert table["concerns"].tolist() == [(), ()]
        assert table["phq9_total"].isna().all()
        assert table.index.tolist() == [0, 1]
        assert list(frame.columns) == ["intake_id"]


class TestRowsOf:
    def test_unknown_and_missing_ids_have_no_row(self):
        """A row per id, -1 where there is none."""
        rows = rows_of(pd.Series(["a", "b"]), pd.Series(["b", None, "z", "a"]))
        assert rows.tolist() == [1, -1, -1, 0]


class TestTimesOf:
    def test_microseconds(self):
        """A day after the epoch, and a missing time."""
        times = pd.Series([DAY, None]).astype("datetime64[us, UTC]")
        found = times_of(pd.DataFrame({"at": times}), "at")
        assert found.tolist() == [86_400_000_000, UNKNOWN_TIME]


class TestLatestTime:
    def test_the_latest_of_all_tables(self):
        """Absent tables do not count; without any there is none."""
        times = pd.Series([DAY]).astype("datetime64[us, UTC]")
        frames = {"attendance": pd.DataFrame({"episode_id": ["e"], "at": times})}
        columns = {"attendance": "at", "measures": "at"}
        assert latest_time(frames, columns) == 86_400_000_000
        assert latest_time({}, columns) == UNKNOWN_TIME
