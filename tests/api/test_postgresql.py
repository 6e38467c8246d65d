"""The same service on PostgreSQL."""

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from data.clients import SCOPES, create_key
from data.settings import Settings


@pytest.fixture
def on_postgresql(postgresql_store, tmp_path, start):
    """The service on an empty PostgreSQL database."""
    url = postgresql_store.url.render_as_string(hide_password=False)
    settings = Settings(home=tmp_path / "pg", database_url=url)
    service = start()
    made = create_key(postgresql_store, "everything", SCOPES, at=service.now)
    app = create_app(settings, clock=lambda: service.now)
    with TestClient(app) as client:
        headers = {"Authorization": f"Bearer {made.key}"}
        yield type(service)(client, postgresql_store, settings, headers, service.intake)


class TestOnPostgresql:
    def test_the_whole_loop(self, on_postgresql):
        """Match, read again, send events, recommend: as on SQLite."""
        service = on_postgresql
        service.add_clinician("a")
        service.add_item("sleep-1")
        assert service.refresh()
        made = service.match()
        assert [entry["clinician_id"] for entry in made.json()["results"]] == ["a"]
        again = service.get(f"/v1/matches/{made.json()['match_id']}")
        assert again.content == made.content
        event = {
            "event_id": "e",
            "type": "complete",
            "user_id": "p1",
            "item_id": "sleep-1",
            "at": "2026-11-24T11:00:00Z",
        }
        headers = {"Idempotency-Key": "k"}
        first = service.post("/v1/events", {"events": [event]}, **headers)
        second = service.post("/v1/events", {"events": [event]}, **headers)
        assert first.json()["accepted"] == 1
        assert second.content == first.content
        assert service.recommend().json()["results"][0]["shelf"] == "again"
        assert service.get("/readyz").status_code == 200

    def test_ids_that_postgresql_could_not_hold(self, on_postgresql):
        """NUL is refused at the door, so it is no server error."""
        service = on_postgresql
        assert service.match(patient_id="a\x00b").status_code == 422
        assert service.get("/v1/matches/a%00b").status_code == 422
        assert service.match(patient_id="💙" * 64).status_code == 200
