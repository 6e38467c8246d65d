"""One key, one effect, the same answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete

from data.database import transaction
from data.idempotency import Claim
from data.tables import CLINIC, idempotency_claims, idempotency_keys, match_log

VIEW = {
    "event_id": "v",
    "type": "view",
    "user_id": "u",
    "item_id": "s",
    "at": "2026-11-24T11:00:00Z",
}


def match(service, key: str, **changes):
    body = {"intake": {**service.intake, **changes}}
    return service.post("/v1/matches", body, **{"Idempotency-Key": key})


class TestAnswerOnce:
    def test_the_same_request_gets_the_same_bytes(self, service):
        """A repeat has no second effect and says that it is one."""
        first, second = match(service, "k"), match(service, "k")
        assert second.content == first.content
        assert "idempotent-replayed" not in first.headers
        assert second.headers["idempotent-replayed"] == "true"
        assert second.headers["x-request-id"] != first.headers["x-request-id"]
        assert len(service.rows(match_log)) == 1

    def test_another_request_under_the_key_is_refused(self, service):
        """Other bytes under a used key are a mistake of the client."""
        match(service, "k")
        answer = match(service, "k", region="US-NV")
        assert (answer.status_code, answer.json()["type"]) == (
            422,
            "/problems/idempotency-key-reused",
        )
        assert len(service.rows(match_log)) == 1

    def test_another_operation_under_the_key_is_refused(self, service):
        """The operation belongs to the request."""
        body = {"intake": service.intake}
        match(service, "k")
        answer = service.post(
            "/v1/recommendations", {"person_id": "p"}, **{"Idempotency-Key": "k"}
        )
        assert answer.status_code == 422
        assert service.post("/v1/matches", body, **{"Idempotency-Key": "k2"}).status_code == 200

    def test_keys_belong_to_clients(self, service):
        """Another client's key is another key."""
        first = match(service, "k")
        second = service.client.post(
            "/v1/matches",
            json={"intake": service.intake},
            headers={**service.key("match"), "Idempotency-Key": "k"},
        )
        assert second.json()["match_id"] != first.json()["match_id"]

    def test_while_the_first_is_under_way(self, service):
        """A claim without an answer says to wait."""
        match(service, "k")
        with transaction(service.engine) as connection:
            connection.execute(delete(idempotency_keys))
        answer = match(service, "k")
        assert (answer.status_code, answer.json()["type"]) == (
            409,
            "/problems/idempotency-in-flight",
        )
        assert answer.headers["retry-after"] == "1"

    def test_a_refused_request_uses_up_no_key(self, service):
        """After 422 the mended request may use the same key."""
        assert match(service, "k", phq9_total=99).status_code == 422
        assert match(service, "k").status_code == 200

    def test_a_failed_request_frees_its_key(self, service, monkeypatch):
        """Work that failed before it was handed over leaves no claim."""
        monkeypatch.setattr("api.asking.decide", lambda *_, **__: 1 / 0)
        assert match(service, "k").status_code == 500
        monkeypatch.undo()
        assert service.rows(idempotency_claims) == []
        assert match(service, "k").status_code == 200

    def test_a_log_that_does_not_write_frees_the_key(self, service):
        """The client may try again at once, and does not get a stale refusal."""
        service.client.app.state.runtime.writer.close()
        for _ in range(2):
            answer = match(service, "k")
            assert answer.status_code == 503
            assert answer.json()["type"] == "/problems/storage-unavailable"
            assert answer.headers["retry-after"] == "1"

    def test_work_that_another_process_did_meanwhile(self, service, monkeypatch):
        """Whoever comes second at the commit has no effect and is told to ask again."""

        def claim_anyway(*_arguments):
            return Claim("claimed")

        headers = {"Idempotency-Key": "k"}
        first = service.post("/v1/events", {"events": [VIEW]}, **headers)
        monkeypatch.setattr("api.idempotency.claim_key", claim_anyway)
        other = {**VIEW, "event_id": "w"}
        second = service.post("/v1/events", {"events": [other]}, **headers)
        assert second.status_code == 409
        monkeypatch.undo()
        assert len(service.rows(CLINIC["content_events"])) == 1
        assert (
            service.post("/v1/events", {"events": [VIEW]}, **headers).content == first.content
        )

    @pytest.mark.parametrize("key", ["", "x" * 129, "a b", "ä"])
    def test_a_key_that_cannot_be_used(self, service, key):
        """A key is 1 to 128 visible ASCII characters."""
        headers = [
            *service.headers.items(),
            ("Content-Type", "application/json"),
            ("Idempotency-Key", key.encode("latin-1")),
        ]
        answer = service.client.post("/v1/events", content=b'{"events":[]}', headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-header")

    def test_two_keys_are_none(self, service):
        """A header that is given twice is refused."""
        pairs = [*service.headers.items(), ("Content-Type", "application/json")]
        pairs += [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
        answer = service.client.post("/v1/events", content=b'{"events":[]}', headers=pairs)
        assert answer.status_code == 400

    def test_events_under_a_key(self, service):
        """A repeated batch gets the first answer, though its events are known by then."""
        headers = {"Idempotency-Key": "k"}
        first = service.post("/v1/events", {"events": [VIEW]}, **headers)
        second = service.post("/v1/events", {"events": [VIEW]}, **headers)
        assert second.content == first.content
        assert second.json()["accepted"] == 1
        assert len(service.rows(CLINIC["content_events"])) == 1

    def test_many_at_once_have_one_effect(self, service):
        """Of thirty parallel requests each is answered alike or told to wait."""
        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda _: match(service, "k"), range(30)))
        assert {answer.status_code for answer in answers} <= {200, 409}
        bodies = {answer.content for answer in answers if answer.status_code == 200}
        assert len(bodies) == 1
        assert len(service.rows(match_log)) == 1
