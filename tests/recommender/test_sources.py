"""What each source says about each candidate."""

import numpy as np
import pytest

from recommender.blend import AGAIN_SOURCES, NEW_SOURCES
from recommender.sources import NEVER, History, Pull, again_features, new_features


@pytest.fixture(scope="module")
def binding(bind, make_catalogue):
    """Items a, b, c, d, where a goes with b; d is on the topic of a."""
    catalogue = make_catalogue(
        a={"topics": ("calm",)}, b={}, c={}, d={"topics": ("calm", "rest")}
    )
    events = [
        ("p", "a", "complete", 1),
        ("p", "b", "complete", 1),
        ("q", "c", "complete", 1),
        ("q", "gone", "complete", 1),
    ]
    return bind(catalogue, *events).binding


class TestHistory:
    def test_own_items_are_found_on_both_sides(self, binding, make_person, now):
        """An item may be in the catalogue, in the model, in both or in neither."""
        person = make_person(
            ("a", "complete", 1), ("d", "view", 1), ("gone", "start", 1), ("no", "skip", 1)
        )
        history = History.build(binding, person, at=now)
        assert history.row.tolist() == [0, 3, -1, -1]
        assert history.model_row.tolist() == [0, -1, 3, -1]
        assert history.is_used.tolist() == [True, False, True, False]
        assert history.is_unwanted.tolist() == [False, False, False, True]
        assert history.mask(history.is_used, 4).tolist() == [True, False, False, False]

    def test_last_use(self, binding, make_person, now):
        """The latest play counts; a view is no use."""
        person = make_person(("a", "complete", 3), ("a", "start", 1), ("b", "view", 1))
        last = History.build(binding, person, at=now).last_used(4)
        assert last.tolist() == [now - 86_400_000_000, NEVER, NEVER, NEVER]


class TestPull:
    def test_liked_items_pull_and_disliked_ones_push(self, binding, make_person, now):
        """The neighbour of a completed item is pulled, that of a disliked one pushed away."""
        fond = History.build(binding, make_person(("a", "complete", 0)), at=now)
        pull = Pull.build(binding, fond)
        assert pull.total(4)[1] > 0
        assert pull.find_strongest(1) == 0
        assert pull.find_strongest(2) is None
        cross = History.build(binding, make_person(("a", "dislike", 0)), at=now)
        push = Pull.build(binding, cross)
        assert push.total(4)[1] < 0
        assert push.find_strongest(1) is None

    def test_an_item_that_is_gone_still_pulls(self, binding, make_person, now):
        """What a person used before it was removed still says what they like."""
        history = History.build(binding, make_person(("gone", "complete", 0)), at=now)
        assert Pull.build(binding, history).total(4).argmax() == 2

    def test_no_history_no_pull(self, binding, make_person, now):
        """A new person pulls at nothing."""
        history = History.build(binding, make_person(), at=now)
        assert Pull.build(binding, history).total(4).tolist() == [0.0] * 4


class TestNewFeatures:
    def test_topics_reach_items_that_nobody_used(self, binding, make_person, now):
        """A new item on a topic of the history has a score, without any use."""
        history = History.build(binding, make_person(("a", "complete", 0)), at=now)
        values = new_features(binding, history, Pull.build(binding, history), daypart=-1)
        assert values.shape == (len(NEW_SOURCES), 4)
        assert values[NEW_SOURCES.index("topics"), 3] > 0
        assert values[NEW_SOURCES.index("neighbours"), 3] == 0


class TestAgainFeatures:
    def test_each_source_in_its_row(self, binding, make_person, now):
        """Two plays of a, one of b: a has more plays and the higher activation."""
        person = make_person(("a", "complete", 2), ("a", "complete", 1), ("b", "complete", 1))
        history = History.build(binding, person, at=now)
        found = again_features(binding, history, np.array([0, 1]), at=now, daypart=-1)
        values = dict(zip(AGAIN_SOURCES, found, strict=True))
        assert values["plays"].tolist() == [2.0, 1.0]
        assert values["activation"][1] == pytest.approx(25**-0.5)
        assert values["activation"][0] > values["activation"][1]
        assert values["repeats"][0] < values["activation"][0]
