"""Request and answer of a care plan."""

from typing import Literal

from pydantic import Field

from api.schemas import AnswerLanguage, AnswerModel, Degraded, PlainReason, SafetyAnswer
from api.schemas_matches import Excluded, Match, MatchingModel, MatchRequest, Relaxation
from api.schemas_recommendations import ContentWishes, Recommended, RecommenderModel, Withheld


class CarePlanRequest(MatchRequest):
    """Who is looking for care, and how to answer; `limit` is that of clinicians."""

    content: ContentWishes = Field(
        default=ContentWishes(),
        description="Which content; the risk that gates it is that of the intake.",
    )


class PlanModel(MatchingModel, RecommenderModel):
    """What made the two lists; null where a fallback did."""


class PlanDegraded(AnswerModel):
    """Why a fallback answered, by kind of model; null where a model did."""

    matching: Degraded | None
    recommender: Degraded | None


class PlanFallbackTexts(AnswerModel):
    """Sentences for why a fallback answered; null where none did."""

    matching: str | None
    recommender: str | None


class PlanTexts(AnswerModel):
    """Sentences for what the rest of the answer says in codes and counts."""

    excluded: list[PlainReason]
    relaxations: list[PlainReason]
    withheld: str | None
    degraded: PlanFallbackTexts


class CarePlanAnswer(AnswerModel):
    """Triage, clinicians and content together, or where to turn instead."""

    match_id: str = Field(description="The match of the plan: read, book or leave it by this.")
    recommendation_id: str
    pathway: Literal["routine", "elevated", "crisis", "navigator"]
    care_level: Literal["self_guided", "guided", "outpatient", "psychiatric", "crisis"]
    safety: SafetyAnswer = Field(description="What gates both lists.")
    clinicians: list[Match]
    content: list[Recommended]
    notes: list[PlainReason] = Field(
        description="Why there are no clinicians, where there are none."
    )
    excluded: Excluded
    relaxations: list[Relaxation]
    withheld: Withheld
    model: PlanModel
    degraded: PlanDegraded | None
    language: AnswerLanguage
    texts: PlanTexts
    request_id: str
