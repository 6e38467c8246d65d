"""What serves is swapped whole, and replaced by a fallback where it is bad."""

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from sqlalchemy import delete

from api.fallbacks import WINDOWS_DAYS, popularity_model
from api.models import Models
from api.schemas import ModelsAnswer
from data.bundles import load_bundle, write_bundle
from data.database import transaction
from data.errors import StorageError
from data.events import Event, record_events
from data.registry import find_champion, promote, register, rollback
from data.signing import open_signing_key
from data.tables import CLINIC

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def degraded(service) -> dict:
    return service.get("/readyz").json()["degraded"]


class TestServing:
    def test_without_models_fallbacks_are_ready(self, service):
        """A service without any model is ready and says what answers."""
        answer = service.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["model"] == {"matching": None, "recommender": None}
        assert degraded(service) == {
            "matching": {"reason": "no_model", "fallback": "rules"},
            "recommender": {"reason": "no_model", "fallback": "popularity"},
        }

    def test_champions_serve_from_the_start(self, start):
        """A service that starts with champions is not degraded."""
        first = start()
        versions = {
            "matching": first.promote_matching(),
            "recommender": first.promote_recommender(),
        }
        second = start()
        assert second.get("/readyz").json() == {
            "status": "ready",
            "model": versions,
            "degraded": None,
        }

    @pytest.mark.parametrize("name", ["scorer.npz", "manifest.json", "golden.json"])
    def test_a_damaged_bundle_is_not_served(self, service, name):
        """A flipped byte anywhere leaves the rules in charge."""
        version = service.promote_matching()
        file = service.settings.models / version / name
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        service.refresh()
        assert degraded(service)["matching"] == {"reason": "bad_model", "fallback": "rules"}
        assert service.match().json()["degraded"]["reason"] == "bad_model"

    def test_a_bundle_that_is_gone(self, service):
        """Without its folder the champion cannot serve."""
        version = service.promote_recommender()
        (service.settings.models / version).rename(service.settings.home / "away")
        service.refresh()
        answer = service.recommend().json()
        assert answer["degraded"] == {"reason": "bad_model", "fallback": "popularity"}
        assert answer["results"]

    @pytest.mark.parametrize("golden", [None, b"[]", b"{", b"null"])
    def test_a_model_without_its_golden_answers(self, service, golden):
        """A signed bundle that does not answer as it was measured is not served."""
        version = service.promote_matching()
        key = open_signing_key(service.settings.keys)
        bundle = load_bundle(
            service.settings.models / version, public_key=key.public_key(), kind="matching"
        )
        files = dict(bundle.files)
        del files["golden.json"]
        if golden is not None:
            files["golden.json"] = golden
        _serve(service, key, files)
        assert degraded(service)["matching"]["reason"] == "bad_model"

    def test_a_bundle_that_is_not_the_registered_one(self, service, monkeypatch):
        """The registry's hash counts, also where the signature is right."""
        service.promote_matching()
        champion = find_champion(service.engine, "matching")
        other = replace(champion, bundle_hash="0" * 64)
        monkeypatch.setattr("api.loading.find_champion", lambda *_: other)
        service.refresh()
        assert degraded(service)["matching"]["reason"] == "bad_model"

    def test_numbers_that_are_not_finite(self, service, monkeypatch):
        """A model that gives NaN on the clinic's own directory is not served."""
        service.promote_matching()
        service.promote_recommender()
        nothing = SimpleNamespace(
            isfinite=lambda values: np.zeros_like(values, bool), arange=np.arange
        )
        monkeypatch.setattr("api.loading.np", nothing)
        service.refresh()
        reasons = {kind: entry["reason"] for kind, entry in degraded(service).items()}
        assert reasons == {"matching": "bad_model", "recommender": "bad_model"}

    def test_an_empty_clinic(self, start, clinic):
        """Models load before the first clinician and the first item do."""
        with transaction(clinic) as connection:
            for name in ("clinicians", "content"):
                connection.execute(delete(CLINIC[name]))
        service = start()
        service.promote_matching()
        service.promote_recommender()
        service.refresh()
        assert degraded(service) is None
        assert service.match().json()["pathway"] == "navigator"
        assert service.recommend().json()["results"] == []


class TestModels:
    def test_nothing_moves_without_a_revision(self, service):
        """A look at an unchanged store builds nothing."""
        before = service.client.app.state.runtime.models.serving
        assert not service.refresh()
        assert service.client.app.state.runtime.models.serving is before

    def test_only_what_moved_is_read_anew(self, service):
        """New content leaves the directory as it is."""
        models = service.client.app.state.runtime.models
        before = models.serving
        service.add_item("new-1")
        assert service.refresh()
        assert models.serving.directory is before.directory
        assert models.serving.catalogue is not before.catalogue
        assert "new-1" in models.serving.catalogue.rows

    def test_a_new_clinician_is_matched(self, service):
        """The directory's revision brings new clinicians in."""
        service.add_clinician("d", next_available=NOW + timedelta(days=1))
        service.refresh()
        found = [row["clinician_id"] for row in service.match().json()["results"]]
        assert "d" in found

    def test_a_rollback_is_seen(self, service):
        """The model that served before serves again."""
        first = service.promote_matching()
        second = service.promote_matching(wait=21.0)
        service.refresh()
        assert service.match().json()["model"]["matching"] == second
        rollback(service.engine, "matching", at=NOW, reason="test")
        service.refresh()
        assert service.match().json()["model"]["matching"] == first

    def test_no_answer_mixes_two_versions(self, service):
        """While models change under load, each answer is wholly of the version it names."""
        versions = [service.promote_matching(wait=wait) for wait in (7.0, 28.0)]
        utilities: dict[str, set[float]] = {}
        is_over = threading.Event()

        def swap() -> None:
            while not is_over.is_set():
                rollback(service.engine, "matching", at=NOW, reason="test")
                service.refresh()

        thread = threading.Thread(target=swap)
        service.refresh()
        thread.start()
        try:
            for _ in range(60):
                answer = service.match()
                assert answer.status_code == 200
                body = answer.json()
                named = body["model"]["matching"]
                utilities.setdefault(named, set()).add(body["results"][1]["p_engage"]["value"])
                assert body["degraded"] is None
        finally:
            is_over.set()
            thread.join()
        assert set(utilities) <= set(versions)
        assert all(len(values) == 1 for values in utilities.values())

    def test_the_watcher_looks_by_itself(self, service):
        """A change is picked up without anybody asking for it."""
        models = service.client.app.state.runtime.models

        async def watch():
            task = asyncio.create_task(models.watch(0.01))
            service.add_clinician("d")
            for _ in range(500):
                await asyncio.sleep(0.01)
                if "d" in models.serving.directory.rows:
                    break
            task.cancel()

        asyncio.run(watch())
        assert "d" in models.serving.directory.rows

    def test_a_store_that_fails_is_tried_again(self, home, clinic, monkeypatch, quiet_logs):
        """One failed look does not end the watch."""
        models = Models(clinic, home, clock=lambda: NOW)
        looks: list[int] = []
        loops: list[asyncio.AbstractEventLoop] = []
        is_enough = asyncio.Event()

        def fail():
            looks.append(1)
            if len(looks) == 3:
                loops[0].call_soon_threadsafe(is_enough.set)
            raise StorageError("gone")

        monkeypatch.setattr(models, "refresh", fail)

        async def watch():
            loops.append(asyncio.get_running_loop())
            task = asyncio.create_task(models.watch(0.001))
            await is_enough.wait()
            task.cancel()

        asyncio.run(asyncio.wait_for(watch(), 10))
        assert "refresh_failed" in quiet_logs.getvalue()


class TestPopularityModel:
    def test_a_busy_clinic_is_read_over_a_shorter_time(self, clinic, monkeypatch):
        """The longest window with few enough events is read; older events are left out."""
        events = [
            Event(
                event_id=f"{days}-{item}",
                type="complete",
                at=NOW - timedelta(days=days),
                values={"user_id": f"u{days}", "item_id": item},
            )
            for days, item in ((100, "old"), (10, "new"), (1, "new"))
        ]
        record_events(clinic, events, received_at=NOW)
        assert popularity_model(clinic, at=NOW).item_ids == ("new", "old")
        monkeypatch.setattr("api.fallbacks.MOST_EVENTS", 2)
        assert popularity_model(clinic, at=NOW).item_ids == ("new",)
        monkeypatch.setattr("api.fallbacks.MOST_EVENTS", 0)
        assert WINDOWS_DAYS[-1] == 2
        assert popularity_model(clinic, at=NOW).item_ids == ("new",)


class TestListModels:
    def test_the_registry_newest_first(self, service):
        """States and times are those of the registry; `serving` is this process."""
        first = service.promote_matching()
        second = service.promote_matching(wait=21.0)
        answer = service.get("/v1/models")
        body = ModelsAnswer.model_validate_json(answer.content)
        states = {entry.version: entry.state for entry in body.models}
        assert states == {first: "previous", second: "champion"}
        assert body.models[0].created_at == "2026-11-24T12:00:00Z"
        assert body.serving.matching is None

    def test_pages(self, service):
        """Cursors lead through the list without a gap."""
        versions = {service.promote_matching(wait=wait) for wait in (7.0, 14.0, 28.0)}
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            body = service.get(f"/v1/models?limit=1{cursor}").json()
            seen += [entry["version"] for entry in body["models"]]
            cursor = f"&cursor={body['next_cursor']}"
        assert body["next_cursor"] is None
        assert set(seen) == versions

    @pytest.mark.parametrize("cursor", ["nothing", "!!!", "%ff", "\u00e4", "bS1ub25l"])
    def test_a_cursor_of_nowhere(self, service, cursor):
        """A cursor that no page gave is refused."""
        answer = service.get(f"/v1/models?cursor={cursor}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["type"] == "cursor"


def _serve(service, key, files) -> None:
    manifest = write_bundle(
        service.settings.models,
        kind="matching",
        files=files,
        meta={"trained_on": "synthetic"},
        key=key,
    )
    register(service.engine, manifest, metrics={}, at=NOW)
    promote(service.engine, manifest.version, at=NOW, reason="test")
    service.refresh()
