"""The whole engine on small catalogues."""

import pytest

from data.domain import Condition, Tier
from data.errors import NotFoundError
from recommender.person import Person
from recommender.recommender import Recommender
from recommender.request import (
    Context,
    Filters,
    Promotion,
    RecommendationRequest,
    Shelf,
)

ANYTHING = RecommendationRequest()


@pytest.fixture(scope="module")
def small(bind, make_catalogue):
    """Items a to e; a and b are used together, c by most people, e by nobody."""
    catalogue = make_catalogue(
        [{"program_id": "p", "title": "Better nights"}],
        a={"title": "Evening calm", "topics": ("stress",)},
        b={"topics": ("stress",)},
        c={"topics": ("sleep",), "contraindications": ("panic",)},
        d={"topics": ("sleep",), "program_id": "p", "program_position": 1},
        e={"topics": ("grief",), "program_id": "p", "program_position": 2},
    )
    hours = {"context_local_hour": 23}
    people = [(f"p{number}", "c", "complete", 1, hours) for number in range(4)]
    pair = [("q", item, "complete", 1) for item in "ab"]
    return bind(catalogue, *people, *pair, ("q", "d", "complete", 1))


@pytest.fixture(scope="module")
def ask(small, noon, make_safety):
    """Ask the small catalogue in green, unless told otherwise."""

    def recommend(person, request=ANYTHING, *conditions, tier=Tier.GREEN):
        return small.recommend(
            person, safety=make_safety(*conditions, tier=tier), request=request, at=noon
        )

    return recommend


def ids(answer) -> list[str]:
    """The item ids of an answer in order."""
    return [item.item_id for item in answer.results]


def codes(answer) -> dict[str, list[str]]:
    """The reason codes of each item."""
    return {item.item_id: [reason.code for reason in item.reasons] for item in answer.results}


class TestRecommend:
    def test_a_person_never_seen_gets_a_list(self, ask):
        """Popular first; every item has title, minutes, rank, score and a reason."""
        answer = ask(Person.build("new"))
        assert ids(answer)[0] == "c"
        assert [item.rank for item in answer.results] == [1, 2, 3, 4]
        first = answer.results[0]
        assert (first.title, first.minutes, first.shelf) == ("C", 5.0, Shelf.NEW)
        assert first.exposure_probability == 1.0
        assert all(item.reasons for item in answer.results)

    def test_nothing_is_known_at_all(
        self, make_model, make_events, make_catalogue, noon, make_safety
    ):
        """No events, no profile, no topics: all items in the order of their ids."""
        bound = Recommender(make_model(make_events())).bind(make_catalogue(b={}, a={}))
        answer = bound.recommend(
            Person.build("new"), safety=make_safety(), request=ANYTHING, at=noon
        )
        assert ids(answer) == ["a", "b"]
        assert codes(answer)["a"] == ["popular"]

    def test_goals_lead_a_newcomer(self, ask):
        """A goal of the request or of the person brings its topics to the top."""
        asked = RecommendationRequest(goals=("stress",))
        for answer in (ask(Person.build("n"), asked), ask(Person.build("n", goals=["stress"]))):
            assert ids(answer)[:2] == ["a", "b"]
            assert codes(answer)["a"] == ["goal"]

    def test_one_event_changes_the_answer_of_that_person_only(self, ask, make_person):
        """Finishing a brings b to the top of the new items, with the reason."""
        before = ask(Person.build("someone"))
        after = ask(make_person(("a", "complete", 0)))
        new = [item for item in after.results if item.shelf is Shelf.NEW]
        assert new[0].item_id == "b"
        assert new[0].reasons[0] == ("because_finished", "Because you finished Evening calm")
        assert ids(ask(Person.build("someone else"))) == ids(before)

    def test_next_step_of_a_program(self, ask, make_person):
        """Who finished the first step is offered the second as such."""
        answer = ask(make_person(("d", "complete", 1)))
        found = {item.item_id: item for item in answer.results}
        assert found["e"].shelf is Shelf.NEXT_STEP
        assert found["e"].reasons[0] == ("next_step", "The next step in Better nights")

    def test_red_gets_nothing(self, ask, make_person):
        """Not even promoted items, and all are counted as withheld."""
        asked = RecommendationRequest(promote=Promotion(items=("a", "b"), share=1.0))
        answer = ask(make_person(("a", "complete", 1)), asked, tier=Tier.RED)
        assert answer.results == ()
        assert (answer.withheld, answer.withheld_total) == ({"red": 5}, 5)

    def test_withheld_items_cannot_be_promoted_or_asked_for(self, ask, make_person):
        """History, filter, goal and promotion together do not bring back what is withheld."""
        asked = RecommendationRequest(
            goals=("sleep",),
            filters=Filters(topics=("sleep",)),
            promote=Promotion(items=("c",), share=1.0),
        )
        fan = make_person(*[("c", "favourite", day) for day in (3, 2)], ("c", "complete", 1))
        answer = ask(fan, asked, Condition.PANIC)
        assert "c" not in ids(answer)
        assert answer.withheld == {"panic": 1}

    def test_own_concerns_withhold(self, ask):
        """A concern of the person counts as its state, a goal of the request too."""
        assert "c" not in ids(ask(Person.build("n", concerns=["panic"])))
        assert "c" not in ids(ask(Person.build("n"), RecommendationRequest(goals=("panic",))))

    def test_filters_exclusions_and_limit(self, ask):
        """What the request rules out is not there; candidates count what is left."""
        asked = RecommendationRequest(
            limit=1, filters=Filters(topics=("sleep",)), exclude=frozenset({"c"})
        )
        answer = ask(Person.build("n"), asked)
        assert ids(answer) == ["d"]
        assert answer.candidates == 1
        assert ask(Person.build("n"), RecommendationRequest(limit=0)).results == ()

    def test_promotions_are_marked(self, ask):
        """A promoted item takes its place and says so."""
        asked = RecommendationRequest(limit=2, promote=Promotion(items=("d", "no"), share=0.5))
        answer = ask(Person.build("n"), asked)
        assert ids(answer) == ["c", "d"]
        assert "promoted" in codes(answer)["d"]

    def test_promoted_items_keep_their_shelf(self, ask, make_person):
        """An item used before is promoted as one to use again; a step as a step."""
        asked = RecommendationRequest(limit=3, promote=Promotion(items=("d", "e"), share=1.0))
        answer = ask(make_person(("d", "complete", 1)), asked)
        shelves = {item.item_id: item.shelf for item in answer.results}
        assert shelves["d"] is Shelf.AGAIN
        assert shelves["e"] is Shelf.NEXT_STEP

    def test_reasons_tell_of_the_moment(self, ask, make_person):
        """The hour, the minutes and the care beside it are said."""
        night = RecommendationRequest(context=Context(local_hour=23, minutes=10))
        newcomer = ask(Person.build("n"), night)
        assert codes(newcomer)["c"] == ["popular_night", "fits_time"]
        regular = make_person(("c", "complete", 2, 23), ("c", "complete", 1, 22))
        assert codes(ask(regular, night))["c"][0] == "usual_time"
        assert codes(ask(regular))["c"][0] == "used_before"
        liker = make_person(("c", "complete", 2), ("c", "like", 1))
        assert codes(ask(liker))["c"][0] == "liked"

    def test_content_beside_care_says_so(self, ask):
        """In amber every item is labelled."""
        answer = ask(Person.build("n"), ANYTHING, Condition.SEVERE, tier=Tier.AMBER)
        assert answer.results
        assert all("alongside_care" in found for found in codes(answer).values())

    def test_no_used_items_on_request(self, ask, make_person):
        """`with_used` switches repeats off."""
        answer = ask(make_person(("a", "complete", 1)), RecommendationRequest(with_used=False))
        assert "a" not in ids(answer)

    def test_the_same_request_gives_the_same_answer(
        self, small, noon, make_person, make_safety
    ):
        """Whatever the seed, this engine draws nothing."""
        person = make_person(("a", "complete", 1))
        first, second = (
            small.recommend(person, safety=make_safety(), request=ANYTHING, at=noon, seed=seed)
            for seed in (1, 2)
        )
        assert first == second


class TestSimilar:
    def similar(self, small, noon, make_safety, item, request=ANYTHING, *conditions):
        """Ids of items like one."""
        return ids(
            small.similar(item, safety=make_safety(*conditions), request=request, at=noon)
        )

    def test_used_together_or_on_the_same_topic(self, small, noon, make_safety):
        """B is used with a and shares its topic; the item itself is not in the list."""
        assert self.similar(small, noon, make_safety, "a")[0] == "b"
        assert "a" not in self.similar(small, noon, make_safety, "a")

    def test_a_new_item_is_like_others_on_its_topic(
        self, make_catalogue, bind, noon, make_safety
    ):
        """Without any use topics decide."""
        catalogue = make_catalogue(
            x={"topics": ("calm",)}, y={"topics": ("calm",)}, z={"topics": ("sad",)}
        )
        assert self.similar(bind(catalogue), noon, make_safety, "x") == ["y"]

    def test_an_item_that_left_the_catalogue(self, make_catalogue, bind, noon, make_safety):
        """The model still knows what goes with it."""
        bound = bind(make_catalogue(b={}), ("u", "a", "complete", 1), ("u", "b", "complete", 1))
        assert self.similar(bound, noon, make_safety, "a") == ["b"]

    def test_an_unknown_item_is_an_error(self, small, noon, make_safety):
        """The message does not repeat the id."""
        with pytest.raises(NotFoundError) as caught:
            self.similar(small, noon, make_safety, "secret-id")
        assert "secret-id" not in str(caught.value)

    def test_safety_and_filters_hold(self, small, noon, make_safety):
        """What is withheld or ruled out is not similar enough."""
        assert "c" not in self.similar(small, noon, make_safety, "d", ANYTHING, Condition.PANIC)
        asked = RecommendationRequest(exclude=frozenset({"b"}))
        assert "b" not in self.similar(small, noon, make_safety, "a", asked)


class TestPopular:
    def test_most_used_first(self, small, noon, make_safety):
        """Shares fall; the list is as long as asked for."""
        answer = small.popular(
            safety=make_safety(), request=RecommendationRequest(limit=2), at=noon
        )
        assert ids(answer) == ["c", "a"]
        assert answer.results[0].score > answer.results[1].score

    def test_goals_keep_to_their_topics(self, small, noon, make_safety):
        """A goal that no item fits restricts nothing."""
        for goals, count in ((("stress",), 2), (("astronomy",), 5)):
            request = RecommendationRequest(goals=goals)
            answer = small.popular(safety=make_safety(), request=request, at=noon)
            assert len(answer.results) == count

    def test_the_hour_counts(self, small, noon, make_safety):
        """At night the night's item has a larger share than in general."""
        at_night = RecommendationRequest(context=Context(local_hour=23), limit=1)
        night = small.popular(safety=make_safety(), request=at_night, at=noon).results[0]
        always = small.popular(safety=make_safety(), request=ANYTHING, at=noon).results[0]
        assert night.item_id == always.item_id == "c"
        assert night.score > always.score


class TestRecommender:
    def test_binding_is_kept_per_catalogue(self, make_model, make_events, make_catalogue):
        """The same snapshot is laid out once, another one anew."""
        recommender = Recommender(make_model(make_events()))
        first, second = make_catalogue(a={}), make_catalogue(a={})
        assert recommender.bind(first) is recommender.bind(first)
        assert recommender.bind(second) is not recommender.bind(first)

    def test_it_recommends_out_of_any_catalogue(
        self, make_model, make_events, make_catalogue, noon, make_safety
    ):
        """The call with a catalogue is that of the bound one."""
        answer = Recommender(make_model(make_events())).recommend(
            Person.build("n"),
            make_catalogue(a={}),
            safety=make_safety(),
            request=ANYTHING,
            at=noon,
        )
        assert ids(answer) == ["a"]
