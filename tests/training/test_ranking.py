"""Metrics of ranked lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics.ranking import (
    NO_ITEM,
    coverage,
    find_hits,
    hit_rate_at,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)

HITS = np.array([[True, False, True], [False, False, True], [False, False, False]])
RELEVANT = np.array([4, 1, 0])
"""Three people: four, one and no relevant items."""


class TestFindHits:
    def test_each_place_is_looked_up(self):
        """Person 0 used 5 and 2, person 1 used 0; filling is never a hit."""
        ranked = np.array([[2, 1, 5], [5, NO_ITEM, NO_ITEM]])
        people, used = np.array([0, 1, 0]), np.array([5, 0, 2])
        assert find_hits(ranked, people, used, items=6).tolist() == [
            [True, False, True],
            [False, False, False],
        ]

    def test_filling_does_not_hit_the_last_item_of_the_person_before(self):
        """Row -1 of person 1 has the key of person 0's last item."""
        ranked = np.array([[0], [NO_ITEM]])
        assert not find_hits(ranked, np.array([0]), np.array([2]), items=3).any()

    def test_nothing_used(self):
        """Without relevant items there are no hits."""
        none = np.zeros(0, np.int64)
        assert not find_hits(np.array([[0, 1]]), none, none, items=2).any()


class TestRecallAt:
    def test_hits_over_all_relevant_items(self):
        """Two of four items found, one of one; nobody's recall is undefined without any."""
        assert recall_at(HITS, RELEVANT, 3).tolist() == pytest.approx(
            [0.5, 1.0, np.nan], nan_ok=True
        )

    def test_more_relevant_items_than_places_stay_below_one(self):
        """There is no cap at the length of the list."""
        assert recall_at(np.array([[True, True]]), np.array([8]), 2).tolist() == [0.25]


class TestNdcgAt:
    def test_gain_over_the_ideal_list(self):
        """Hits on ranks 1 and 3 of an ideal of three: 1.5 / 2.1309; rank 3 of one: 0.5."""
        found = ndcg_at(HITS, RELEVANT, 3)
        assert found[0] == pytest.approx(1.5 / (1 + 1 / np.log2(3) + 0.5))
        assert found[1] == pytest.approx(0.5)
        assert np.isnan(found[2])

    @given(
        st.lists(st.booleans(), min_size=1, max_size=8), st.integers(0, 4), st.integers(1, 10)
    )
    def test_it_lies_between_0_and_1(self, places, missed, k):
        """Whatever the list, and 1 only for hits at its top."""
        hits = np.array([places])
        relevant = np.array([sum(places) + missed])
        found = float(ndcg_at(hits, relevant, k)[0])
        assert np.isnan(found) if not relevant[0] else 0.0 <= found <= 1.0 + 1e-12


class TestHitRateAt:
    def test_one_hit_is_enough(self):
        """Person 1 has a hit among three but not among two."""
        assert hit_rate_at(HITS, RELEVANT, 3)[:2].tolist() == [1.0, 1.0]
        assert hit_rate_at(HITS, RELEVANT, 2)[:2].tolist() == [1.0, 0.0]


class TestReciprocalRank:
    def test_the_first_hit_counts(self):
        """Ranks 1 and 3; undefined where nothing is relevant."""
        found = reciprocal_rank(HITS, RELEVANT)
        assert found.tolist() == pytest.approx([1.0, 1 / 3, np.nan], nan_ok=True)

    def test_empty_lists(self):
        """A list without places finds nothing."""
        assert reciprocal_rank(np.zeros((1, 0), bool), np.array([1])).tolist() == [0.0]


class TestCoverage:
    def test_an_empty_catalogue_has_none(self):
        """There is nothing to cover."""
        assert np.isnan(coverage(np.zeros((0, 3), np.int64), items=0))
