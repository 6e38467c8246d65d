"""Requests and answers of recommendations and content lists."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.fields import WHOLE, Identifier, Identifiers, RequestModel, Words
from api.schemas import (
    AnswerLanguage,
    AnswerModel,
    AudienceAsked,
    Degraded,
    FallbackText,
    Language,
    LanguageAsked,
    Limit,
    PlainReason,
    Risk,
    SafetyAnswer,
)
from data.clinic import CONTENT_KINDS

Minutes = Annotated[float, Field(ge=0, le=1_440)]
Hour = Annotated[int, Field(ge=0, le=23), WHOLE]
Mood = Annotated[float, Field(ge=0, le=10)]
Kind = Literal[CONTENT_KINDS]  # type: ignore[valid-type]
Kinds = Annotated[tuple[Kind, ...], Field(max_length=len(CONTENT_KINDS))]
ItemLanguage = Annotated[
    str, Field(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$", max_length=35)
]


class Context(RequestModel):
    """The moment in which the person asks."""

    minutes: Minutes | None = Field(default=None, description="Minutes the person has.")
    local_hour: Hour | None = Field(
        default=None, description="Hour of the person's day, 0 to 23."
    )
    mood: Mood | None = Field(default=None, description="As in `mood_before` of events.")


class Filters(RequestModel):
    """What results must be; an absent or empty filter restricts nothing."""

    topics: Words | None = None
    kinds: Kinds | None = None
    language: Language | None = None
    max_minutes: Minutes | None = None


class Promotion(RequestModel):
    """Items that shall be seen more, within what is safe."""

    items: Identifiers = ()
    share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.1, description="Largest share of the list that promoted items may take."
    )


class ContentWishes(RequestModel):
    """Which content is asked for, and in which moment."""

    limit: Limit = 20
    context: Context | None = None
    goals: Words | None = Field(
        default=None, description="What the person wants, such as sleep."
    )
    filters: Filters | None = None
    exclude: Identifiers | None = Field(default=None, description="Items not to give.")
    promote: Promotion | None = None


class RecommendationRequest(ContentWishes):
    """Who asks for content, in which moment, and what is known of the risk."""

    person_id: Identifier
    safety: Risk | None = Field(
        default=None, description="The risk columns of intakes; it can only withhold."
    )
    language: LanguageAsked
    audience: AudienceAsked


class ListQuery(BaseModel):
    """What a content list must be; parameters of lists are repeated, one entry each."""

    model_config = ConfigDict(allow_inf_nan=False, hide_input_in_errors=True)

    limit: int = Field(default=20, ge=1, le=100, description="Most items, 1 to 100.")
    language: ItemLanguage | None = Field(
        default=None, description="Only items of this language; those that name none stay."
    )
    topics: Words = Field(
        default=(), description="Only items on one of these topics; repeat the parameter."
    )
    kinds: Kinds = Field(
        default=(), description="Only items of one of these kinds; repeat the parameter."
    )
    max_minutes: Minutes | None = Field(
        default=None, description="Only items that take no longer."
    )
    exclude: Words = Field(default=(), description="Items not to give; repeat the parameter.")


class PopularQuery(ListQuery):
    """What a list of much used content must be."""

    local_hour: Annotated[int, Field(ge=0, le=23)] | None = Field(
        default=None, description="Hour of the day, 0 to 23."
    )


class Recommended(AnswerModel):
    """One item of the list."""

    rank: int
    item_id: str
    title: str
    minutes: float | None
    shelf: Literal["again", "new", "next_step"]
    score: float
    exposure_probability: float
    reasons: list[PlainReason]


class Withheld(AnswerModel):
    """What safety left out, each item under the first reason that holds."""

    total: int
    by_reason: dict[str, int]


class RecommenderModel(AnswerModel):
    """What made the list; null where a fallback did."""

    recommender: str | None


class RecommendationTexts(FallbackText):
    """Sentences for what the rest of the answer says in codes and counts."""

    withheld: str | None = Field(description="That items are withheld; null where none are.")


class RecommendationAnswer(AnswerModel):
    """Content for this person, now."""

    recommendation_id: str
    results: list[Recommended]
    withheld: Withheld
    safety: SafetyAnswer
    model: RecommenderModel
    degraded: Degraded | None
    language: AnswerLanguage
    texts: RecommendationTexts
    request_id: str


class ListedItem(AnswerModel):
    """One item of a content list."""

    rank: int
    item_id: str
    title: str
    minutes: float | None
    score: float


class ContentList(AnswerModel):
    """Content that is like an item, or much used; nothing here is about a person."""

    results: list[ListedItem]
    model: RecommenderModel
    degraded: Degraded | None
    texts: FallbackText
    request_id: str
