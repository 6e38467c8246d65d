"""The card of a model, as an answer."""

from typing import Any, Literal

from pydantic import Field

from api.schemas import AnswerModel


class SourceAttribute(AnswerModel):
    """One of the 31 source attributes of 45 CFR 170.315(b)(11)(iv)(B)."""

    number: int
    group: str
    name: str
    value: str


class RegistryEntry(AnswerModel):
    """Something that became of the model."""

    at: str
    action: Literal["register", "promote", "override", "rollback"]
    reason: str


class ModelCardAnswer(AnswerModel):
    """What the serving model is, what was measured of it, and what became of it."""

    version: str
    kind: Literal["matching", "recommender"]
    state: Literal["candidate", "shadow", "champion", "previous", "retired"]
    created_at: str
    trained_on: Literal["synthetic", "real"]
    stamp: str | None = Field(
        description="Says that the training data are synthetic; null where they are not."
    )
    attributes: list[SourceAttribute]
    format: int
    data: dict[str, Any] = Field(
        description="As of when, how many rows, which engine and study."
    )
    facts: dict[str, Any] = Field(description="What the training found out.")
    measured: dict[str, Any] = Field(
        description="Metrics on held-out data; null was not measurable."
    )
    held_out_from: str | None
    comparison: list[dict[str, Any]] = Field(
        description="Figures beside baselines, with intervals."
    )
    people: list[dict[str, Any]] = Field(
        description="Of whom was learned; null for groups of fewer than 20."
    )
    groups: list[dict[str, Any]] = Field(
        description="Figures by group; null for fewer than 20 people."
    )
    inputs: list[dict[str, str | None]]
    governance: dict[str, str | None]
    history: list[RegistryEntry] = Field(description="The trail of this version, oldest first.")
    overrides: list[RegistryEntry] = Field(
        description="Gates that a person let it past, and why; nothing is ever taken away."
    )
    request_id: str
