"""What happened: content, bookings, visits, questionnaires, overrides."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.events import EventsBody
from api.examples import EVENTS_ANSWER, EVENTS_REQUEST
from api.idempotency import answer_once
from api.operations import Operation
from api.recording import record_batch
from api.runtime import Runtime, get_runtime
from api.schemas_events import EventsAnswer, EventsRequest, ReadEvent
from api.security import RequiredScope
from data.clients import Client
from data.idempotency import KeyedRequest

router = APIRouter(prefix="/v1", tags=["events"])

SEND = Operation(
    name="sendEvents",
    summary="Send up to 1,000 events",
    body=EventsRequest,
    body_example=EVENTS_REQUEST,
    answer=EventsAnswer,
    answer_example=EVENTS_ANSWER,
    has_key=True,
)
OPERATIONS = (SEND,)


@router.post("/events", **SEND.route())
async def send_events(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("events"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    events: Annotated[list[ReadEvent], Depends(EventsBody())],
) -> Response:
    """Each event is accepted, known already, or refused on its own; 200 says nothing of any one.

    An event is taken once by its `event_id`, so a call can be repeated as it is. A refused event
    uses up no id. The answer leaves once all accepted events are committed; an accepted content
    event counts in that person's next recommendation.
    """

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        return await record_batch(runtime, events, keyed, at, request.state.request_id)

    return await answer_once(request, runtime, client, work)
