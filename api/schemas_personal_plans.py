"""Query and answer of a personal plan."""

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Words
from api.schemas import (
    AnswerLanguage,
    AnswerModel,
    AudienceAsked,
    Degraded,
    LanguageAsked,
    PlainReason,
    SafetyAnswer,
)
from api.schemas_recommendations import (
    ItemLanguage,
    Minutes,
    RecommendationTexts,
    RecommenderModel,
    Withheld,
)


class PlanQuery(BaseModel):
    """How long a plan is, how much time there is, and what for; parameters of lists are repeated."""

    model_config = ConfigDict(allow_inf_nan=False, hide_input_in_errors=True)

    weeks: int = Field(default=6, ge=1, le=12, description="Most weeks, 1 to 12.")
    sessions_per_week: int = Field(
        default=5, ge=1, le=14, description="Most sessions of a week, 1 to 14."
    )
    session_minutes: Minutes = Field(
        default=5.0, description="Minutes of a session; an item may take a tenth longer."
    )
    minutes_per_week: float | None = Field(
        default=None,
        ge=0,
        le=10_080,
        description="Most minutes of a week; where absent as many as the sessions take.",
    )
    goals: Words = Field(
        default=(), description="What the person wants, such as sleep; repeat the parameter."
    )
    exclude: Words = Field(default=(), description="Items not to plan; repeat the parameter.")
    item_language: ItemLanguage | None = Field(
        default=None, description="Only items of this language; those that name none stay."
    )
    language: LanguageAsked
    audience: AudienceAsked


class PlanSession(AnswerModel):
    """One item at its place in the plan."""

    position: int = Field(description="Place in the whole plan; 1 is the first session.")
    item_id: str
    title: str
    minutes: float
    program_id: str | None
    is_started: bool = Field(description="Whether the person has begun the item before.")
    reasons: list[PlainReason]


class PlanWeek(AnswerModel):
    """The sessions of one week, in order."""

    week: int
    starts_at: str
    ends_at: str
    minutes: float
    sessions: list[PlanSession]


class PlanProgram(AnswerModel):
    """How far a program is, and how far the plan takes it."""

    program_id: str
    title: str
    steps: int
    finished: int
    planned: int


class LeftOutItems(AnswerModel):
    """Items that may be shown and are not planned, each under the first reason that holds."""

    total: int
    by_reason: dict[str, int]


class PersonalPlanTexts(RecommendationTexts):
    """Sentences for what the rest of the answer says in codes and counts."""

    left_out: list[PlainReason]


class PersonalPlan(AnswerModel):
    """A person's sessions over weeks, from now on."""

    plan_id: str = Field(description="Name it as `recommendation_id` in events.")
    weeks: list[PlanWeek] = Field(description="Weeks without sessions at the end are left out.")
    programs: list[PlanProgram] = Field(
        description="Programs of the plan, as it comes to them."
    )
    notes: list[PlainReason] = Field(description="What the plan could not do.")
    left_out: LeftOutItems
    withheld: Withheld
    safety: SafetyAnswer
    model: RecommenderModel
    degraded: Degraded | None
    language: AnswerLanguage
    texts: PersonalPlanTexts
    request_id: str
