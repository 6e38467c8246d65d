"""The recommender from the store to a bundle and back."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
import pandas as pd

from data.bundles import Bundle
from data.catalogue import Catalogue
from data.database import Engine
from data.errors import BundleError
from data.instants import instant_of, micros_of
from data.queries import read_frame
from data.settings import Settings
from recommender.artifact import from_files, to_files
from recommender.golden import FILE as GOLDEN
from recommender.golden import check_golden, golden_file
from recommender.model import RecommenderConfig, RecommenderModel
from recommender.person import Person
from recommender.recommender import Recommender
from training.clinic_frames import latest_time
from training.console import ReportProgress
from training.content_log import ContentLog
from training.evaluation.group_audit import (
    group_rows,
    groups_of_people,
    people_rows,
    read_demographics,
)
from training.evaluation.recommender import SEGMENTS, Lists, find_test_start, show_everybody
from training.evaluation.recommender_figures import (
    COMPARED,
    SegmentFigure,
    figures_of,
    list_quality,
)
from training.evaluation.recommender_safety import count_unsafe
from training.fit_recommender import FittedRecommender, fit_recommender
from training.products import Order, Product
from training.tuning.study import chosen_values, find_tuned, values_of

TRAINED = "trained"
"""What the model under test is called in a comparison."""
DRAWS = 1_000
"""Draws of the bootstrap over people."""
SAFETY_PEOPLE = 20
"""How many people of the log are asked for in every safety state."""
EVENT_COLUMNS = (
    "event_id",
    "user_id",
    "item_id",
    "type",
    "at",
    "fraction",
    "context_local_hour",
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ContentTables:
    """What the recommender learns from."""

    events: pd.DataFrame
    content: pd.DataFrame
    programs: pd.DataFrame

    @classmethod
    def read(cls, engine: Engine, *, until: datetime | None = None) -> Self:
        """Read them from the store, events as of a time."""
        return cls(
            events=read_frame(engine, "content_events", columns=EVENT_COLUMNS, until=until),
            content=read_frame(engine, "content"),
            programs=read_frame(engine, "programs"),
        )

    def fit(
        self,
        *,
        as_of: datetime | None,
        seed: int,
        budget_seconds: float,
        tuned: RecommenderConfig | None = None,
    ) -> FittedRecommender:
        """Tune and fit on the events before a time."""
        return fit_recommender(
            self.events,
            self.content,
            self.programs,
            as_of=as_of,
            seed=seed,
            budget_seconds=budget_seconds,
            tuned=tuned,
        )


def train(engine: Engine, order: Order, on_progress: ReportProgress) -> Product:
    """Measure the recipe on later events than it learned from, then fit it on everything.

    Args:
        engine: The database.
        order: What to train.
        on_progress: Told of each step.
    """
    on_progress("read the events", 0, 1)
    tables = ContentTables.read(engine, until=order.as_of)
    on_progress("read the events", 1, 1)
    half = order.budget_seconds / 2
    on_progress("measure the recipe", 0, 1)
    start = find_test_start(tables.events)
    found = chosen_values(order.values)
    if found is None and start is not None:
        found = find_tuned(order.studies, "recommender", before=start)
    tuned = None if found is None else RecommenderConfig(**found.values)
    figures, lists = _measure(tables, start, seed=order.seed, budget_seconds=half, tuned=tuned)
    on_progress("measure the recipe", 1, 1)
    fitted = tables.fit(as_of=order.as_of, seed=order.seed, budget_seconds=half, tuned=tuned)
    files = {**to_files(fitted.model), GOLDEN: golden_file(fitted.model)}
    at = order.as_of or _end_of(tables.events)
    return Product(
        files=files,
        metrics={**_metrics(figures), **_safety_metrics(fitted.model, tables, at)},
        meta={
            "engine": "neighbours",
            "as_of": at.isoformat(),
            "rows": {"content_events": len(tables.events), "content": len(tables.content)},
            "facts": fitted.facts,
            "study": None if found is None else found.told(),
        },
        evidence={
            "held_out_from": None if start is None else start.isoformat(),
            "figures": [_row(figure) for figure in figures],
            **_audit(engine, tables, lists, seed=order.seed),
        },
    )


def _audit(
    engine: Engine, tables: ContentTables, lists: Lists | None, *, seed: int
) -> dict[str, Any]:
    """Whom it was learned from and how good the lists of each group are, for the model card."""
    groups = groups_of_people(
        read_demographics(engine), {"intakes": read_frame(engine, "intakes")}
    )
    people = people_rows(groups, tables.events["user_id"].astype(str).unique())
    if lists is None:
        return {"people": people, "groups": []}
    quality = list_quality(lists, TRAINED)
    columns = {COMPARED: (quality, np.ones(len(quality)))}
    return {
        "people": people,
        "groups": group_rows(groups, lists.person_ids, columns, seed=seed),
    }


def _measure(
    tables: ContentTables,
    start: datetime | None,
    *,
    seed: int,
    budget_seconds: float,
    tuned: RecommenderConfig | None,
) -> tuple[list[SegmentFigure], Lists | None]:
    """The recipe, fitted before the held-out events, against every baseline, and the lists it gave."""
    if start is None:
        return [], None
    tried = tables.fit(as_of=start, seed=seed, budget_seconds=budget_seconds, tuned=tuned)
    lists = show_everybody(
        ContentLog.from_frame(tables.events),
        Catalogue.build(tables.content, tables.programs),
        models={TRAINED: tried.model},
        test_start=micros_of(start),
        as_of=None,
        seed=seed,
    )
    return figures_of(lists, rng=np.random.default_rng([seed, 1]), draws=DRAWS), lists


def _metrics(figures: Sequence[SegmentFigure]) -> dict[str, float | int | None]:
    """What gates read and people want to see first; None where nothing could be measured."""
    found = {
        (figure.segment, figure.metric): figure for figure in figures if figure.model == TRAINED
    }
    metrics: dict[str, float | int | None] = {}
    for segment in SEGMENTS:
        figure = found.get((segment, "ndcg@10"))
        metrics[f"ndcg_{segment}"] = None if figure is None else figure.value
    for name, baseline in (("popularity", "popular"), ("personal", "personal_popular")):
        figure = found.get(("all", f"{COMPARED} over {baseline}"))
        metrics[f"ndcg_over_{name}"] = None if figure is None else figure.value
        metrics[f"ndcg_over_{name}_low"] = None if figure is None else figure.low
        metrics[f"ndcg_over_{name}_high"] = None if figure is None else figure.high
    return metrics


def _safety_metrics(
    model: RecommenderModel, tables: ContentTables, at: datetime
) -> dict[str, int]:
    """What people in every safety state are shown that they must not be."""
    catalogue = Catalogue.build(tables.content, tables.programs)
    log = ContentLog.from_frame(tables.events)
    known = [log.person(row) for row in range(min(len(log.person_ids), SAFETY_PEOPLE))]
    count = count_unsafe(
        Recommender(model).bind(catalogue), [Person.build("newcomer"), *known], at=at
    )
    return {
        "safety_requests": count.requests,
        "withheld_shown": count.withheld_shown,
        "red_recommended": count.red_recommended,
    }


def _end_of(events: pd.DataFrame) -> datetime:
    """The first instant after all events; the epoch where there are none."""
    return instant_of(
        max(latest_time({"content_events": events}, {"content_events": "at"}), 0) + 1
    )


def recommender_of(bundle: Bundle) -> Recommender:
    """The recommender of a checked bundle.

    Raises:
        BundleError: The files are not those of a recommender.
    """
    return Recommender(from_files(bundle.files))


def verify(bundle: Bundle) -> None:
    """Ask a bundle its golden requests.

    Raises:
        BundleError: It has none, or answers otherwise.
    """
    if GOLDEN not in bundle.files:
        raise BundleError("the bundle has no golden answers: train again")
    check_golden(recommender_of(bundle).model, bundle.files[GOLDEN])


def evaluate(
    settings: Settings,  # noqa: ARG001 - the same call for every kind of model
    engine: Engine,
    bundles: Sequence[Bundle],
    seed: int,
) -> dict[str, Any]:
    """Compare the recipe of a recommender with every baseline on later events.

    A model is fitted on everything before it serves, so that nothing is left to measure it on; its
    recipe, fitted before the held-out time, stands in for it.

    Args:
        settings: The home.
        engine: Its database.
        bundles: The models; all share one recipe.
        seed: Seed of the intervals.

    Returns:
        `rows`, one per model, segment and metric, and `notes` for people.
    """
    tables = ContentTables.read(engine)
    values = next((values_of(bundle.manifest.meta) for bundle in bundles), None)
    tuned = None if values is None else RecommenderConfig(**values)
    start = find_test_start(tables.events)
    figures, _ = _measure(tables, start, seed=seed, budget_seconds=60.0, tuned=tuned)
    names = ", ".join(bundle.manifest.version for bundle in bundles)
    return {
        "rows": [_row(figure) for figure in figures],
        "notes": [f"{names}: the recipe is measured, fitted before the held-out time"],
    }


def _row(figure: SegmentFigure) -> dict[str, Any]:
    """One figure as a row of a table, rounded for people; None where it is undefined."""
    row = asdict(figure)
    for name, value in row.items():
        if isinstance(value, float):
            row[name] = round(value, 5) if math.isfinite(value) else None
    return row
