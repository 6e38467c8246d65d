"""Events as requests hold them: one model per type, each event checked by itself."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, cast

import msgspec
from pydantic import Field, ValidationError, create_model, model_validator
from pydantic_core import PydanticCustomError

from api.fields import Identifier, Moment, RequestModel, field_of
from api.measures import computed_total
from api.problems import safe_location
from api.rules import rule_text
from api.schemas import AnswerModel, ItemAnswer
from data.clinic import CONTENT_EVENT_TYPES, CONTENT_EVENTS, EPISODES, MEASURES
from data.codes.instruments import INSTRUMENTS
from data.columns import TableSpec
from data.events import Event

MOST_EVENTS = 1_000
ReasonCode = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9_]{1,64}$",
        description="A code of the clinic's own, such as `patient_asked`; no free text.",
    ),
]


class EventBase(RequestModel):
    """What every event has."""

    event_id: Identifier
    at: Moment = Field(description="When it happened.")


class CareEvent(EventBase):
    """What every event about care may have."""

    patient_id: Identifier | None = Field(
        default=None, description="Whose care it is, so that an erasure finds the event."
    )


class VisitEvent(CareEvent):
    """A scheduled visit and what became of it."""

    type: Literal["attended", "no_show", "late_cancel"]
    episode_id: Identifier
    status: Literal["attended", "no_show", "late_cancel"] | None = None

    @model_validator(mode="after")
    def _status_agrees(self) -> Self:
        if self.status not in {None, self.type}:
            raise PydanticCustomError("status_mismatch", "does not agree with the type")
        return self


class OverrideEvent(CareEvent):
    """A person decided otherwise than the list."""

    type: Literal["override"]
    match_id: Identifier
    clinician_id: Identifier | None = Field(default=None, description="Who was chosen instead.")
    reason: ReasonCode


def _fields(spec: TableSpec, *, required: tuple[str, ...], without: tuple[str, ...]) -> Any:
    return {
        column.name: field_of(column, required=column.name in required)
        for column in spec.columns
        if column.name not in without
    }


class EpisodeBase(CareEvent):
    """A booking and what became of it.

    `booked` names intake and clinician; the others may, and must where the booking was never sent.
    """

    type: Literal["booked", "accepted", "declined", "ended"]


ContentEvent = create_model(
    "ContentEvent",
    __base__=EventBase,
    __doc__="Something a person did with an item.",
    **_fields(
        CONTENT_EVENTS, required=("user_id", "item_id", "type"), without=("event_id", "at")
    ),
)
EpisodeEvent = create_model(
    "EpisodeEvent",
    __base__=EpisodeBase,
    __doc__=EpisodeBase.__doc__,
    **_fields(EPISODES, required=("episode_id",), without=()),
)


class MeasureBase(CareEvent):
    """What a questionnaire may have beside the columns of `measures`."""

    type: Literal["measure"]
    items: Annotated[tuple[ItemAnswer | None, ...], Field(max_length=9)] | None = Field(
        default=None, description="PHQ-9 or GAD-7 answers 0 to 3; the total is computed."
    )

    @model_validator(mode="after")
    def _total_fits(self) -> Self:
        self.values()
        return self

    def values(self) -> dict[str, Any]:
        """Columns of `measures`, with the total of the items.

        Raises:
            PydanticCustomError: There is no total, or it is out of range.
        """
        given = {name: value for name, value in self.__dict__.items() if name != "items"}
        code = given["instrument"]
        total = given["total"]
        if self.items is not None:
            total = computed_total(code, self.items, total)
            if code == "phq9" and given["item9"] is None:
                given["item9"] = self.items[8]
        if total is None:
            raise PydanticCustomError("total_missing", "needs a total or more items")
        known = INSTRUMENTS.get(code)
        if known is not None and not known.low <= total <= known.high:
            raise PydanticCustomError("total_range", "is out of range")
        return {**given, "total": float(total)}


MeasureEvent = create_model(
    "MeasureEvent",
    __base__=MeasureBase,
    __doc__="A completed questionnaire.",
    **_fields(MEASURES, required=("patient_id", "instrument"), without=("at",)),
)

MODELS: Mapping[str, type[EventBase]] = {
    **dict.fromkeys(CONTENT_EVENT_TYPES, ContentEvent),
    **dict.fromkeys(("booked", "accepted", "declined", "ended"), EpisodeEvent),
    **dict.fromkeys(("attended", "no_show", "late_cancel"), VisitEvent),
    "measure": cast("type[EventBase]", MeasureEvent),
    "override": OverrideEvent,
}
"""The model of each type of event."""


class EventsRequest(RequestModel):
    """Up to 1,000 events, in the order in which they happened."""

    events: Annotated[
        list[
            Annotated[
                ContentEvent | EpisodeEvent | VisitEvent | MeasureEvent | OverrideEvent,
                Field(),
            ]
        ],
        Field(max_length=MOST_EVENTS),
    ]


class EventFault(AnswerModel):
    """Why an event was refused: a stable type and the field, never a value."""

    type: str
    where: str
    msg: str


class EventResult(AnswerModel):
    """What became of one event."""

    event_id: str | None
    status: Literal["accepted", "duplicate", "refused"]
    error: EventFault | None


class EventsAnswer(AnswerModel):
    """What became of each event, in the order sent."""

    accepted: int
    duplicate: int
    refused: int
    results: list[EventResult]
    request_id: str


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a call, its events not yet read."""

    events: list[msgspec.Raw]


class _Head(msgspec.Struct):
    event_id: Any = None
    type: Any = None


class Refused(msgspec.Struct):
    """An event that no model takes."""

    event_id: str | None
    type: str
    where: str


ReadEvent = Event | Refused
"""An event that passed its own checks, or why it did not."""
_head_of = msgspec.json.Decoder(_Head).decode
ID_LENGTH = 128


def read_event(raw: msgspec.Raw) -> Event | Refused:
    """Check one event by the model of its type.

    Args:
        raw: JSON of the event, known to be well formed.
    """
    text = bytes(raw)
    try:
        head = _head_of(text)
    except msgspec.ValidationError:
        return Refused(None, "model_type", "event")
    known_id = head.event_id if isinstance(head.event_id, str) else None
    if known_id is not None and not 0 < len(known_id) <= ID_LENGTH:
        known_id = None
    if not isinstance(head.type, str) or head.type not in MODELS:
        return Refused(known_id, "missing" if head.type is None else "unknown_type", "type")
    try:
        event = MODELS[head.type].model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in safe_location(first["loc"]))
        return Refused(known_id, first["type"], where or _WHOLE.get(first["type"], "event"))
    values = event.values() if isinstance(event, MeasureBase) else dict(event.__dict__)
    for name in ("event_id", "at", "type", "status"):
        values.pop(name, None)
    return Event(event_id=event.event_id, type=head.type, at=event.at, values=values)


_WHOLE = {
    "status_mismatch": "status",
    "total_missing": "total",
    "total_range": "total",
    "total_mismatch": "total",
    "items_count": "items",
    "items_unknown": "items",
}
"""The field at fault in a rule that looks at more than one."""


def fault(kind: str, where: str) -> dict[str, str]:
    """Why an event was refused, as an answer says it."""
    return {"type": kind, "where": where, "msg": rule_text(kind)}
