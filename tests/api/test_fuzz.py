"""Generated requests: whatever is sent, the answer is of a declared form and never a 5xx."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.examples import (
    BOOKING_REQUEST,
    EVENTS_REQUEST,
    HOLD_REQUEST,
    MATCH_REQUEST,
    RECOMMENDATION_REQUEST,
    REMATCH_REQUEST,
)
from api.examples_care_plans import CARE_PLAN_REQUEST
from api.schemas import ProblemAnswer
from api.schemas_capacity import BookingAnswer, BookingRequest, HoldAnswer, HoldRequest
from api.schemas_care_plans import CarePlanAnswer, CarePlanRequest
from api.schemas_events import EventsAnswer, EventsRequest
from api.schemas_matches import MatchAnswer, MatchRequest, RematchRequest
from api.schemas_recommendations import RecommendationAnswer, RecommendationRequest

CASES = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "\x00", "2026-11-24T12:00:00Z", "0001-01-01T00:00:00+23:59", "💙"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def of_schema(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a JSON schema of ours allows, as far as it can be followed."""
    if "$ref" in schema:
        return of_schema(defs[schema["$ref"].rsplit("/", 1)[1]], defs)
    for name in ("anyOf", "oneOf"):
        if name in schema:
            return st.one_of([of_schema(entry, defs) for entry in schema[name]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    made = {
        "null": st.none,
        "boolean": st.booleans,
        "integer": lambda: st.integers(schema.get("minimum"), schema.get("maximum")),
        "number": lambda: st.floats(
            schema.get("minimum", -1e300), schema.get("maximum", 1e300), allow_nan=False
        ),
        "string": lambda: _text(schema),
        "array": lambda: st.lists(
            of_schema(schema.get("items", {}), defs),
            min_size=schema.get("minItems", 0),
            max_size=min(schema.get("maxItems", 3), 3),
        ),
        "object": lambda: _object(schema, defs),
    }
    return made[schema["type"]]()


def _text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda moment: moment.isoformat() + "Z")
    pattern = schema.get("pattern")
    if pattern and "x00" not in pattern:
        return st.from_regex(pattern, fullmatch=True)
    letters = st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")
    longest = min(schema.get("maxLength", 12), 12)
    return st.text(letters, min_size=schema.get("minLength", 0), max_size=longest)


def _object(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    parts = {name: of_schema(part, defs) for name, part in schema["properties"].items()}
    needed = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: part for name, part in parts.items() if name in needed},
        optional={name: part for name, part in parts.items() if name not in needed},
    )


def of_model(model) -> st.SearchStrategy[Any]:
    schema = model.model_json_schema()
    return of_schema(schema, schema.get("$defs", {}))


@st.composite
def damaged(draw, example: dict[str, Any]) -> Any:
    """An example with one place put to anything, or an unknown field."""
    body = json.loads(json.dumps(example))
    place: Any = body
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys)) if keys else None
        inner = None if key is None else place[key]
        if isinstance(inner, dict | list) and inner and draw(st.booleans()):
            place = inner
            continue
        if isinstance(place, dict) and draw(st.booleans()):
            key = draw(st.text(max_size=8))
        if key is None:
            return body
        place[key] = draw(ANYTHING)
        return body


def send(service, path: str, body: Any):
    headers = {**service.headers, "Content-Type": "application/json"}
    return service.client.post(path, content=json.dumps(body).encode(), headers=headers)


def check(answer, model, *, may_miss: bool = False) -> None:
    if answer.status_code in {200, 201}:
        model.model_validate_json(answer.content)
        return
    refusals = {400, 404, 409, 422} if may_miss else {400, 422}
    assert answer.status_code in refusals, answer.text
    assert ProblemAnswer.model_validate_json(answer.content).status == answer.status_code


@pytest.mark.slow
class TestAnythingGoes:
    @CASES
    @given(body=of_model(MatchRequest) | damaged(MATCH_REQUEST) | ANYTHING)
    def test_matches(self, service, body):
        """Any body gets an answer of the declared form."""
        check(send(service, "/v1/matches", body), MatchAnswer)

    @CASES
    @given(body=of_model(CarePlanRequest) | damaged(CARE_PLAN_REQUEST) | ANYTHING)
    def test_care_plans(self, service, body):
        """Any body gets an answer of the declared form."""
        check(send(service, "/v1/care-plan", body), CarePlanAnswer)

    @CASES
    @given(body=of_model(RematchRequest) | damaged(REMATCH_REQUEST) | ANYTHING)
    def test_rematches(self, service, body):
        """Any body about a match that there is gets an answer of the declared form."""
        path = f"/v1/matches/{service.match().json()['match_id']}/rematch"
        check(send(service, path, body), MatchAnswer)

    @CASES
    @given(
        place=st.sampled_from([("holds", HoldAnswer), ("bookings", BookingAnswer)]),
        body=of_model(HoldRequest)
        | of_model(BookingRequest)
        | damaged(HOLD_REQUEST)
        | damaged(BOOKING_REQUEST)
        | ANYTHING,
    )
    def test_places(self, service, place, body):
        """Any body gets a place, or a refusal of the declared form."""
        name, model = place
        check(send(service, f"/v1/{name}", body), model, may_miss=True)

    @CASES
    @given(body=of_model(RecommendationRequest) | damaged(RECOMMENDATION_REQUEST) | ANYTHING)
    def test_recommendations(self, service, body):
        """Any body gets an answer of the declared form."""
        check(send(service, "/v1/recommendations", body), RecommendationAnswer)

    @CASES
    @given(body=of_model(EventsRequest) | damaged(EVENTS_REQUEST) | ANYTHING)
    def test_events(self, service, body):
        """Any body gets an answer of the declared form."""
        check(send(service, "/v1/events", body), EventsAnswer)

    @CASES
    @given(
        path=st.sampled_from(
            [
                "/v1/matches/{}",
                "/v1/content/{}/similar",
                "/v1/people/{}/plan",
                "/problems/{}",
                "/{}",
            ]
        ),
        part=st.text(
            st.characters(blacklist_categories=["Cs"], blacklist_characters="/?#"), min_size=1
        ),
    )
    def test_paths(self, service, path, part):
        """Any id in a path is found, not found or refused."""
        answer = service.get(path.format(quote(part, safe="")))
        assert answer.status_code in {200, 404, 405, 422}, answer.text

    @CASES
    @given(
        name=st.sampled_from(
            [
                "limit",
                "language",
                "local_hour",
                "topics",
                "kinds",
                "max_minutes",
                "exclude",
                "weeks",
                "sessions_per_week",
                "session_minutes",
                "minutes_per_week",
                "goals",
                "cursor",
                "other",
            ]
        ),
        value=st.text(st.characters(blacklist_categories=["Cs"]), max_size=12),
    )
    def test_queries(self, service, name, value):
        """Any query is answered or refused."""
        for path in ("/v1/content/popular", "/v1/models", "/v1/people/p1/plan"):
            answer = service.client.get(path, params={name: value}, headers=service.headers)
            assert answer.status_code in {200, 422}, answer.text
