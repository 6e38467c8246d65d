"""Rows of directory and catalogue in requests and answers, made from the contract's columns."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, create_model

from api.fields import Identifier, RequestModel, model_of
from api.schemas import AnswerModel
from data.clinic import CLINICIANS, CONTENT, CONTENT_KINDS, CONTENT_LEVELS, FORMATS
from data.columns import Kind, TableSpec

_TOLD: dict[Kind, Any] = {
    Kind.INTEGER: int | None,
    Kind.NUMBER: float | None,
    Kind.FLAG: bool | None,
    Kind.WORDS: list[str],
}


def _answer_of(name: str, spec: TableSpec) -> type[AnswerModel]:
    fields: dict[str, Any] = {
        column.name: (
            _TOLD.get(column.kind, str if column.is_required else str | None),
            Field(description=column.doc or None),
        )
        for column in spec.columns
    }
    return create_model(name, __base__=AnswerModel, __doc__=spec.doc, **fields)


def _request_of(name: str, spec: TableSpec) -> type[RequestModel]:
    others = [column for column in spec.columns if column.name not in spec.key]
    return model_of(
        name,
        spec,
        columns=[column.name for column in others],
        required=[column.name for column in others if column.is_required],
    )


if TYPE_CHECKING:
    ClinicianGiven = RequestModel
    ContentGiven = RequestModel
    ClinicianAnswer = BaseModel
    ContentAnswer = BaseModel
else:
    ClinicianGiven = _request_of("ClinicianGiven", CLINICIANS)
    ContentGiven = _request_of("ContentGiven", CONTENT)
    ClinicianAnswer = _answer_of("ClinicianAnswer", CLINICIANS)
    ContentAnswer = _answer_of("ContentAnswer", CONTENT)


class _Search(BaseModel):
    """What a search of either takes."""

    limit: int = Field(default=50, ge=1, le=100, description="Most rows, 1 to 100.")
    cursor: str | None = Field(
        default=None, max_length=256, description="`next_cursor` of the page before."
    )


class ClinicianSearch(_Search):
    """Words that a clinician's row has to hold, as intakes say them."""

    region: Identifier | None = Field(default=None, description="A licence or compact region.")
    payer: Identifier | None = Field(default=None, description="Billed in network.")
    concern: Identifier | None = Field(
        default=None, description="Top specialty or also treated."
    )
    language: Identifier | None = Field(
        default=None, description="BCP-47 tag, as it is stored."
    )
    format: Literal[FORMATS] | None = Field(default=None, description="How they meet.")  # type: ignore[valid-type]
    population: Identifier | None = Field(default=None, description="Served as listed.")
    age_band: Identifier | None = Field(default=None, description="Seen as listed.")
    clinic_id: Identifier | None = Field(default=None, description="Where they work.")


class ContentSearch(_Search):
    """Words that an item's row has to hold."""

    topic: Identifier | None = Field(default=None, description="One of its topics.")
    kind: Literal[CONTENT_KINDS] | None = Field(default=None, description="What it is.")  # type: ignore[valid-type]
    language: Identifier | None = Field(
        default=None, description="BCP-47 tag, as it is stored."
    )
    level: Literal[CONTENT_LEVELS] | None = Field(default=None, description="For whom.")  # type: ignore[valid-type]
    program_id: Identifier | None = Field(default=None, description="Of which program.")


class CliniciansAnswer(AnswerModel):
    """A page of clinicians, by id."""

    clinicians: list[ClinicianAnswer]
    next_cursor: str | None = Field(description="Begins the next page; null on the last one.")
    request_id: str


class ContentPage(AnswerModel):
    """A page of content items, by id."""

    content: list[ContentAnswer]
    next_cursor: str | None = Field(description="Begins the next page; null on the last one.")
    request_id: str
