"""Request and answer of a waiting list that is placed at once."""

from typing import Annotated, Literal

from pydantic import Field

from api.fields import RequestModel
from api.schemas import (
    AnswerLanguage,
    AnswerModel,
    AudienceAsked,
    Degraded,
    LanguageAsked,
    PlainReason,
    SafetyAnswer,
)
from api.schemas_matches import IntakeGiven, MatchingModel

MOST_INTAKES = 500
"""Longest list of one request; longer ones are for `rapport assign`."""


class AssignmentRequest(RequestModel):
    """Everybody who waits, and how to answer."""

    intakes: Annotated[tuple[IntakeGiven, ...], Field(min_length=1, max_length=MOST_INTAKES)]
    language: LanguageAsked
    audience: AudienceAsked


class Assigned(AnswerModel):
    """What the plan has for one request."""

    match_id: str = Field(
        description="The person's own match; name it when the place is booked."
    )
    intake_id: str
    pathway: Literal["routine", "elevated", "crisis", "navigator"]
    safety: SafetyAnswer
    clinician_id: str | None
    utility: float | None
    price: float | None = Field(
        description="What a further opening of the clinician would add."
    )
    reason: Literal["crisis", "nobody_eligible", "no_opening"] | None = Field(
        description="Why there is no clinician."
    )
    notes: list[PlainReason]


class AssignmentAnswer(AnswerModel):
    """A plan within the openings, with how far from the best plan it may be."""

    assignments: list[Assigned] = Field(description="In the order of the request.")
    assigned: int
    unassigned: int
    value: float = Field(description="Sum of the utilities of the plan.")
    bound: float = Field(description="No plan within the openings has a larger sum.")
    gap: float = Field(description="Share of the bound that is missing.")
    model: MatchingModel
    degraded: Degraded | None
    language: AnswerLanguage
    request_id: str
