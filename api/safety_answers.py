"""What triage found, as answers say it and as logs keep it."""

from collections.abc import Sequence
from typing import Any

from data.domain import Safety, Tier
from data.messages import PATIENT, Reader
from matching.resources import Resource
from matching.safety_wording import ACTIONS, BANNERS, FINDINGS


def safety_record(safety: Safety, resources: Sequence[Resource]) -> dict[str, Any]:
    """Triage as logs keep it: codes, and the crisis lines that were given."""
    told = [entry.told(PATIENT) for entry in resources]
    return {
        "tier": safety.tier.label,
        "reasons": safety.reasons,
        "actions": safety.actions,
        "resources": [{"name": name, "contact": contact} for name, contact in told],
    }


def safety_answer(
    safety: Safety, resources: Sequence[Resource], reader: Reader
) -> dict[str, Any]:
    """Triage as an answer says it; what a finding rests on is put in words for staff alone.

    Args:
        safety: What triage found.
        resources: Crisis lines where the person is.
        reader: Who reads the sentences.
    """
    label, audience = safety.tier.label, reader.audience
    told = [entry.told(reader) for entry in resources]
    is_green = safety.tier is Tier.GREEN
    return {
        "tier": label,
        "reasons": safety.reasons,
        "actions": safety.actions,
        "resources": [{"name": name, "contact": contact} for name, contact in told],
        "message": None if is_green else BANNERS.say(f"safety_{label}", reader),
        "reason_texts": [
            FINDINGS.say(code, reader)
            for code in safety.reasons
            if FINDINGS.speaks_of(code, audience)
        ],
        "action_texts": [
            ACTIONS.say(code, reader)
            for code in safety.actions
            if ACTIONS.speaks_of(code, audience)
        ],
    }
