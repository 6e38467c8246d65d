"""Ids and rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vocabulary import UNKNOWN_ROW, Vocabulary

IDS = st.lists(st.text(alphabet="aB9 é☃", max_size=4), max_size=12)


class TestBuild:
    def test_order_of_first_appearance(self):
        """The place of an id is its row."""
        assert Vocabulary.build(["b", "a", "b", "c"]).ids == ("b", "a", "c")

    def test_sorted_by_code_point(self):
        """Capitals before small letters, on every machine."""
        assert Vocabulary.build(["b", "a", "B"], is_sorted=True).ids == ("B", "a", "b")

    def test_missing_ids_are_left_out(self):
        """Nobody has no row."""
        assert Vocabulary.build(pd.Series(["a", None, "b"], dtype="str")).ids == ("a", "b")

    def test_an_empty_one(self):
        """A clinic without rows."""
        empty = Vocabulary.build([])
        assert (len(empty), empty.ids, "a" in empty) == (0, (), False)
        assert empty.find_rows(["a"]).tolist() == [UNKNOWN_ROW]


class TestRow:
    def test_a_known_id(self):
        """Its place."""
        assert Vocabulary.build(["x", "y"]).row("y") == 1

    def test_an_unknown_id(self):
        """Asking for one row means that it must be there."""
        with pytest.raises(KeyError):
            Vocabulary.build(["x"]).row("y")


class TestFindRows:
    def test_unknown_and_missing_are_minus_one(self):
        """One row for each id asked for, with repeats."""
        rows = Vocabulary.build(["x", "y"]).find_rows(["y", "z", None, "x", "y"])
        assert rows.tolist() == [1, -1, -1, 0, 1]
        assert rows.dtype == np.int64

    @given(IDS, st.booleans())
    def test_rows_lead_back_to_ids(self, ids, is_sorted):
        """Rows and ids are each other's inverse."""
        known = Vocabulary.build(ids, is_sorted=is_sorted)
        assert [known.ids[row] for row in known.find_rows(ids)] == ids
        assert [known.row(entry) for entry in known.ids] == list(range(len(known)))
        assert all(entry in known for entry in ids)
