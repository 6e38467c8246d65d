"""From the wish for another clinician to a new match: never the same one, never a lower tier."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import structlog

from api.matches import Asked, Decision, Moment, answer, text_kept
from api.schemas_matches import RematchRequest
from api.serving import Serving
from api.standing import Before, escalated, found_before
from data.domain import CareLevel, Intake, Safety, Tier
from data.messages import Reader
from data.rematches import NOT_CHOSEN, TO_REVIEW, Origin, OutOfReach
from matching.triage import assess_safely
from matching.triage_text import with_text

log = structlog.get_logger()

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
"""What a reason that somebody has to look at amounts to: amber at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A match that is left, and the one that comes after it."""

    origin: Origin
    match_id: str
    """Of the new match."""
    left: Mapping[str, str]
    """Who is left behind, and why."""


def leave(request: RematchRequest, origin: Origin, match_id: str) -> Leaving:
    """Who is left behind with a rematch: the named and the booked.

    Where none of them was offered by the match or surely booked after it, everybody who was shown is
    left too: nobody can tell then whom the person means. Who was shown and never met is out for this
    chain alone, unless the reason is one that somebody has to look at.
    """
    met = dict.fromkeys((*request.clinician_ids, *origin.booked), request.reason)
    if origin.is_booking_sure or not set(origin.candidates).isdisjoint(request.clinician_ids):
        return Leaving(origin=origin, match_id=match_id, left=met)
    reason = request.reason if request.reason in TO_REVIEW else NOT_CHOSEN
    left = {**dict.fromkeys(origin.shown, reason), **met}
    return Leaving(origin=origin, match_id=match_id, left=left)


def call_for_review(request: RematchRequest, request_id: str) -> None:
    """Tell the operator of a rematch that somebody has to look at, without saying whose or why."""
    if request.reason in TO_REVIEW:
        log.warning("rematch_to_review", request_id=request_id)


def decide_rematch(
    request: RematchRequest,
    leaving: Leaving,
    known: Intake | None,
    serving: Serving,
    moment: Moment,
    *,
    reach: OutOfReach,
) -> Decision:
    """Match a person again.

    Args:
        request: Why, and what has changed.
        leaving: The match that is left, and the id of the new one.
        known: What is on record of the person's risk.
        serving: What answers.
        moment: When, and under which id.
        reach: Who cannot be offered; everybody whom the person leaves or has left is among them.
    """
    origin, match_id = leaving.origin, leaving.match_id
    free_text = None if request.intake is None else request.intake.free_text
    changed = _changed(request, origin.intake, match_id, moment)
    intake = with_text(changed, free_text, moment.tripwire)
    asked = Asked(
        intake=intake,
        safety=_safety(request, origin, intake, known),
        limit=request.limit,
        reader=Reader(request.language or moment.language, request.audience),
        explain=request.explain,
        reach=reach,
        kept={
            **text_kept(free_text, moment),
            "rematch": {
                "previous_match_id": origin.match_id,
                "root_match_id": origin.root_match_id,
                "reason": request.reason,
            },
        },
        told={"previous_match_id": origin.match_id},
    )
    return answer(match_id, asked, serving, moment)


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
    request: RematchRequest, origin: Origin, intake: Intake, known: Intake | None
) -> Safety:
    """Triage of what is said now, never below what was found or is on record."""
    safety = assess_safely(intake)
    review = [REVIEW] if request.reason in TO_REVIEW else []
    return reduce(
        escalated, [*found_before(Before(origin=origin, known=known)), *review], safety
    )
