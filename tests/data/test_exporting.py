"""The store out to files and back: nothing is lost, and no half file is ever seen."""

import csv
import json
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from data.atomic_files import replacing
from data.clinic import CLINIC_TABLES, CONTENT, MEASURES, PROGRAMS
from data.columns import Kind
from data.database import open_engine, reading
from data.errors import ConflictError, RapportError, UsageError
from data.exporting import export_folder, write_frame
from data.frames import frame_from_storage
from data.importing import import_folder, read_file
from data.instants import micros_of
from data.migrate import upgrade
from data.tables import CLINIC

FORMATS = ("csv", "ndjson", "parquet")
CONTROL_FREE = st.characters(exclude_categories=["Cc", "Cs"])
ENTRIES = st.text(CONTROL_FREE | st.sampled_from('",|\\'), min_size=1, max_size=8)
TEXTS = st.text(CONTROL_FREE | st.sampled_from('\n\r\t",;'), min_size=1, max_size=8)
LATEST = micros_of(datetime(9999, 12, 31, tzinfo=UTC))
EARLIEST = micros_of(datetime(1900, 1, 1, tzinfo=UTC))


def values_of(column):
    """Any value that a column may store."""
    low, high = column.low, column.high
    some = {
        Kind.ID: ENTRIES,
        Kind.WORD: ENTRIES,
        Kind.TEXT: TEXTS,
        Kind.INTEGER: st.integers(
            -(2**63) if low is None else int(low), 2**63 - 1 if high is None else int(high)
        ),
        Kind.NUMBER: st.floats(low, high, allow_nan=False, allow_infinity=False),
        Kind.FLAG: st.booleans(),
        Kind.TIME: st.integers(EARLIEST, LATEST),
        Kind.WORDS: st.lists(ENTRIES, max_size=3),
    }[column.kind]
    if column.choices:
        words = st.sampled_from(column.choices)
        some = st.lists(words, max_size=3) if column.kind is Kind.WORDS else words
    if column.kind is Kind.WORDS:
        return some.map(
            lambda entries: json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
        )
    return some if column.is_required else st.none() | some


def tables_of(spec):
    """Any few rows of a table with different keys, as stored columns."""
    rows = st.tuples(*(values_of(column) for column in spec.columns))
    places = [spec.names.index(name) for name in spec.key]
    return st.lists(
        rows, max_size=3, unique_by=lambda row: tuple(row[place] or "" for place in places)
    ).map(
        lambda found: {name: [row[at] for row in found] for at, name in enumerate(spec.names)}
    )


def stored(engine, name):
    """All rows of a stored table, ordered by key."""
    table = CLINIC[name]
    keys = [table.c[key] for key in CLINIC_TABLES[name].key]
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(*keys))]


def add(engine, name, **row):
    """Store one row, lists empty where they are not given."""
    lists = {
        column.name: "[]" for column in CLINIC_TABLES[name].columns if column.kind is Kind.WORDS
    }
    with engine.begin() as connection:
        connection.execute(insert(CLINIC[name]).values(**{**lists, **row}))


def add_measure(engine, patient, **row):
    """Store one measure."""
    add(
        engine,
        "measures",
        **{
            "patient_id": patient,
            "episode_id": "",
            "instrument": "srs",
            "at": 1_500_000,
            "total": 38.5,
            **row,
        },
    )


class TestRoundTrip:
    @pytest.mark.slow
    @pytest.mark.parametrize("suffix", FORMATS)
    @pytest.mark.parametrize("name", CLINIC_TABLES)
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_a_written_frame_reads_back_equal(self, tmp_path, name, suffix, data):
        """Whatever a table holds, writing and reading it gives the same frame."""
        spec = CLINIC_TABLES[name]
        columns = data.draw(tables_of(spec))
        if name == "intakes":
            columns["phq9_item9"] = [None] * len(columns["intake_id"])
        if name == "measures":
            columns["item9"] = [None] * len(columns["patient_id"])
        frame = frame_from_storage(spec, columns)
        path = tmp_path / f"{name}.{suffix}"
        write_frame(frame, spec, path)
        pd.testing.assert_frame_equal(read_file(path, spec), frame, check_exact=True)

    @pytest.mark.parametrize("suffix", FORMATS)
    def test_export_then_import_gives_equal_tables(self, engine, tmp_path, suffix):
        """A store goes out and into a fresh one without loss, tables without rows included."""
        add(
            engine,
            "programs",
            program_id='"a|b,\\c',
            title="line\nnext\r\nlast\r",
            topics=r'["a|b","c\\d"]',
            guided=False,
        )
        add(engine, "programs", program_id="é 日本", title=" ", level="mild")
        add_measure(engine, "p1")
        add_measure(engine, "p1", instrument="our own", episode_id="e", at=-1, total=-0.1)
        counts = export_folder(engine, tmp_path / "out", format=suffix)
        assert list(counts) == list(CLINIC_TABLES)
        assert (counts["programs"], counts["measures"], counts["content"]) == (2, 2, 0)
        other = open_engine(f"sqlite:///{tmp_path / 'other.db'}")
        upgrade(other)
        import_folder(other, tmp_path / "out")
        for name in CLINIC_TABLES:
            assert sorted(stored(other, name)) == sorted(stored(engine, name))
        assert all(
            count.written == 0 for count in import_folder(engine, tmp_path / "out").values()
        )
        other.dispose()


class TestExportFolder:
    def test_csv_is_what_the_contract_says(self, sqlite_store, tmp_path):
        """Lists are joined, flags are words, times end in Z with a fraction only where needed."""
        add(
            sqlite_store,
            "programs",
            program_id="a",
            title='say "hi"',
            topics='["x","y"]',
            guided=True,
        )
        add_measure(sqlite_store, "p", at=1_500_000)
        add_measure(sqlite_store, "q", at=1_000_000)
        export_folder(sqlite_store, tmp_path, format="csv")
        assert (tmp_path / "programs.csv").read_bytes() == (
            b'program_id,title,topics,level,guided,evidence_grade\na,"say ""hi""",x|y,,true,\n'
        )
        rows = list(csv.reader((tmp_path / "measures.csv").read_text().splitlines()))
        assert rows[1:] == [
            ["p", "", "srs", "1970-01-01T00:00:01.500000Z", "38.5", ""],
            ["q", "", "srs", "1970-01-01T00:00:01Z", "38.5", ""],
        ]

    def test_ndjson_is_what_the_contract_says(self, sqlite_store, tmp_path):
        """One object a row with every column; a table without rows is a blank line."""
        add(sqlite_store, "programs", program_id="a", title="A", topics='["x"]', guided=False)
        export_folder(sqlite_store, tmp_path, format="ndjson")
        assert json.loads((tmp_path / "programs.ndjson").read_text()) == {
            "program_id": "a",
            "title": "A",
            "topics": ["x"],
            "level": None,
            "guided": False,
            "evidence_grade": None,
        }
        assert (tmp_path / "offers.ndjson").read_bytes() == b"\n"

    def test_parquet_has_types(self, sqlite_store, tmp_path):
        """Times are timestamps in UTC, lists are lists, and tables without rows have columns."""
        export_folder(sqlite_store, tmp_path)
        schema = pq.read_schema(tmp_path / "content.parquet")
        assert tuple(schema.names) == CONTENT.names
        types = {name: str(schema.field(name).type) for name in schema.names}
        assert types["reviewed_at"] == "timestamp[us, tz=UTC]"
        assert types["topics"] == "list<element: string>"
        assert (types["minutes"], types["program_position"]) == ("double", "int64")

    def test_rows_are_ordered_by_key(self, engine, tmp_path):
        """The same store gives the same file, in whatever order rows came."""
        for patient in ("b", "c", "a"):
            add_measure(engine, patient)
        export_folder(engine, tmp_path, format="csv", tables=["measures"])
        assert list(read_file(tmp_path / "measures.csv", MEASURES)["patient_id"]) == [
            "a",
            "b",
            "c",
        ]
        assert [path.name for path in tmp_path.glob("*.csv")] == ["measures.csv"]

    def test_progress_counts_rows(self, sqlite_store, tmp_path):
        """Progress names each table and ends at its rows."""
        add_measure(sqlite_store, "a")
        calls = []
        export_folder(
            sqlite_store,
            tmp_path,
            tables=["measures", "offers"],
            on_progress=lambda *call: calls.append(call),
        )
        assert calls == [("measures", 1, 1), ("measures", 1, 1), ("offers", 0, 0)]

    def test_export_replaces_what_was_there(self, sqlite_store, tmp_path):
        """A second export to the same folder stands for the store as it is then."""
        export_folder(sqlite_store, tmp_path, format="csv", tables=["measures"])
        add_measure(sqlite_store, "a")
        export_folder(sqlite_store, tmp_path, format="csv", tables=["measures"])
        assert len(read_file(tmp_path / "measures.csv", MEASURES)) == 1

    def test_other_format_beside_it_is_refused(self, sqlite_store, tmp_path):
        """A folder never gets one table in two formats."""
        export_folder(sqlite_store, tmp_path, format="csv", tables=["measures"])
        with pytest.raises(ConflictError, match=r"measures\.csv"):
            export_folder(sqlite_store, tmp_path, format="parquet")
        assert [path.name for path in tmp_path.glob("*.parquet")] == []

    def test_unknown_words_are_refused(self, sqlite_store, tmp_path):
        """Tables and formats are those of the contract."""
        with pytest.raises(UsageError, match="'patients' is no table"):
            export_folder(sqlite_store, tmp_path, tables=["patients"])
        with pytest.raises(UsageError, match="'xlsx' is no format"):
            export_folder(sqlite_store, tmp_path, format="xlsx")

    def test_folder_that_cannot_be_made(self, sqlite_store, tmp_path):
        """A file where the folder should be is an error of ours."""
        (tmp_path / "out").write_text("x")
        with pytest.raises(RapportError, match="cannot be written"):
            export_folder(sqlite_store, tmp_path / "out" / "deeper")


class TestWriteFrame:
    @pytest.mark.parametrize("suffix", FORMATS)
    def test_columns_that_a_frame_lacks_are_written_empty(self, tmp_path, suffix):
        """Every column of the table is written."""
        frame = pd.DataFrame({"title": ["T"], "program_id": ["p"]})
        path = tmp_path / f"x.{suffix}"
        write_frame(frame, PROGRAMS, path)
        (row,) = read_file(path, PROGRAMS).to_dict("records")
        assert (row["program_id"], row["title"], row["topics"]) == ("p", "T", ())

    def test_unknown_column_and_ending(self, tmp_path):
        """What the table or the formats do not know is a wrong use."""
        with pytest.raises(KeyError):
            write_frame(pd.DataFrame({"x": [1]}), PROGRAMS, tmp_path / "x.csv")
        with pytest.raises(UsageError, match=r"end in \.parquet"):
            write_frame(pd.DataFrame(), PROGRAMS, tmp_path / "x.xlsx")

    def test_many_rows_are_written_in_pieces(self, tmp_path):
        """More rows than stand in memory at once arrive whole, in their order."""
        ids = pd.Series(np.arange(50_001)).astype("str")
        frame = pd.DataFrame({"program_id": ids, "title": "T"})
        write_frame(frame, PROGRAMS, tmp_path / "x.parquet")
        assert list(read_file(tmp_path / "x.parquet", PROGRAMS)["program_id"]) == list(ids)
        assert pq.ParquetFile(tmp_path / "x.parquet").num_row_groups == 2

    def test_absent_folder(self, tmp_path):
        """A folder that is not there is an error of ours."""
        with pytest.raises(RapportError, match="no such file or directory"):
            write_frame(pd.DataFrame(), PROGRAMS, tmp_path / "no" / "x.csv")


class TestReplacing:
    def test_error_leaves_what_was_there(self, tmp_path):
        """After an error the old file stands and nothing lies beside it."""
        path = tmp_path / "x.csv"
        path.write_text("old")

        def fail():
            with replacing(path) as part:
                part.write_text("half")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path]

    def test_name_appears_at_the_end(self, tmp_path):
        """The name is not there before the file is whole."""
        path = tmp_path / "x.csv"
        with replacing(path) as part:
            part.write_text("new")
            assert not path.exists()
        assert path.read_text() == "new"
