"""The card of the serving model over HTTP."""

import pytest

from api.schemas_cards import ModelCardAnswer
from data.bundles import write_bundle
from data.model_cards import CARD_FILE
from data.registry import promote, register
from data.signing import open_signing_key
from training.card_attributes import CardFacts
from training.model_card import card_bytes

META = {"as_of": "2026-06-01", "rows": {}, "engine": "effects", "facts": {}, "study": None}


@pytest.fixture
def carded(service):
    """A champion of a kind whose card is the one that training makes."""

    def make(kind: str) -> str:
        facts = CardFacts(
            kind=kind, trained_on="synthetic", owner={}, meta=META, metrics={"loss": None}
        )
        manifest = write_bundle(
            service.settings.models,
            kind=kind,
            files={CARD_FILE: card_bytes(facts)},
            meta={"trained_on": "synthetic"},
            key=open_signing_key(service.settings.keys),
        )
        register(service.engine, manifest, metrics={}, at=service.now)
        overridden = "popularity: a pilot with consent"
        promote(
            service.engine,
            manifest.version,
            at=service.now,
            reason="test",
            overridden=overridden,
        )
        return manifest.version

    return make


class TestGetModelCard:
    @pytest.mark.parametrize("kind", ["matching", "recommender"])
    def test_it_is_what_training_wrote(self, service, carded, kind):
        """31 attributes, the stamp and the reasons of overrides, in the declared form."""
        version = carded(kind)
        answer = service.get(f"/v1/model-card/{kind}")
        card = ModelCardAnswer.model_validate_json(answer.content)
        assert (card.version, card.kind, len(card.attributes)) == (version, kind, 31)
        assert card.stamp.startswith("TRAINED ON SYNTHETIC DATA")
        assert [entry.reason for entry in card.overrides] == [
            "popularity: a pilot with consent"
        ]

    def test_a_fallback_has_none(self, service):
        """Without a model there is nothing to tell of."""
        answer = service.get("/v1/model-card/matching")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

    def test_a_damaged_bundle(self, service, carded):
        """What cannot be trusted is not shown."""
        version = carded("matching")
        (service.settings.models / version / CARD_FILE).write_bytes(b"{}")
        answer = service.get("/v1/model-card/matching")
        assert (answer.status_code, answer.json()["type"]) == (
            503,
            "/problems/storage-unavailable",
        )

    @pytest.mark.parametrize("kind", ["matchin", "MATCHING", "%00", "matching%2Fx"])
    def test_there_are_two_kinds(self, service, kind):
        """Another word is refused or not found."""
        assert service.get(f"/v1/model-card/{kind}").status_code in {404, 422}

    def test_it_needs_its_scope(self, service):
        """A key for matches reads no cards."""
        answer = service.client.get("/v1/model-card/matching", headers=service.key("match"))
        assert answer.status_code == 403
