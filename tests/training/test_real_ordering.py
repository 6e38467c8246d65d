import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.real.ordering import concordance, expected_ndcg

VOTES = st.lists(st.integers(0, 5), min_size=2, max_size=8)


class TestConcordance:
    def test_right_wrong_and_tied_pairs(self):
        """Values 2, 1, 0 with scores 1, 3, 1: one pair wrong, one right, one tied."""
        assert concordance([1, 3, 1], [2, 1, 0]) == pytest.approx(0.5)

    def test_equal_values_have_no_order(self):
        """Where nothing differs there is no figure."""
        assert math.isnan(concordance([1, 2], [3, 3]))

    @given(VOTES)
    def test_turning_the_scores_round_mirrors_it(self, votes):
        """Concordance of a score and of its negative add up to one."""
        scores = [vote % 3 for vote in votes]
        total = concordance(scores, votes) + concordance([-score for score in scores], votes)
        assert math.isnan(total) or total == pytest.approx(1.0)


class TestExpectedNdcg:
    @given(VOTES)
    def test_ordering_by_the_truth_is_perfect(self, votes):
        """The votes themselves order best."""
        found = expected_ndcg(votes, votes)
        assert found == pytest.approx(1.0) if any(votes) else math.isnan(found)

    def test_ties_are_the_mean_over_their_orders(self):
        """Gains 3 and 0 tied: half of (1 + 1 / log2 3)."""
        both = (expected_ndcg([2, 1], [3, 0]) + expected_ndcg([1, 2], [3, 0])) / 2
        assert expected_ndcg([1, 1], [3, 0]) == pytest.approx(both)
