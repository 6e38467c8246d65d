import numpy as np
import pytest

from matching.predictions import HEADS
from matching.rules import RuleScorer
from training.held_out import held_out_episodes, predict_episodes
from training.matching_cases import Cases

LATE = np.iinfo(np.int64).max


@pytest.fixture(scope="module")
def cases(make_clinic):
    """Sixty intakes and six clinicians."""
    return Cases.build(make_clinic(intakes=60, clinicians=6, spread=0.5, seed=3))


class TestHeldOutEpisodes:
    def test_only_later_requests_with_a_known_label(self, cases):
        """Episodes requested before the time, or of which nothing is known yet, are left out."""
        cut = int(np.sort(cases.requested_at)[40])
        assert held_out_episodes(cases, since=cut, known_before=LATE).tolist() == list(
            range(40, 60)
        )
        assert held_out_episodes(cases, since=cut, known_before=cut).tolist() == []


class TestPredictEpisodes:
    def test_each_episode_gets_its_own_pair(self, cases):
        """Specialists are expected to engage more than others, in the episode's own column."""
        episodes = np.arange(10)
        found = predict_episodes(RuleScorer(), cases, episodes, wait_days=14.0)
        assert found.shape == (len(HEADS), 10)
        fits = cases.features[0, :10]
        engage = found[HEADS.index("engage")]
        assert (engage[fits == 1.0] > 0.6).all()
        assert (engage[fits == 0.0] < 0.6).all()
