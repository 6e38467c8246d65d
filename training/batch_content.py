"""Content for many people at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from data.catalogue import Catalogue
from data.columns import TableSpec, identifier, integer, number
from data.database import Engine
from data.frames import frame_from_storage
from data.queries import read_frame
from data.settings import Settings
from recommender.request import RecommendationRequest
from training import recommender_job
from training.console import ReportProgress
from training.jobs import open_model
from training.people import histories, person_of, standings

USERS = TableSpec(
    name="users", key=("user_id",), columns=(identifier("user_id", required=True),)
)
RECOMMENDATIONS = TableSpec(
    name="recommendations",
    key=("user_id", "rank"),
    columns=(
        identifier("user_id", required=True),
        integer("rank", 1, doc="1 is the top.", required=True),
        identifier("item_id", required=True),
        number("score", doc="Estimated chance of use soon.", required=True),
    ),
)
REPORT_EVERY = 200


def recommend_to_people(  # noqa: PLR0913 - who gets what, and how
    settings: Settings,
    engine: Engine,
    people: Sequence[str],
    *,
    top: int,
    version: str | None,
    at: datetime,
    exclude_seen: bool,
    on_progress: ReportProgress,
) -> tuple[pd.DataFrame, str]:
    """Recommend content to many people, each by their own history and safety.

    Args:
        settings: The home.
        engine: Its database.
        people: Person ids in the order of the answer; a repeated one is answered once.
        top: Most items per person.
        version: A recommender; None means the champion.
        at: The moment; later events do not count.
        exclude_seen: Leave out what a person has used.
        on_progress: Told how far it is.

    Returns:
        A frame of `RECOMMENDATIONS` and the version that recommended.

    Raises:
        NotFoundError: There is no such model.
    """
    bundle = open_model(settings, engine, "recommender", version)
    catalogue = Catalogue.build(read_frame(engine, "content"), read_frame(engine, "programs"))
    bound = recommender_job.recommender_of(bundle).bind(catalogue)
    distinct = list(dict.fromkeys(people))
    events = histories(engine, distinct, at=at)
    known = standings(engine, distinct)
    request = RecommendationRequest(limit=top, with_used=not exclude_seen)
    columns: dict[str, list[Any]] = {name: [] for name in RECOMMENDATIONS.names}
    for done, person_id in enumerate(distinct):
        if done % REPORT_EVERY == 0:
            on_progress("recommend", done, len(distinct))
        person, safety = person_of(person_id, events, known)
        answer = bound.recommend(person, safety=safety, request=request, at=at)
        for item in answer.results:
            row = (person_id, item.rank, item.item_id, item.score)
            for name, value in zip(RECOMMENDATIONS.names, row, strict=True):
                columns[name].append(value)
    on_progress("recommend", len(distinct), len(distinct))
    return frame_from_storage(RECOMMENDATIONS, columns), bundle.manifest.version
