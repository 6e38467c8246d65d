"""Blending sources and learning how."""

import numpy as np
import pytest

from recommender import blend
from recommender.blend import (
    AGAIN_SOURCES,
    NEW_SOURCES,
    RATE_RANKS,
    TuningList,
    default_blend,
    learn_weights,
    rates_by_rank,
    scaled,
)


def never() -> bool:
    """Time is never up."""
    return False


def lists_of(count: int = 5) -> list[TuningList]:
    """People for whom the second source is right and the first one wrong."""
    features = np.array([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])
    hits = np.array([False, False, True])
    return [TuningList(features=features, is_hit=hits, hits=1) for _ in range(count)]


class TestDefaultBlend:
    def test_there_is_a_weight_for_every_source(self):
        """Weights fit the sources, rates fall with the rank."""
        usual = default_blend()
        assert len(usual.again) == len(AGAIN_SOURCES)
        assert len(usual.new) == len(NEW_SOURCES)
        for rate in (usual.again_rate, usual.new_rate, usual.next_step_rate):
            assert rate.shape == (RATE_RANKS,)
            assert (np.diff(rate) < 0).all()


class TestScaled:
    def test_no_candidates(self):
        """Nothing to scale stays nothing."""
        assert scaled(np.zeros((3, 0))).shape == (3, 0)


class TestLearnWeights:
    def test_the_right_source_wins(self):
        """Weights are found that put the used item first for everybody."""
        weights, value = learn_weights(lists_of(), np.array([1.0, 0.0]), is_time_up=never)
        assert value == pytest.approx(1.0)
        assert weights[1] > weights[0]

    def test_what_the_candidates_lack_counts_as_missed(self):
        """With two items used and one among the candidates the best value is 1 / 1.6309."""
        features = np.array([[1.0, 0.0]])
        one = TuningList(features=features, is_hit=np.array([True, False]), hits=2)
        _, value = learn_weights([one], np.array([1.0]), is_time_up=never)
        assert value == pytest.approx(1.0 / (1.0 + 1.0 / np.log2(3.0)))

    def test_lists_of_different_length(self):
        """Filling never counts as a candidate."""
        short = TuningList(features=np.array([[-1.0], [-1.0]]), is_hit=np.array([True]), hits=1)
        lists = [*lists_of(9), short]
        _, value = learn_weights(lists, np.array([1.0, 1.0]), is_time_up=never)
        assert value == pytest.approx(1.0)

    def test_nobody_teaches_nothing(self):
        """Without people the start stays."""
        weights, value = learn_weights([], np.array([0.3]), is_time_up=never)
        assert (weights.tolist(), value) == ([0.3], 0.0)

    def test_out_of_time_the_best_so_far_is_kept(self):
        """The start and each source alone are looked at, and nothing more."""
        start = np.array([1.0, 0.5])
        weights, value = learn_weights(lists_of(), start, is_time_up=lambda: True)
        assert weights.tolist() == [0.0, 1.0]
        assert value == pytest.approx(1.0)

    def test_a_blend_has_to_beat_its_best_source(self):
        """Nine people are served by one source alone; that a mixture helps a tenth is no reason to mix."""
        first = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.9]])
        odd = TuningList(features=first, is_hit=np.array([False, False, True]), hits=1)
        weights, value = learn_weights(
            [*lists_of(9), odd], np.array([1.0, 0.0]), is_time_up=never
        )
        assert weights.tolist() == [0.0, 1.0]
        assert value < 1.0

    def test_one_person_s_luck_changes_nothing(self):
        """A gain that is not larger than its standard error over people leaves the start as it was."""
        start = np.array([1.0, 0.0])
        content = TuningList(
            features=np.array([[1.0, 0.0], [0.0, 1.0]]), is_hit=np.array([True, False]), hits=1
        )
        weights, _ = learn_weights(lists_of(1), start, is_time_up=never)
        assert weights.tolist() == [1.0, 0.0]
        weights, _ = learn_weights([*lists_of(1), content], start, is_time_up=never)
        assert weights.tolist() == [1.0, 0.0]

    def test_the_search_stops_when_nothing_improves_or_rounds_are_over(self, monkeypatch):
        """One round is enough to find the right source here."""
        monkeypatch.setattr(blend, "ROUNDS", 1)
        _, value = learn_weights(lists_of(), np.array([1.0, 0.0]), is_time_up=never)
        assert value == pytest.approx(1.0)


class TestRatesByRank:
    def test_without_people_the_prior_stays(self):
        """At the blocks' middles the rate is the prior's mean, and it falls."""
        prior = default_blend().new_rate
        found = rates_by_rank(np.zeros(RATE_RANKS), np.zeros(RATE_RANKS), prior)
        assert found[0] == pytest.approx(prior[0])
        assert (np.diff(found) < 0).all()

    def test_many_people_outweigh_the_prior(self):
        """Half of ten thousand people use the first item: the rate is close to one half."""
        people = np.full(RATE_RANKS, 10_000.0)
        hits = np.where(np.arange(RATE_RANKS) == 0, 5_000.0, 0.0)
        found = rates_by_rank(hits, people, default_blend().new_rate)
        assert found[0] == pytest.approx(0.5, abs=0.01)
        assert found[9] < 0.01

    def test_a_rise_is_flattened(self):
        """A later rank never has the higher rate."""
        people = np.full(RATE_RANKS, 1_000.0)
        hits = np.where(np.arange(RATE_RANKS) == 1, 900.0, 0.0)
        found = rates_by_rank(hits, people, default_blend().new_rate)
        assert (np.diff(found) < 0).all()
