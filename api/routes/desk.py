"""The desk's door: signing in and out, files of the page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import Response

from api.desk.forms import read_form
from api.desk.pages import HOME, go_to, page, static_file
from api.desk.sessions import (
    ENTRY,
    DeskScope,
    Visitor,
    clear_session,
    find_visitor,
    set_session,
)
from api.problems import NOT_FOUND, ProblemError
from api.runtime import Runtime, get_runtime
from data.clients import find_client
from data.desk_sessions import begin_session, end_session, note_use

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("/sign-in")
async def show_sign_in(request: Request) -> Response:
    """The form that asks for a key."""
    visitor = await find_visitor(request)
    return page(request, "sign_in.html", visitor, here="/desk/sign-in", notice="")


@router.post("/sign-in")
async def sign_in(
    request: Request, runtime: Annotated[Runtime, Depends(get_runtime)]
) -> Response:
    """A key that may match begins a session; the key itself is kept nowhere."""
    form = await read_form(request)
    client = await runtime.query(find_client, runtime.engine, form.first("key"))
    if client is None or ENTRY not in client.scopes:
        return page(
            request, "sign_in.html", None, status=403, here="/desk/sign-in", notice="key_wrong"
        )
    token = await runtime.change(begin_session, runtime.engine, client, at=runtime.clock())
    response = go_to(HOME)
    set_session(request, response, token)
    return response


@router.post("/sign-out")
async def sign_out(
    visitor: Annotated[Visitor, Depends(DeskScope(ENTRY))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
) -> Response:
    """The session ends at once, in the store and in the browser."""
    await runtime.change(end_session, runtime.engine, visitor.token)
    response = go_to("/desk/sign-in")
    clear_session(response)
    return response


@router.post("/stay")
async def stay(
    visitor: Annotated[Visitor, Depends(DeskScope(ENTRY))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
) -> Response:
    """The session lasts from now on."""
    await runtime.change(note_use, runtime.engine, visitor.token, at=runtime.clock())
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.get("/static/{name}")
async def get_static(name: Annotated[str, Path(max_length=64)]) -> Response:
    """A file of the page; all of them are the same for everybody."""
    found = static_file(name)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return found
