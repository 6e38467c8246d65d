"""Learning how to blend."""

import pytest

from data.catalogue import Catalogue
from recommender.blend import default_blend
from recommender.model import RecommenderConfig
from training.content_folds import fold_at
from training.content_log import ContentLog
from training.recommender_blending import learn_blend
from training.recommender_tuning import fit_model


@pytest.fixture(scope="module")
def lesson(log, content, programs):
    """A fold, a model of its first part and the catalogue."""
    found = ContentLog.from_frame(log)
    fold = fold_at(found, found.find_cut(), seed=0)
    model = fit_model(fold.log, RecommenderConfig(), default_blend(), at=fold.cut)
    return fold, model, Catalogue.build(content, programs)


class TestLearnBlend:
    def test_repeats_are_more_likely_than_new_items(self, lesson):
        """Half of all use repeats a few items: their rate is higher at the top of the shelf."""
        blend, found = learn_blend(*lesson, is_time_up=lambda: False)
        assert blend.again_rate[0] > blend.new_rate[0]
        assert 0 < found["new_ndcg"] <= 1
        assert found["again_ndcg"] > 0.4

    def test_without_time_nothing_is_learned(self, lesson):
        """Weights and rates stay what they were."""
        blend, found = learn_blend(*lesson, is_time_up=lambda: True)
        assert blend.again.tolist() == default_blend().again.tolist()
        assert blend.new_rate[0] == pytest.approx(default_blend().new_rate[0])
        assert found == {"again_ndcg": 0.0, "new_ndcg": 0.0}
