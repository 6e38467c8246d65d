"""Care plans over HTTP: one triage for both lists, one commit, one answer."""

import json

import pytest

from api.matches import request_seed
from api.schemas_care_plans import CarePlanAnswer
from data.tables import idempotency_keys, match_log, recommendation_log

CANARY = "zebra-canary-free-text"


@pytest.fixture
def plan(service):
    """Ask for a plan for the usual intake with some columns changed."""

    def ask(content=None, headers=None, **changes):
        body = {"intake": {**service.intake, **changes}}
        if content is not None:
            body["content"] = content
        return service.post("/v1/care-plan", body, **(headers or {}))

    return ask


def ids(entries: list[dict], name: str) -> list[str]:
    return [entry[name] for entry in entries]


class TestCreateCarePlan:
    def test_both_lists_are_those_of_the_two_operations(self, service, plan):
        """Clinicians, reasons and content are what matches and recommendations give."""
        told = plan(content={"goals": ["sleep"]}).json()
        match = service.match(patient_id="p2").json()
        content = service.recommend("p2", goals=["sleep"], limit=20).json()
        assert told["clinicians"] == match["results"]
        assert ids(told["content"], "item_id") == ids(content["results"], "item_id")
        for name in ("pathway", "care_level", "safety", "excluded", "relaxations", "notes"):
            assert told[name] == match[name]
        assert told["model"] == {**match["model"], **content["model"]}

    def test_bytes_are_what_the_model_of_the_answer_says(self, plan):
        """The encoded answer holds exactly the fields that are declared."""
        body = CarePlanAnswer.model_validate_json(plan().content)
        assert [entry.clinician_id for entry in body.clinicians] == ["a", "b"]
        assert len(body.content) == 4

    def test_the_part_about_content_is_heeded(self, plan):
        """Limits, filters and exclusions of content do not touch the clinicians."""
        wishes = {"limit": 1, "filters": {"topics": ["sleep"]}, "exclude": ["sleep-1"]}
        told = plan(content=wishes).json()
        assert ids(told["content"], "item_id") == ["sleep-2"]
        assert ids(told["clinicians"], "clinician_id") == ["a", "b"]

    @pytest.mark.parametrize("risk", [{"cssrs": "high"}, {"mania": True}])
    def test_red_gets_neither_clinicians_nor_content(self, plan, risk):
        """A crisis has resources and actions, whatever is asked for."""
        told = plan(content={"goals": ["sleep"]}, **risk).json()
        assert (told["pathway"], told["care_level"]) == ("crisis", "crisis")
        assert told["clinicians"] == told["content"] == []
        assert told["safety"]["resources"]
        assert "do_not_rank" in told["safety"]["actions"]
        assert told["withheld"] == {"total": 4, "by_reason": {"red": 4}}

    def test_one_finding_gates_both_lists(self, plan):
        """Trauma in the intake withholds what is contraindicated, though nothing else says so."""
        told = plan(pcl5_total=50).json()
        assert told["clinicians"]
        assert "scan-1" not in ids(told["content"], "item_id")
        assert told["withheld"]["by_reason"] == {"trauma": 1}
        assert "pcl5_cut" in told["safety"]["reasons"]

    def test_free_text_gates_content_too_and_is_kept_nowhere(self, service, plan, logged):
        """The tripwire reads it once for both lists; no table, answer or log has it."""
        answer = plan(free_text=CANARY)
        assert answer.json()["safety"]["tier"] == "amber"
        service.engine.dispose()
        files = [file.read_bytes() for file in service.settings.home.rglob("*.db*")]
        assert not any(CANARY.encode() in content for content in files)
        assert CANARY not in answer.text + logged.getvalue()

    def test_what_is_on_record_is_cleared_by_no_plan(self, service, plan):
        """A crisis on record stays one however often a low answer is sent, for other operations too."""
        service.match(cssrs="high")
        for _ in range(2):
            told = plan(cssrs="none").json()
            assert (told["pathway"], told["clinicians"], told["content"]) == ("crisis", [], [])
            assert told["safety"]["reasons"] == ["cssrs_high"]
        assert service.recommend("p1").json()["results"] == []
        assert plan(patient_id="p2").json()["clinicians"]

    def test_a_questionnaire_on_record_counts(self, service, plan):
        """Item 9 that came as an event makes the plan amber."""
        event = {"event_id": "m", "type": "measure", "at": "2026-11-24T11:00:00Z"}
        event |= {"patient_id": "p1", "instrument": "phq9", "items": [0] * 8 + [2]}
        assert service.post("/v1/events", {"events": [event]}).json()["accepted"] == 1
        told = plan().json()
        assert (told["safety"]["tier"], told["pathway"]) == ("amber", "elevated")
        assert told["safety"]["reasons"] == ["phq9_item9"]

    def test_nobody_eligible_leads_to_a_navigator(self, plan):
        """No clinician is a hand-over to a person, with the reasons, beside the content."""
        told = plan(region="US-TX").json()
        assert (told["pathway"], told["clinicians"]) == ("navigator", [])
        assert told["notes"]
        assert told["excluded"]["by_reason"] == {"licence": 3}

    def test_sentences_are_in_the_readers_language(self, service):
        """One language and one audience for both lists; the body decides before the headers."""
        body = {"intake": service.intake, "language": "es", "audience": "operator"}
        told = service.post("/v1/care-plan", body, **{"Accept-Language": "vi"}).json()
        assert told["language"] == "es"
        usual = service.post("/v1/recommendations", {"person_id": "p2", "language": "es"})
        assert told["content"][0]["reasons"] == usual.json()["results"][0]["reasons"]
        assert set(told["texts"]["degraded"]) == {"matching", "recommender"}

    def test_the_match_of_a_plan_is_a_match(self, service, plan):
        """It can be read, held by, and left for another."""
        told = plan().json()
        stored = service.get(f"/v1/matches/{told['match_id']}").json()
        assert stored["results"] == told["clinicians"]
        hold = {"clinician_id": "a", "patient_id": "p1", "match_id": told["match_id"]}
        assert service.post("/v1/holds", hold).status_code == 201
        left = {"reason": "fit", "clinician_ids": ["a"]}
        again = service.post(f"/v1/matches/{told['match_id']}/rematch", left).json()
        assert ids(again["results"], "clinician_id") == ["b"]

    def test_both_log_rows_are_written_and_name_each_other(self, service, plan):
        """Each is what its own operation writes, with its seed; the list of content names the match."""
        told = plan(content={"goals": ["sleep"]}).json()
        (match,), (content,) = service.rows(match_log), service.rows(recommendation_log)
        assert match["seed"] == request_seed(service.settings.seed, told["match_id"])
        assert content["seed"] == request_seed(service.settings.seed, told["recommendation_id"])
        assert json.loads(match["decision"])["candidates"]["clinician_ids"] == ["a", "b"]
        decision = json.loads(content["decision"])
        assert decision["match_id"] == told["match_id"]
        assert ids(decision["results"], "item_id") == ids(told["content"], "item_id")

    def test_models_answer_when_there_are_some(self, service, plan):
        """The answer names both versions and is not degraded."""
        versions = service.promote_matching(), service.promote_recommender()
        service.refresh()
        told = plan().json()
        assert (told["model"]["matching"], told["model"]["recommender"]) == versions
        assert told["degraded"] is None

    def test_one_model_that_fails_leaves_the_other(self, service, plan):
        """Each list has its own fallback, and the answer says which answered."""
        service.promote_matching()
        service.promote_recommender()
        service.refresh()
        service.client.app.state.runtime.models.serving.recommender.engine.binding = None
        told = plan().json()
        assert told["degraded"] == {
            "matching": None,
            "recommender": {"reason": "bad_model", "fallback": "popularity"},
        }
        assert len(told["content"]) == 4

    def test_a_repeat_under_a_key_has_one_effect(self, service, plan):
        """The same bytes come back, and neither log has a second row."""
        headers = {"Idempotency-Key": "k"}
        first, second = plan(headers=headers), plan(headers=headers)
        assert second.content == first.content
        assert second.headers["idempotent-replayed"] == "true"
        assert len(service.rows(match_log)) == len(service.rows(recommendation_log)) == 1

    def test_erasure_reaches_all_of_it(self, service, plan):
        """Both rows and the kept answer of a plan go with the person."""
        plan(headers={"Idempotency-Key": "k"})
        assert (
            service.client.delete("/v1/people/p1", headers=service.headers).status_code == 200
        )
        for table in (match_log, recommendation_log, idempotency_keys):
            assert service.rows(table) == []

    @pytest.mark.parametrize(
        ("content", "place"),
        [
            ({"limit": 0}, ["body", "content", "limit"]),
            ({"context": {"local_hour": 24}}, ["body", "content", "context", "local_hour"]),
            ({"safety": {"cssrs": "none"}}, ["body", "content", "safety"]),
            ({"person_id": "p2"}, ["body", "content", "person_id"]),
            ([], ["body", "content"]),
        ],
    )
    def test_out_of_range_is_refused(self, service, plan, content, place):
        """No part about content brings a person or a risk of its own; nothing is logged."""
        answer = plan(content=content)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"] == place
        assert service.rows(match_log) == service.rows(recommendation_log) == []

    def test_it_needs_the_scope_of_matches(self, service):
        """A key for recommendations alone ranks nobody."""
        answer = service.client.post(
            "/v1/care-plan",
            json={"intake": service.intake},
            headers=service.key("recommend", "events"),
        )
        assert answer.status_code == 403
