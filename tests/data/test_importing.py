"""Clinic files into the store: everything is checked first, and nothing is half-imported."""

import json
import multiprocessing
import os
import signal
import stat
import time

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import event, select, text

from data.clinic import CLINIC_TABLES, CONTENT_EVENTS, INTAKES, MEASURES
from data.columns import TableSpec, identifier
from data.database import open_engine, reading
from data.errors import (
    DataRefusedError,
    Place,
    StorageError,
    UnknownColumnError,
    UnreadableFileError,
    UsageError,
)
from data.importing import TableCounts, import_folder, import_table, read_file
from data.rejects import MOST_KEPT
from data.revisions import read_revision
from data.tables import CLINIC

MEASURE_HEADER = "patient_id,episode_id,instrument,at,total,item9\n"


def rows_of(engine, name):
    """All rows of a stored table as tuples, ordered by key."""
    table = CLINIC[name]
    keys = [table.c[key] for key in CLINIC_TABLES[name].key]
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(*keys))]


def measure(patient="p1", total="12", at="2026-01-05T10:00:00Z", item9="", episode="e1"):
    """One line of a measures file."""
    return f"{patient},{episode},phq9,{at},{total},{item9}\n"


def rejects_of(folder, name):
    """The rejects of a table, line by line."""
    content = (folder / "rejects" / f"{name}.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in content.splitlines()]


class Folder:
    """A clinic folder in the making."""

    def __init__(self, path):
        self.path = path

    def put(self, name, content):
        """Write a file."""
        data = content if isinstance(content, bytes) else content.encode()
        (self.path / name).write_bytes(data)
        return self.path / name

    def measures(self, *lines):
        """Write a measures file."""
        return self.put("measures.csv", MEASURE_HEADER + "".join(lines))


@pytest.fixture
def folder(tmp_path):
    """An empty clinic folder."""
    path = tmp_path / "clinic"
    path.mkdir()
    return Folder(path)


class TestImportFolder:
    def test_rows_are_stored(self, engine, folder):
        """A row is stored with times in microseconds, and a missing key as the empty string."""
        folder.measures(measure(item9="1"), measure(patient="p2", episode=""))
        counts = import_folder(engine, folder.path)
        assert counts == {"measures": TableCounts(read=2, written=2, unchanged=0, rejected=0)}
        at = 1_767_607_200_000_000
        assert rows_of(engine, "measures") == [
            ("p1", "e1", "phq9", at, 12.0, 1),
            ("p2", "", "phq9", at, 12.0, None),
        ]

    def test_same_rows_again_change_nothing(self, engine, folder):
        """A second import of the same file finds everything unchanged."""
        folder.measures(measure(), measure(patient="p2", episode=""))
        import_folder(engine, folder.path)
        before = rows_of(engine, "measures")
        counts = import_folder(engine, folder.path)["measures"]
        assert counts == TableCounts(read=2, written=0, unchanged=2, rejected=0)
        assert rows_of(engine, "measures") == before

    def test_changed_and_new_rows_are_written(self, engine, folder):
        """Of three rows one is as it was, one has changed and one is new."""
        folder.measures(measure("a"), measure("b"))
        import_folder(engine, folder.path)
        folder.measures(measure("a"), measure("b", total="13"), measure("c"))
        counts = import_folder(engine, folder.path)["measures"]
        assert counts == TableCounts(read=3, written=2, unchanged=1, rejected=0)
        assert [row[4] for row in rows_of(engine, "measures")] == [12.0, 13.0, 12.0]

    def test_every_kind_of_column(self, engine, folder):
        """Lists, flags, numbers and times of a clinician arrive as the store keeps them."""
        folder.put(
            "clinicians.csv",
            "clinician_id,licensed_regions,payers,languages,formats,accepts_new,fee,verified_at\n"
            "c1,US-CA|US-NY,,en,video,true,120.5,2026-01-01T00:00:00+01:00\n",
        )
        import_folder(engine, folder.path)
        with reading(engine) as connection:
            row = connection.execute(select(CLINIC["clinicians"])).mappings().one()
        assert row["licensed_regions"] == '["US-CA","US-NY"]'
        assert row["payers"] == row["specialties_top"] == "[]"
        assert (row["accepts_new"], row["fee"], row["gender"]) == (True, 120.5, None)
        assert row["verified_at"] == 1_767_222_000_000_000

    def test_absent_column_keeps_what_is_stored(self, engine, folder):
        """A file without a column leaves it alone; a column that is there but empty empties it."""
        folder.put("programs.csv", "program_id,title,topics,guided\na,A,sleep,true\nb,B,,\n")
        import_folder(engine, folder.path)
        folder.put("programs.csv", "program_id,title\na,New\n")
        import_folder(engine, folder.path)
        assert rows_of(engine, "programs")[0] == ("a", "New", '["sleep"]', None, True, None)
        folder.put("programs.csv", "program_id,title,topics,guided\na,New,,\n")
        counts = import_folder(engine, folder.path)["programs"]
        assert counts.written == 1
        assert rows_of(engine, "programs")[0] == ("a", "New", "[]", None, None, None)

    def test_file_without_a_key_column_means_the_empty_key(self, engine, folder):
        """Measures without the column of episodes belong to no episode, once and again."""
        header = "patient_id,instrument,at,total\n"
        folder.put("measures.csv", header + "p1,phq9,2026-01-05T10:00:00Z,3\n")
        import_folder(engine, folder.path)
        assert import_folder(engine, folder.path)["measures"].unchanged == 1
        assert rows_of(engine, "measures")[0][:2] == ("p1", "")

    def test_file_of_keys_alone(self, engine, folder):
        """A table of which only the key is given is stored, and unchanged the second time."""
        folder.put("demographics.csv", "patient_id\np1\np1\n")
        counts = import_folder(engine, folder.path)["demographics"]
        assert counts == TableCounts(read=2, written=1, unchanged=1, rejected=0)
        assert import_folder(engine, folder.path)["demographics"].written == 0

    def test_header_alone(self, engine, folder):
        """A file without rows imports nothing and is no error."""
        folder.measures()
        assert import_folder(engine, folder.path)["measures"] == TableCounts(0, 0, 0, 0)

    def test_all_three_formats_give_the_same_rows(self, engine, folder):
        """One row is the same row in CSV, NDJSON and Parquet."""
        path = folder.measures(measure(item9="1"))
        import_folder(engine, folder.path)
        path.unlink()
        row = {
            "patient_id": "p1",
            "episode_id": "e1",
            "instrument": "phq9",
            "at": "2026-01-05T10:00:00Z",
            "total": 12,
            "item9": 1,
        }
        path = folder.put("measures.ndjson", json.dumps(row))
        assert import_folder(engine, folder.path)["measures"].unchanged == 1
        path.unlink()
        frame = pd.DataFrame([row | {"at": pd.Timestamp(row["at"])}])
        frame.to_parquet(folder.path / "measures.parquet")
        assert import_folder(engine, folder.path)["measures"].unchanged == 1

    def test_duplicates_within_a_file(self, engine, folder):
        """A row that is there twice counts as unchanged; one that contradicts is rejected."""
        folder.measures(measure(), measure("p2"), measure(), measure(total="13"))
        counts = import_folder(engine, folder.path, max_rejects=1)["measures"]
        assert counts == TableCounts(read=4, written=2, unchanged=1, rejected=1)
        assert rows_of(engine, "measures")[0][4] == 12.0
        assert rejects_of(folder.path, "measures") == [
            {
                "file": "measures.csv",
                "line": 5,
                "column": "patient_id",
                "cause": "duplicate_key",
            }
        ]

    def test_duplicates_of_an_empty_key(self, engine, folder):
        """Missing values of a key compare as equal."""
        folder.measures(measure(episode=""), measure(episode="", total="13"))
        with pytest.raises(DataRefusedError, match="same key") as caught:
            import_folder(engine, folder.path)
        assert caught.value.place == Place("measures.csv", 3, "patient_id")

    def test_contradicting_rows_are_all_counted(self, engine, folder):
        """However many rows contradict the first of their key, each counts and some are named."""
        folder.measures(*(measure(total=str(row % 2)) for row in range(20_100)))
        counts = import_folder(engine, folder.path, max_rejects=30_000)["measures"]
        assert counts == TableCounts(read=20_100, written=1, unchanged=10_049, rejected=10_050)
        assert len(rejects_of(folder.path, "measures")) == MOST_KEPT

    def test_a_bad_row_refuses_everything(self, engine, folder):
        """One bad row in the last file, and no table gets anything."""
        folder.put("programs.csv", "program_id,title\na,A\n")
        folder.measures(measure(total="28"), measure("p2"))
        with pytest.raises(DataRefusedError, match="above the largest possible one") as caught:
            import_folder(engine, folder.path)
        assert caught.value.place == Place("measures.csv", 2, "total")
        assert "rows: 1 rejected, 0 tolerated; see the folder rejects" in str(caught.value)
        assert rows_of(engine, "programs") == rows_of(engine, "measures") == []

    def test_message_and_rejects_hold_no_value(self, engine, folder):
        """Neither the message nor the rejects show what stood in the file."""
        folder.measures("secret,e,phq9,2026-01-05T10:00:00Z,confidential,1\n")
        with pytest.raises(DataRefusedError) as caught:
            import_folder(engine, folder.path)
        content = (folder.path / "rejects" / "measures.ndjson").read_text()
        for words in (str(caught.value), content):
            assert "secret" not in words
            assert "confidential" not in words

    def test_tolerated_rows_are_left_out_and_written_down(self, engine, folder):
        """Within the tolerance bad rows are left out, with one reject per fault."""
        folder.measures(measure("a", total="x", at="soon"), measure("b"), "c\n")
        counts = import_folder(engine, folder.path, max_rejects=2)["measures"]
        assert counts == TableCounts(read=3, written=1, unchanged=0, rejected=2)
        found = [
            (entry["line"], entry["column"], entry["cause"])
            for entry in rejects_of(folder.path, "measures")
        ]
        assert found == [
            (2, "at", "not_a_time"),
            (2, "total", "wrong_type"),
            (4, None, "too_few_fields"),
        ]

    def test_tolerance_holds_for_all_files_together(self, engine, folder):
        """One bad row in each of two files are two."""
        folder.put("programs.csv", "program_id,title\na,\n")
        folder.measures(measure(total="x"))
        with pytest.raises(DataRefusedError, match="2 rejected, 1 tolerated"):
            import_folder(engine, folder.path, max_rejects=1)
        assert len(rejects_of(folder.path, "programs")) == 1
        assert len(rejects_of(folder.path, "measures")) == 1

    def test_good_import_takes_old_rejects_away(self, engine, folder):
        """What an earlier import rejected does not stay behind once it is mended."""
        folder.measures(measure(total="x"))
        with pytest.raises(DataRefusedError):
            import_folder(engine, folder.path)
        folder.measures(measure())
        import_folder(engine, folder.path)
        assert not (folder.path / "rejects").exists()

    def test_import_stops_when_hopeless(self, engine, folder):
        """After 10,000 rejects of a lost import no more are collected."""
        folder.measures(*["x\n"] * (MOST_KEPT + 1), *["y\n"] * 30_000)
        with pytest.raises(DataRefusedError, match="20000 or more rejected"):
            import_folder(engine, folder.path)
        assert len(rejects_of(folder.path, "measures")) == MOST_KEPT

    def test_unreadable_file_refuses_everything(self, engine, folder):
        """A broken file refuses the import and is written down, with what came before it."""
        folder.measures(measure(total="x"))
        folder.put("content_events.parquet", b"PAR1 and nothing more")
        with pytest.raises(UnreadableFileError, match=r"content_events\.parquet"):
            import_folder(engine, folder.path, max_rejects=5)
        assert rejects_of(folder.path, "content_events") == [
            {
                "file": "content_events.parquet",
                "line": None,
                "column": None,
                "cause": "unreadable",
            }
        ]
        assert rejects_of(folder.path, "measures")[0]["cause"] == "wrong_type"
        assert rows_of(engine, "measures") == []

    def test_unknown_column_is_written_down(self, engine, folder):
        """An unknown column is refused with its own cause."""
        folder.put("programs.csv", "program_id,titel\na,A\n")
        with pytest.raises(UnknownColumnError, match="'title'"):
            import_folder(engine, folder.path)
        assert rejects_of(folder.path, "programs")[0]["cause"] == "unknown_column"

    def test_progress_ends_at_the_number_of_rows(self, engine, folder):
        """Progress names the table, and ends at the exact count."""
        folder.measures(*(measure(f"p{row}") for row in range(20_001)))
        calls = []
        import_folder(engine, folder.path, on_progress=lambda *call: calls.append(call))
        assert [call[:2] for call in calls] == [
            ("measures", 20_000),
            ("measures", 20_001),
            ("measures", 20_001),
        ]
        assert calls[-1][2] == 20_001
        assert calls[0][2] == pytest.approx(20_001, rel=0.01)

    @pytest.mark.parametrize(
        ("name", "header", "line", "part"),
        [
            (
                "clinicians",
                "clinician_id,licensed_regions,payers,languages,formats",
                "c,,,,",
                "directory",
            ),
            ("programs", "program_id,title", "a,A", "catalogue"),
            (
                "content",
                "item_id,title,kind,minutes,reviewed_at",
                "i,T,sleep,5,2026-01-01T00:00:00Z",
                "catalogue",
            ),
            (
                "content_events",
                "event_id,user_id,item_id,type,at",
                "e,u,i,view,2026-01-01T00:00:00Z",
                "events",
            ),
        ],
    )
    def test_revision_moves_with_a_change(self, engine, folder, name, header, line, part):
        """Readers learn of a change, and are left alone where nothing changed."""
        folder.put(f"{name}.csv", f"{header}\n{line}\n")
        assert read_revision(engine, part) == 0
        import_folder(engine, folder.path)
        assert read_revision(engine, part) == 1
        import_folder(engine, folder.path)
        assert read_revision(engine, part) == 1

    def test_database_without_tables_is_named(self, tmp_path, folder):
        """A home that was never set up is an error of ours."""
        folder.measures(measure())
        with pytest.raises(StorageError, match="db upgrade"):
            import_folder(open_engine(f"sqlite:///{tmp_path / 'new.db'}"), folder.path)

    def test_unreachable_database_is_named(self, tmp_path, folder):
        """A database that cannot be reached is an error of ours."""
        folder.measures(measure())
        with pytest.raises(StorageError):
            import_folder(open_engine(f"sqlite:///{tmp_path / 'no' / 'new.db'}"), folder.path)

    def test_nothing_stays_open_or_behind(self, engine, folder):
        """After imports, good and bad, no staged table is left in any connection."""
        folder.measures(measure())
        import_folder(engine, folder.path)
        folder.measures(measure(total="x"))
        with pytest.raises(DataRefusedError):
            import_folder(engine, folder.path)
        listing = {
            "sqlite": "SELECT count(*) FROM sqlite_temp_master",
            "postgresql": "SELECT count(*) FROM pg_class WHERE relname LIKE 'staged%'",
        }
        with reading(engine) as connection:
            assert connection.scalar(text(listing[engine.dialect.name])) == 0


class TestFailures:
    """What happens when the machine, not the data, is at fault."""

    def test_failed_merge_leaves_the_table_as_it_was(self, sqlite_store, folder):
        """A statement that fails in the middle of a merge takes the whole table back."""
        folder.measures(measure("a"), measure("b"))
        with sqlite_store.begin() as connection:
            connection.execute(
                text(
                    "CREATE TRIGGER full BEFORE INSERT ON measures WHEN NEW.patient_id = 'b' "
                    "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
                )
            )
        with pytest.raises(StorageError):
            import_folder(sqlite_store, folder.path)
        assert rows_of(sqlite_store, "measures") == []

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
    def test_rejects_that_cannot_be_written(self, sqlite_store, folder):
        """Where rejects cannot be written down, none are tolerated."""
        folder.measures(measure(total="x"))
        folder.path.chmod(stat.S_IRUSR | stat.S_IXUSR)
        with pytest.raises(DataRefusedError, match="rejects cannot be written"):
            import_folder(sqlite_store, folder.path, max_rejects=9)
        folder.path.chmod(stat.S_IRWXU)

    def test_rejects_whose_place_is_taken(self, sqlite_store, folder):
        """A file where the folder of rejects should be: bad rows are refused, good ones pass."""
        folder.put("rejects", "x")
        folder.measures(measure(total="x"))
        with pytest.raises(DataRefusedError, match="rejects cannot be written"):
            import_folder(sqlite_store, folder.path, max_rejects=9)
        folder.measures(measure())
        assert import_folder(sqlite_store, folder.path)["measures"].written == 1

    @pytest.mark.slow
    def test_two_imports_at_once_both_succeed(self, engine, folder):
        """Two processes importing the same rows queue: each row is written once."""
        folder.measures(*(measure(f"p{row}") for row in range(5_000)))
        url = engine.url.render_as_string(hide_password=False)
        context = multiprocessing.get_context("spawn")
        with context.Pool(2) as pool:
            counts = pool.starmap(_import_at, [(url, folder.path)] * 2)
        assert sorted(count.written for count in counts) == [0, 5_000]
        assert len(rows_of(engine, "measures")) == 5_000

    @pytest.mark.slow
    def test_killed_import_leaves_nothing(self, sqlite_store, folder, tmp_path):
        """An import that is killed before its merge leaves no row and no file."""
        folder.measures(*(measure(f"p{row}") for row in range(50_000)))
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        url = sqlite_store.url.render_as_string()
        context = multiprocessing.get_context("spawn")
        started = context.Event()
        child = context.Process(
            target=_import_forever, args=(url, folder.path, scratch, started)
        )
        child.start()
        assert started.wait(30)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        assert rows_of(sqlite_store, "measures") == []
        assert list(scratch.iterdir()) == []
        assert import_folder(sqlite_store, folder.path)["measures"].written == 50_000


def _import_at(url, path):
    return import_folder(open_engine(url), path)["measures"]


def _import_forever(url, path, scratch, started):
    os.environ["SQLITE_TMPDIR"] = str(scratch)

    def wait(_table, done, _total):
        if done >= 40_000:
            started.set()
            time.sleep(60)

    import_folder(open_engine(url), path, on_progress=wait)


class TestImportTable:
    def test_file_of_any_name(self, engine, folder):
        """One table comes from a file of any name; its rejects are those of the table."""
        path = folder.put("new.csv", MEASURE_HEADER + measure() + measure(total="x"))
        counts = import_table(engine, "measures", path, max_rejects=1)
        assert counts == TableCounts(read=2, written=1, unchanged=0, rejected=1)
        assert rejects_of(folder.path, "measures")[0]["file"] == "new.csv"

    def test_unknown_table(self, sqlite_store, folder):
        """A table that the contract does not have is a wrong use."""
        with pytest.raises(UsageError, match="'patients' is no table"):
            import_table(sqlite_store, "patients", folder.path)

    def test_absent_file(self, sqlite_store, folder):
        """A file that is not there is named."""
        with pytest.raises(UnreadableFileError, match="no such file"):
            import_table(sqlite_store, "measures", folder.path / "no.csv")

    @pytest.mark.slow
    def test_memory_does_not_grow_with_rows(self, sqlite_store, folder):
        """Batches stay small: no statement ever carries more than one batch of rows."""
        sizes = []

        def remember(_connection, _cursor, _statement, parameters, _context, is_many):
            sizes.append(len(parameters) if is_many else 0)

        event.listen(sqlite_store, "before_cursor_execute", remember)
        lines = [f"e{row},u,i,view,2026-01-01T00:00:00Z\n" for row in range(60_000)]
        path = folder.put("c.csv", "event_id,user_id,item_id,type,at\n" + "".join(lines))
        assert import_table(sqlite_store, "content_events", path).written == 60_000
        assert max(sizes) == 20_000


class TestReadFile:
    def test_frame_has_every_column(self, folder):
        """Columns that the file lacks are there and empty, in the dtypes of frames."""
        path = folder.put(
            "new.csv",
            "intake_id,patient_id,requested_at,region,age_band,payer,concerns\n"
            "i1,p1,2026-01-01T00:00:00Z,US-CA,26-35,aetna,anxiety|sleep\n",
        )
        frame = read_file(path, INTAKES)
        assert tuple(frame.columns) == INTAKES.names
        assert frame.loc[0, "concerns"] == ("anxiety", "sleep")
        assert frame.loc[0, "blocked_clinicians"] == ()
        assert frame["phq9_total"].isna().all()

    def test_other_tables_than_those_of_the_store(self, folder):
        """A batch command may read a table of its own."""
        users = TableSpec(name="users", key=("user_id",), columns=(identifier("user_id"),))
        pq.write_table(pa.table({"user_id": ["u2", "u1", "u2"]}), folder.path / "u.parquet")
        assert list(read_file(folder.path / "u.parquet", users)["user_id"]) == ["u2", "u1"]

    def test_no_rows(self, folder):
        """A file without rows is a frame without rows."""
        path = folder.measures()
        assert tuple(read_file(path, MEASURES).columns) == MEASURES.names
        assert len(read_file(path, MEASURES)) == 0

    def test_first_fault_is_raised_with_its_place(self, folder):
        """Nothing is tolerated in a batch."""
        path = folder.measures(measure(), measure("b", total="x"), "c\n")
        with pytest.raises(DataRefusedError, match="not a number") as caught:
            read_file(path, MEASURES)
        assert caught.value.place == Place("measures.csv", 3, "total")

    def test_fault_of_a_whole_row(self, folder):
        """A row that cannot be taken apart is at fault as a whole."""
        with pytest.raises(DataRefusedError, match="fewer fields") as caught:
            read_file(folder.measures("c\n"), MEASURES)
        assert caught.value.place == Place("measures.csv", 2)

    def test_contradicting_rows_are_refused(self, folder):
        """Two rows of one key with other values are refused at the second."""
        path = folder.measures(measure("z"), measure(), measure(), measure(total="9"))
        with pytest.raises(DataRefusedError, match="same key") as caught:
            read_file(path, MEASURES)
        assert caught.value.place == Place("measures.csv", 5, "patient_id")

    def test_repeated_rows_are_given_once(self, folder):
        """The same row twice is one row."""
        path = folder.put(
            "e.csv",
            "event_id,user_id,item_id,type,at\n" + "e,u,i,view,2026-01-01T00:00:00Z\n" * 2,
        )
        assert len(read_file(path, CONTENT_EVENTS)) == 1
