"""A batch of events: read one by one, stored together, answered one by one."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request

from api.bodies import read_body
from api.problems import INVALID, MALFORMED_JSON, ProblemError
from api.rules import rule_text
from api.schemas_events import MOST_EVENTS, Envelope, ReadEvent, Refused, fault, read_event
from data.events import Event, Outcome

_decode = msgspec.json.Decoder(Envelope).decode
_UNKNOWN = "Object contains unknown field"
_MISSING = "Object missing required field"


class EventsBody:
    """A dependency that gives the events of a body, each checked by itself."""

    async def __call__(self, request: Request) -> list[ReadEvent]:
        """The events of a request, in the order sent.

        Raises:
            ProblemError: 400, 415, or 422 where the body as a whole is no list of events.
        """
        body = await read_body(request)
        problem: ProblemError
        try:
            envelope = _decode(body)
        except msgspec.ValidationError as error:
            problem = _envelope_refusal(str(error))
            if not _is_json(body):
                problem = ProblemError(MALFORMED_JSON)
        except (msgspec.DecodeError, RecursionError):
            problem = ProblemError(MALFORMED_JSON)
        else:
            if len(envelope.events) <= MOST_EVENTS:
                return [read_event(raw) for raw in envelope.events]
            problem = _refusal("too_long", "events")
        raise problem


def _is_json(body: bytes) -> bool:
    """Whether a body is well formed to its end."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _envelope_refusal(message: str) -> ProblemError:
    """The refusal of a body that is no `{"events": [...]}`; names of other fields stay out."""
    if message.startswith(_UNKNOWN):
        return _refusal("extra_forbidden", "?")
    if message.startswith(_MISSING):
        return _refusal("missing", "events")
    if message.endswith("`$.events`"):
        return _refusal("list_type", "events")
    return _refusal("model_type")


def _refusal(kind: str, *place: str) -> ProblemError:
    entry = {"loc": ["body", *place], "type": kind, "msg": rule_text(kind)}
    return ProblemError(INVALID, (entry,))


def good_events(events: Sequence[ReadEvent]) -> list[Event]:
    """The events that passed their own checks."""
    return [event for event in events if isinstance(event, Event)]


def answer_of(
    events: Sequence[ReadEvent], outcomes: Sequence[Outcome], request_id: str
) -> bytes:
    """The answer to a batch.

    Args:
        events: All events in the order sent.
        outcomes: What became of the good ones, in the same order.
        request_id: The request's id.
    """
    stored = iter(outcomes)
    results = [
        _refused(event) if isinstance(event, Refused) else _stored(next(stored))
        for event in events
    ]
    counts = {"accepted": 0, "duplicate": 0, "refused": 0}
    for result in results:
        counts[result["status"]] += 1
    return msgspec.json.encode({**counts, "results": results, "request_id": request_id})


def _refused(event: Refused) -> dict[str, Any]:
    error = fault(event.type, event.where)
    return {"event_id": event.event_id, "status": "refused", "error": error}


def _stored(outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    error = None if refusal is None else fault(refusal.type, refusal.where)
    return {"event_id": outcome.event_id, "status": outcome.status, "error": error}
