"""Why an item is in the list."""

import numpy as np
import pytest

from recommender.blend import NEW_SOURCES
from recommender.reasons import Evidence, reasons_for
from recommender.request import RecommendationRequest, Shelf
from recommender.slate import Slot
from recommender.sources import History, Pull


@pytest.fixture(scope="module")
def reason(bind, make_catalogue, make_person, make_safety, now):
    """The first reason of a new item for somebody who used a and gone, given its sources."""
    catalogue = make_catalogue(
        [{"program_id": "p", "title": "Better nights"}],
        a={"title": "Evening calm", "topics": ("deep_rest",)},
        b={"topics": ("deep_rest",)},
        c={},
        d={"program_id": "p", "program_position": 1},
        e={"program_id": "untitled", "program_position": 1},
    )
    events = [
        ("u", "a", "complete", 1),
        ("u", "b", "complete", 1),
        ("v", "gone", "complete", 1),
        ("v", "c", "complete", 1),
    ]
    binding = bind(catalogue, *events).binding
    person = make_person(("a", "start", 1), ("gone", "complete", 1))
    history = History.build(binding, person, at=now)

    def first(item: str, **sources: float):
        row = catalogue.rows[item]
        contributions = np.zeros((len(NEW_SOURCES), len(catalogue)))
        for name, value in sources.items():
            contributions[NEW_SOURCES.index(name), row] = value
        evidence = Evidence(
            binding=binding,
            history=history,
            pull=Pull.build(binding, history),
            contributions=contributions,
            goals={},
            daypart=-1,
            request=RecommendationRequest(),
            safety=make_safety(),
        )
        return reasons_for(evidence, Slot(row=row, shelf=Shelf.NEW, score=0.1))[0]

    return first


class TestReasonsFor:
    def test_the_largest_source_gives_the_reason(self, reason):
        """Neighbours, topics and popularity each have their own."""
        assert reason("b", neighbours=0.5, popular=0.1) == (
            "because_used",
            "Because you used Evening calm",
        )
        assert reason("b", topics=0.5, neighbours=0.1) == ("topic", "More on deep rest")
        assert reason("b", popular=0.5).code == "popular"
        assert reason("b", context=0.5).code == "popular"

    def test_the_low_pass_names_what_it_follows_from(self, reason):
        """What was used with a, by the vectors of the low pass; factors that this model lacks name nothing."""
        assert reason("b", low_pass=0.5).text == "Because you used Evening calm"
        assert reason("b", factors=0.5).code == "new_item"

    def test_an_item_that_is_gone_has_no_title(self, reason):
        """The reason names no id."""
        assert reason("c", neighbours=0.5).text == "Because you finished something like it"

    def test_a_topic_that_is_not_shared_is_no_reason(self, reason):
        """Then the item is just new."""
        assert reason("c", topics=0.5).code == "new_item"

    def test_without_any_source(self, reason):
        """A first step starts its program, if that has a title; else the item is new."""
        assert reason("d") == ("start_of_program", "The start of Better nights")
        assert reason("e").code == "new_item"
        assert reason("c").code == "new_item"
