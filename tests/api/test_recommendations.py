"""Content over HTTP: safety first, the person's own events, lists about nobody."""

import json

import pytest
from sqlalchemy import insert

from api.schemas_recommendations import ContentList, RecommendationAnswer
from data.database import transaction
from data.tables import CLINIC, recommendation_log


def ids(answer) -> list[str]:
    return [entry["item_id"] for entry in answer.json()["results"]]


def event(event_id: str, item_id: str, **values) -> dict:
    given = {"user_id": "p1", "type": "complete", "at": "2026-11-24T11:00:00Z", **values}
    return {"event_id": event_id, "item_id": item_id, **given}


class TestCreateRecommendation:
    def test_somebody_never_seen_gets_content(self, service):
        """Without model, events or goals there is a list, and it says what made it."""
        answer = service.recommend("nobody-knows-me")
        assert sorted(ids(answer)) == ["scan-1", "sleep-1", "sleep-2", "walk-1"]
        assert answer.json()["degraded"] == {"reason": "no_model", "fallback": "popularity"}
        assert answer.json()["model"] == {"recommender": None}

    def test_bytes_are_what_the_model_of_the_answer_says(self, service):
        """The encoded answer holds exactly the fields that are declared."""
        body = RecommendationAnswer.model_validate_json(service.recommend().content)
        assert [entry.rank for entry in body.results] == [1, 2, 3, 4]

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({}, "Fits the 10 minutes you have"),
            ({"language": "es"}, "Cabe en los 10 minutos que tiene"),
            (
                {"language": "es", "audience": "clinician"},
                "Cabe en los 10 minutos que tiene la persona",
            ),
            ({"language": "vi", "audience": "operator"}, "Vừa với 10 phút người dùng có"),
        ],
    )
    def test_reasons_are_in_the_readers_words(self, service, asked, said):
        """Codes are the same for all, and titles are never translated."""
        usual = service.recommend(context={"minutes": 10}).json()
        answer = service.recommend(context={"minutes": 10}, **asked).json()
        assert said in [reason["text"] for reason in answer["results"][0]["reasons"]]
        for name in ("item_id", "title"):
            assert [entry[name] for entry in answer["results"]] == [
                entry[name] for entry in usual["results"]
            ]

    def test_what_is_withheld_names_no_state_to_the_person(self, service):
        """One sentence with the count, whatever the reasons."""
        answer = service.recommend(safety={"concerns": ["trauma"]}, language="es").json()
        assert answer["withheld"] == {"total": 1, "by_reason": {"trauma": 1}}
        assert answer["texts"]["withheld"] == "Se deja fuera 1 elemento por precaución."
        assert service.recommend().json()["texts"]["withheld"] is None

    def test_filters_context_and_exclusions(self, service):
        """Length, topic, and ids not to give are kept to."""
        answer = service.recommend(
            context={"minutes": 10, "local_hour": 22, "mood": 3},
            filters={"topics": ["sleep"], "kinds": ["lesson"], "max_minutes": 15},
            exclude=["walk-1"],
        )
        assert ids(answer) == ["sleep-1"]

    def test_trauma_withholds_what_is_contraindicated(self, service):
        """Risk in the request can only withhold, and the answer counts it."""
        answer = service.recommend(safety={"pcl5_total": 50})
        assert "scan-1" not in ids(answer)
        assert answer.json()["withheld"]["by_reason"] == {"trauma": 1}

    def test_red_gets_resources_and_no_content(self, service):
        """A crisis is answered with people, not with lessons."""
        answer = service.recommend(safety={"cssrs": "high"}).json()
        assert answer["results"] == []
        assert answer["safety"]["tier"] == "red"
        assert answer["safety"]["resources"]
        assert answer["withheld"]["by_reason"] == {"red": 4}

    def test_what_is_on_record_counts_without_being_said(self, service):
        """A person matched in crisis gets no content, whatever the app says of them."""
        service.match(cssrs="high")
        assert service.recommend("p1", safety={"cssrs": "none"}).json()["results"] == []
        assert service.recommend("p2", safety={"cssrs": "none"}).json()["results"]

    def test_an_acknowledged_event_changes_that_person_s_next_list(self, service):
        """What a person completed is on their shelf of used items at once, and on nobody else's."""
        before = service.recommend("p2").json()["results"]
        sent = service.post("/v1/events", {"events": [event("e1", "walk-1")]})
        assert sent.json()["accepted"] == 1
        shelves = {
            entry["item_id"]: entry["shelf"] for entry in service.recommend().json()["results"]
        }
        assert shelves["walk-1"] == "again"
        assert service.recommend("p2").json()["results"] == before

    def test_not_for_me_takes_an_item_away_at_once(self, service):
        """An opinion is heeded in the next answer."""
        sent = {"events": [event("e1", "walk-1", type="not_for_me")]}
        service.post("/v1/events", sent)
        assert "walk-1" not in ids(service.recommend())
        assert "walk-1" in ids(service.recommend("p2"))

    def test_the_list_is_logged_without_risk_answers(self, service):
        """The log row holds list and request, and of the risk only the tier."""
        answer = service.recommend(goals=["sleep"], safety={"phq9_total": 23}).json()
        (row,) = service.rows(recommendation_log)
        decision = json.loads(row["decision"])
        assert row["recommendation_id"] == answer["recommendation_id"]
        assert decision["tier"] == "amber"
        assert decision["goals"] == ["sleep"]
        assert [entry["item_id"] for entry in decision["results"]] == [
            entry["item_id"] for entry in answer["results"]
        ]
        assert b"phq9" not in row["decision"]

    def test_a_model_answers_when_there_is_one(self, service):
        """After a promotion the answer names the version and is not degraded."""
        version = service.promote_recommender()
        service.refresh()
        answer = service.recommend(promote={"items": ["walk-1"], "share": 0.5}).json()
        assert answer["model"] == {"recommender": version}
        assert answer["degraded"] is None

    def test_a_model_that_fails_is_replaced_by_popularity(self, service):
        """A broken engine leaves nobody without an answer."""
        service.promote_recommender()
        service.refresh()
        service.client.app.state.runtime.models.serving.recommender.engine.binding = None
        answer = service.recommend().json()
        assert answer["degraded"] == {"reason": "bad_model", "fallback": "popularity"}
        assert len(answer["results"]) == 4

    @pytest.mark.parametrize(
        "given",
        [
            {"limit": 0},
            {"context": {"local_hour": 24}},
            {"context": {"minutes": -1}},
            {"filters": {"kinds": ["dance"]}},
            {"promote": {"share": 1.5}},
            {"safety": {"phq9_total": 28}},
            {"safety": {"unknown": 1}},
            {"goals": [1]},
        ],
    )
    def test_out_of_range_is_refused(self, service, given):
        """Every part of the request has its range."""
        answer = service.recommend(**given)
        assert answer.status_code == 422
        assert answer.json()["errors"]

    def test_an_item_of_unknown_length_has_null_minutes(self, service):
        """A missing number is null, never NaN."""
        with transaction(service.engine) as connection:
            old = {"user_id": "u", "type": "view", "event_id": "x", "item_id": "s", "at": 0}
            connection.execute(insert(CLINIC["content_events"]).values(old))
        assert b"NaN" not in service.recommend().content


class TestListSimilar:
    def test_items_on_the_same_topic(self, service):
        """The other sleep lesson is alike, the item itself is not in its list."""
        answer = service.get("/v1/content/sleep-1/similar")
        body = ContentList.model_validate_json(answer.content)
        assert [entry.item_id for entry in body.results] == ["sleep-2"]

    def test_filters_and_exclusions(self, service):
        """Each filter takes out what does not fit; an unknown id in `exclude` takes out nothing."""
        service.add_item("sleep-3", kind="breathing")
        service.add_item("sleep-4", minutes=30.0)
        service.refresh()

        def similar(query: str) -> list[str]:
            return sorted(ids(service.get(f"/v1/content/sleep-1/similar?{query}")))

        assert similar("") == ["sleep-2", "sleep-3", "sleep-4"]
        assert similar("max_minutes=11.5") == ["sleep-3"]
        assert similar("kinds=breathing&kinds=sleep") == ["sleep-3"]
        assert similar("exclude=sleep-2&exclude=nothing") == ["sleep-3", "sleep-4"]
        assert similar("topics=mood") == []

    def test_an_unknown_item(self, service):
        """An id that is in no catalogue is not found."""
        answer = service.get("/v1/content/nothing/similar")
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"


class TestListPopular:
    def test_headers_choose_the_language_of_the_notice(self, service):
        """`language` of the query is that of items; a list about nobody has no body."""
        answer = service.get("/v1/content/popular?language=en", **{"Accept-Language": "vi"})
        assert answer.json()["texts"]["degraded"].startswith("Danh sách này dựa trên")

    def test_most_used_first(self, service):
        """Two people's use puts an item on top once snapshots are read anew."""
        events = [event(f"e{n}", "walk-1", user_id=f"u{n}") for n in range(2)]
        service.post("/v1/events", {"events": events})
        service.add_item("new-1")
        service.refresh()
        answer = service.get("/v1/content/popular?limit=2&local_hour=11&language=en")
        body = ContentList.model_validate_json(answer.content)
        assert body.results[0].item_id == "walk-1"
        assert len(body.results) == 2

    def test_filters_and_exclusions(self, service):
        """Topics and kinds are repeated; a topic in other letters is the same topic."""

        def popular(query: str) -> list[str]:
            return sorted(ids(service.get(f"/v1/content/popular?{query}")))

        assert popular("topics=mood&topics=%20SLEEP") == ["sleep-1", "sleep-2", "walk-1"]
        assert popular("topics=sleep&max_minutes=5") == ["sleep-1"]
        assert popular("kinds=meditation") == []
        assert popular("exclude=sleep-1&exclude=walk-1") == ["scan-1", "sleep-2"]
        assert popular("max_minutes=0") == []

    @pytest.mark.parametrize(
        "query", ["kinds=dance", "max_minutes=-1", "max_minutes=nan", "exclude=", "topics=%00"]
    )
    def test_filters_have_ranges(self, service, query):
        """A bad filter is refused by its name, wherever it stands in a list."""
        answer = service.get(f"/v1/content/popular?{query}")
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["loc"][:2] == ["query", query.split("=")[0]]

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=x", "local_hour=24", "language=%00", "limit=101"]
    )
    def test_parameters_have_ranges(self, service, query):
        """A bad parameter is named by place and rule."""
        answer = service.get(f"/v1/content/popular?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"] == ["query", query.split("=")[0]]
