"""The registry: one champion, a whole trail, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from data.database import transaction
from data.errors import ConflictError, NotFoundError
from data.manifests import Manifest
from data.registry import (
    find_champion,
    get_model,
    list_changes,
    list_models,
    promote,
    register,
    rollback,
)
from data.revisions import read_revision
from data.tables import model_versions

START = datetime(2026, 1, 1, tzinfo=UTC)


def manifest(version, *, bundle_hash="", trained_on="synthetic"):
    """The manifest of a bundle; the first letter gives its kind."""
    return Manifest(
        kind="matching" if version.startswith("m") else "recommender",
        version=version,
        bundle_hash=bundle_hash or version,
        files={},
        meta={"trained_on": trained_on},
    )


def enter(engine, *versions):
    """Register models, an hour apart."""
    for hours, version in enumerate(versions):
        at = START + timedelta(hours=hours)
        register(engine, manifest(version), metrics={"loss": 0.5}, at=at)


def serve(engine, version):
    """Promote a model."""
    return promote(engine, version, at=START, reason="test")


def states(engine):
    """State by version."""
    return {model.version: model.state for model in list_models(engine)}


class TestRegister:
    def test_a_new_model_is_a_candidate(self, engine):
        """All that was said about it is kept."""
        made = register(
            engine, manifest("m-1", trained_on="real"), metrics={"loss": 0.25}, at=START
        )
        assert made == get_model(engine, "m-1")
        assert (made.kind, made.state, made.created_at) == ("matching", "candidate", START)
        assert (made.trained_on, made.bundle_hash) == ("real", "m-1")
        assert made.metrics == {"loss": 0.25}

    def test_it_may_be_a_shadow(self, engine):
        """A shadow answers beside the champion."""
        made = register(engine, manifest("m-1"), metrics={}, at=START, state="shadow")
        assert made.state == "shadow"

    def test_registering_again_changes_nothing(self, engine):
        """The same training run twice is one model; a champion stays champion."""
        enter(engine, "m-1")
        serve(engine, "m-1")
        before = read_revision(engine, "models")
        again = register(engine, manifest("m-1"), metrics={}, at=START + timedelta(days=1))
        assert (again.state, again.metrics, again.created_at) == (
            "champion",
            {"loss": 0.5},
            START,
        )
        assert read_revision(engine, "models") == before

    def test_another_content_under_the_same_version_is_refused(self, engine):
        """A version names one content for ever."""
        enter(engine, "m-1")
        with pytest.raises(ConflictError, match="m-1"):
            register(engine, manifest("m-1", bundle_hash="x"), metrics={}, at=START)

    def test_metrics_must_be_json(self, engine):
        """NaN would break every reader."""
        with pytest.raises(ValueError, match="JSON"):
            register(engine, manifest("m-1"), metrics={"loss": float("nan")}, at=START)
        assert list_models(engine) == []


class TestPromote:
    def test_the_first_champion(self, engine):
        """A home without champion gets one."""
        enter(engine, "m-1")
        assert find_champion(engine, "matching") is None
        assert serve(engine, "m-1").state == "champion"
        assert find_champion(engine, "matching").version == "m-1"

    def test_the_line_of_succession(self, engine):
        """Champion becomes previous, previous retires; other kinds are left alone."""
        enter(engine, "m-1", "m-2", "m-3", "r-1")
        serve(engine, "r-1")
        for version in ("m-1", "m-2", "m-3"):
            serve(engine, version)
        assert states(engine) == {
            "m-1": "retired",
            "m-2": "previous",
            "m-3": "champion",
            "r-1": "champion",
        }

    def test_promoting_the_champion_changes_nothing(self, engine):
        """No second line in the trail, no reload."""
        enter(engine, "m-1")
        serve(engine, "m-1")
        before = (list_changes(engine), read_revision(engine, "models"))
        serve(engine, "m-1")
        assert (list_changes(engine), read_revision(engine, "models")) == before

    def test_the_previous_one_may_come_back(self, engine):
        """The two change places."""
        enter(engine, "m-1", "m-2")
        for version in ("m-1", "m-2", "m-1"):
            serve(engine, version)
        assert states(engine) == {"m-1": "champion", "m-2": "previous"}

    def test_an_unknown_version_is_refused(self, engine):
        """And says where to look."""
        with pytest.raises(NotFoundError, match="models list"):
            serve(engine, "m-9")

    def test_the_trail_tells_the_story(self, engine):
        """Who served when, whom it replaced, and why."""
        enter(engine, "m-1", "m-2")
        serve(engine, "m-1")
        promote(engine, "m-2", at=START + timedelta(days=1), reason="better")
        trail = list_changes(engine)
        assert [change.sequence for change in trail] == [1, 2, 3, 4]
        assert [(change.action, change.version, change.replaced) for change in trail[2:]] == [
            ("promote", "m-1", None),
            ("promote", "m-2", "m-1"),
        ]
        assert (trail[-1].at, trail[-1].reason) == (START + timedelta(days=1), "better")

    def test_every_change_moves_the_revision(self, engine):
        """What serving processes poll."""
        enter(engine, "m-1")
        before = read_revision(engine, "models")
        serve(engine, "m-1")
        assert read_revision(engine, "models") == before + 1

    def test_parallel_promotions_leave_one_champion(self, engine):
        """Whatever the order, the trail and the states agree."""
        versions = [f"m-{number}" for number in range(8)]
        enter(engine, *versions)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda version: serve(engine, version), versions))
        served = [change for change in list_changes(engine) if change.action == "promote"]
        found = states(engine)
        assert sorted(found.values()) == ["champion", "previous", *["retired"] * 6]
        assert found[served[-1].version] == "champion"
        assert found[served[-1].replaced] == "previous"
        assert [change.replaced for change in served[1:]] == [
            change.version for change in served[:-1]
        ]

    def test_the_database_refuses_a_second_champion(self, engine):
        """Even for a writer that knows nothing of this module."""
        enter(engine, "m-1")
        serve(engine, "m-1")
        row = {"version": "m-2", "kind": "matching", "state": "champion", "created_at": 0}
        row |= {"trained_on": "real", "bundle_hash": "", "metrics": "{}"}
        with pytest.raises(IntegrityError), transaction(engine) as connection:
            connection.execute(insert(model_versions).values(row))


class TestRollback:
    def test_champion_and_previous_change_places(self, engine):
        """Twice leads back."""
        enter(engine, "m-1", "m-2")
        serve(engine, "m-1")
        serve(engine, "m-2")
        assert rollback(engine, "matching", at=START, reason="worse") == "m-1"
        assert states(engine) == {"m-1": "champion", "m-2": "previous"}
        assert list_changes(engine)[-1].action == "rollback"
        assert rollback(engine, "matching", at=START, reason="no") == "m-2"

    def test_nothing_to_go_back_to(self, engine):
        """A first champion has no predecessor, and stays."""
        enter(engine, "m-1")
        serve(engine, "m-1")
        with pytest.raises(ConflictError, match="served before"):
            rollback(engine, "matching", at=START, reason="worse")
        assert states(engine) == {"m-1": "champion"}


class TestListModels:
    def test_newest_first(self, engine):
        """Equal times are ordered by version."""
        enter(engine, "m-1", "r-1")
        register(engine, manifest("m-0"), metrics={}, at=START)
        assert [model.version for model in list_models(engine)] == ["r-1", "m-0", "m-1"]


class TestGetModel:
    def test_an_unknown_version_is_refused(self, engine):
        """And says where to look."""
        with pytest.raises(NotFoundError):
            get_model(engine, "m-9")
