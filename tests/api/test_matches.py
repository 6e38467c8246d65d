"""Matching over HTTP: order, safety, what is stored, what is never stored."""

import json

import msgspec
import numpy as np
import pytest

from api.matches import request_seed
from api.schemas_matches import MatchAnswer
from data.tables import match_log
from matching.exploration import Exploration, arrange

CANARY = "zebra-canary-free-text"


class TestCreateMatch:
    def test_the_sooner_of_two_equals_comes_first(self, service):
        """Without any model the rules rank, and the answer says so."""
        answer = service.match().json()
        assert [entry["clinician_id"] for entry in answer["results"]] == ["a", "b"]
        assert answer["pathway"] == "routine"
        assert answer["model"] == {
            "matching": None,
            "policy": "utility+prices+newcomers+continuity+exploration",
        }
        assert answer["degraded"] == {"reason": "no_model", "fallback": "rules"}
        assert answer["texts"]["degraded"] == "Fixed rules made this list."
        assert answer["excluded"] == {"total": 1, "by_reason": {"licence": 1}}

    def test_bytes_are_what_the_model_of_the_answer_says(self, service):
        """The encoded answer holds exactly the fields that are declared."""
        body = MatchAnswer.model_validate_json(service.match().content)
        first = body.results[0]
        assert (first.rank, first.display_name) == (1, "A")
        assert first.next_available == "2026-11-27T12:00:00Z"
        assert sum(reason.contribution for reason in first.reasons) == pytest.approx(
            first.utility
        )

    @pytest.mark.parametrize(
        ("language", "audience", "said"),
        [
            ("es-MX", "patient", "Puede atenderle"),
            ("vi", "patient", "quý vị"),
            ("en", "operator", "the patient"),
            ("vi", "clinician", "bệnh nhân"),
        ],
    )
    def test_reasons_are_in_the_readers_words(self, service, language, audience, said):
        """Codes and contributions are the same in every language."""
        asked = {"intake": service.intake, "language": language, "audience": audience}
        found = service.post("/v1/matches", asked).json()["results"][0]["reasons"]
        usual = service.match().json()["results"][0]["reasons"]
        for name in ("code", "contribution"):
            assert [entry[name] for entry in found] == [entry[name] for entry in usual]
        assert any(said in entry["text"] for entry in found)

    def test_safety_is_said_in_the_readers_words(self, service):
        """A banner and what is done for everybody, findings for staff, contacts to act on."""
        intake = {**service.intake, "cssrs": "high"}
        asked = {"intake": intake, "language": "es", "audience": "operator"}
        safety = service.post("/v1/matches", asked).json()["safety"]
        assert safety["message"].startswith("Avise ahora a un profesional")
        assert len(safety["action_texts"]) == len(safety["actions"])
        assert safety["reason_texts"] == ["La C-SSRS es alta."]
        assert safety["resources"][0]["contact"].startswith("Llame")
        patient = service.post("/v1/matches", {**asked, "audience": "patient"}).json()["safety"]
        assert patient["reason_texts"] == []
        assert patient["action_texts"][0].startswith("Se ha pedido a la clínica que le llame")
        assert "usted" in patient["message"].casefold()

    @pytest.mark.parametrize(
        ("header", "body", "language"),
        [
            ("es-MX,es;q=0.9", {}, "es-MX"),
            ("de, vi;q=0.5", {}, "vi"),
            ("es", {"language": "vi"}, "vi"),
            ("es;q=0, *", {}, "en"),
            ("de", {"language": None}, "en"),
            ("es;q=x, ;;,=", {}, "en"),
        ],
    )
    def test_the_body_decides_before_the_headers(self, service, header, body, language):
        """`Accept-Language` counts where the body names no language; the answer says which."""
        asked = {"intake": service.intake, **body}
        answer = service.post("/v1/matches", asked, **{"Accept-Language": header}).json()
        assert answer["language"] == language

    def test_who_was_left_out_is_put_in_words(self, service):
        """Counts are in the sentences, one and many, for the reader."""
        asked = {"intake": {**service.intake, "region": "US-TX"}, "language": "es"}
        texts = service.post("/v1/matches", asked).json()["texts"]
        assert texts["excluded"] == [
            {"code": "licence", "text": "3 profesionales no tienen licencia donde usted está."}
        ]

    def test_what_relaxing_adds_is_put_in_words(self, service):
        """The sentence has the same count as the number."""
        answer = service.match(payer="nobody").json()
        [relaxed] = answer["relaxations"]
        [told] = answer["texts"]["relaxations"]
        assert told["code"] == relaxed["constraint"] == "payer"
        assert told["text"].startswith(f"{relaxed['adds']} more clinicians would fit if you")

    def test_red_is_never_ranked(self, service):
        """A crisis has resources and actions, and no list."""
        answer = service.match(cssrs="high").json()
        assert answer["pathway"] == "crisis"
        assert answer["results"] == []
        assert answer["safety"]["tier"] == "red"
        assert answer["safety"]["actions"]
        assert answer["safety"]["resources"][0]["contact"]

    def test_nobody_eligible_leads_to_a_navigator(self, service):
        """An empty list says why."""
        answer = service.match(region="US-TX").json()
        assert answer["pathway"] == "navigator"
        assert answer["results"] == []
        assert answer["notes"]
        assert answer["excluded"]["by_reason"] == {"licence": 3}

    def test_items_give_the_total(self, service):
        """Nine answers of 3 are a PHQ-9 of 27 with item 9, which is amber."""
        measures = [{"instrument": "phq9", "items": [3] * 9}]
        answer = service.match(measures=measures).json()
        assert answer["safety"]["tier"] == "amber"
        assert {"phq9_item9", "phq9_severe"} <= set(answer["safety"]["reasons"])
        (row,) = service.rows(match_log)
        assert json.loads(row["decision"])["intake"]["phq9_total"] == 27

    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            ({"measures": [{"instrument": "phq9", "items": [0] * 8}]}, "items_count"),
            (
                {"measures": [{"instrument": "gad7", "items": [1] * 7, "total": 8}]},
                "total_mismatch",
            ),
            ({"measures": [{"instrument": "gad7"}]}, "total_missing"),
            ({"measures": [{"instrument": "gad7", "total": 22}]}, "total_range"),
            ({"measures": [{"instrument": "wsas", "items": [1]}]}, "items_unknown"),
            ({"measures": [{"instrument": "wsas", "total": 3}] * 2}, "duplicate_instrument"),
            (
                {"measures": [{"instrument": "wsas", "total": 3}], "wsas_total": 4},
                "total_mismatch",
            ),
        ],
    )
    def test_questionnaires_that_do_not_add_up(self, service, changes, kind):
        """A total that cannot be is refused by its rule."""
        answer = service.match(**changes)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["type"] == kind

    def test_free_text_raises_the_tier_and_is_kept_nowhere(self, service, logged):
        """What a person writes is read once by triage: no table, answer or log has it."""
        answer = service.match(free_text=CANARY)
        assert answer.json()["safety"]["tier"] == "amber"
        service.engine.dispose()
        files = [file.read_bytes() for file in service.settings.home.rglob("*.db*")]
        assert len(files) >= 1
        assert not any(CANARY.encode() in content for content in files)
        assert CANARY not in answer.text + logged.getvalue()

    def test_the_whole_candidate_set_is_logged(self, service):
        """The log row holds everybody who was scored, also beyond the limit, with versions."""
        answer = service.match(limit=1).json()
        (row,) = service.rows(match_log)
        decision = json.loads(row["decision"])
        assert decision["candidates"]["clinician_ids"] == ["a", "b"]
        assert decision["candidates"]["exposure_probabilities"] == [1.0, 0.0]
        assert decision["candidates"]["shown"] == 1
        assert decision["candidates"]["drawn"] == 0
        assert decision["order"]["exploration"]["band"] == 0.02
        assert row["policy"] == answer["model"]["policy"]
        assert decision["excluded"] == {"licence": 1}
        assert (row["match_id"], row["patient_id"]) == (answer["match_id"], "p1")
        assert row["seed"] == request_seed(service.settings.seed, answer["match_id"])

    def test_equals_take_turns_and_their_chances_are_logged(self, service):
        """Two who fit alike share the one place; the log has the chances of both."""
        service.add_clinician("twin")
        service.refresh()
        first = {service.match(limit=1).json()["results"][0]["clinician_id"] for _ in range(20)}
        assert first == {"a", "twin"}
        candidates = json.loads(service.rows(match_log)[0]["decision"])["candidates"]
        chances = dict(
            zip(candidates["clinician_ids"], candidates["exposure_probabilities"], strict=True)
        )
        assert chances == pytest.approx({"a": 0.5, "twin": 0.5, "b": 0.0})
        assert candidates["drawn"] == 2

    def test_a_draw_can_be_repeated_from_its_log_row(self, service):
        """Seed, scores and policy of the row give the order and the chances again."""
        for name in ("twin", "third"):
            service.add_clinician(name)
        service.refresh()
        service.match(limit=2)
        (row,) = service.rows(match_log)
        decision = json.loads(row["decision"])
        kept = decision["candidates"]
        by_id = np.argsort(kept["clinician_ids"])
        found = arrange(
            Exploration(**decision["order"]["exploration"]),
            np.array(kept["scores"])[by_id],
            limit=decision["limit"],
            seed=row["seed"],
        )
        ids = np.array(kept["clinician_ids"])[by_id]
        assert ids[found.order].tolist() == kept["clinician_ids"]
        assert found.exposures[found.order].tolist() == kept["exposure_probabilities"]

    def test_a_person_at_risk_gets_no_draw(self, service):
        """Above green the best are shown for certain, whatever the seed."""
        service.add_clinician("twin")
        service.refresh()
        for _ in range(10):
            (found,) = service.match(limit=1, phq9_item9=1).json()["results"]
            assert (found["clinician_id"], found["exposure_probability"]) == ("a", 1.0)

    def test_intake_id_and_time_are_made_where_absent(self, service):
        """A desk need not name them."""
        intake = {**service.intake}
        del intake["intake_id"], intake["requested_at"]
        answer = service.post("/v1/matches", {"intake": intake})
        assert answer.status_code == 200
        (row,) = service.rows(match_log)
        assert json.loads(row["decision"])["intake"]["intake_id"] == answer.json()["match_id"]

    def test_without_explanations(self, service):
        """`explain: false` leaves reasons out and nothing else."""
        body = {"intake": service.intake, "explain": False}
        answer = service.post("/v1/matches", body).json()
        assert [entry["reasons"] for entry in answer["results"]] == [[], []]

    def test_a_total_stands_in_for_items_that_are_missing(self, service):
        """With too few answers to compute a total, the given one counts."""
        items = [1, None, None, None, 1, 1, 1, 1, 0]
        measures = [{"instrument": "phq9", "items": items, "total": 20}]
        answer = service.match(measures=measures).json()
        assert answer["safety"]["reasons"] == ["phq9_severe"]
        assert (
            service.match(measures=[{"instrument": "phq9", "items": items}]).status_code == 422
        )

    @pytest.mark.parametrize(
        "time", ["2026-13-01T00:00:00Z", "2026-11-24T25:00:00Z", "2016-12-31T23:59:60Z", "now"]
    )
    def test_times_that_are_none(self, service, time):
        """A time that no calendar has is refused by its rule."""
        answer = service.match(requested_at=time)
        assert answer.json()["errors"][0]["type"] == "time_format"

    @pytest.mark.parametrize(
        "time", ["2026-11-24t09:30:00z", "2026-11-24 09:30:00.123456789-08:00"]
    )
    def test_times_in_any_form_of_rfc_3339(self, service, time):
        """Lower case, blanks, fractions and offsets are fine."""
        assert service.match(requested_at=time).status_code == 200

    def test_null_is_absent(self, service):
        """Explicit nulls of optional columns mean the same as leaving them out."""
        answer = service.match(languages=None, phq9_total=None, earliest=None, formats=None)
        assert answer.status_code == 200

    def test_refused_fields_are_named_without_their_values(self, service):
        """422 lists place and rule of each refused field, and repeats nothing."""
        answer = service.match(phq9_total=40, zork="zebra", limit=101)
        assert answer.status_code == 422
        errors = {tuple(error["loc"]): error["type"] for error in answer.json()["errors"]}
        assert errors == {
            ("body", "intake", "phq9_total"): "less_than_equal",
            ("body", "intake", "zork"): "extra_forbidden",
            ("body", "limit"): "less_than_equal",
        }
        assert "40" not in answer.text.replace(answer.json()["request_id"], "")
        assert "zebra" not in answer.text

    def test_a_word_of_a_closed_list(self, service):
        """C-SSRS levels are a closed vocabulary."""
        answer = service.match(cssrs="severe")
        assert answer.json()["errors"][0]["type"] == "literal_error"

    def test_a_model_answers_when_there_is_one(self, service):
        """After a promotion the answer names the version and is not degraded."""
        version = service.promote_matching()
        assert service.refresh()
        answer = service.match().json()
        assert answer["model"]["matching"] == version
        assert answer["degraded"] is None

    def test_a_model_that_fails_on_a_request_is_replaced_by_rules(self, service, logged):
        """The person still gets a list, and the log has no values."""
        service.promote_matching()
        service.refresh()
        matcher = service.client.app.state.runtime.models.serving.matching.engine
        object.__setattr__(matcher, "scorer", None)
        answer = service.match().json()
        assert answer["degraded"] == {"reason": "bad_model", "fallback": "rules"}
        assert answer["model"]["matching"] is None
        assert len(answer["results"]) == 2
        assert "model_failed" in logged.getvalue()


class TestGetMatch:
    def test_the_stored_answer_byte_for_byte(self, service):
        """Asking again gives the bytes that left."""
        made = service.match()
        again = service.get(f"/v1/matches/{made.json()['match_id']}")
        assert again.content == made.content

    def test_an_unknown_match(self, service):
        """An id that nobody got is not found."""
        assert service.get("/v1/matches/nobody").status_code == 404

    def test_an_id_no_database_could_hold(self, service):
        """A NUL in the path is refused before it reaches the database."""
        assert service.get("/v1/matches/a%00b").status_code == 422


class TestRequestSeed:
    def test_it_fits_a_signed_column_and_differs_by_name(self):
        """Seeds are reproducible and lie within 0 to 2**63 - 1."""
        seeds = {request_seed(1, str(name)) for name in range(100)}
        assert len(seeds) == 100
        assert all(0 <= seed < 2**63 for seed in seeds)
        assert request_seed(1, "a") == request_seed(1, "a") != request_seed(2, "a")


class TestLoggedIntake:
    def test_the_log_row_can_be_read_as_an_intake_again(self, service):
        """What was asked can be replayed from the log alone."""
        service.match(blocked_clinicians=["x"], earliest="2026-12-01T00:00:00Z")
        (row,) = service.rows(match_log)
        intake = msgspec.json.decode(row["decision"])["intake"]
        assert intake["blocked_clinicians"] == ["x"]
        assert intake["earliest"] == "2026-12-01T00:00:00Z"
