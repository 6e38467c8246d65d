"""Requests and answers of matching."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, model_validator

from api.fields import Identifier, RequestModel, model_of
from api.measures import merged, totals_of
from api.schemas import (
    AnswerLanguage,
    AnswerModel,
    AudienceAsked,
    Degraded,
    FallbackText,
    Interval,
    LanguageAsked,
    Limit,
    MeasureGiven,
    PlainReason,
    SafetyAnswer,
)
from data.clinic import INTAKES

FREE_TEXT_LENGTH = 100_000
"""Far more than triage reads: a person who writes at length is amber, not refused."""
REQUIRED = ("patient_id", "region", "age_band", "payer", "concerns")
"""What a match request must know; `intake_id` and `requested_at` are made where absent."""


class IntakeExtras(RequestModel):
    """What an intake may hold beside the columns of the table."""

    measures: Annotated[tuple[MeasureGiven, ...], Field(max_length=4)] = Field(
        default=(), description="Questionnaires, with items or totals."
    )
    free_text: Annotated[str, Field(max_length=FREE_TEXT_LENGTH)] | None = Field(
        default=None,
        description="Read once by triage, which can only raise the tier; it supplements the structured "
        "screen. Never stored or logged.",
        repr=False,
    )

    @model_validator(mode="after")
    def _measures_agree(self) -> Self:
        merged(self.__dict__, totals_of(self.measures))
        return self

    def columns(self) -> dict[str, Any]:
        """The columns of the intake, with totals from questionnaires; null lists are empty."""
        given = {
            name: value
            for name, value in self.__dict__.items()
            if value is not None and name not in IntakeExtras.model_fields
        }
        return merged(given, totals_of(self.measures))


if TYPE_CHECKING:
    IntakeGiven = IntakeExtras
else:
    IntakeGiven = model_of(
        "IntakeGiven", INTAKES, base=IntakeExtras, columns=INTAKES.names, required=REQUIRED
    )
"""An intake as requests hold it: the columns of `intakes`, questionnaires, free text."""


class MatchRequest(RequestModel):
    """Who is looking for a clinician, and how to answer."""

    intake: IntakeGiven
    limit: Limit = 10
    language: LanguageAsked
    audience: AudienceAsked
    explain: bool = Field(default=True, description="Whether results carry reasons.")
    someone_new: bool = Field(
        default=False,
        description="Whether the person asks for someone new: then no clinician counts for more "
        "because of an earlier course.",
    )


ReasonToLeave = Literal[
    "fit",
    "rematch_fit",
    "schedule",
    "cost",
    "insurance",
    "moved",
    "location",
    "format",
    "language",
    "specialty",
    "no_response",
    "declined",
    "clinician_left",
    "higher_care",
    "safety",
    "complaint",
    "other",
]
"""Why a person wants somebody else; the endings of episodes are among them."""
ASKED_ANEW = tuple(
    name for name in INTAKES.names if name not in {"intake_id", "patient_id", "requested_at"}
)
"""Columns of an intake that a rematch may state anew."""

if TYPE_CHECKING:
    IntakeChanges = IntakeExtras
else:
    IntakeChanges = model_of(
        "IntakeChanges", INTAKES, base=IntakeExtras, columns=ASKED_ANEW, required=()
    )
"""What has changed since the match: columns of `intakes`, questionnaires, free text."""


class RematchRequest(RequestModel):
    """Why somebody else is wanted, and what has changed."""

    reason: ReasonToLeave = Field(
        validation_alias=AliasChoices("reason", "reason_code"),
        description="A code, never free text.",
    )
    clinician_ids: Annotated[tuple[Identifier, ...], Field(max_length=20)] = Field(
        default=(),
        description="Whom the person leaves. Where nobody is named and no booking or hold is known, "
        "nobody who was offered before is offered again.",
    )
    intake: IntakeChanges | None = Field(
        default=None,
        description="What has changed; the rest is as it was. Null takes a wish back.",
    )
    limit: Limit = 10
    language: LanguageAsked
    audience: AudienceAsked
    explain: bool = Field(default=True, description="Whether results carry reasons.")


class Reason(AnswerModel):
    """One reason for a place in the list; contributions sum to the score."""

    code: str
    text: str
    contribution: float


class Match(AnswerModel):
    """One clinician of the ranked list."""

    rank: int
    clinician_id: str
    display_name: str | None
    band: Literal["strong", "good", "possible", "limited_evidence"]
    utility: float
    p_engage: Interval
    p_improve: Interval
    next_available: str | None
    exposure_probability: float
    reasons: list[Reason]
    cautions: list[PlainReason]


class Excluded(AnswerModel):
    """Who was left out, each clinician under the first reason that holds."""

    total: int
    by_reason: dict[str, int]


class Relaxation(AnswerModel):
    """How many clinicians one constraint alone leaves out."""

    constraint: str
    adds: int


class MatchingModel(AnswerModel):
    """What made the list; `matching` is null where rules did."""

    matching: str | None
    policy: str


class MatchTexts(FallbackText):
    """Sentences for what the rest of the answer says in codes and counts."""

    excluded: list[PlainReason]
    relaxations: list[PlainReason]


class MatchAnswer(AnswerModel):
    """The ranked list, or where to turn instead."""

    match_id: str
    previous_match_id: str | None = Field(description="What a rematch came after.")
    pathway: Literal["routine", "elevated", "crisis", "navigator"]
    care_level: Literal["self_guided", "guided", "outpatient", "psychiatric", "crisis"]
    safety: SafetyAnswer
    results: list[Match]
    notes: list[PlainReason] = Field(description="Why there is no list, where there is none.")
    excluded: Excluded
    relaxations: list[Relaxation]
    model: MatchingModel
    degraded: Degraded | None
    language: AnswerLanguage
    texts: MatchTexts
    request_id: str
