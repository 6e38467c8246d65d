"""Candidates on their shelves."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.binding import Binding
from recommender.blend import NEW_SOURCES
from recommender.shelves import Moment, find_candidates, new_scores, new_weights, rank_shelves


@pytest.fixture(scope="module")
def binding(bind, make_catalogue) -> Binding:
    """A program s1, s2, s3 and items a, b, c; a goes with b, c is popular."""
    steps = {f"s{place}": {"program_id": "s", "program_position": place} for place in (1, 2, 3)}
    catalogue = make_catalogue(
        a={"topics": ("calm",)}, b={"topics": ("calm",)}, c={"topics": ("sleep",)}, **steps
    )
    people = [(f"p{number}", "c", "complete", 1) for number in range(3)]
    pair = [("q", "a", "complete", 1), ("q", "b", "complete", 1)]
    return bind(catalogue, *people, *pair).binding


@pytest.fixture(scope="module")
def ranked(binding, now):
    """The shelves of a person, as ids."""

    def rank(person, **circumstances) -> dict[str, list[str]]:
        moment = Moment(at=now, **circumstances)
        offered = np.ones(len(binding.catalogue), bool)
        candidates = find_candidates(binding, person, offered, moment)
        found = rank_shelves(binding, candidates, moment, limit=10)
        return {
            shelf.value: [binding.catalogue.item_ids[row] for row in rows]
            for shelf, rows in found.items()
        }

    return rank


class TestRankShelves:
    def test_a_newcomer_sees_what_is_popular(self, ranked, make_person):
        """Without use and goals: popular first, then the order of ids; later steps wait."""
        found = ranked(make_person())
        assert found == {"next_step": [], "again": [], "new": ["c", "a", "b", "s1"]}

    def test_goals_come_first_for_a_newcomer(self, ranked, make_person):
        """A stated goal outweighs what is popular."""
        assert ranked(make_person(), goals=("calm",))["new"][:3] == ["a", "b", "c"]
        assert ranked(make_person(), concerns=("calm",))["new"][:2] == ["a", "b"]

    def test_neighbours_of_the_history_come_first(self, ranked, make_person):
        """Who used a is offered b before the popular c, and a again."""
        found = ranked(make_person(("a", "complete", 1)))
        assert found["again"] == ["a"]
        assert found["new"][0] == "b"

    def test_an_item_is_on_one_shelf_only(self, ranked, make_person):
        """A step begun but not finished is the next step and nothing else."""
        found = ranked(make_person(("s1", "complete", 3), ("s2", "start", 2)))
        assert found["next_step"] == ["s2"]
        assert found["again"] == ["s1"]
        assert "s3" not in found["new"]

    def test_a_program_left_long_ago_is_not_under_way(self, ranked, make_person):
        """After ninety days its next step is an ordinary new item."""
        found = ranked(make_person(("s1", "complete", 91)))
        assert found["next_step"] == []
        assert "s2" in found["new"]

    def test_unwanted_items_are_on_no_shelf(self, ranked, make_person):
        """Not for me, disliked, skipped just now: gone; a view alone leaves an item new."""
        found = ranked(
            make_person(
                ("a", "not_for_me", 9),
                ("b", "skip", 0),
                ("c", "complete", 9),
                ("c", "dislike", 1),
            )
        )
        assert found["again"] == []
        assert set(found["new"]) == {"s1"}
        assert "a" in ranked(make_person(("a", "view", 1)))["new"]

    def test_a_rejected_item_comes_back_at_the_end(self, ranked, make_person):
        """After sixty days it may be offered again, below all others of its shelf."""
        assert ranked(make_person(("c", "not_for_me", 61)))["new"][-1] == "c"
        person = make_person(
            ("c", "complete", 90), ("c", "dislike", 70), ("a", "start", 80), ("b", "start", 80)
        )
        assert ranked(person)["again"][-1] == "c"

    def test_without_used_items(self, ranked, make_person):
        """Who wants no repeats gets none, not even as a next step."""
        person = make_person(("a", "complete", 1), ("s1", "start", 1))
        found = ranked(person, with_used=False)
        assert found["again"] == found["next_step"] == []
        assert set(found["new"]) == {"b", "c"}


class TestNewScores:
    def test_goals_add_to_use(self, binding, make_person, now):
        """For a person with use the goal adds its share of all weights."""
        moment = Moment(at=now)
        offered = np.ones(len(binding.catalogue), bool)
        candidates = find_candidates(
            binding, make_person(("a", "complete", 1)), offered, moment
        )
        plain = new_scores(binding, candidates, moment)
        aimed = new_scores(binding, candidates, replace(moment, goals=("sleep",)))
        gain = aimed - plain
        assert gain[binding.catalogue.rows["c"]] == pytest.approx(
            0.3 * binding.model.blend.new.sum()
        )
        assert gain[binding.catalogue.rows["b"]] == 0.0


class TestNewWeights:
    def test_a_newcomer_has_weights_of_popularity_only(self, binding, make_person, now):
        """Sources that read the history say nothing about a person without one."""
        offered = np.ones(len(binding.catalogue), bool)
        candidates = find_candidates(binding, make_person(), offered, Moment(at=now))
        weights = dict(zip(NEW_SOURCES, new_weights(binding, candidates), strict=True))
        assert weights["neighbours"] == weights["topics"] == 0.0
        assert weights["context"] > weights["popular"] > 0.0
