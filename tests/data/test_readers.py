"""Files of a clinic folder: what is found, what is read, and what is refused at which line."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.clinic import CLINICIANS, DEMOGRAPHICS, PROGRAMS
from data.errors import DataRefusedError, Place, UnknownColumnError, UnreadableFileError
from data.faults import Cause, Fault
from data.readers import find_tables, open_table

GIB = 1_073_741_824
FORMATS = (".csv", ".ndjson", ".parquet")


def batches_of(path, spec=DEMOGRAPHICS):
    return list(open_table(path, spec))


def refusal_of(path, spec=DEMOGRAPHICS):
    with pytest.raises(UnreadableFileError) as caught:
        batches_of(path, spec)
    return caught.value


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class TestOpenTable:
    @pytest.mark.parametrize("suffix", FORMATS)
    def test_empty_file_is_refused(self, tmp_path, suffix):
        """A file without a byte is refused by name, whatever its format."""
        error = refusal_of(written(tmp_path / f"demographics{suffix}", b""))
        assert str(error) == f"demographics{suffix}: the file is empty"

    @pytest.mark.parametrize("suffix", FORMATS)
    @pytest.mark.parametrize("start", [b"", b"patient_id\np1\n", b"PAR1"])
    def test_sparse_file_is_refused_at_once(self, tmp_path, suffix, start):
        """Five gibibytes of nothing are refused without being read, with or without a start."""
        path = written(tmp_path / f"demographics{suffix}", start)
        os.truncate(path, 5 * GIB)
        assert refusal_of(path).place.file == path.name

    def test_unknown_ending_is_refused(self, tmp_path):
        """Only the three formats are read."""
        error = refusal_of(written(tmp_path / "demographics.xlsx", b"x"))
        assert ".parquet, .csv or .ndjson" in str(error)

    @pytest.mark.parametrize("suffix", FORMATS)
    def test_absent_file_is_refused(self, tmp_path, suffix):
        """A file that is not there is named."""
        assert "no such file" in str(refusal_of(tmp_path / f"demographics{suffix}"))

    @pytest.mark.parametrize("suffix", FORMATS)
    def test_folder_instead_of_a_file_is_refused(self, tmp_path, suffix):
        """A folder with a table's name is not a file."""
        (tmp_path / f"demographics{suffix}").mkdir()
        assert "no such file" in str(refusal_of(tmp_path / f"demographics{suffix}"))

    @pytest.mark.parametrize("suffix", FORMATS)
    def test_file_that_vanishes_is_refused(self, tmp_path, suffix):
        """A file that goes away before it is read is an error of ours, not of the system."""
        path = written(tmp_path / f"demographics{suffix}", b"patient_id\n")
        source = open_table(path, DEMOGRAPHICS)
        path.unlink()
        with pytest.raises(UnreadableFileError, match="cannot be read: no such file"):
            list(source)


class TestText:
    """What CSV and NDJSON have in common."""

    def test_mixed_encodings_name_the_line(self, tmp_path):
        """The first line that is not UTF-8 is named."""
        path = written(tmp_path / "d.csv", "patient_id,gender\np1,é\n".encode() + b"p2,\xe9\n")
        assert refusal_of(path).place == Place("d.csv", 3)

    @pytest.mark.parametrize("codec", ["utf-16", "utf-16-le"])
    def test_utf16_is_refused(self, tmp_path, codec):
        """UTF-16 is refused with a word that helps, with and without its mark."""
        path = written(tmp_path / "d.csv", "patient_id\np1\n".encode(codec))
        assert refusal_of(path).place == Place("d.csv", 1)

    def test_utf8_mark_is_passed_over(self, tmp_path):
        """Spreadsheets put a mark before UTF-8; it is no part of the first name."""
        path = written(tmp_path / "d.csv", b"\xef\xbb\xbfpatient_id\np1\n")
        assert batches_of(path)[0].columns == {"patient_id": ("p1",)}

    def test_endless_line_is_refused(self, tmp_path):
        """A line over 1 MiB is refused before it fills the memory."""
        path = written(tmp_path / "d.ndjson", b"{}\n" + b" " * (2 << 20))
        assert "longer than 1 MiB" in str(refusal_of(path))


class TestCsv:
    def test_quoted_line_ends_keep_exact_lines(self, tmp_path):
        """A row after a cell of three lines has the line on which it really starts."""
        path = written(tmp_path / "p.csv", 'program_id,title\r\na,"x\ny\r\nz"\r\n\r\nb,t\r\n')
        (batch,) = batches_of(path, PROGRAMS)
        assert batch.lines == [2, 6]
        assert batch.columns["title"] == ("x\ny\r\nz", "t")

    def test_header_alone_has_no_rows(self, tmp_path):
        """A header without rows is a fine, empty table."""
        assert batches_of(written(tmp_path / "d.csv", "patient_id,gender\n")) == []

    def test_wrong_number_of_fields_is_a_fault_of_the_row(self, tmp_path):
        """Rows with too few or too many fields are faults; the others are read."""
        path = written(tmp_path / "d.csv", "patient_id,gender\na\nb,f\nc,f,x\n")
        (batch,) = batches_of(path)
        assert batch.lines == [3]
        assert batch.faults == [
            Fault(2, None, Cause.TOO_FEW_FIELDS),
            Fault(4, None, Cause.TOO_MANY_FIELDS),
        ]

    def test_rows_without_any_good_one(self, tmp_path):
        """A batch may consist of faults alone."""
        (batch,) = batches_of(written(tmp_path / "d.csv", "patient_id,gender\na\n"))
        assert batch.lines == []
        assert batch.columns == {"patient_id": (), "gender": ()}

    def test_unclosed_quote_names_where_it_opens(self, tmp_path):
        """A quote that never closes is refused at the row that opens it."""
        path = written(tmp_path / "d.csv", 'patient_id,gender\np1,f\np2,"f\np3,m\n')
        error = refusal_of(path)
        assert error.place.line == 3
        assert "never closed" in str(error)

    def test_unclosed_quote_of_a_large_file_takes_little_memory(self, tmp_path):
        """An open quote does not swallow the rest of a large file."""
        path = written(tmp_path / "d.csv", 'patient_id\n"p1\n' + "p,\n" * 1_000_000)
        assert refusal_of(path).place.line == 2

    def test_garbage_after_a_quote_is_refused(self, tmp_path):
        """Text behind a closing quote is not CSV."""
        path = written(tmp_path / "d.csv", 'patient_id,gender\n"p1"x,f\n')
        error = refusal_of(path)
        assert error.place.line == 2
        assert "p1" not in str(error)

    def test_unknown_column_is_refused_with_the_nearest(self, tmp_path):
        """An unknown column is refused, and the nearest known name is given."""
        path = written(tmp_path / "d.csv", "patient_id,gendre\n")
        with pytest.raises(
            UnknownColumnError, match="nearest known name is 'gender'"
        ) as caught:
            batches_of(path)
        assert caught.value.place == Place("d.csv", 1, "gendre")

    def test_absent_header_is_refused_without_showing_values(self, tmp_path):
        """Where the first line holds values, none of them is shown."""
        error = refusal_of(written(tmp_path / "d.csv", "secret-patient,female\n"))
        assert "must be the header, with commas" in str(error)
        assert "secret" not in str(error)

    def test_blank_file_has_no_header(self, tmp_path):
        """Line ends alone are no header."""
        assert "must be the header, with commas" in str(
            refusal_of(written(tmp_path / "d.csv", "\n\n"))
        )

    def test_column_twice_is_refused(self, tmp_path):
        """Two columns of one name would leave open which counts."""
        error = refusal_of(written(tmp_path / "d.csv", "patient_id,gender,gender\n"))
        assert error.place.column == "gender"

    def test_missing_required_columns_are_all_named(self, tmp_path):
        """The message lists every required column that is missing."""
        error = refusal_of(written(tmp_path / "c.csv", "clinician_id,payers\n"), CLINICIANS)
        assert "licensed_regions, languages, formats" in str(error)
        assert error.place.column == "licensed_regions"

    def test_batches_are_bounded_by_rows_and_bytes(self, tmp_path):
        """Many rows, and few large ones, come in several batches that keep the lines going."""
        path = written(tmp_path / "d.csv", "patient_id\n" + "p\n" * 20_001)
        first, second = batches_of(path)
        assert (len(first.lines), list(second.lines)) == (20_000, [20_002])
        path = written(tmp_path / "d.csv", "patient_id\n" + ("p" * 1_000_000 + "\n") * 10)
        assert [len(batch.lines) for batch in batches_of(path)] == [9, 1]

    def test_share_read_ends_at_one(self, tmp_path):
        """Progress ends at the whole file."""
        source = open_table(written(tmp_path / "d.csv", "patient_id\np1\n"), DEMOGRAPHICS)
        assert source.share_read == 0.0
        list(source)
        assert source.share_read == 1.0


class TestNdjson:
    def test_lines_count_blank_ones(self, tmp_path):
        """Blank lines are passed over and still counted."""
        path = written(tmp_path / "d.ndjson", '{"patient_id": "a"}\n\n{"patient_id": "b"}\n')
        (batch,) = batches_of(path)
        assert batch.lines == [1, 3]
        assert batch.columns["patient_id"] == ["a", "b"]

    def test_blank_lines_alone_are_a_table_without_rows(self, tmp_path):
        """An exported table without rows is one blank line."""
        assert batches_of(written(tmp_path / "d.ndjson", "\n")) == []

    def test_names_are_those_that_occur(self, tmp_path):
        """A column that no object has is not a column of the file."""
        path = written(
            tmp_path / "d.ndjson", '{"patient_id":"a"}\n{"patient_id":"b","gender":"f"}'
        )
        source = open_table(path, DEMOGRAPHICS)
        list(source)
        assert source.names == {"patient_id", "gender"}

    @pytest.mark.parametrize(
        "line",
        ['["patient_id"]', "3", "{", '{"patient_id": NaN}', "[" * 100_000, "{} {}", "nil"],
    )
    def test_line_that_is_no_object_is_a_fault(self, tmp_path, line):
        """Anything but one JSON object is a fault of its line."""
        (batch,) = batches_of(written(tmp_path / "d.ndjson", line + "\n"))
        assert batch.faults == [Fault(1, None, Cause.NOT_AN_OBJECT)]

    def test_name_twice_is_a_fault(self, tmp_path):
        """An object with one name twice is refused instead of one value winning."""
        path = written(tmp_path / "d.ndjson", '{"patient_id": "a", "patient_id": "b"}\n')
        (batch,) = batches_of(path)
        assert batch.faults == [Fault(1, "patient_id", Cause.DUPLICATE_FIELD)]

    def test_unknown_name_twice_names_no_column(self, tmp_path):
        """A doubled name that the table does not know is not given as a column of the contract."""
        (batch,) = batches_of(written(tmp_path / "d.ndjson", '{"x": 1, "x": 2}\n'))
        assert batch.faults == [Fault(1, None, Cause.DUPLICATE_FIELD)]

    def test_required_name_that_is_absent_is_a_fault(self, tmp_path):
        """An object without a required name is a fault at that column."""
        (batch,) = batches_of(written(tmp_path / "d.ndjson", '{"gender": "f"}\n'))
        assert batch.faults == [Fault(1, "patient_id", Cause.MISSING)]

    def test_unknown_name_is_refused_with_the_nearest(self, tmp_path):
        """An unknown name is refused at its line with the nearest known one."""
        path = written(tmp_path / "d.ndjson", '{"patient_id":"a"}\n{"patientid":"b"}\n')
        with pytest.raises(UnknownColumnError, match="'patient_id'") as caught:
            batches_of(path)
        assert caught.value.place.line == 2

    def test_unknown_name_that_is_no_text_can_be_shown(self, tmp_path):
        """A name of half characters is shown with a sign in its place, so that it can be printed."""
        path = written(tmp_path / "d.ndjson", '{"patient_id":"a","x\\ud800":1}\n')
        with pytest.raises(UnknownColumnError) as caught:
            batches_of(path)
        assert caught.value.place.column == "x?"

    def test_batches_are_bounded(self, tmp_path):
        """Many rows come in several batches."""
        path = written(tmp_path / "d.ndjson", '{"patient_id":"a"}\n' * 20_001)
        assert [len(batch.lines) for batch in batches_of(path)] == [20_000, 1]

    def test_share_read_ends_at_one(self, tmp_path):
        """Progress ends at the whole file."""
        source = open_table(written(tmp_path / "d.ndjson", '{"patient_id":"a"}'), DEMOGRAPHICS)
        list(source)
        assert source.share_read == 1.0


class TestParquet:
    def test_rows_are_numbered_across_row_groups(self, tmp_path):
        """The line of a row is its number in the file, from 1."""
        table = pa.table({"patient_id": [f"p{row}" for row in range(25_000)]})
        pq.write_table(table, tmp_path / "d.parquet", row_group_size=15_000)
        source = open_table(tmp_path / "d.parquet", DEMOGRAPHICS)
        lines = [line for batch in source for line in batch.lines]
        assert lines == list(range(1, 25_001))
        assert source.share_read == 1.0

    def test_file_without_rows_is_fine(self, tmp_path):
        """A Parquet file without rows is a fine, empty table."""
        pq.write_table(
            pa.table({"patient_id": pa.array([], pa.string())}), tmp_path / "d.parquet"
        )
        assert batches_of(tmp_path / "d.parquet") == []

    def test_unknown_column_is_refused(self, tmp_path):
        """Parquet columns are checked as those of CSV."""
        pq.write_table(pa.table({"patient_id": ["a"], "sex": ["f"]}), tmp_path / "d.parquet")
        with pytest.raises(UnknownColumnError):
            batches_of(tmp_path / "d.parquet")

    def test_truncated_file_is_refused(self, tmp_path):
        """A file that lost its end is damaged."""
        pq.write_table(pa.table({"patient_id": ["a"] * 99}), tmp_path / "d.parquet")
        content = (tmp_path / "d.parquet").read_bytes()
        error = refusal_of(written(tmp_path / "d.parquet", content[:-20]))
        assert "damaged" in str(error)

    def test_damaged_page_is_refused(self, tmp_path):
        """A flipped byte inside a page is found by its checksum."""
        path = tmp_path / "d.parquet"
        ids = pa.table({"patient_id": [f"patient-{row}" for row in range(99)]})
        pq.write_table(ids, path, write_page_checksum=True, use_dictionary=False)
        content = bytearray(path.read_bytes())
        content[300] ^= 0xFF
        assert "damaged" in str(refusal_of(written(path, bytes(content))))

    def test_text_that_is_not_utf8_is_refused(self, tmp_path):
        """Bytes that claim to be text and are none are damage, from their batch on."""
        raw = pa.array([b"caf\xe9"], pa.binary())
        ids = pa.StringArray.from_buffers(1, *raw.buffers()[1:])
        pq.write_table(pa.table({"patient_id": ids}), tmp_path / "d.parquet")
        assert "damaged" in str(refusal_of(tmp_path / "d.parquet"))

    def test_name_that_is_not_utf8_is_refused(self, tmp_path):
        """A column name that is no text is damage, too."""
        path = tmp_path / "d.parquet"
        pq.write_table(pa.table({"patient_id": ["a"]}), path, store_schema=False)
        content = path.read_bytes().replace(b"patient_id", b"patient\xffid")
        assert "damaged" in str(refusal_of(written(path, content)))

    def test_rows_of_monstrous_width_are_refused(self, tmp_path):
        """Rows of more than 1 MiB on average are no clinic data."""
        path = tmp_path / "d.parquet"
        pq.write_table(pa.table({"patient_id": ["p" * 3_000_000]}), path, use_dictionary=False)
        assert "1 MiB" in str(refusal_of(path))


class TestFindTables:
    def test_tables_come_in_the_order_of_the_contract(self, tmp_path):
        """Known tables are found in any format; everything else is passed over."""
        for name in (
            "content.csv",
            "clinicians.parquet",
            "README.md",
            ".hidden.csv",
            "pairs.csv",
        ):
            written(tmp_path / name, b"x")
        (tmp_path / "truth").mkdir()
        assert list(find_tables(tmp_path)) == ["clinicians", "content"]

    def test_table_in_two_formats_is_refused(self, tmp_path):
        """One table in two formats would leave open which counts."""
        written(tmp_path / "content.csv", b"x")
        written(tmp_path / "content.ndjson", b"x")
        with pytest.raises(DataRefusedError, match=r"stands in content\.csv too"):
            find_tables(tmp_path)

    @pytest.mark.parametrize("name", ["clinician.csv", "Clinicians.csv", "contents.CSV"])
    def test_misspelt_table_is_refused_with_the_nearest(self, tmp_path, name):
        """A file that is nearly a table is not passed over in silence."""
        written(tmp_path / "intakes.csv", b"x")
        written(tmp_path / name, b"x")
        with pytest.raises(DataRefusedError, match="the nearest is") as caught:
            find_tables(tmp_path)
        assert caught.value.place.file == name

    @pytest.mark.parametrize(
        "name", ["clinicians.jsonl", "clinicians.csv.gz", "clinicians.CSV"]
    )
    def test_table_in_an_unknown_format_is_refused(self, tmp_path, name):
        """A table in a format we do not read is not passed over in silence."""
        written(tmp_path / name, b"x")
        with pytest.raises(DataRefusedError, match="format is not known"):
            find_tables(tmp_path)

    def test_folder_without_a_table_is_refused(self, tmp_path):
        """A folder with nothing to import is surely the wrong one."""
        with pytest.raises(DataRefusedError, match="holds no table"):
            find_tables(tmp_path)

    def test_absent_folder_is_refused(self, tmp_path):
        """A folder that is not there is named."""
        with pytest.raises(DataRefusedError, match="no such folder"):
            find_tables(tmp_path / "absent")
