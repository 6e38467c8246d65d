"""Raw columns become stored values, or faults that name their cause."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.clinic import INTAKES, MEASURES
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
from data.faults import Cause, Fault, describe
from data.instants import micros_of
from data.parsing import check_batch, parse_column
from data.parsing_words import join_list, split_list
from data.raw_batches import Batch, Form

NEW_YEAR = micros_of(datetime(2026, 1, 1, tzinfo=UTC))
DOUBLES = '["b","a","b"]'
HUGE = 2**63
STORED = dict.fromkeys(Kind, str) | {
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.FLAG: bool,
    Kind.TIME: int,
}
"""The Python type of a stored value; 3 and 3.0 are equal, but not the same to a database."""


def parsed(column, form, *values):
    """Values and causes of a column; None for the value of a fault."""
    raw = list(values)
    found = parse_column(column, form, raw)
    pairs = list(zip(found.values, found.faults.tolist(), strict=True))
    fine = [value for value, cause in pairs if value is not None and not cause]
    assert {type(value) for value in fine} <= {STORED[column.kind]}
    return [Cause(cause).label if cause else value for value, cause in pairs]


def arrow(column, array):
    """Values and causes of an Arrow column."""
    found = parse_column(column, Form.ARROW, array)
    pairs = list(zip(found.values, found.faults.tolist(), strict=True))
    fine = [value for value, cause in pairs if value is not None and not cause]
    assert {type(value) for value in fine} <= {STORED[column.kind]}
    return [Cause(cause).label if cause else value for value, cause in pairs]


class TestStrings:
    @pytest.mark.parametrize("form", [Form.TEXT, Form.JSON])
    def test_any_string_of_128_characters_is_an_id(self, form):
        """Ids are strings of any script, with quotes, spaces and signs."""
        values = ["é" * 128, 'a"b', "x,y|z", " ", "日本"]
        assert parsed(identifier("id", required=True), form, *values) == values

    def test_empty_is_missing(self):
        """The empty string is a missing value; a required one is a fault."""
        assert parsed(identifier("id"), Form.TEXT, "", "a") == [None, "a"]
        assert parsed(identifier("id", required=True), Form.TEXT, "", "a") == ["missing", "a"]

    def test_too_long_is_a_fault(self):
        """One character too many is a fault, for ids and for texts."""
        assert parsed(identifier("id"), Form.TEXT, "a" * 129) == ["too_long"]
        assert parsed(text("t"), Form.TEXT, "a" * 2000, "a" * 2001) == ["a" * 2000, "too_long"]

    def test_control_characters_are_faults(self):
        """Ids hold no control characters and no half characters; texts may hold line ends."""
        found = parsed(word("w"), Form.JSON, "a\nb", "a\x00", "\ud800", "a")
        assert found == [*["invalid_character"] * 3, "a"]
        found = parsed(text("t"), Form.JSON, "a\r\n\tb", "a\x00", "\ud800", "\x85")
        assert found == ["a\r\n\tb", *["invalid_character"] * 3]

    def test_closed_vocabulary(self):
        """A word outside its vocabulary is a fault; case counts."""
        column = word("w", "red", "green")
        assert parsed(column, Form.TEXT, "red", "RED", "") == ["red", "not_a_choice", None]

    def test_other_json_types_are_faults(self):
        """A number is no id in JSON, and an empty list is no missing word."""
        found = parsed(identifier("id"), Form.JSON, 7, "7", None, True, [], 0)
        assert found == ["wrong_type", "7", None, *["wrong_type"] * 3]

    @pytest.mark.parametrize(
        "array",
        [
            pa.array(["a", None, ""], pa.large_string()),
            pa.array(["a", None, ""], pa.string_view()),
            pa.array(["a", None, ""]).dictionary_encode(),
        ],
    )
    def test_arrow_strings(self, array):
        """Every Arrow type of strings is taken, dictionaries too."""
        assert arrow(identifier("id"), array) == ["a", None, None]

    def test_arrow_of_another_type_is_a_fault_where_it_has_a_value(self):
        """Whole numbers are no ids, but a column of nulls is a column without values."""
        assert arrow(identifier("id"), pa.array([7, None])) == ["wrong_type", None]
        assert arrow(identifier("id"), pa.nulls(2)) == [None, None]


class TestLists:
    def test_csv_lists_keep_order_and_doubles(self):
        """Entries keep their order, and one that is there twice stays twice."""
        found = parsed(words("w"), Form.TEXT, "b|a|b", "", r"a\|b|c\\", "b|a|b")
        assert found == [DOUBLES, "[]", r'["a|b","c\\"]', DOUBLES]

    def test_json_lists(self):
        """JSON has arrays of strings; null is the empty list, also where it is required."""
        column = words("w", required=True)
        assert parsed(column, Form.JSON, ["a"], [], None) == ['["a"]', "[]", "[]"]

    @pytest.mark.parametrize("value", [7, "a|b", ["a", 1], [None], {"a": 1}, [["a"]]])
    def test_other_json_types_are_faults(self, value):
        """Anything but an array of strings is a fault."""
        assert parsed(words("w"), Form.JSON, value) == ["wrong_type"]

    def test_entries_are_checked_like_words(self):
        """An entry that is empty, too long, strange or not of the vocabulary is a fault."""
        column = words("w", "a", "b")
        found = parsed(column, Form.JSON, ["a"], ["a", ""], ["c"], ["a\n"], ["a" * 129])
        causes = ["empty_entry", "not_a_choice", "invalid_character", "too_long"]
        assert found == ['["a"]', *causes]

    def test_too_many_entries_are_a_fault(self):
        """10,000 entries are the most."""
        found = parsed(words("w"), Form.JSON, ["a"] * 10_001, ["a"] * 10_000)
        assert found[0] == "too_long"
        assert found[1].startswith('["a"')

    @pytest.mark.parametrize(
        "kind",
        [
            pa.list_(pa.string()),
            pa.large_list(pa.large_string()),
            pa.list_(pa.string(), 2),
            pa.list_view(pa.string()),
            pa.large_list_view(pa.string()),
        ],
    )
    def test_arrow_lists(self, kind):
        """Every Arrow type of lists is taken."""
        assert arrow(words("w"), pa.array([["a", "b"], None], kind)) == ['["a","b"]', "[]"]

    def test_arrow_of_another_type_is_a_fault(self):
        """Parquet has lists of its own; joined strings are refused."""
        assert arrow(words("w"), pa.array(["a|b", None])) == ["wrong_type", "[]"]
        assert arrow(words("w"), pa.nulls(1)) == ["[]"]

    @given(st.lists(st.text(min_size=1)))
    def test_join_and_split_are_inverse(self, entries):
        """Whatever the entries hold, a joined list splits into them again."""
        assert split_list(join_list(entries)) == entries

    @given(st.text(alphabet="ab|\\"))
    def test_split_never_fails(self, cell):
        """Any text splits, also one that ends in a lone backslash."""
        assert "".join(split_list(cell)).count("a") == cell.count("a")

    def test_lone_backslash_at_the_end_is_kept(self):
        """A backslash with nothing behind it stands for itself."""
        assert split_list("a|b\\") == ["a", "b\\"]


class TestIntegers:
    def test_csv_spellings(self):
        """Whole numbers may have signs, leading zeros and an empty fraction."""
        found = parsed(integer("i"), Form.TEXT, "3", "3.0", "3.", "+4", "-007", "", "-0")
        assert found == [3, 3, 3, 4, -7, None, 0]
        assert all(type(value) is int for value in found if value is not None)

    @pytest.mark.parametrize(
        "value", ["3.5", "abc", " 3", "1e3", "0x1", "1_000", "٣", "-", "."]
    )
    def test_csv_faults(self, value):
        """What is no plain whole number is a fault."""
        assert parsed(integer("i"), Form.TEXT, value) == ["wrong_type"]

    def test_range_is_inclusive(self):
        """The ends of a range belong to it."""
        column = integer("i", 0, 27)
        found = parsed(column, Form.TEXT, "-1", "0", "27", "28")
        assert found == ["too_low", 0, 27, "too_high"]
        assert parsed(column, Form.JSON, -1, 0, 27, 28) == found
        assert arrow(column, pa.array([-1, 0, 27, 28])) == found

    def test_missing_is_not_out_of_range(self):
        """A missing value is no 0 that would be below the range."""
        assert parsed(integer("i", 1), Form.TEXT, "") == [None]
        assert parsed(integer("i", 1), Form.JSON, None) == [None]

    def test_beyond_64_bits(self):
        """Numbers that the store cannot hold are out of range, and the others keep every digit."""
        values = ["9" * 18, "9" * 40, "-" + "9" * 5000, str(HUGE - 1), str(HUGE), str(-HUGE)]
        found = parsed(integer("i"), Form.TEXT, *values, "0" * 40, "-" + "0" * 40 + "7")
        assert found[:3] == [10**18 - 1, "too_high", "too_low"]
        assert found[3:] == [HUGE - 1, "too_high", -HUGE, 0, -7]
        found = parsed(integer("i"), Form.JSON, HUGE, -HUGE, HUGE - 1, 1e300, float("-inf"))
        assert found == ["too_high", -HUGE, HUGE - 1, "too_high", "too_low"]
        assert arrow(integer("i"), pa.array([HUGE, 1], pa.uint64())) == ["too_high", 1]

    def test_json_types(self):
        """JSON numbers without a fraction are whole; true is no number."""
        found = parsed(integer("i"), Form.JSON, 3, 3.0, 3.5, True, "3", None)
        assert found == [3, 3, "wrong_type", "wrong_type", "wrong_type", None]

    def test_arrow_types(self):
        """Floats with NaN for gaps, as pandas has them, decimals and small integers are taken."""
        floats = pa.array([3.0, float("nan"), 3.5, None])
        assert arrow(integer("i"), floats) == [3, None, "wrong_type", None]
        assert arrow(integer("i"), pa.array([Decimal("3.00"), Decimal("3.10"), None])) == [
            3,
            "wrong_type",
            None,
        ]
        assert arrow(integer("i"), pa.array([3, None], pa.int8())) == [3, None]
        assert arrow(integer("i"), pa.array([7, None]).dictionary_encode()) == [7, None]
        assert arrow(integer("i"), pa.array(["3", None])) == ["wrong_type", None]
        assert arrow(integer("i"), pa.array([True, None])) == ["wrong_type", None]

    def test_required(self):
        """A required number that is missing is a fault, in every form."""
        column = integer("i", required=True)
        assert parsed(column, Form.TEXT, "") == ["missing"]
        assert parsed(column, Form.JSON, None) == ["missing"]
        assert arrow(column, pa.nulls(1)) == ["missing"]


class TestNumbers:
    def test_csv_spellings(self):
        """Decimal and scientific notation are taken."""
        found = parsed(number("n"), Form.TEXT, "1.5", "-.5", "+2.", "1e3", "", "1e-999")
        assert found == [1.5, -0.5, 2.0, 1000.0, None, 0.0]

    @pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-Infinity", "1e999"])
    def test_not_finite_csv(self, value):
        """What is not finite is a fault of its own."""
        assert parsed(number("n"), Form.TEXT, value) == ["not_finite"]

    @pytest.mark.parametrize("value", ["1,5", "abc", "1 ", "--1", "1e"])
    def test_csv_faults(self, value):
        """What is no number is a fault."""
        assert parsed(number("n"), Form.TEXT, value) == ["wrong_type"]

    def test_json_types(self):
        """JSON numbers are taken, true and texts are not, and huge ones are not finite."""
        found = parsed(number("n"), Form.JSON, 1, 1.5, True, "1", None, 10**400, float("inf"))
        kinds = ["wrong_type", "wrong_type", None, "not_finite", "not_finite"]
        assert found == [1.0, 1.5, *kinds]

    def test_arrow_types(self):
        """Arrow numbers are taken; NaN is missing, infinity is a fault."""
        floats = pa.array([1.5, float("nan"), float("inf"), None])
        assert arrow(number("n"), floats) == [1.5, None, "not_finite", None]
        assert arrow(number("n"), pa.array([Decimal("1.5")])) == [1.5]
        assert arrow(number("n"), pa.array([1, None])) == [1.0, None]
        assert arrow(number("n"), pa.array(np.array([1.5], np.float16))) == [1.5]

    def test_range(self):
        """A share lies between 0 and 1."""
        found = parsed(number("n", 0, 1), Form.TEXT, "-0.01", "0", "1", "1.01")
        assert found == ["too_low", 0.0, 1.0, "too_high"]

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_every_float_survives_its_text(self, value):
        """The shortest text of a float is read as the same float."""
        assert parsed(number("n"), Form.TEXT, repr(value)) == [value]


class TestFlags:
    def test_csv_spellings(self):
        """True, TRUE, true and 1 are true; yes is not."""
        found = parsed(
            flag("f"), Form.TEXT, "true", "True", "TRUE", "1", "false", "0", "", "yes"
        )
        assert found == [True, True, True, True, False, False, None, "wrong_type"]

    def test_json_and_arrow_have_truth_values(self):
        """Where a format has truth values, only they are taken."""
        assert parsed(flag("f"), Form.JSON, True, False, None, 1, "true") == [
            True,
            False,
            None,
            "wrong_type",
            "wrong_type",
        ]
        assert arrow(flag("f"), pa.array([True, None, False])) == [True, None, False]
        assert arrow(flag("f"), pa.array([1, None])) == ["wrong_type", None]


class TestTimes:
    @pytest.mark.parametrize(
        "value",
        [
            "2026-01-01T00:00:00Z",
            "2026-01-01t00:00:00z",
            "2026-01-01 00:00:00+00:00",
            "2026-01-01T05:30:00+05:30",
            "2025-12-31T16:00:00-08:00",
            "2026-01-01T00:00:00.0000009Z",
        ],
    )
    @pytest.mark.parametrize("form", [Form.TEXT, Form.JSON])
    def test_spellings_of_one_instant(self, form, value):
        """Any offset means the same instant; digits beyond the microsecond are cut off."""
        assert parsed(time("t"), form, value, "", "soon") == [NEW_YEAR, None, "not_a_time"]

    @pytest.mark.parametrize(
        "value", ["2026-01-01T00:00:00", "2026-01-01 00:00", "2026-01-01T00:00:00.5"]
    )
    def test_no_zone(self, value):
        """A time without a zone is a fault of its own."""
        assert parsed(time("t"), Form.TEXT, value) == ["no_time_zone"]

    @pytest.mark.parametrize(
        "value",
        [
            "2026-01-01",
            "01/02/2026",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+0000",
            "1767225600",
        ],
    )
    def test_no_time(self, value):
        """What no calendar or no RFC 3339 knows is a fault."""
        assert parsed(time("t"), Form.TEXT, value) == ["not_a_time"]

    def test_range(self):
        """Times lie between 1900 and 9999 in UTC."""
        values = [
            "1899-12-31T23:59:59Z",
            "1900-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
            "9999-12-31T23:59:59-00:01",
        ]
        low, first, last, high = parsed(time("t"), Form.TEXT, *values)
        assert (low, high) == ("time_out_of_range", "time_out_of_range")
        assert first == micros_of(datetime(1900, 1, 1, tzinfo=UTC))
        assert last == micros_of(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))

    def test_json_numbers_are_faults(self):
        """Seconds since 1970 are no RFC 3339."""
        found = parsed(time("t", required=True), Form.JSON, 0, None, True)
        assert found == ["wrong_type", "missing", "wrong_type"]

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    @pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
    def test_arrow_timestamps(self, unit, zone):
        """Timestamps of every unit are taken; those without a zone are UTC."""
        ticks = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit] * (NEW_YEAR // 10**6)
        array = pa.array([ticks, None], pa.timestamp(unit, tz=zone))
        assert arrow(time("t"), array) == [NEW_YEAR, None]

    def test_arrow_range(self):
        """Timestamps that microseconds cannot hold are out of range, not something else."""
        array = pa.array([2**62, -(2**62), 0], pa.timestamp("s"))
        assert arrow(time("t"), array) == ["time_out_of_range", "time_out_of_range", 0]

    def test_arrow_dates(self):
        """A date is its midnight in UTC."""
        for kind in (pa.date32(), pa.date64()):
            assert arrow(time("t"), pa.array([date(2026, 1, 1), None], kind)) == [
                NEW_YEAR,
                None,
            ]

    def test_arrow_strings(self):
        """Times may be texts in Parquet, with the rules of CSV."""
        array = pa.array(["2026-01-01T00:00:00Z", None, "", "2026-01-01T00:00:00"])
        assert arrow(time("t"), array) == [NEW_YEAR, None, None, "no_time_zone"]

    def test_arrow_of_another_type_is_a_fault(self):
        """A number is no time."""
        assert arrow(time("t"), pa.array([1, None])) == ["wrong_type", None]

    @given(
        st.datetimes(
            min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - the strategy wants it so
            max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - likewise
            timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
        )
    )
    def test_every_instant_is_read_as_python_writes_it(self, instant):
        """Our reading of RFC 3339 agrees with the standard library's writing of it."""
        assert parsed(time("t"), Form.TEXT, instant.isoformat()) == [micros_of(instant)]


class TestCheckBatch:
    def check(self, spec, **columns):
        """A batch of JSON columns whose first row stands on line 2, checked."""
        size = len(next(iter(columns.values())))
        return check_batch(spec, Form.JSON, Batch(range(2, size + 2), columns))

    def test_faulty_rows_are_taken_out(self):
        """Rows with a fault go, the others keep their lines; a row counts once."""
        spec = TableSpec(name="t", key=("a",), columns=(identifier("a"), integer("b", 0, 9)))
        found = self.check(spec, a=["x", 7, "y"], b=[1, 99, 3])
        assert found.lines == [2, 4]
        assert found.columns == {"a": ["x", "y"], "b": [1, 3]}
        assert found.faults == [Fault(3, "a", Cause.WRONG_TYPE), Fault(3, "b", Cause.TOO_HIGH)]
        assert (found.rows_read, found.rows_rejected) == (3, 1)

    def test_faults_of_the_reader_come_along_in_order(self):
        """Rows that could not be taken apart count as read and rejected, in the order of lines."""
        spec = TableSpec(name="t", key=("a",), columns=(identifier("a"),))
        broken = Fault(3, None, Cause.NOT_AN_OBJECT)
        found = check_batch(spec, Form.JSON, Batch([2, 4], {"a": ["x", 7]}, [broken]))
        assert found.faults == [broken, Fault(4, "a", Cause.WRONG_TYPE)]
        assert (found.rows_read, found.rows_rejected) == (3, 2)

    def test_item_9_cannot_exceed_its_total(self):
        """An intake whose PHQ-9 item 9 is above the total contradicts itself."""
        found = self.check(INTAKES, phq9_total=[1, 3, None, 1], phq9_item9=[2, 3, 3, None])
        assert found.faults == [Fault(2, "phq9_item9", Cause.CONTRADICTS)]

    def test_intakes_without_these_columns_have_no_rule_to_break(self):
        """Both columns are optional."""
        assert self.check(INTAKES, phq9_item9=[3]).faults == []
        assert self.check(INTAKES, phq9_total=[3]).faults == []

    def test_first_fault_of_a_value_stands(self):
        """An impossible item 9 is out of range, whatever else it is."""
        found = self.check(INTAKES, phq9_total=[1], phq9_item9=[4])
        assert [fault.cause for fault in found.faults] == [Cause.TOO_HIGH]

    @pytest.mark.parametrize(
        ("instrument", "total", "item9", "expected"),
        [
            ("phq9", 27, 3, None),
            ("phq9", 28, None, ("total", Cause.TOO_HIGH)),
            ("phq9", -1, None, ("total", Cause.TOO_LOW)),
            ("phq9", 10.5, None, ("total", Cause.NOT_WHOLE)),
            ("phq9", 1, 2, ("item9", Cause.CONTRADICTS)),
            ("gad7", 22, None, ("total", Cause.TOO_HIGH)),
            ("gad7", 5, 0, ("item9", Cause.CONTRADICTS)),
            ("pcl5", 81, None, ("total", Cause.TOO_HIGH)),
            ("wsas", 41, None, ("total", Cause.TOO_HIGH)),
            ("srs", 38.5, None, None),
            ("ors", 40.1, None, ("total", Cause.TOO_HIGH)),
            ("PHQ9", 28, None, ("total", Cause.TOO_HIGH)),
            (" phq9 ", 12, 3, None),
            ("PHQ-9", 99, None, ("total", Cause.TOO_HIGH)),
            ("our-own", -1234.5, None, None),
            ("our-own", 5, 0, ("item9", Cause.CONTRADICTS)),
            (7, 5, 3, ("instrument", Cause.WRONG_TYPE)),
            ("phq9", "x", 3, ("total", Cause.WRONG_TYPE)),
            ("phq9", None, None, ("total", Cause.MISSING)),
        ],
    )
    def test_measures(self, instrument, total, item9, expected):
        """Totals lie within their instrument, and item 9 belongs to the PHQ-9."""
        found = self.check(MEASURES, instrument=[instrument], total=[total], item9=[item9])
        assert [(fault.column, fault.cause) for fault in found.faults] == (
            [expected] if expected else []
        )

    def test_measures_without_item_9(self):
        """The column is optional."""
        found = self.check(MEASURES, instrument=["phq9"], total=[5])
        assert found.faults == []


class TestDescribe:
    COLUMNS = (
        identifier("a"),
        integer("b", 0, 27),
        integer("b"),
        words("c", "x"),
        time("d"),
        flag("e"),
        text("f"),
    )

    def test_every_cause_has_words(self):
        """Whatever is wrong with whatever column, there is something to say."""
        for column in (*self.COLUMNS, None):
            for cause in set(Cause) - {Cause.FINE}:
                assert len(describe(cause, column)) > 5

    def test_range_is_told(self):
        """Who is refused is told what is allowed."""
        assert describe(Cause.TOO_LOW, self.COLUMNS[1]) == "the value is below 0"
        assert describe(Cause.NOT_A_CHOICE, self.COLUMNS[3]) == "the word is not one of x"
        assert self.COLUMNS[3].kind is Kind.WORDS
