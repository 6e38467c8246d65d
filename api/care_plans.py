"""A care plan: one triage, then clinicians and content of it, in one answer and one commit.

Both lists are made by what serves matches and recommendations. What is on record of the person counts for
both, and stays on record: the plan's own row keeps its codes.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from api.matches import Decision, Moment, answer, asked_of, heard
from api.recommendations import Suggestion, suggest
from api.schemas_care_plans import CarePlanRequest
from api.schemas_recommendations import RecommendationRequest
from api.serving import Serving
from api.standing import Standing, escalated
from data.domain import HeardIntake, Intake
from data.queries import UserEvent
from data.rematches import OutOfReach
from matching.triage import assess_safely, with_record

OF_THE_MATCH = ("match_id", "pathway", "care_level", "safety")
EXPLAINED = ("notes", "excluded", "relaxations")
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store holds of the person."""

    history: Sequence[UserEvent]
    """Their last content events, newest first."""
    risk: Intake | None
    """What is on record of their risk."""
    reach: OutOfReach
    """Who cannot be offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlan:
    """One answered request: a match, a list of content, and what leaves."""

    decision: Decision
    suggestion: Suggestion
    answer: bytes


def plan_care(
    request: CarePlanRequest, known: Known, serving: Serving, moment: Moment
) -> CarePlan:
    """Triage once; the finding decides whether clinicians are ranked and which content is shown.

    Args:
        request: The request.
        known: What is known of the person.
        serving: What answers.
        moment: When, and under which id.
    """
    match_id = uuid.uuid4().hex
    intake = with_record(heard(request.intake, match_id, moment), known.risk)
    standing = _standing(intake, known.risk)
    asked = asked_of(request, intake, standing.safety, moment, reach=known.reach)
    decision = answer(match_id, asked, serving, moment)
    suggestion = suggest(
        _content(request, intake.patient_id),
        known.history,
        standing,
        serving,
        moment,
        kept={"match_id": match_id},
    )
    told = _told(decision.told, suggestion.told)
    return CarePlan(decision=decision, suggestion=suggestion, answer=msgspec.json.encode(told))


def _standing(intake: HeardIntake, known: Intake | None) -> Standing:
    """What gates both lists; crisis lines are those of the match."""
    safety, concerns = assess_safely(intake), intake.concerns
    if known is not None:
        safety = escalated(safety, assess_safely(known))
        concerns = tuple(dict.fromkeys((*concerns, *known.concerns)))
    return Standing(safety=safety, concerns=concerns, resources=())


def _content(request: CarePlanRequest, person_id: str) -> RecommendationRequest:
    """The part about content as a request of its own."""
    wishes = {name: getattr(request.content, name) for name in request.content.model_fields_set}
    return RecommendationRequest(
        person_id=person_id, language=request.language, audience=request.audience, **wishes
    )


def _told(match: Told, content: Told) -> dict[str, Any]:
    """One answer of the two."""
    degraded = {"matching": match["degraded"], "recommender": content["degraded"]}
    fallbacks = {
        "matching": match["texts"]["degraded"],
        "recommender": content["texts"]["degraded"],
    }
    return {
        **{name: match[name] for name in OF_THE_MATCH},
        "recommendation_id": content["recommendation_id"],
        "clinicians": match["results"],
        "content": content["results"],
        **{name: match[name] for name in EXPLAINED},
        "withheld": content["withheld"],
        "model": {**match["model"], **content["model"]},
        "degraded": degraded if any(degraded.values()) else None,
        "language": match["language"],
        "texts": {**match["texts"], **content["texts"], "degraded": fallbacks},
        "request_id": match["request_id"],
    }
