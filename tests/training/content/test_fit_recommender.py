"""Training the recommender."""

from datetime import timedelta

import pandas as pd
import pytest

from data.catalogue import Catalogue
from data.domain import CareLevel, Safety, Tier
from recommender.artifact import to_files
from recommender.blend import default_blend
from recommender.model import RecommenderConfig
from recommender.person import Person
from recommender.recommender import Recommender
from recommender.request import RecommendationRequest
from training.fit_recommender import fit_recommender

GREEN = Safety(tier=Tier.GREEN, care_level=CareLevel.SELF_GUIDED)


@pytest.fixture(scope="module")
def fitted(log, content, programs):
    """A model of the whole log."""
    return fit_recommender(log, content, programs, seed=1)


class TestFitRecommender:
    def test_it_tunes_itself_on_later_time(self, fitted):
        """With sixty people everything is tried and something learned."""
        assert fitted.facts["validation_people"] >= 10
        assert fitted.facts["trials"] > 10
        assert fitted.facts["validation_again_ndcg"] > 0
        assert fitted.facts["events"] == 840
        assert 0.4 < fitted.model.blend.repeat_share < 0.8

    def test_the_same_seed_gives_the_same_bytes(self, fitted, log, content, programs):
        """Also when the events come in another order."""
        shuffled = log.sample(frac=1.0, random_state=5)
        again = fit_recommender(shuffled, content, programs, seed=1)
        assert to_files(again.model) == to_files(fitted.model)

    def test_as_of_forgets_what_came_later(self, log, content, programs, start):
        """Events from that time on leave no trace."""
        as_of = start + timedelta(days=50)
        early = log[log["at"] < pd.Timestamp(as_of)]
        one = fit_recommender(log, content, programs, as_of=as_of)
        other = fit_recommender(early, content, programs, as_of=as_of)
        assert to_files(one.model) == to_files(other.model)
        assert one.facts["events"] == len(early)

    def test_out_of_time_the_defaults_stay(self, log, content, programs):
        """A budget that is over at once tunes nothing and still gives a model."""
        ticks = iter(range(10_000))
        found = fit_recommender(
            log, content, programs, budget_seconds=0.5, clock=lambda: float(next(ticks))
        )
        assert found.facts["trials"] == 0
        assert found.model.config == RecommenderConfig()
        assert found.model.blend.new.tolist() == default_blend().new.tolist()
        assert len(found.model.item_ids) == log["item_id"].nunique()

    @pytest.mark.parametrize(
        "events",
        [
            (),
            (("a", "i01", "complete", 0),),
            (("a", "i01", "complete", 0), ("a", "i01", "complete", 9)),
            tuple((f"u{user}", "gone", "complete", user) for user in range(40)),
            tuple((f"u{user}", "i01", "not_for_me", user) for user in range(40)),
        ],
    )
    def test_little_to_learn_from(self, make_log, content, programs, start, events):
        """No event, one, one person, items that are gone, dislikes only: all serve a newcomer."""
        found = fit_recommender(make_log(*events), content, programs)
        answer = Recommender(found.model).recommend(
            Person.build("new"),
            Catalogue.build(content, programs),
            safety=GREEN,
            request=RecommendationRequest(limit=5),
            at=start,
        )
        assert len(answer.results) == 5

    def test_a_catalogue_without_items(self, log, content, programs):
        """Events of items that nobody describes are learned from all the same."""
        found = fit_recommender(log, content.iloc[:0], programs)
        assert len(found.model.item_ids) == log["item_id"].nunique()
        assert found.facts["validation_new_ndcg"] == 0.0
