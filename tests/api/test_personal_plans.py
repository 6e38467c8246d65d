"""Personal plans over HTTP: the person's own progress, time and goals, and safety on record."""

import json

import pytest
from sqlalchemy import insert

from api.personal_plans import severity_of
from api.schemas_personal_plans import PersonalPlan
from data.database import transaction
from data.domain import Intake
from data.instants import micros_of
from data.tables import CLINIC, recommendation_log


@pytest.fixture
def service(service):
    """The small clinic with two programs of three steps."""
    with transaction(service.engine) as connection:
        rows = [
            {"program_id": "rest", "title": "Rest", "topics": '["sleep"]'},
            {"program_id": "calm", "title": "Calm", "topics": '["stress"]'},
        ]
        connection.execute(insert(CLINIC["programs"]), rows)
    for program in ("rest", "calm"):
        for place in (1, 2, 3):
            service.add_item(
                f"{program}-{place}", topics=(), program_id=program, program_position=place
            )
    service.refresh()
    return service


def ask(service, query: str = "", person_id: str = "p1", **headers: str):
    """Ask for a plan."""
    return service.get(f"/v1/people/{person_id}/plan?{query}", **headers)


def ids(answer) -> list[str]:
    return [entry["item_id"] for week in answer.json()["weeks"] for entry in week["sessions"]]


def do(service, item_id: str, kind: str = "complete", person_id: str = "p1") -> None:
    """Send an event and see that it is taken."""
    event = {
        "event_id": f"{person_id}-{item_id}-{kind}",
        "user_id": person_id,
        "item_id": item_id,
        "type": kind,
        "at": "2026-11-24T11:00:00Z",
    }
    sent = service.post("/v1/events", {"events": [event]})
    assert sent.json()["accepted"] == 1


class TestGetPlan:
    def test_bytes_are_what_the_model_of_the_answer_says(self, service):
        """Somebody never seen gets a plan of weeks, in the declared form, that says what made it."""
        answer = ask(service, person_id="nobody-knows-me")
        body = PersonalPlan.model_validate_json(answer.content)
        assert answer.status_code == 200
        assert [week.week for week in body.weeks] == [1, 2]
        assert body.weeks[0].starts_at == "2026-11-24T12:00:00Z"
        assert body.weeks[0].ends_at == body.weeks[1].starts_at == "2026-12-01T12:00:00Z"
        assert [len(week.sessions) for week in body.weeks] == [5, 4]
        assert all(entry.minutes == 5.0 for week in body.weeks for entry in week.sessions)
        assert body.left_out.by_reason == {"too_long": 1}
        assert [note.code for note in body.notes] == ["ends_early"]
        assert body.degraded.reason == "no_model"

    def test_goals_weeks_and_time(self, service):
        """One week of three sessions for sleep is the program for sleep; eleven minutes hold two."""
        assert ids(ask(service, "weeks=1&sessions_per_week=3&goals=stress")) == [
            "calm-1",
            "calm-2",
            "calm-3",
        ]
        answer = ask(service, "weeks=1&minutes_per_week=11")
        assert len(ids(answer)) == 2
        assert answer.json()["left_out"]["by_reason"]["no_room"] == 7

    def test_progress_moves_the_plan_of_that_person_alone(self, service):
        """A completed step is gone, a begun one comes first, a rejected one stays away."""
        before = ids(ask(service, person_id="p2"))
        do(service, "rest-1")
        do(service, "rest-2", "start")
        do(service, "walk-1", "not_for_me")
        answer = ask(service)
        assert ids(answer)[:2] == ["rest-2", "rest-3"]
        assert not {"rest-1", "walk-1"} & set(ids(answer))
        first = answer.json()["weeks"][0]["sessions"][0]
        assert (first["position"], first["is_started"]) == (1, True)
        assert first["reasons"][0] == {"code": "pick_up", "text": "You have begun this"}
        assert answer.json()["programs"][0] == {
            "program_id": "rest",
            "title": "Rest",
            "steps": 3,
            "finished": 1,
            "planned": 2,
        }
        assert ids(ask(service, person_id="p2")) == before

    def test_what_was_finished_is_never_forgotten(self, service):
        """A completion counts behind a thousand later events."""
        do(service, "rest-1")
        later = {
            "user_id": "p1",
            "item_id": "tea",
            "type": "view",
            "at": micros_of(service.now),
        }
        with transaction(service.engine) as connection:
            rows = [{"event_id": f"v{number}", **later} for number in range(1_000)]
            connection.execute(insert(CLINIC["content_events"]), rows)
        assert "rest-1" not in ids(ask(service))

    def test_excluded_items(self, service):
        """An id not to give, and what comes after it in its program."""
        answer = ask(service, "exclude=rest-2&exclude=nothing")
        assert not {"rest-2", "rest-3"} & set(ids(answer))
        assert answer.json()["left_out"]["by_reason"] == {
            "excluded": 1,
            "too_long": 1,
            "waits": 1,
        }

    def test_red_on_record_gets_resources_and_no_plan(self, service):
        """A person matched in crisis has no sessions, whatever the query asks."""
        service.match(cssrs="high")
        answer = ask(service, "goals=sleep&session_minutes=60").json()
        assert (answer["weeks"], answer["programs"], answer["notes"]) == ([], [], [])
        assert answer["safety"]["tier"] == "red"
        assert answer["safety"]["resources"]
        assert answer["withheld"] == {"total": 10, "by_reason": {"red": 10}}
        assert ids(ask(service, person_id="p2"))

    def test_what_is_on_record_withholds(self, service):
        """A high score of trauma keeps a body scan out, and the person reads no state."""
        service.match(pcl5_total=50)
        answer = ask(service)
        assert "scan-1" not in ids(answer)
        assert answer.json()["withheld"]["by_reason"] == {"trauma": 1}
        assert (
            answer.json()["texts"]["withheld"] == "1 item is left out to be on the safe side."
        )

    def test_severe_symptoms_keep_to_what_is_supported(self, service):
        """Amber: no program without support, and every session is meant beside a clinician."""
        service.match(phq9_total=22, phq9_item9=0)
        answer = ask(service)
        assert answer.json()["safety"]["tier"] == "amber"
        assert sorted(ids(answer)) == ["scan-1", "sleep-1", "walk-1"]
        for session in answer.json()["weeks"][0]["sessions"]:
            assert session["reasons"][-1]["code"] == "alongside_care"

    def test_risk_is_never_part_of_the_query(self, service):
        """An address ends in logs of others: risk in it changes nothing."""
        assert ids(ask(service, "cssrs=high")) == ids(ask(service))

    @pytest.mark.parametrize("query", ["session_minutes=0", "minutes_per_week=0"])
    def test_no_time(self, service, query):
        """Zero minutes give an empty plan that says why, in the reader's language."""
        answer = ask(service, f"{query}&language=es").json()
        assert answer["weeks"] == []
        assert answer["notes"] == [
            {"code": "no_time", "text": "En este plan no hay tiempo para una sesión."}
        ]

    def test_words_follow_headers_and_audience(self, service):
        """`language` comes before the header; staff are told of the person."""
        do(service, "rest-1", "start")
        for query, header, said in (
            ("", "vi", "Quý vị đã bắt đầu mục này"),
            ("language=es", "vi", "Ya empezó esto"),
            ("language=es&audience=clinician", "vi", "La persona ya empezó esto"),
        ):
            answer = ask(service, query, **{"Accept-Language": header}).json()
            assert answer["weeks"][0]["sessions"][0]["reasons"][0]["text"] == said
        assert answer["texts"]["left_out"] == [
            {"code": "too_long", "text": "1 elemento es demasiado largo para una sesión."}
        ]
        unknown = ask(service, "goals=unicorns&language=vi").json()["notes"]
        assert unknown[-1] == {"code": "goal_unknown", "text": "Ở đây chưa có gì về unicorns."}

    def test_the_same_request_gives_the_same_plan(self, service):
        """But for the ids that name it."""
        first, second = (ask(service, "goals=sleep").json() for _ in range(2))
        assert first.pop("plan_id") != second.pop("plan_id")
        assert first.pop("request_id") != second.pop("request_id")
        assert first == second

    def test_the_plan_is_logged_without_risk_answers(self, service):
        """The log row has the query and the sessions, and of the risk only the tier; erasure takes it."""
        service.match(phq9_total=12)
        answer = ask(service, "goals=sleep").json()
        (row,) = service.rows(recommendation_log)
        decision = json.loads(row["decision"])
        assert (row["recommendation_id"], row["person_id"]) == (answer["plan_id"], "p1")
        assert (decision["kind"], decision["tier"], decision["goals"]) == (
            "plan",
            "green",
            ["sleep"],
        )
        assert decision["results"][0] == {
            "week": 1,
            "position": 1,
            "item_id": answer["weeks"][0]["sessions"][0]["item_id"],
        }
        assert b"phq9" not in row["decision"]
        service.client.delete("/v1/people/p1", headers=service.headers)
        assert service.rows(recommendation_log) == []

    def test_a_model_and_its_failure(self, service):
        """A model is named; one that breaks is replaced by popularity for this answer."""
        version = service.promote_recommender()
        service.refresh()
        good = ask(service).json()
        assert (good["model"], good["degraded"]) == ({"recommender": version}, None)
        service.client.app.state.runtime.models.serving.recommender.engine.binding = None
        bad = ask(service).json()
        assert bad["degraded"] == {"reason": "bad_model", "fallback": "popularity"}
        assert bad["weeks"]

    @pytest.mark.parametrize(
        "query",
        [
            "weeks=0",
            "weeks=13",
            "sessions_per_week=15",
            "session_minutes=-1",
            "session_minutes=nan",
            "minutes_per_week=inf",
            "goals=",
            "exclude=%00",
            "item_language=1",
            "language=x",
            "audience=everybody",
        ],
    )
    def test_parameters_have_ranges(self, service, query):
        """A bad parameter is named by place and rule."""
        answer = ask(service, query)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"][:2] == ["query", query.split("=")[0]]

    def test_it_needs_its_scope(self, service):
        """A key for matches alone is refused."""
        answer = service.client.get("/v1/people/p1/plan", headers=service.key("match"))
        assert answer.status_code == 403


class TestSeverityOf:
    @pytest.mark.parametrize(
        ("totals", "band"),
        [
            ({}, None),
            ({"phq9_total": 4}, "minimal"),
            ({"phq9_total": 4, "gad7_total": 10}, "moderate"),
            ({"phq9_total": 27, "gad7_total": 0}, "severe"),
        ],
    )
    def test_the_worse_of_two(self, service, totals, band):
        """PHQ-9 or GAD-7, whichever is worse; nothing known is no band."""
        known = Intake(
            intake_id="i",
            patient_id="p",
            requested_at=service.now,
            region="",
            age_band="",
            payer="",
            **totals,
        )
        assert severity_of(known) == band
        assert severity_of(None) is None
