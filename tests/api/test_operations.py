"""The service describes itself, with examples that work."""

import json
from pathlib import Path

import pytest

from api.app import PAGES, PARTS
from api.operations import Operation
from api.problems import MEDIA_TYPE, PROBLEMS
from api.schemas import ProblemAnswer

OPERATIONS: list[Operation] = [entry for part in PARTS for entry in part.OPERATIONS]


@pytest.fixture
def described(service) -> dict:
    """The service's own description."""
    return service.client.get("/openapi.json").json()


def operations(described: dict) -> list[dict]:
    return [entry for path in described["paths"].values() for entry in path.values()]


def references(part) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*map(references, part.values()), set())
    if isinstance(part, list):
        return set().union(*map(references, part))
    return set()


class TestDescribe:
    def test_it_is_openapi_31_of_every_operation(self, described, service):
        """All routes but the description itself, and pages for people, are described."""
        assert described["openapi"].startswith("3.1")
        pages = {route.path for part in PAGES for route in part.router.routes}
        paths = {route.path for route in service.client.app.routes} - {"/openapi.json"} - pages
        assert set(described["paths"]) == paths
        names = [entry["operationId"] for entry in operations(described)]
        assert sorted(names) == sorted(entry.name for entry in OPERATIONS)
        assert all(entry["summary"] and entry["description"] for entry in operations(described))

    def test_every_reference_leads_somewhere(self, described):
        """No schema is missing."""
        known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
        found = references(described["paths"]) | references(described["components"])
        assert found <= known

    def test_an_example_per_operation_and_per_error(self, described):
        """Each answer and each problem of each operation has an example."""
        for entry in operations(described):
            done = next(status for status in entry["responses"] if status.startswith("2"))
            answer = entry["responses"].pop(done)
            assert done == "204" or next(iter(answer["content"].values()))["example"]
            for status, refusal in entry["responses"].items():
                examples = refusal["content"][MEDIA_TYPE]["examples"]
                assert list(refusal["content"]) == [MEDIA_TYPE]
                for slug, example in examples.items():
                    body = ProblemAnswer.model_validate(example["value"])
                    assert (body.type, str(body.status)) == (PROBLEMS[slug].type, status)

    def test_ranges_stand_in_the_description(self, described):
        """A client can see what the service refuses."""
        intake = described["components"]["schemas"]["IntakeGiven"]
        total = intake["properties"]["phq9_total"]["anyOf"][0]
        assert (total["minimum"], total["maximum"]) == (0, 27)
        assert intake["additionalProperties"] is False
        assert set(intake["required"]) == {
            "patient_id",
            "region",
            "age_band",
            "payer",
            "concerns",
        }

    def test_only_guarded_operations_ask_for_a_key(self, described):
        """The default is a key; public operations say that they need none."""
        assert described["security"] == [{"key": []}]
        open_paths = {
            path
            for path, entries in described["paths"].items()
            for entry in entries.values()
            if entry.get("security") == []
        }
        assert open_paths == {"/healthz", "/readyz", "/problems", "/problems/{slug}"}

    def test_it_is_computed_once(self, service):
        """Asking again gives the same bytes."""
        first, second = (service.client.get("/openapi.json") for _ in range(2))
        assert first.content == second.content


class TestExamples:
    @pytest.mark.parametrize("operation", OPERATIONS, ids=lambda entry: entry.name)
    def test_answers_are_what_they_say(self, operation):
        """The example of an answer is an answer."""
        operation.answer.model_validate_json(json.dumps(operation.answer_example))

    @pytest.mark.parametrize(
        ("method", "path", "operation"),
        [
            (*route.methods, route.path, entry)
            for part in PARTS
            for route in part.router.routes
            for entry in part.OPERATIONS
            if entry.body is not None
            and route.operation_id == entry.name
            # Examples about a place or an earlier match need one: test_capacity and test_rematches.
            and entry.name not in {"createHold", "createBooking", "createRematch"}
        ],
        ids=lambda entry: getattr(entry, "name", None),
    )
    def test_requests_work(self, service, method, path, operation):
        """The example of a request gets an answer of the declared form."""
        body, headers = operation.body_example, service.headers
        answer = service.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        operation.answer.model_validate_json(answer.content)


class TestProblems:
    def test_every_type_has_its_page(self, service):
        """The type of a problem document can be looked up where it points."""
        listed = service.client.get("/problems").json()["problems"]
        assert {entry["type"] for entry in listed} == {
            problem.type for problem in PROBLEMS.values()
        }
        for entry in listed:
            assert service.client.get(entry["type"]).json() == entry
        assert service.client.get("/problems/nothing").status_code == 404

    def test_types_are_stable(self):
        """A published type never goes; a new one is added here."""
        assert {slug: problem.status for slug, problem in PROBLEMS.items()} == {
            "malformed-json": 400,
            "bad-header": 400,
            "unauthenticated": 401,
            "forbidden": 403,
            "form-not-trusted": 403,
            "not-found": 404,
            "method-not-allowed": 405,
            "request-timeout": 408,
            "idempotency-in-flight": 409,
            "no-place-left": 409,
            "hold-over": 409,
            "crisis-on-record": 409,
            "body-too-large": 413,
            "unsupported-media-type": 415,
            "invalid-request": 422,
            "idempotency-key-reused": 422,
            "internal-error": 500,
            "overloaded": 503,
            "not-ready": 503,
            "deadline-exceeded": 503,
            "storage-unavailable": 503,
        }

    def test_every_type_is_in_the_handbook(self):
        """docs/api.md lists each type with its status."""
        text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
        for slug, problem in PROBLEMS.items():
            assert f"| `/problems/{slug}` | {problem.status} |" in text
