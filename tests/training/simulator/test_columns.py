import numpy as np
import pandas as pd

from data.clinic import ATTENDANCE, INTAKES
from data.frames import DTYPES
from training.simulator.columns import (
    MISSING,
    NO_TIME,
    complete,
    flags,
    integers,
    lists,
    numbers,
    ordered,
    times,
    word_lists,
    words_at,
)


class TestWordsAt:
    def test_words_by_position_with_gaps(self):
        """A missing position is a missing word, in the dtype of words."""
        column = words_at(("a", "b"), np.array([1, MISSING, 0]))
        assert column.dtype == "str"
        assert column.isna().tolist() == [False, True, False]
        assert column[0] == "b"


class TestWordLists:
    def test_lists_keep_the_order_of_the_words(self):
        """Each row gets its words, an empty one none."""
        chosen = np.array([[True, True], [False, False], [False, True]])
        assert word_lists(("x", "y"), chosen) == [("x", "y"), (), ("y",)]

    def test_column_of_equally_long_lists_is_not_a_matrix(self):
        """Lists of one length stay lists."""
        assert lists([("a", "b"), ("c", "d")]).tolist() == [("a", "b"), ("c", "d")]


class TestTimes:
    def test_micros_become_instants(self):
        """The sentinel becomes a missing instant."""
        column = times(np.array([0, NO_TIME]))
        assert column[0] == pd.Timestamp(0, tz="UTC")
        assert column.isna().tolist() == [False, True]


class TestComplete:
    def test_missing_columns_are_there_and_empty(self):
        """A frame has all columns of its table in the canonical dtypes."""
        frame = complete(INTAKES, {"intake_id": words_at(("i",), np.array([0, 0]))})
        assert tuple(frame.columns) == INTAKES.names
        for column in INTAKES.columns:
            assert frame[column.name].dtype == DTYPES[column.kind], column.name
        assert frame["concerns"].tolist() == [(), ()]

    def test_frames_without_rows_have_dtypes_too(self):
        """An empty table is a table."""
        frame = complete(ATTENDANCE, {"at": times(np.empty(0, dtype=np.int64))})
        assert len(frame) == 0
        assert frame["status"].dtype == "str"


class TestKinds:
    def test_flags_integers_and_numbers_know_gaps(self):
        """Each kind has its own missing value."""
        gap = np.array([False, True])
        assert flags(np.array([True, True]), gap).tolist() == [True, pd.NA]
        assert integers(np.array([4, 5]), gap).tolist() == [4, pd.NA]
        assert numbers(np.array([1.5, np.nan])).isna().tolist() == [False, True]


class TestOrdered:
    def test_order_is_stable_with_a_fresh_index(self):
        """Equal keys keep their order."""
        frame = pd.DataFrame({"k": [2, 1, 1], "v": [0, 1, 2]})
        assert ordered(frame, "k")["v"].tolist() == [1, 2, 0]
        assert ordered(frame, "k").index.tolist() == [0, 1, 2]
