"""Parts of requests and answers that several operations share."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.fields import WHOLE, Moment, RequestModel, model_of
from data.clinic import INTAKES
from data.messages import Audience

RISK_COLUMNS = (
    "phq9_total",
    "phq9_item9",
    "gad7_total",
    "pcl5_total",
    "wsas_total",
    "cssrs",
    "psychosis",
    "mania",
    "substance_withdrawal",
    "violence_risk",
    "medication_question",
)
"""The columns of `intakes` that speak of risk."""

Limit = Annotated[int, Field(ge=1, le=100, description="Most results, 1 to 100."), WHOLE]
ItemAnswer = Annotated[int, Field(ge=0, le=3), WHOLE]
Total = Annotated[int, Field(ge=0, le=80), WHOLE]
Language = Annotated[
    str,
    Field(
        min_length=2,
        max_length=35,
        pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$",
        description="BCP-47 tag of the language of texts; English where there is no other.",
    ),
]
LanguageAsked = Annotated[
    Language | None,
    Field(
        default=None,
        description="BCP-47 tag of the language of sentences; where absent `Accept-Language` decides, "
        "else English.",
    ),
]
AudienceAsked = Annotated[
    Audience, Field(default="patient", description="Who reads the sentences.")
]
AnswerLanguage = Annotated[str, Field(description="BCP-47 tag of the sentences.")]


class AnswerModel(BaseModel):
    """What all answers share: exactly these fields, so that a test can hold bytes against them."""

    model_config = ConfigDict(extra="forbid", strict=True)


class MetricsText(RootModel[str]):
    """The text format of Prometheus."""


class Resource(AnswerModel):
    """A place where a person in crisis finds help at once."""

    name: str
    contact: str


class SafetyAnswer(AnswerModel):
    """What triage found; it is never lowered by anything that follows."""

    tier: Literal["green", "amber", "red"]
    reasons: list[str] = Field(description="Stable codes, most serious first.")
    actions: list[str] = Field(description="Stable codes of what a person has to do now.")
    resources: list[Resource] = Field(description="Given for amber and red.")
    message: str | None = Field(description="A sentence for the reader; null for green.")
    reason_texts: list[str] = Field(description="Sentences of the reasons, for staff alone.")
    action_texts: list[str] = Field(
        description="Sentences of the actions; a patient is told of those that concern them."
    )


class Degraded(AnswerModel):
    """Why a fallback answered."""

    reason: Literal["no_model", "bad_model"]
    fallback: Literal["rules", "popularity"]


class FallbackText(AnswerModel):
    """Sentences for the reader."""

    degraded: str | None = Field(description="Why a fallback answered; null where none did.")


class Interval(AnswerModel):
    """A probability with its 90 % interval; the bounds are null where there is none."""

    value: float
    low: float | None
    high: float | None


class PlainReason(AnswerModel):
    """A stable code and one plain sentence."""

    code: str
    text: str


class RiskColumns(RequestModel):
    """What is known of a person's risk: columns of `intakes`, all optional."""

    def columns(self) -> dict[str, Any]:
        """What is given, by column."""
        return {name: value for name, value in self.__dict__.items() if value is not None}


if TYPE_CHECKING:
    Risk = RiskColumns
else:
    Risk = model_of(
        "Risk", INTAKES, base=RiskColumns, columns=(*RISK_COLUMNS, "age_band", "concerns")
    )
"""What is known of a person's risk, beside the person."""


class MeasureGiven(RequestModel):
    """One completed questionnaire."""

    instrument: Literal["phq9", "gad7", "pcl5", "wsas"]
    items: Annotated[tuple[ItemAnswer | None, ...], Field(max_length=9)] | None = Field(
        default=None,
        description="Answers 0 to 3 in questionnaire order (PHQ-9: 9, GAD-7: 7); null is missing.",
    )
    total: Total | None = Field(
        default=None, description="Checked against the items where they are given."
    )
    at: Moment | None = Field(default=None, description="When it was completed.")


class RefusedPlace(AnswerModel):
    """One refused place of a request."""

    loc: list[str | int]
    type: str
    msg: str


class ProblemAnswer(AnswerModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[RefusedPlace] | None = Field(
        default=None, description="Absent where the whole request is at fault."
    )


class ProblemKind(AnswerModel):
    """One type of problem document."""

    type: str
    title: str
    status: int
    detail: str


class ProblemKinds(AnswerModel):
    """All types of problem documents."""

    problems: list[ProblemKind]


class ModelEntry(AnswerModel):
    """One trained model."""

    version: str
    kind: Literal["matching", "recommender"]
    state: Literal["candidate", "shadow", "champion", "previous", "retired"]
    created_at: str


class ServingModels(AnswerModel):
    """The versions this process answers with; null where a fallback does."""

    matching: str | None
    recommender: str | None


class ModelsAnswer(AnswerModel):
    """The registry, newest first."""

    models: list[ModelEntry]
    serving: ServingModels
    next_cursor: str | None = Field(description="Send as `cursor` for the next page.")


class HealthAnswer(AnswerModel):
    """The process answers."""

    status: Literal["ok"]


class ReadyAnswer(AnswerModel):
    """The process has loaded what it serves and answered golden requests with it."""

    status: Literal["ready"]
    model: ServingModels
    degraded: dict[str, Any] | None = Field(
        description="Reason and fallback by kind of model, null where both models serve."
    )
