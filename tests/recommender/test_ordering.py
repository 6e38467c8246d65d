"""The best of many scores."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.ordering import best_first


class TestBestFirst:
    @given(st.lists(st.integers(0, 5), max_size=30), st.integers(0, 40))
    def test_it_is_the_head_of_a_stable_sort(self, values, count):
        """However few are wanted, they are the first of the whole order."""
        scores = np.array(values, np.float64)
        whole = sorted(range(len(values)), key=lambda place: -values[place])
        assert best_first(scores, count).tolist() == whole[:count]
