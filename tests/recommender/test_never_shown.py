"""What no catalogue, history or request brings into a list."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.clinic import CONTENT_EVENT_TYPES
from data.domain import Condition, Tier
from recommender.interactions import DAY_MICROS
from recommender.person import ContentEvent, Person
from recommender.request import Context, Promotion, RecommendationRequest
from recommender.safety_filter import allowed

TOPICS = ("sleep", "stress", "grounding", "body scan", "diet", "panic")


class TestRecommend:
    @pytest.mark.slow
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_nothing_withheld_or_ruled_out_is_ever_shown(
        self, data, make_catalogue, bind, noon, now, make_safety
    ):
        """Any catalogue, history and request: allowed, fitting, distinct, ranked, in the limit."""
        catalogue = make_catalogue(
            **{
                f"i{number}": {
                    "topics": tuple(data.draw(st.sets(st.sampled_from(TOPICS), max_size=2))),
                    "kind": data.draw(st.sampled_from(["meditation", "lesson", "sleep"])),
                    "minutes": data.draw(st.sampled_from([5.0, 11.0, 30.0, None])),
                    "level": data.draw(st.sampled_from(["moderate", None])),
                    "contraindications": data.draw(st.sampled_from([(), ("ptsd",), ("x",)])),
                    "review_expires_at": data.draw(
                        st.sampled_from([None, noon, noon + timedelta(days=1)])
                    ),
                    "requires": data.draw(st.sampled_from([(), ("i0",), ("i1", "i2")])),
                }
                for number in range(data.draw(st.integers(0, 6)))
            }
        )
        names = [f"i{number}" for number in range(8)]
        event = st.tuples(
            st.sampled_from(names), st.sampled_from(CONTENT_EVENT_TYPES), st.integers(0, 100)
        )
        history = [
            ContentEvent(item, kind, now - days * DAY_MICROS)
            for item, kind, days in data.draw(st.lists(event, max_size=6))
        ]
        person = Person.from_events(
            "p", history, concerns=data.draw(st.sampled_from([(), ("x",)]))
        )
        request = RecommendationRequest(
            limit=data.draw(st.integers(0, 5)),
            context=Context(minutes=data.draw(st.sampled_from([None, 10.0]))),
            exclude=frozenset(data.draw(st.sets(st.sampled_from(names), max_size=2))),
            promote=Promotion(items=tuple(names), share=data.draw(st.sampled_from([0.0, 1.0]))),
        )
        safety = make_safety(
            *data.draw(st.sets(st.sampled_from(list(Condition)), max_size=2)),
            tier=data.draw(st.sampled_from(Tier)),
        )
        bound = bind(catalogue, ("u", "i0", "complete", 1), ("u", "i1", "complete", 1))
        answer = bound.recommend(person, safety=safety, request=request, at=noon)
        mask, withheld = allowed(catalogue, safety, at=noon, words=person.concerns)
        shown = [item.item_id for item in answer.results]
        assert answer.withheld == withheld
        assert len(answer.results) <= request.limit
        assert len(set(shown)) == len(answer.results)
        for rank, item in enumerate(answer.results, start=1):
            assert item.rank == rank
            assert mask[item.item_row]
            assert item.item_id not in request.exclude
            assert request.context.minutes is None or item.minutes <= 11.0
            assert np.isfinite(item.score)
            assert item.reasons
