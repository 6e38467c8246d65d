import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.names import find_rows, name_rows

NAMES = st.lists(st.text(st.characters(min_codepoint=33), min_size=1, max_size=5), max_size=20)


class TestNameRows:
    @given(NAMES)
    def test_rows_give_the_names_back(self, names):
        """Looking up the row of a name yields the name."""
        known, rows = name_rows(names)
        assert [str(known[row]) for row in rows] == names
        assert known.tolist() == sorted(set(names))

    def test_arrays_are_taken_too(self):
        """An array of names is as good as a list."""
        assert name_rows(np.array(["b", "a"]))[1].tolist() == [1, 0]


class TestFindRows:
    @given(NAMES, NAMES)
    def test_known_names_are_found_and_others_are_minus_one(self, names, wanted):
        """Each answer is the name's place, or -1."""
        known, _ = name_rows(names)
        places = {name: row for row, name in enumerate(known.tolist())}
        assert find_rows(known, wanted).tolist() == [places.get(name, -1) for name in wanted]
