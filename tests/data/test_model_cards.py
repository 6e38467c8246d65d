"""The card of a model: signed with its bundle, and never shorter than its trail."""

from datetime import UTC, datetime, timedelta

import pytest

from data.bundles import json_bytes, write_bundle
from data.errors import BundleError, NotFoundError
from data.model_cards import CARD_FILE, STAMP, read_card
from data.registry import promote, register, rollback
from data.signing import open_signing_key

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def make_model(engine, tmp_path):
    """Register a model with a card, or without."""

    def make(name: str, *, trained_on="synthetic", has_card=True) -> str:
        files = {"x.json": json_bytes(name)}
        if has_card:
            card = {"format": 1, "kind": "matching", "trained_on": trained_on, "name": name}
            files[CARD_FILE] = json_bytes(card)
        manifest = write_bundle(
            tmp_path / "models",
            kind="matching",
            files=files,
            meta={"trained_on": trained_on},
            key=open_signing_key(tmp_path / "keys"),
        )
        register(engine, manifest, metrics={}, at=START)
        return manifest.version

    return make


@pytest.fixture
def card(engine, tmp_path):
    """Read a card, the champion's unless told otherwise."""

    def read(version=None, kind="matching") -> dict:
        folders = tmp_path / "models", tmp_path / "keys"
        return read_card(engine, *folders, kind=kind, version=version)

    return read


class TestReadCard:
    def test_it_is_that_of_the_champion(self, engine, make_model, card):
        """The bundle's part, the state, the stamp and the trail together."""
        version = make_model("one")
        promote(engine, version, at=START, reason="the first")
        found = card()
        assert (found["version"], found["name"], found["state"]) == (version, "one", "champion")
        assert found["stamp"] == STAMP
        assert [entry["action"] for entry in found["history"]] == ["register", "promote"]
        assert found["overrides"] == []

    def test_real_records_have_no_stamp(self, make_model, card):
        """The stamp is for synthetic training alone."""
        assert card(make_model("one", trained_on="real"))["stamp"] is None

    def test_an_override_stays_for_ever(self, engine, make_model, card):
        """After a rollback and a promotion that passed, the reason is still in the card."""
        first, second = make_model("one"), make_model("two")
        promote(engine, first, at=START, reason="the first")
        promote(engine, second, at=START, reason="by hand", overridden="popularity: a pilot")
        rollback(engine, "matching", at=START + timedelta(days=1), reason="no")
        promote(engine, second, at=START + timedelta(days=2), reason="measured again")
        (entry,) = card()["overrides"]
        assert entry == {
            "at": "2026-01-01T00:00:00Z",
            "action": "override",
            "reason": "popularity: a pilot",
        }
        assert card(first)["overrides"] == []

    def test_a_changed_card_is_refused(self, make_model, card, tmp_path):
        """The card cannot be edited: it is signed with the bundle."""
        version = make_model("one")
        file = tmp_path / "models" / version / CARD_FILE
        file.write_bytes(file.read_bytes().replace(b"synthetic", b"real     "))
        with pytest.raises(BundleError):
            card(version)

    def test_what_has_none(self, make_model, card):
        """No champion, another kind, or a model from before there were cards."""
        with pytest.raises(NotFoundError):
            card()
        with pytest.raises(NotFoundError):
            card(make_model("one"), kind="recommender")
        with pytest.raises(NotFoundError, match="train again"):
            card(make_model("old", has_card=False))
