"""From a request for content to the bytes of its answer and the row of its log."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from api.matches import Moment, request_seed
from api.notices import degraded_text, told_in
from api.safety_answers import safety_answer
from api.schemas_recommendations import RecommendationRequest as Given
from api.serving import Degradation, Serving, Store, answered
from api.standing import Standing
from data.domain import Intake
from data.known_risk import find_known_risk
from data.messages import Reader
from data.queries import UserEvent, list_user_events
from recommender.person import ContentEvent, Person
from recommender.recommender import BoundRecommender
from recommender.request import (
    Context,
    Filters,
    Promotion,
    Reason,
    RecommendationRequest,
    Recommendations,
)
from recommender.wording import WITHHELD

HISTORY_EVENTS = 1_000
"""How many of a person's last events a request reads."""
LOGGED = ("rank", "item_id", "shelf", "score", "exposure_probability")
"""What the log keeps of each result."""
Made = TypeVar("Made")
NOTHING: Mapping[str, Any] = {}
RECOMMENDATION_FAILED = Degradation("bad_model", "popularity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One answered request for content: what leaves, and what is kept of it."""

    recommendation_id: str
    person_id: str
    at: datetime
    recommender_version: str | None
    seed: int
    record: bytes
    """JSON: request without risk answers, list with scores and probabilities, what was withheld."""
    answer: bytes
    told: Mapping[str, Any]
    """What `answer` says, for an answer that it is a part of."""


def read_person(engine: Store, person_id: str) -> tuple[list[UserEvent], Intake | None]:
    """A person's last events, newest first, and what is known of their risk."""
    history = list_user_events(engine, person_id, HISTORY_EVENTS)
    return history, find_known_risk(engine, person_id)


def suggest(
    given: Given,
    history: Sequence[UserEvent],
    standing: Standing,
    serving: Serving,
    moment: Moment,
    *,
    kept: Mapping[str, Any] = NOTHING,
) -> Suggestion:
    """Recommend for one person; a model that fails is replaced by popularity for this answer.

    Args:
        given: The request.
        history: The person's last events.
        standing: What gates their content.
        serving: What the request is answered with.
        moment: When, and under which ids.
        kept: Further fields of the log.
    """
    recommendation_id = uuid.uuid4().hex
    seed = request_seed(moment.seed, recommendation_id)
    person, request = _person(given, history, standing), request_of(given, moment)
    found, version, degraded = _run(request, person, standing, serving, moment, seed)
    made = {"model": {"recommender": version}, "degraded": degraded}
    answer = {
        "recommendation_id": recommendation_id,
        "results": listed(found, with_shelf=True),
        "withheld": _withheld(found),
        "safety": safety_answer(standing.safety, standing.resources, request.reader),
        **made,
        "language": told_in(request.reader),
        "texts": _texts(found, degraded, request.reader),
        "request_id": moment.request_id,
    }
    record = {
        **_asked(given, history),
        **made,
        **_reached(found, standing, serving),
        **kept,
    }
    return Suggestion(
        recommendation_id=recommendation_id,
        person_id=given.person_id,
        at=moment.at,
        recommender_version=version,
        seed=seed,
        record=msgspec.json.encode(record),
        answer=msgspec.json.encode(answer),
        told=answer,
    )


def _person(given: Given, history: Sequence[UserEvent], standing: Standing) -> Person:
    events = [ContentEvent(*event) for event in history]
    return Person.from_events(given.person_id, events, concerns=standing.concerns)


def _run(
    request: RecommendationRequest,
    person: Person,
    standing: Standing,
    serving: Serving,
    moment: Moment,
    seed: int,
) -> tuple[Recommendations, str | None, Degradation | None]:

    def run(engine: BoundRecommender) -> Recommendations:
        return engine.recommend(
            person, safety=standing.safety, request=request, at=moment.at, seed=seed
        )

    return by_model_or_popularity(run, serving, moment)


def by_model_or_popularity(
    run: Callable[[BoundRecommender], Made], serving: Serving, moment: Moment
) -> tuple[Made, str | None, Degradation | None]:
    """What the model makes, or popularity where it fails; with the version and why it was not the model.

    Args:
        run: Makes a list or a plan.
        serving: What the request is answered with.
        moment: Under which id.
    """
    return answered(
        serving.recommender,
        run,
        serving.popularity,
        RECOMMENDATION_FAILED,
        moment.request_id,
    )


def _withheld(found: Recommendations) -> dict[str, Any]:
    return {"total": found.withheld_total, "by_reason": found.withheld}


def _reached(found: Recommendations, standing: Standing, serving: Serving) -> dict[str, Any]:
    """How a list came about, for the log."""
    return {
        "tier": standing.safety.tier.label,
        "withheld": _withheld(found),
        "catalogue_revision": serving.catalogue.revision,
        "candidates": found.candidates,
        "results": [{name: getattr(entry, name) for name in LOGGED} for entry in found.results],
    }


def _texts(
    found: Recommendations, degraded: Degradation | None, reader: Reader
) -> dict[str, str | None]:
    """Sentences for what the rest of an answer says in codes and counts."""
    count = found.withheld_total
    return {
        "withheld": WITHHELD.say("withheld", reader, count) if count else None,
        "degraded": degraded_text(degraded, reader),
    }


def _asked(given: Given, history: Sequence[UserEvent]) -> dict[str, Any]:
    """The request as the log keeps it: without risk answers."""
    return {
        "limit": given.limit,
        "context": given.context and given.context.__dict__,
        "goals": given.goals or (),
        "filters": given.filters and given.filters.__dict__,
        "promote": given.promote and given.promote.__dict__,
        "exclude": given.exclude or (),
        "history_events": len(history),
    }


def request_of(given: Given, moment: Moment) -> RecommendationRequest:
    """The engine's form of a request; what is absent restricts nothing."""
    context, filters, promote = given.context, given.filters, given.promote
    return RecommendationRequest(
        limit=given.limit,
        context=Context()
        if context is None
        else Context(minutes=context.minutes, local_hour=context.local_hour, mood=context.mood),
        goals=given.goals or (),
        filters=Filters()
        if filters is None
        else Filters(
            topics=filters.topics or (),
            kinds=filters.kinds or (),
            language=filters.language,
            max_minutes=filters.max_minutes,
        ),
        exclude=frozenset(given.exclude or ()),
        reader=Reader(given.language or moment.language, given.audience),
        promote=Promotion()
        if promote is None
        else Promotion(items=promote.items, share=promote.share),
        explore=True,
    )


def plain_reasons(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    """Reasons as an answer says them."""
    return [{"code": reason.code, "text": reason.text} for reason in reasons]


def listed(found: Recommendations, *, with_shelf: bool) -> list[dict[str, Any]]:
    """Results as an answer lists them; an unknown length is null.

    Args:
        found: What the engine gave.
        with_shelf: Whether the list is a person's own.
    """
    entries: list[dict[str, Any]] = []
    for entry in found.results:
        plain = {
            "rank": entry.rank,
            "item_id": entry.item_id,
            "title": entry.title,
            "minutes": entry.minutes,
        }
        if not with_shelf:
            entries.append({**plain, "score": entry.score})
            continue
        entries.append(
            {
                **plain,
                "shelf": entry.shelf,
                "score": entry.score,
                "exposure_probability": entry.exposure_probability,
                "reasons": plain_reasons(entry.reasons),
            }
        )
    return entries
