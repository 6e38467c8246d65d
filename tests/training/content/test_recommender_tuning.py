"""Choosing hyperparameters."""

import numpy as np
import pytest

from recommender.blend import default_blend
from recommender.model import RecommenderConfig
from training.content_folds import fold_at
from training.content_log import ContentLog
from training.recommender_tuning import fit_model, tune_config


@pytest.fixture(scope="module")
def fold(log):
    """The log cut at its latest 15 %."""
    found = ContentLog.from_frame(log)
    cut = found.find_cut()
    assert cut is not None
    return fold_at(found, cut, seed=0)


class TestFoldAt:
    def test_the_parts_do_not_overlap(self, fold):
        """What is learned from lies before the cut, what it is judged by after it."""
        assert fold.log.events.at_micros.max() < fold.cut
        assert len(fold.people) == len(fold.targets.people)


class TestTuneConfig:
    def test_time_ends_the_search(self, fold):
        """The best so far is returned, here after three trials."""
        asked = iter([False] * 3 + [True] * 9)
        config, trials = tune_config(fold, is_past=lambda _: next(asked))
        assert trials == 3
        assert config.neighbours == RecommenderConfig().neighbours

    def test_the_whole_search_stays_within_its_spaces(self, fold):
        """Every value is one of those tried, and of its own type."""
        config, _ = tune_config(fold, is_past=lambda _: False)
        assert config.neighbours in {30, 100, 300}
        assert isinstance(config.neighbours, int)
        assert config.activity_power in {0.0, 0.5, 1.0}


class TestFitModel:
    def test_items_and_shares(self, fold):
        """Everything item-sided has the length of the items; repeats are counted over all."""
        model = fit_model(fold.log, RecommenderConfig(), default_blend(), at=fold.cut)
        items = len(fold.log.item_ids)
        assert model.popularity.general.shape == (items,)
        assert model.popularity.general.sum() == pytest.approx(1.0)
        assert len(model.neighbours.starts) == items + 1
        assert np.isfinite(model.popularity.repeat_share).all()
        assert model.trained_until == fold.cut
