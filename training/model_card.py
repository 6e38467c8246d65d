"""The model card as it is made at training time, for the bundle: no clock, no version, nothing to fill in later."""

from typing import Any

from data.bundles import json_bytes
from matching.case_mix_features import FLAGS, NUMBERS
from matching.pair_features import FEATURE_GROUPS
from training.card_attributes import CardFacts, source_attributes

FORMAT = 1
PROXIES = {
    "deprivation_decile": "proxy of hardship; in the case mix so that clinicians are judged fairly",
    "language": "protected in places; whether patient and clinician share one",
    "age_band": "protected; dropout falls with age, so that clinicians are judged fairly",
}
"""Inputs that stand for something protected, and why they are there."""


def card_bytes(facts: CardFacts) -> bytes:
    """The card as a bundle's file: equal facts give equal bytes."""
    return json_bytes(card_document(facts))


def card_document(facts: CardFacts) -> dict[str, Any]:
    """The card of a trained model.

    Args:
        facts: What was trained, on what, and what was measured.
    """
    return {
        "format": FORMAT,
        "kind": facts.kind,
        "trained_on": facts.trained_on,
        "attributes": source_attributes(facts),
        "data": {name: facts.meta.get(name) for name in ("as_of", "rows", "engine", "study")},
        "facts": facts.meta.get("facts", {}),
        "measured": dict(facts.metrics),
        "held_out_from": facts.evidence.get("held_out_from"),
        "comparison": facts.evidence.get("figures", []),
        "people": facts.evidence.get("people", []),
        "groups": facts.evidence.get("groups", []),
        "inputs": _inputs() if facts.is_matching else [],
        "governance": {
            "clinical_owner": facts.owner.get("clinical_owner") or None,
            "oversight": "Decision support: a clinician or the patient decides, and may choose anybody who is shown "
            "or nobody.",
            "safety_detector": "The text tripwire was measured on sentences of its own makers; synthetic text "
            "over-estimates how it does on real text (docs/tripwire.md).",
        },
    }


def _inputs() -> list[dict[str, str | None]]:
    """Every column that a matching model may learn from; what stands for something protected says why."""
    names = [*NUMBERS, *FLAGS, "concerns", "age_band", *FEATURE_GROUPS]
    return [{"name": name, "why": PROXIES.get(name)} for name in names]
