"""The desk's intake form and the ranked list that comes of it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.asking import ask
from api.desk.fields import fault_text, groups, suggestions
from api.desk.intake_form import read_intake, typed
from api.desk.match_view import REASONS, asked_of, cards, held_of, name_of
from api.desk.once import once_per_form
from api.desk.pages import go_to, page, reader_of
from api.desk.sessions import DeskScope, Visitor
from api.desk_field_wording import FIELDS
from api.fields import Identifier
from api.moments import moment_of
from api.notices import told_in
from api.problems import NOT_FOUND, ProblemError
from api.runtime import Runtime, get_runtime
from data.clinic import INTAKES
from data.idempotency import KeyedRequest
from data.intake_records import find_intake
from data.match_decisions import read_decided
from data.rematches import Origin, find_origin
from data.word_index import language_key

router = APIRouter(prefix="/desk", include_in_schema=False)
AtDesk = Annotated[Visitor, Depends(DeskScope("match"))]
Running = Annotated[Runtime, Depends(get_runtime)]
MatchId = Annotated[Identifier, Path()]


@router.get("")
async def show_form(request: Request, visitor: AtDesk, runtime: Running) -> Response:
    """An empty form."""
    return _form(request, runtime, visitor, {})


@router.post("/open")
async def open_intake(request: Request, visitor: AtDesk, runtime: Running) -> Response:
    """A form with what is known of an intake; ids may be names, so they stand in no address."""
    name = visitor.form.first("name")
    intake = await runtime.query(find_intake, runtime.engine, name)
    if intake is None:
        return _form(request, runtime, visitor, {}, status=404, unknown=True)
    return _form(request, runtime, visitor, typed(intake))


@router.post("/matches")
async def create_match(request: Request, visitor: AtDesk, runtime: Running) -> Response:
    """The same decision and the same log as of `POST /v1/matches`."""
    reader = reader_of(request)
    read = read_intake(visitor.form, told_in(reader))
    origin_id = visitor.form.first("origin")
    body = read.request
    if body is None:
        values = visitor.form.values
        return _form(
            request, runtime, visitor, values, read.faults, status=422, origin=origin_id
        )
    origin = await runtime.query(find_origin, runtime.engine, origin_id) if origin_id else None
    if origin is not None and origin.patient_id != body.intake.columns()["patient_id"]:
        origin = None

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        moment = moment_of(request, runtime, at)
        return (await ask(runtime, body, moment, keyed, origin=origin)).answer

    answer = await once_per_form(request, runtime, visitor, work)
    return go_to(f"/desk/matches/{msgspec.json.decode(answer)['match_id']}")


@router.get("/matches/{match_id}")
async def show_match(
    request: Request, visitor: AtDesk, runtime: Running, match_id: MatchId
) -> Response:
    """The stored answer: safety, the list, who was left out, what a relaxed wish would add."""
    return await match_page(request, runtime, visitor, await origin_of(runtime, match_id))


@router.get("/matches/{match_id}/edit")
async def edit_match(
    request: Request, visitor: AtDesk, runtime: Running, match_id: MatchId
) -> Response:
    """A form with what was asked, to be changed and asked again."""
    origin = await origin_of(runtime, match_id)
    here = f"/desk/matches/{match_id}/edit"
    values = {name: texts for name, texts in typed(origin.intake).items() if name not in ANEW}
    return _form(request, runtime, visitor, values, origin=match_id, here=here)


MOST_OTHERS = 30
"""Of those who fit and are not shown, so many are suggested where staff decide otherwise."""
ANEW = frozenset({"requested_at"})
"""What a changed intake does not carry over: it is asked now."""


async def origin_of(runtime: Runtime, match_id: str) -> Origin:
    """The match of a page.

    Raises:
        ProblemError: There is no such match.
    """
    origin = await runtime.query(find_origin, runtime.engine, match_id)
    if origin is None:
        raise ProblemError(NOT_FOUND)
    return origin


async def match_page(
    request: Request,
    runtime: Runtime,
    visitor: Visitor,
    origin: Origin,
    *,
    status: int = 200,
    notice: str = "",
) -> Response:
    """The page of a match.

    Args:
        request: What is answered.
        runtime: The service.
        visitor: Who is signed in.
        origin: The match.
        status: Of the answer.
        notice: Code of what did not work; empty where nothing failed.
    """
    reader = reader_of(request)
    answer = msgspec.json.decode(origin.answer)
    at = runtime.clock()
    directory = runtime.models.serving.directory
    decided = await runtime.query(
        read_decided, runtime.engine, origin.match_id, origin.patient_id, at=at
    )
    places, otherwise = held_of(decided, directory, reader)
    others = origin.candidates[len(origin.shown) :][:MOST_OTHERS]
    return page(
        request,
        "match.html",
        visitor,
        status=status,
        here=f"/desk/matches/{origin.match_id}",
        answer=answer,
        told_elsewhere=language_key(answer["language"]) != language_key(reader.language),
        asked=asked_of(origin.intake, origin.match_id, reader),
        cards=cards(answer, at, reader),
        notice=notice,
        once=secrets.token_urlsafe(16),
        places=places,
        taken={place.clinician_id for place in places},
        otherwise=otherwise,
        reasons=REASONS,
        others=[(name, name_of(directory, name)) for name in others],
    )


def _form(
    request: Request,
    runtime: Runtime,
    visitor: Visitor,
    values: Mapping[str, Sequence[str]],
    faults: Mapping[str, str] | None = None,
    **given: Any,
) -> Response:
    reader = reader_of(request)
    found = faults or {}
    listed = [
        (name, FIELDS.say(f"desk.field.{name}", reader), fault_text(column, code, reader))
        for name, code in found.items()
        for column in [COLUMNS.get(name)]
    ]
    values = {name: texts for name, texts in values.items() if any(texts)}
    context = {"status": 200, "origin": "", "unknown": False, **given}
    return page(
        request,
        "intake.html",
        visitor,
        groups=groups(values, found, reader),
        values={"requested_at": (), "someone_new": (), "free_text": (), **values},
        faults=listed,
        suggested=suggestions(runtime.models.serving.directory),
        once=secrets.token_urlsafe(16),
        **context,
    )


COLUMNS = {column.name: column for column in INTAKES.columns}
