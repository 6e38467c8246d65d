"""Choosing how the collaborative parts are made."""

import numpy as np
import pytest

from data.catalogue import Catalogue
from recommender.binding import Binding
from recommender.blend import NEW_SOURCES, default_blend
from recommender.model import RecommenderConfig
from recommender.sources import History, Pull, new_features
from training.collaborative_tuning import (
    RANKS,
    collaborative_ndcg,
    most_vectors,
    search,
    tune_collaborative,
)
from training.content_folds import fold_at
from training.content_log import ContentLog
from training.new_use import (
    NewUse,
    factor_scores,
    low_pass_scores,
    neighbour_scores,
    signed_matrix,
    top_items,
)
from training.recommender_tuning import fit_model


@pytest.fixture(scope="module")
def fold(log):
    """The log cut at its latest 15 %."""
    found = ContentLog.from_frame(log)
    return fold_at(found, found.find_cut(), seed=0)


@pytest.fixture(scope="module")
def use(fold):
    """What is new to its people."""
    return NewUse.of(fold, half_life_days=180.0)


class TestNewUse:
    def test_only_new_items_count(self, use):
        """Nothing that a person had a weight for is to be foreseen."""
        assert len(use.person)
        assert not use.weights.toarray()[use.person, use.item].any()

    def test_foreseeing_everything_is_one(self, use):
        """Scores that know the future reach an NDCG of 1, scores that avoid it 0."""
        future = np.zeros(use.weights.shape)
        future[use.person, use.item] = 1.0
        assert use.ndcg(lambda weights: future[: weights.shape[0]].copy()) == pytest.approx(1.0)
        assert use.ndcg(lambda weights: -future[: weights.shape[0]]) < 0.2

    def test_bulk_scores_are_those_that_serve(self, fold, use, content, programs):
        """Each source gives one person in bulk what it gives at the time of a request."""
        model = fit_model(fold.log, RecommenderConfig(), default_blend(), at=fold.cut)
        binding = Binding.build(model, Catalogue.build(content, programs))
        items = [binding.catalogue.rows[item] for item in model.item_ids]
        person = fold.people[0][0]
        everybody = signed_matrix(use.pairs, people=len(fold.log.person_ids), items=use.items)
        mine = everybody[[person]]
        bulk = {
            "neighbours": neighbour_scores(model.neighbours, mine),
            "low_pass": low_pass_scores(model.low_pass, mine),
            "factors": factor_scores(model.factors, mine),
        }
        history = History.build(binding, fold.log.person(person), at=fold.cut)
        values = new_features(binding, history, Pull.build(binding, history), daypart=-1)
        for name, said in bulk.items():
            served = values[NEW_SOURCES.index(name)][items]
            assert said[0] == pytest.approx(served, abs=1e-4), name
            assert served.max() > 0.01, name


class TestTopItems:
    def test_what_has_a_weight_is_left_out(self, use):
        """Lists hold new items alone, also where everything scores the same."""
        ranked = top_items(use.weights, lambda weights: np.zeros(weights.shape), 5)
        used = np.take_along_axis(use.weights.toarray(), ranked, axis=1)
        assert not used.any()


class TestSearch:
    def test_one_after_the_other(self):
        """The best rank stays while the width is looked for; nothing is tried twice."""
        tried = []

        def judge(config: RecommenderConfig) -> float:
            tried.append((config.low_pass_rank, config.factor_width))
            return -abs(config.low_pass_rank - 32) - abs(config.factor_width - 128)

        space = (
            ("low_pass_rank", (64, 32, 16)),
            ("factor_width", (64, 128)),
            ("low_pass_rank", (64,)),
        )
        best, trials = search(space, judge, RecommenderConfig(), is_time_up=lambda: False)
        assert (best.low_pass_rank, best.factor_width) == (32, 128)
        assert tried == [(64, 64), (32, 64), (16, 64), (32, 128), (64, 128)]
        assert trials == 5

    def test_no_time_leaves_the_beginning(self):
        """Nothing is tried."""
        start = RecommenderConfig()
        found = search((), lambda _: 1.0, start, is_time_up=lambda: True)
        assert found == (start, 0)


class TestTuneCollaborative:
    def test_each_part_has_its_share_of_the_time(self, fold):
        """With half the time gone, only what comes later is still looked for."""
        config, trials = tune_collaborative(
            fold, RecommenderConfig(), is_past=lambda share: share <= 0.75
        )
        assert trials > 3
        assert config.low_pass_person_power == RecommenderConfig().low_pass_person_power
        assert config.factor_confidence == RecommenderConfig().factor_confidence

    def test_ranks_keep_to_what_a_request_has_time_for(self, fold):
        """128 up to ten thousand items, and one for 39 items beyond."""
        assert [most_vectors(items) for items in (24, 10_000, 40_981)] == [128, 128, 1050]
        config, _ = tune_collaborative(fold, RecommenderConfig(), is_past=lambda _: False)
        assert config.low_pass_rank in {rank for rank in RANKS if rank <= 128}
        assert all(0.0 <= value <= 1.0 for value in collaborative_ndcg(fold, config))
