"""Self-guided content for a person, and lists of content about nobody."""

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import JsonBody
from api.examples import CONTENT_LIST, RECOMMENDATION_ANSWER, RECOMMENDATION_REQUEST
from api.fields import Identifier
from api.idempotency import answer_once, json_answer
from api.loading import GREEN
from api.moments import moment_of, preferred_language
from api.notices import degraded_text
from api.operations import Operation
from api.problems import INVALID, NOT_FOUND
from api.recommendations import listed, read_person, suggest
from api.recording import record_suggestion
from api.runtime import Runtime, get_runtime
from api.schemas_recommendations import (
    ContentList,
    ListQuery,
    PopularQuery,
    RecommendationAnswer,
    RecommendationRequest,
)
from api.security import RequiredScope
from api.standing import standing_of
from data.clients import Client
from data.idempotency import KeyedRequest
from data.messages import Reader
from recommender.request import Context, Filters, Recommendations
from recommender.request import RecommendationRequest as ListRequest

router = APIRouter(prefix="/v1", tags=["content"])

CREATE = Operation(
    name="createRecommendation",
    summary="Content that fits a person now",
    body=RecommendationRequest,
    body_example=RECOMMENDATION_REQUEST,
    answer=RecommendationAnswer,
    answer_example=RECOMMENDATION_ANSWER,
    has_key=True,
)
SIMILAR = Operation(
    name="listSimilarContent",
    summary="Content like an item",
    answer=ContentList,
    answer_example=CONTENT_LIST,
    problems=(INVALID, NOT_FOUND),
)
POPULAR = Operation(
    name="listPopularContent",
    summary="Content that is much used",
    answer=ContentList,
    answer_example=CONTENT_LIST,
    problems=(INVALID,),
)
OPERATIONS = (CREATE, SIMILAR, POPULAR)


@router.post("/recommendations", **CREATE.route())
async def create_recommendation(
    request: Request,
    client: Annotated[Client, Depends(RequiredScope("recommend"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    body: Annotated[RecommendationRequest, Depends(JsonBody(RecommendationRequest))],
) -> Response:
    """What the person used before, what is next, and what is new, in one list.

    Safety decides first what may be shown, and once more what of the finished list stays; a person
    in the red tier gets crisis resources and no content. What the request says of the risk is
    joined with what is on record of the person and can only withhold. The person's own events count
    as soon as they are acknowledged.
    """

    async def work(keyed: KeyedRequest | None, at: datetime) -> bytes:
        serving = runtime.models.serving
        history, known = await runtime.query(read_person, runtime.engine, body.person_id)
        standing = standing_of(
            body.person_id,
            {} if body.safety is None else body.safety.columns(),
            known,
            at=at,
            country=runtime.settings.country,
        )
        moment = moment_of(request, runtime, at)
        suggestion = suggest(body, history, standing, serving, moment)
        await record_suggestion(runtime, suggestion, keyed)
        return suggestion.answer

    return await answer_once(request, runtime, client, work)


@router.get("/content/{item_id}/similar", **SIMILAR.route())
async def list_similar(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("recommend"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    item_id: Annotated[Identifier, Path(description="An item of the catalogue.")],
    asked: Annotated[ListQuery, Query()],
) -> Response:
    """Items that the same people use, or on the same topics.

    Nothing is known about who will see the list, so only dates and populations withhold: ask for
    recommendations where there is a person.
    """
    serving = runtime.models.serving
    found = serving.recommender.engine.similar(
        item_id,
        safety=GREEN,
        request=_request_of(asked),
        at=runtime.clock(),
    )
    return _list_answer(request, runtime, found)


@router.get("/content/popular", **POPULAR.route())
async def list_popular(
    request: Request,
    _client: Annotated[Client, Depends(RequiredScope("recommend"))],
    runtime: Annotated[Runtime, Depends(get_runtime)],
    asked: Annotated[PopularQuery, Query()],
) -> Response:
    """What most people use, at this time of day where the hour is given."""
    serving = runtime.models.serving
    found = serving.recommender.engine.popular(
        safety=GREEN,
        request=_request_of(asked, Context(local_hour=asked.local_hour)),
        at=runtime.clock(),
    )
    return _list_answer(request, runtime, found)


def _request_of(asked: ListQuery, context: Context | None = None) -> ListRequest:
    return ListRequest(
        limit=asked.limit,
        context=context or Context(),
        filters=Filters(
            topics=asked.topics,
            kinds=asked.kinds,
            language=asked.language,
            max_minutes=asked.max_minutes,
        ),
        exclude=frozenset(asked.exclude),
    )


def _list_answer(request: Request, runtime: Runtime, found: Recommendations) -> Response:
    loaded = runtime.models.serving.recommender
    language = preferred_language(request.headers.get("accept-language", ""))
    answer = {
        "results": listed(found, with_shelf=False),
        "model": {"recommender": loaded.version},
        "degraded": loaded.degraded,
        "texts": {"degraded": degraded_text(loaded.degraded, Reader(language))},
        "request_id": request.state.request_id,
    }
    return json_answer(msgspec.json.encode(answer))
