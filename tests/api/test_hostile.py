"""Input made to break things: every answer is a problem document of the 4xx kind."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.layers import Limits
from api.problems import MEDIA_TYPE
from data.errors import StorageError

POSTS = ("/v1/matches", "/v1/recommendations", "/v1/events", "/v1/care-plan")


def raw(service, path: str, body, content_type: str = "application/json", **headers: str):
    every = {**service.headers, "Content-Type": content_type, **headers}
    return service.client.post(path, content=body, headers=every)


def kind_of(answer) -> str:
    assert answer.headers["content-type"] == MEDIA_TYPE
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["request_id"] == answer.headers["x-request-id"]
    return document["type"].removeprefix("/problems/")


@pytest.mark.parametrize("path", POSTS)
class TestMalformedJson:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"{'a': 1}",
            b"\xff\xfe{}",
            b"\xef\xbb\xbf{}",
            b"{} {}",
            b"[" * 100_000,
            b'{"a":' * 30_000,
            b'{"a": "\\ud800"}',
            b'{"a": ' + b"9" * 5_000 + b"}{",
            b"nul",
            b"\x00",
        ],
        ids=range(12),
    )
    def test_no_json(self, service, path, body):
        """What is not JSON is 400, whatever it is instead."""
        answer = raw(service, path, body)
        assert (answer.status_code, kind_of(answer)) == (400, "malformed-json")

    @pytest.mark.parametrize(
        "body", [b"null", b"[]", b"1", b'"text"', b"true", b'{"\\u0000": 1}', b"-0"]
    )
    def test_json_of_another_shape(self, service, path, body):
        """JSON that is no request is 422."""
        answer = raw(service, path, body)
        assert (answer.status_code, kind_of(answer)) == (422, "invalid-request")

    @pytest.mark.parametrize(
        "content_type",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/jsonp",
            "",
            ";",
        ],
    )
    def test_other_media(self, service, path, content_type):
        """Only JSON in UTF-8 is read."""
        answer = raw(service, path, b"{}", content_type)
        assert (answer.status_code, kind_of(answer)) == (415, "unsupported-media-type")

    def test_a_body_in_pieces(self, service, path):
        """A body without a length is read to its end."""
        answer = raw(service, path, (piece for piece in (b"[", b"", b"]")))
        assert answer.status_code == 422

    def test_a_compressed_body(self, service, path):
        """Nothing is unpacked, so there is no bomb."""
        answer = raw(service, path, b"\x1f\x8b", **{"Content-Encoding": "gzip"})
        assert answer.status_code == 415

    @pytest.mark.parametrize(
        "content_type", ["application/json; charset=UTF-8", "application/merge-patch+json"]
    )
    def test_json_by_another_name(self, service, path, content_type):
        """Media types that are JSON are read."""
        assert raw(service, path, b"[]", content_type).status_code == 422

    def test_a_body_that_is_too_large(self, service, path):
        """The limit of bulk operations is higher, but there is one."""
        size = 17 * 2**20 if path == "/v1/events" else 2**18 + 1
        answer = raw(service, path, b" " * size)
        assert (answer.status_code, kind_of(answer)) == (413, "body-too-large")

    def test_chunks_without_end(self, service, path):
        """A body of unknown length is stopped at the limit."""
        pieces = 17 * 2**20 if path == "/v1/events" else 2**19
        answer = raw(service, path, (b" " * 2**16 for _ in range(pieces // 2**16)))
        assert (answer.status_code, kind_of(answer)) == (413, "body-too-large")


class TestNumbers:
    @pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
    def test_numbers_that_are_none(self, service, value):
        """What JSON or the range does not know is refused."""
        intake = json.dumps(service.intake)[:-1] + f', "phq9_total": {value}}}'
        answer = raw(service, "/v1/matches", f'{{"intake": {intake}}}'.encode())
        assert answer.status_code in {400, 422}
        context = f'{{"person_id": "p", "context": {{"minutes": {value}}}}}'
        assert raw(service, "/v1/recommendations", context.encode()).status_code in {400, 422}

    def test_a_whole_number_may_have_a_point(self, service):
        """18.0 is the whole number 18, as JSON Schema says."""
        assert service.match(phq9_total=18.0).status_code == 200
        assert service.match(phq9_total=18.5).status_code == 422
        assert service.match(phq9_total="18").status_code == 422
        assert service.match(phq9_total=True).status_code == 422


class TestStrings:
    @pytest.mark.parametrize(
        "text", ["a\u0000b", "x" * 129, "", 5, None, ["x"], {"x": 1}], ids=range(7)
    )
    def test_ids_that_are_none(self, service, text):
        """An id is 1 to 128 characters without NUL."""
        assert service.match(patient_id=text).status_code == 422

    @pytest.mark.parametrize(
        "text", ["ä" * 128, "💙", "'; DROP TABLE match_log; --", "\n", "../x"]
    )
    def test_ids_of_any_other_kind(self, service, text):
        """Whatever a clinic uses as an id comes through."""
        answer = service.match(patient_id=text, concerns=[text], payer=text, region=text)
        assert answer.status_code == 200
        assert service.recommend(text, goals=[text], exclude=[text]).status_code == 200


class TestManyIds:
    def test_ten_thousand_blocked_ids_are_taken(self, service):
        """As many as a list may hold: nobody of them is offered, and nothing breaks."""
        blocked = ["a", *(f"x{number}" for number in range(9_999))]
        answer = service.match(blocked_clinicians=blocked)
        assert answer.status_code == 200
        assert [row["clinician_id"] for row in answer.json()["results"]] == ["b"]
        assert answer.json()["excluded"]["by_reason"]["blocked"] == 1
        assert service.match(blocked_clinicians=[*blocked, "one more"]).status_code == 422

    def test_words_of_nobody_lead_to_a_navigator(self, service):
        """An unknown region, payer or age restricts as it says; an unknown concern restricts nothing."""
        for changes in ({"region": "ZZ-99"}, {"payer": "nobody's"}, {"region": "💙"}):
            answer = service.match(**changes).json()
            assert (answer["pathway"], answer["results"]) == ("navigator", [])
            assert answer["notes"]
        strange = service.match(concerns=["fear of buttons"]).json()
        assert len(strange["results"]) == 2


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        ["/", "/v1", "/v1/matches/", "/v2/matches", "/docs", "/redoc", "/v1/matches/a/b"],
    )
    def test_unknown_paths(self, service, path):
        """There is nothing but what is described."""
        answer = service.get(path)
        assert (answer.status_code, kind_of(answer)) in {
            (404, "not-found"),
            (405, "method-not-allowed"),
        }

    @pytest.mark.parametrize(
        "method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X"]
    )
    def test_unknown_methods(self, service, method):
        """405 says which methods there are."""
        answer = service.client.request(method, "/v1/matches", headers=service.headers)
        assert (answer.status_code, kind_of(answer)) == (405, "method-not-allowed")
        assert answer.headers["allow"] == "POST"


class TestOutages:
    def test_a_service_that_has_not_started(self, home):
        """Before the start there is a clear refusal."""
        answer = TestClient(create_app(home)).get("/readyz")
        assert (answer.status_code, kind_of(answer)) == (503, "not-ready")

    def test_a_database_that_is_gone(self, service, monkeypatch):
        """A store that cannot be used is 503, without its message."""

        def fail(*_arguments):
            raise StorageError("disk I/O error near Jane Doe")

        monkeypatch.setattr("api.security.find_client", fail)
        answer = service.match()
        assert (answer.status_code, kind_of(answer)) == (503, "storage-unavailable")
        assert "Jane" not in answer.text
        assert answer.headers["retry-after"] == "1"

    def test_a_failure_nobody_foresaw(self, start, monkeypatch, logged):
        """A bug is 500 for one request, and tells neither client nor log a value."""
        service = start(raise_server_exceptions=False)
        monkeypatch.setattr("api.asking.decide", lambda *_, **__: 1 / 0)
        answer = service.match(patient_id="canary-patient")
        assert (answer.status_code, kind_of(answer)) == (500, "internal-error")
        assert "ZeroDivisionError" in logged.getvalue()
        assert "canary-patient" not in logged.getvalue() + answer.text
        monkeypatch.undo()
        assert service.match().status_code == 200

    def test_too_many_at_once(self, start):
        """A service that takes nothing refuses in words of its own, but stays alive."""
        service = start(Limits(in_flight=0, queue=0))
        answer = service.match()
        assert (answer.status_code, kind_of(answer)) == (503, "overloaded")
        assert service.get("/healthz").status_code == 200

    def test_a_deadline(self, start):
        """Work that takes longer than its time is given up."""
        service = start(Limits(seconds=0.0))
        answer = service.match()
        assert answer.status_code == 503


class TestLogs:
    def test_access_lines_name_no_people(self, service, logged):
        """Of a request the log has operation, status, time and client; no path, body or id."""
        service.match(patient_id="canary-person")
        service.recommend("canary-person")
        service.get("/v1/matches/canary-person")
        service.get("/v1/content/canary-person/similar?language=en")
        lines = [json.loads(line) for line in logged.getvalue().splitlines()]
        routes = [line.get("route") for line in lines if line["event"] == "request"]
        assert routes == [
            "/v1/matches",
            "/v1/recommendations",
            "/v1/matches/{match_id}",
            "/v1/content/{item_id}/similar",
        ]
        assert "canary-person" not in logged.getvalue()
        key = service.headers["Authorization"].split("_")
        assert lines[-1]["client"] == key[1]
        assert key[2] not in logged.getvalue()


def test_a_client_that_goes_away(service):
    """A request whose sender left is dropped without an error."""

    async def gone():
        return {"type": "http.disconnect"}

    sent = []

    async def keep(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    headers += [(b"authorization", service.headers["Authorization"].encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/matches",
        "raw_path": b"/v1/matches",
        "query_string": b"",
        "headers": headers,
        "http_version": "1.1",
        "scheme": "http",
        "app": SimpleNamespace(),
    }
    asyncio.run(service.client.app(scope, gone, keep))
    assert sent[0]["status"] == 400
