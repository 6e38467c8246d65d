"""The catalogue of content, one item at a time."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import JsonBody
from api.cursors import cursor_of, last_of
from api.examples_records import ITEM, ITEM_GIVEN
from api.fields import Identifier
from api.idempotency import NO_STORE, json_answer
from api.operations import Operation
from api.problems import INVALID, NOT_FOUND, ProblemError
from api.records import CONTENT_WORDS, holding
from api.runtime import Runtime, get_runtime
from api.schemas_capacity import Nothing
from api.schemas_records import ContentAnswer, ContentGiven, ContentPage, ContentSearch
from api.security import RequiredScope
from data.clients import Client
from data.clinic import CONTENT
from data.records import delete_record, find_record, list_records, put_record

router = APIRouter(prefix="/v1", tags=["catalogue"])

LIST = Operation(
    name="listContent",
    summary="Search the catalogue",
    answer=ContentPage,
    answer_example={"content": [ITEM], "next_cursor": None, "request_id": "4f1c2d9ab0"},
    problems=(INVALID,),
)
READ = Operation(
    name="getContent",
    summary="A content item's row",
    answer=ContentAnswer,
    answer_example=ITEM,
    problems=(INVALID, NOT_FOUND),
)
PUT = Operation(
    name="putContent",
    summary="Add or replace a content item",
    body=ContentGiven,
    body_example=ITEM_GIVEN,
    answer=ContentAnswer,
    answer_example=ITEM,
)
DELETE = Operation(
    name="deleteContent",
    summary="Take a content item out of the catalogue",
    answer=Nothing,
    answer_example={},
    problems=(INVALID, NOT_FOUND),
    status=204,
)
OPERATIONS = (LIST, READ, PUT, DELETE)

ItemId = Annotated[Identifier, Path(description="`item_id` of the catalogue.")]


@router.get("/content", **LIST.route())
async def list_content(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("catalogue"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    search: Annotated[ContentSearch, Query()],
) -> Response:
    """Rows that hold every word asked for, by id, retired and unreviewed ones too.

    This is the editor's list and withholds nothing; what a person may see is what a recommendation says.
    """
    asked = search.model_dump(include=set(CONTENT_WORDS))
    found, has_more = await run_in_threadpool(
        list_records,
        runtime.engine,
        CONTENT,
        after=None if search.cursor is None else last_of(search.cursor),
        limit=search.limit,
        keep=holding(CONTENT_WORDS, asked),
    )
    answer = {
        "content": found,
        "next_cursor": cursor_of(found[-1]["item_id"]) if has_more else None,
        "request_id": request.state.request_id,
    }
    return json_answer(msgspec.json.encode(answer))


@router.get("/content/{item_id}", **READ.route())
async def get_content(
    _client: Annotated[Client, Depends(RequiredScope("catalogue"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    item_id: ItemId,
) -> Response:
    """All columns of the row; what is not known is null."""
    found = await runtime.query(find_record, runtime.engine, CONTENT, item_id)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return json_answer(msgspec.json.encode(found))


@router.put("/content/{item_id}", **PUT.route())
async def put_content(
    _client: Annotated[Client, Depends(RequiredScope("catalogue"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    item_id: ItemId,
    body: Annotated[ContentGiven, Depends(JsonBody(ContentGiven))],
) -> Response:
    """The whole row: columns that are absent are missing from then on.

    The item is shown from its `published_at` on, once it is reviewed, and within about a second; it
    needs no retraining.
    """
    await runtime.change(put_record, runtime.engine, CONTENT, item_id, body.model_dump())
    found = await runtime.query(find_record, runtime.engine, CONTENT, item_id)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return json_answer(msgspec.json.encode(found))


@router.delete("/content/{item_id}", status_code=204, **DELETE.route())
async def delete_content(
    _client: Annotated[Client, Depends(RequiredScope("catalogue"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    item_id: ItemId,
) -> Response:
    """Nobody is shown the item within about a second; what people did with it stays on record."""
    if not await runtime.change(delete_record, runtime.engine, CONTENT, item_id):
        raise ProblemError(NOT_FOUND)
    return Response(status_code=204, headers=NO_STORE)
