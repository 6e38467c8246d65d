"""A person's own history."""

import numpy as np
import pytest

from recommender.interactions import DAY_MICROS
from recommender.person import ContentEvent, Person, list_people


class TestPerson:
    def test_a_new_person_has_no_history(self, now):
        """Nobody needs to have done anything."""
        person = Person.build("new", goals=["sleep"])
        assert person.weights(at=now, half_life_days=30.0).shape == (0,)
        assert person.repeat_counts() == (0, 0)
        assert person.goals == ("sleep",)

    def test_other_events_are_ignored(self):
        """An event about care is none about content."""
        history = [ContentEvent("a", "start", 0), ContentEvent("b", "attended", 1)]
        assert Person.from_events("p", history).item_ids == ("a",)

    def test_fraction_and_hour_are_kept(self):
        """Progress counts by its share; the hour of the day is known."""
        person = Person.from_events("p", [ContentEvent("a", "progress", 0, 0.5, 22)])
        assert person.plays.weight.tolist() == [0.5]
        assert person.plays.local_hour.tolist() == [22]

    def test_weights_follow_the_items(self, make_person, now):
        """Each item of the history has its weight, in the order of first appearance."""
        person = make_person(("b", "complete", 0), ("a", "dislike", 0))
        assert person.item_ids == ("b", "a")
        weights = person.weights(at=now, half_life_days=np.inf)
        assert weights.tolist() == pytest.approx([1.0, -2.0])

    def test_used_and_finished(self, make_person):
        """A view is no use, a start is use, a completion is finished."""
        person = make_person(("a", "view", 1), ("b", "start", 1), ("c", "complete", 1))
        assert person.used().tolist() == [False, True, True]
        assert person.finished().tolist() == [False, False, True]

    @pytest.mark.parametrize("rejection", ["not_for_me", "dislike", "skip"])
    def test_rejection_suppresses_for_sixty_days(self, make_person, now, rejection):
        """An item stays away for 60 days and may come back after them."""
        person = make_person(("a", rejection, 59), ("b", rejection, 60))
        weights = person.weights(at=now, half_life_days=180.0)
        assert person.suppressed(weights, at=now).tolist() == [True, False]
        assert person.suppressed(weights, at=now + DAY_MICROS).tolist() == [False, False]

    def test_a_later_favourite_lifts_suppression(self, make_person, now):
        """Only the latest opinion counts."""
        person = make_person(("a", "not_for_me", 9), ("a", "favourite", 3))
        weights = person.weights(at=now, half_life_days=180.0)
        assert person.suppressed(weights, at=now).tolist() == [False]
        assert person.liked().tolist() == [True]

    def test_a_skip_of_an_item_in_use_suppresses_nothing(self, make_person, now):
        """Two completions outweigh one skip."""
        person = make_person(("a", "complete", 9), ("a", "complete", 8), ("a", "skip", 1))
        weights = person.weights(at=now, half_life_days=180.0)
        assert person.suppressed(weights, at=now).tolist() == [False]

    def test_repeats_are_plays_beyond_the_first(self, make_person):
        """Three plays of one item and one of another: four plays, two repeats."""
        plays = [("a", "complete", day) for day in (3, 2, 1)]
        assert make_person(*plays, ("b", "complete", 1)).repeat_counts() == (4, 2)


class TestListPeople:
    def test_everybody_has_their_own_events_only(self, make_events):
        """People come in the order of ids, each with their own items."""
        frame = make_events(
            ("zoe", "y", "complete", 2), ("ann", "x", "start", 1), ("zoe", "x", "complete", 1)
        )
        people = list(list_people(frame, goals=["calm"]))
        assert [person.person_id for person in people] == ["ann", "zoe"]
        assert [person.item_ids for person in people] == [("x",), ("x", "y")]
        assert people[1].finished().tolist() == [True, True]
        assert people[0].goals == ("calm",)

    def test_nobody(self, make_events):
        """No events, no people."""
        assert list(list_people(make_events())) == []
