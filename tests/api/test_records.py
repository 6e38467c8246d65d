"""Directory and catalogue over HTTP: a row put is a row served, on the words that eligibility goes by."""

import pytest

from api.examples_records import CLINICIAN, CLINICIAN_GIVEN, ITEM, ITEM_GIVEN
from api.schemas_records import ClinicianAnswer, CliniciansAnswer, ContentAnswer, ContentPage
from data.revisions import read_revision


def put(service, path: str, body):
    return service.client.put(path, json=body, headers=service.headers)


def delete(service, path: str) -> int:
    return service.client.delete(path, headers=service.headers).status_code


def ids(answer, name: str = "clinician_id") -> list[str]:
    (rows,) = (value for value in answer.json().values() if isinstance(value, list))
    return [row[name] for row in rows]


class TestPutClinician:
    def test_the_example_is_what_comes_back(self, service):
        """Given, stored, read: the same row, and nothing else."""
        answer = put(service, "/v1/clinicians/c-017", CLINICIAN_GIVEN)
        assert (answer.status_code, answer.json()) == (200, CLINICIAN)
        ClinicianAnswer.model_validate_json(answer.content)
        assert service.get("/v1/clinicians/c-017").json() == CLINICIAN

    def test_matches_go_by_it(self, service):
        """A new clinician is offered, with fewer places not, and taken out no longer counted."""
        put(service, "/v1/clinicians/z", {**CLINICIAN_GIVEN, "next_available": None})
        service.refresh()
        assert "z" in [row["clinician_id"] for row in service.match().json()["results"]]
        put(service, "/v1/clinicians/z", {**CLINICIAN_GIVEN, "open_slots": 0})
        service.refresh()
        assert "z" not in [row["clinician_id"] for row in service.match().json()["results"]]
        assert delete(service, "/v1/clinicians/z") == 204
        service.refresh()
        assert service.match().json()["excluded"]["total"] == 1
        assert delete(service, "/v1/clinicians/z") == 404
        assert service.get("/v1/clinicians/z").status_code == 404

    def test_the_whole_row_is_replaced(self, service):
        """What is absent is missing from then on; the same row again is no new revision."""
        put(service, "/v1/clinicians/z", CLINICIAN_GIVEN)
        slim = {name: CLINICIAN_GIVEN[name] for name in ("licensed_regions", "payers")}
        slim |= {"languages": [], "formats": ["phone"]}
        found = put(service, "/v1/clinicians/z", slim).json()
        assert (found["open_slots"], found["specialties_top"]) == (None, [])
        before = read_revision(service.engine, "directory")
        put(service, "/v1/clinicians/z", slim)
        assert read_revision(service.engine, "directory") == before

    @pytest.mark.parametrize(
        "change",
        [
            {"formats": ["fax"]},
            {"open_slots": -1},
            {"open_slots": "4"},
            {"licensed_regions": None},
            {"clinician_id": "other"},
            {"next_available": "tomorrow"},
            {"latitude": 91},
        ],
    )
    def test_what_a_file_may_not_say_is_refused(self, service, change):
        """Nothing is stored of it."""
        answer = put(service, "/v1/clinicians/z", {**CLINICIAN_GIVEN, **change})
        assert answer.status_code == 422
        assert service.get("/v1/clinicians/z").status_code == 404


class TestListClinicians:
    def test_words_are_those_of_intakes(self, service):
        """Region, payer, format, concern and language, in any case; several narrow."""
        for query, expected in {
            "": ["a", "b", "c"],
            "region=us-nv": ["c"],
            "region=US-CA&payer=AETNA": ["a", "b"],
            "concern=Anxiety&format=video": ["a", "b", "c"],
            "concern=sleep": [],
            "language=es": [],
        }.items():
            answer = service.get(f"/v1/clinicians?{query}")
            assert ids(answer) == expected, query
            CliniciansAnswer.model_validate_json(answer.content)

    def test_pages_hold_everybody_once(self, service):
        """Two and one; the last page says that it is the last."""
        first = service.get("/v1/clinicians?limit=2").json()
        assert [row["clinician_id"] for row in first["clinicians"]] == ["a", "b"]
        rest = service.get(f"/v1/clinicians?limit=2&cursor={first['next_cursor']}")
        assert ids(rest) == ["c"]
        assert rest.json()["next_cursor"] is None

    @pytest.mark.parametrize("query", ["cursor=%ff", "limit=0", "limit=x", "format=fax"])
    def test_bad_questions_are_refused(self, service, query):
        """With the place at fault."""
        answer = service.get(f"/v1/clinicians?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"][-1] == query.split("=", maxsplit=1)[0]


class TestPutContent:
    def test_a_new_item_is_shown_without_retraining(self, service):
        """Put, read, recommended, listed; taken away, gone."""
        answer = put(service, "/v1/content/sleep-010", ITEM_GIVEN)
        assert (answer.status_code, answer.json()) == (200, ITEM)
        ContentAnswer.model_validate_json(answer.content)
        service.refresh()
        shown = service.recommend(limit=20, goals=["sleep"]).json()["results"]
        assert "sleep-010" in [row["item_id"] for row in shown]
        page = service.get("/v1/content?topic=Sleep&kind=sleep")
        assert ids(page, "item_id") == ["sleep-010"]
        ContentPage.model_validate_json(page.content)
        assert delete(service, "/v1/content/sleep-010") == 204
        service.refresh()
        shown = service.recommend(limit=20, goals=["sleep"]).json()["results"]
        assert "sleep-010" not in [row["item_id"] for row in shown]

    def test_an_unreviewed_item_cannot_be_put(self, service):
        """The date of review is required, in the catalogue as in files."""
        body = {name: value for name, value in ITEM_GIVEN.items() if name != "reviewed_at"}
        assert put(service, "/v1/content/new", body).status_code == 422


class TestScopes:
    @pytest.mark.parametrize("path", ["/v1/clinicians", "/v1/clinicians/a", "/v1/content"])
    def test_readers_of_lists_are_no_editors(self, service, path):
        """A key for matches and recommendations does not open directory and catalogue."""
        headers = service.key("match", "recommend")
        assert service.client.get(path, headers=headers).status_code == 403
