"""From the wish for another clinician to a new match: never the same one, never a lower tier."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from api.matches import Asked, Decision, Moment, answer
from api.schemas_matches import RISKY, RematchRequest
from api.serving import Serving
from api.standing import escalated
from data.domain import CareLevel, Intake, Safety, Tier
from data.rematches import Origin, OutOfReach
from matching.triage import assess_safely

TIERS = {tier.label: tier for tier in Tier}
WISHES = frozenset(
    {
        "pref_gender",
        "pref_gender_strength",
        "pref_language_strength",
        "pref_modality",
        "pref_style_directive",
        "pref_style_structured",
        "in_network_only",
        "formats",
        "earliest",
        "latest",
    }
)
"""What a person may take back; nothing that tells of a risk is among them."""
REVIEW = Safety(
    tier=Tier.AMBER,
    care_level=CareLevel.OUTPATIENT,
    reasons=("rematch_concern",),
    actions=("review_rematch",),
)
"""What a reason that somebody has to look at amounts to."""


class _Told(msgspec.Struct):
    tier: str
    reasons: tuple[str, ...]
    actions: tuple[str, ...]


class _Answer(msgspec.Struct):
    care_level: str
    safety: _Told


_told = msgspec.json.Decoder(_Answer).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematch:
    """A new match and whom it leaves behind."""

    decision: Decision
    left: tuple[str, ...]


def whom_to_leave(request: RematchRequest, origin: Origin) -> tuple[str, ...]:
    """Who is left behind with this rematch: the named, else the booked, else all who were offered."""
    return request.clinician_ids or origin.booked or origin.shown


def decide_rematch(
    request: RematchRequest,
    origin: Origin,
    known: Intake | None,
    serving: Serving,
    moment: Moment,
    *,
    reach: OutOfReach,
) -> Rematch:
    """Match a person again.

    Args:
        request: Why, and what has changed.
        origin: The match that is left.
        known: What is on record of the person's risk.
        serving: What answers.
        moment: When, and under which id.
        reach: Who cannot be offered; everybody whom the person leaves or has left is among them.
    """
    match_id = uuid.uuid4().hex
    intake = _changed(request, origin.intake, match_id, moment)
    free_text = None if request.intake is None else request.intake.free_text
    asked = Asked(
        intake=intake,
        safety=_safety(request, origin, intake, known, free_text),
        limit=request.limit,
        language=request.language,
        audience=request.audience,
        explain=request.explain,
        reach=reach,
        kept={
            "rematch": {
                "previous_match_id": origin.match_id,
                "root_match_id": origin.root_match_id,
                "reason": request.reason,
            }
        },
        told={"previous_match_id": origin.match_id},
    )
    return Rematch(
        decision=answer(match_id, asked, serving, moment), left=whom_to_leave(request, origin)
    )


def _changed(request: RematchRequest, before: Intake, match_id: str, moment: Moment) -> Intake:
    """The earlier intake with what has changed; the person stays the same."""
    fresh: dict[str, Any] = {"intake_id": match_id, "requested_at": moment.at}
    if request.intake is not None:
        stated = request.intake.model_fields_set & WISHES
        empty = {name: () if name == "formats" else None for name in stated}
        fresh = {**fresh, **empty, **request.intake.columns()}
    blocked = (*before.blocked_clinicians, *fresh.get("blocked_clinicians", ()))
    return replace(before, **{**fresh, "blocked_clinicians": tuple(dict.fromkeys(blocked))})


def _safety(
    request: RematchRequest,
    origin: Origin,
    intake: Intake,
    known: Intake | None,
    free_text: str | None,
) -> Safety:
    """Triage of what is said now, never below what was found or is on record."""
    safety = assess_safely(intake, free_text=free_text)
    told = _told(origin.answer)
    floor = Safety(
        tier=TIERS[told.safety.tier],
        care_level=CareLevel(told.care_level),
        reasons=told.safety.reasons,
        actions=told.safety.actions,
    )
    earlier: list[Safety] = [
        floor,
        assess_safely(origin.intake),
        *([] if known is None else [assess_safely(known)]),
        *([REVIEW] if request.reason in RISKY else []),
    ]
    for found in earlier:
        safety = escalated(safety, found)
    return safety
