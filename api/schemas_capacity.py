"""Requests and answers of holds and bookings."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.fields import Identifier, RequestModel, whole_number
from api.schemas import AnswerModel

HOLD_SECONDS = 900
LONGEST_HOLD_SECONDS = 86_400
PLACE = ("clinician_id", "patient_id")


class HoldRequest(RequestModel):
    """Whose place is held for whom, and for how long."""

    clinician_id: Identifier
    patient_id: Identifier
    match_id: Identifier | None = Field(
        default=None, description="The match that offered the clinician."
    )
    ttl_seconds: Annotated[
        whole_number(1, LONGEST_HOLD_SECONDS),  # type: ignore[valid-type]
        Field(description="How long the place is held."),
    ] = HOLD_SECONDS


class BookingRequest(RequestModel):
    """A hold that becomes a booking, or whose place is booked for whom."""

    hold_id: Identifier | None = None
    clinician_id: Identifier | None = None
    patient_id: Identifier | None = None
    match_id: Identifier | None = Field(
        default=None, description="The match that offered the clinician."
    )
    ttl_seconds: Annotated[
        whole_number(1, LONGEST_HOLD_SECONDS),  # type: ignore[valid-type]
        Field(description="Taken as in a hold, and without effect: a booking stays."),
    ] = HOLD_SECONDS

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        given = [name for name in (*PLACE, "match_id") if getattr(self, name) is not None]
        if self.hold_id is not None and given:
            raise PydanticCustomError("hold_or_place", "give a hold or a place, not both")
        if self.hold_id is None and not set(PLACE) <= set(given):
            raise PydanticCustomError("place_missing", "give a hold, or clinician and patient")
        return self


class HoldAnswer(AnswerModel):
    """A place that is held for a while."""

    hold_id: str
    expires_at: str
    request_id: str


class BookingAnswer(AnswerModel):
    """A place that is booked."""

    booking_id: str
    clinician_id: str
    request_id: str


class Nothing(AnswerModel):
    """Nothing more to say."""
