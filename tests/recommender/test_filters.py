"""What a request rules out."""

from datetime import timedelta

import numpy as np
import pytest

from recommender.filters import fitting, live, longest_minutes
from recommender.request import Context, Filters, RecommendationRequest


@pytest.fixture(scope="module")
def catalogue(make_catalogue):
    """Four items of different length, language, kind and topic."""
    return make_catalogue(
        a={"minutes": 5.0, "language": "en-GB", "kind": "sleep", "topics": ("Sleep",)},
        b={"minutes": 11.0, "language": "es", "topics": ("stress",)},
        c={"minutes": 12.0, "kind": "breathing", "topics": ("sleep", "stress")},
        d={"minutes": None},
    )


def ids(catalogue, **wishes) -> str:
    """The ids that fit a request, in a row."""
    mask = fitting(catalogue, RecommendationRequest(**wishes))
    return "".join(catalogue.item_ids[row] for row in np.flatnonzero(mask))


class TestFitting:
    def test_an_empty_request_rules_out_nothing(self, catalogue):
        """Every item fits."""
        assert ids(catalogue) == "abcd"

    def test_the_time_at_hand_may_be_exceeded_by_a_tenth(self, catalogue):
        """Eleven minutes fit into ten, twelve do not; an unknown length does not."""
        assert ids(catalogue, context=Context(minutes=10.0)) == "ab"

    def test_the_filter_of_length_is_exact(self, catalogue):
        """At most ten minutes are at most ten; the stricter limit counts."""
        assert ids(catalogue, filters=Filters(max_minutes=10.0)) == "a"
        both = {"context": Context(minutes=5.0), "filters": Filters(max_minutes=11.0)}
        assert ids(catalogue, **both) == "a"

    def test_topics_match_any_in_any_case(self, catalogue):
        """One of the topics is enough."""
        assert ids(catalogue, filters=Filters(topics=("SLEEP", "grief"))) == "ac"

    def test_kinds(self, catalogue):
        """One of the kinds is enough."""
        assert ids(catalogue, filters=Filters(kinds=("sleep", "breathing"))) == "ac"

    def test_language_compares_the_primary_language(self, catalogue):
        """British English is English; an item without a language suits everybody."""
        assert ids(catalogue, filters=Filters(language="en-US")) == "acd"

    def test_excluded_items_and_unknown_ids(self, catalogue):
        """Named items are left out; an id that is none changes nothing."""
        assert ids(catalogue, exclude=frozenset({"a", "d", "nothing"})) == "bc"


class TestLongestMinutes:
    def test_without_limits_it_is_infinite(self):
        """Nobody set a limit."""
        assert longest_minutes(RecommendationRequest()) == np.inf


class TestLive:
    def test_published_and_not_retired(self, make_catalogue, noon, now):
        """An item is live from its publication until it is retired; missing dates set no bound."""
        day = timedelta(days=1)
        catalogue = make_catalogue(
            a={},
            b={"published_at": noon},
            c={"published_at": noon + day},
            d={"retired_at": noon},
            e={"retired_at": noon + day},
        )
        assert live(catalogue, now).tolist() == [True, True, False, False, True]
