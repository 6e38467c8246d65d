"""Builders for small catalogues, histories and models."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from data.catalogue import Catalogue
from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.columns import Kind
from data.domain import CareLevel, Safety, Tier
from data.frames import empty_frame, frame_from_storage, storage_from_frame
from data.instants import micros_of
from recommender.blend import default_blend
from recommender.interactions import Interactions, collapse, pair_weights
from recommender.item_factors import ItemFactors
from recommender.item_neighbours import fit_item_neighbours, user_item_matrix
from recommender.low_pass import decompose
from recommender.model import RecommenderConfig, RecommenderModel
from recommender.person import ContentEvent, Person
from recommender.popular import fit_popularity
from recommender.recommender import Recommender

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REVIEWED = NOON - timedelta(days=400)


def frame_of(spec, rows: list[dict]) -> pd.DataFrame:
    """Rows given as dicts as a complete frame of a table."""
    columns = {}
    for column in spec.columns:
        gap = () if column.kind is Kind.WORDS else None
        values = [row.get(column.name, gap) for row in rows]
        if column.kind is Kind.TIME:
            columns[column.name] = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
        else:
            columns[column.name] = pd.Series(values, dtype="object")
    return frame_from_storage(spec, storage_from_frame(spec, pd.DataFrame(columns)))


@pytest.fixture(scope="session")
def noon() -> datetime:
    """When the requests of these tests are made."""
    return NOON


@pytest.fixture(scope="session")
def now() -> int:
    """The same in microseconds."""
    return micros_of(NOON)


@pytest.fixture(scope="session")
def make_catalogue():
    """A catalogue of items given as dicts by id: reviewed lessons of five minutes."""

    def make(programs: list[dict] | None = None, **items: dict) -> Catalogue:
        rows = [
            {
                "item_id": item_id,
                "title": item_id.title(),
                "kind": "lesson",
                "minutes": 5.0,
                "reviewed_at": REVIEWED,
                **values,
            }
            for item_id, values in items.items()
        ]
        return Catalogue.build(frame_of(CONTENT, rows), frame_of(PROGRAMS, programs or []))

    return make


@pytest.fixture(scope="session")
def make_events():
    """A frame of events given as (user, item, type, days before noon[, more columns])."""

    def make(*events: tuple) -> pd.DataFrame:
        if not events:
            return empty_frame(CONTENT_EVENTS)
        rows = [
            {
                "event_id": f"e{place}",
                "user_id": user,
                "item_id": item,
                "type": kind,
                "at": NOON - timedelta(days=days),
                **(more[0] if more else {}),
            }
            for place, (user, item, kind, days, *more) in enumerate(events)
        ]
        return frame_of(CONTENT_EVENTS, rows)

    return make


@pytest.fixture(scope="session")
def make_person():
    """A person with events given as (item, type, days before noon[, local hour])."""

    def make(*events: tuple, **wishes) -> Person:
        history = [
            ContentEvent(
                item,
                kind,
                micros_of(NOON - timedelta(days=days)),
                local_hour=hour[0] if hour else None,
            )
            for item, kind, days, *hour in events
        ]
        return Person.from_events("someone", history, **wishes)

    return make


@pytest.fixture(scope="session")
def make_model():
    """A model fitted on a frame of events without any tuning."""

    def make(frame: pd.DataFrame, **config) -> RecommenderModel:
        settings = RecommenderConfig(neighbour_shrinkage=0.0, activity_power=0.0, **config)
        found = Interactions.from_frame(frame)
        plays, opinions = collapse(found.events)
        items, at = len(found.item_ids), micros_of(NOON)
        pairs = pair_weights(
            plays, opinions, items=items, at=at, half_life_days=settings.interest_half_life_days
        )
        return RecommenderModel(
            config=settings,
            item_ids=found.item_ids,
            popularity=fit_popularity(
                plays,
                items=items,
                at=at,
                half_life_days=settings.popularity_half_life_days,
                shrinkage=1.0,
                context_shrinkage=1.0,
            ),
            neighbours=fit_item_neighbours(
                pairs,
                items=items,
                neighbours=settings.neighbours,
                shrinkage=settings.neighbour_shrinkage,
                activity_power=settings.activity_power,
            ),
            low_pass=decompose(
                user_item_matrix(pairs, items=items), rank=4, person_power=0.5, item_power=0.5
            ).low_pass(rank=4, source_power=0.5, target_power=0.5),
            factors=ItemFactors.none(items),
            blend=default_blend(),
            trained_until=at,
        )

    return make


@pytest.fixture(scope="session")
def bind(make_model, make_events):
    """A recommender for a catalogue, fitted on events given as tuples."""

    def make(catalogue: Catalogue, *events: tuple):
        return Recommender(make_model(make_events(*events))).bind(catalogue)

    return make


@pytest.fixture(scope="session")
def make_safety():
    """A safety state: a tier and its conditions."""

    def make(*conditions, tier: Tier = Tier.GREEN) -> Safety:
        return Safety(
            tier=tier, care_level=CareLevel.SELF_GUIDED, conditions=frozenset(conditions)
        )

    return make


@pytest.fixture
def dice() -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(7)
