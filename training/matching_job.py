"""Matching from the store to a bundle and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from data.bundles import Bundle
from data.database import Engine
from data.errors import BundleError
from data.instants import instant_of, micros_of
from data.queries import read_frame
from matching.artifact import from_files, to_files
from matching.golden import FILE as GOLDEN
from matching.golden import check_golden, golden_file
from matching.matcher import Matcher
from matching.scorers import Scorer
from training.clinic_frames import latest_time, table_of, times_of
from training.console import ReportProgress
from training.effects_fit import EffectsConfig
from training.evaluation.figures import Figure, find_figure
from training.evaluation.group_audit import (
    group_rows,
    groups_of_people,
    outcome_columns,
    people_rows,
    read_demographics,
)
from training.evaluation.held_out_said import held_out_said
from training.evaluation.matching import evaluate_matching, gate_metrics
from training.fit_matching import fit_matching
from training.matching_cases import Cases
from training.products import Order, Product
from training.tuning.study import chosen_values, find_tuned

TABLES = ("clinicians", "intakes", "offers", "episodes", "attendance", "measures")
TIMES = {
    "intakes": "requested_at",
    "offers": "offered_at",
    "episodes": "booked_at",
    "attendance": "at",
    "measures": "at",
}
HELD_OUT_SHARE = 0.2
"""Share of the intakes, the last by time, that a recipe is measured on."""
TRAINED = "trained"
"""What the model under test is called in a comparison."""
SHOWN = frozenset({TRAINED, "base_rate", "patient_only", "rules"})
"""Models whose figures stand in the model card."""


def read_clinic(engine: Engine) -> dict[str, pd.DataFrame]:
    """The tables that matching learns from; demographics are not among them."""
    return {name: read_frame(engine, name) for name in TABLES}


def moment_after(frames: Mapping[str, pd.DataFrame]) -> datetime:
    """The first instant at which everything stored is known."""
    return instant_of(max(latest_time(frames, TIMES), 0) + 1)


def split_time(frames: Mapping[str, pd.DataFrame], *, before: datetime) -> datetime:
    """Where the last fifth of the intakes begins, by request."""
    times = times_of(table_of(frames, "intakes"), "requested_at")
    times = times[times < micros_of(before)]
    if not len(times):
        return before
    return instant_of(int(np.quantile(times, 1.0 - HELD_OUT_SHARE, method="higher")))


def train(engine: Engine, order: Order, on_progress: ReportProgress) -> Product:
    """Measure the recipe on later intakes than it learned from, then fit it on everything.

    Args:
        engine: The database.
        order: What to train.
        on_progress: Told of each step.
    """
    on_progress("read the clinic", 0, 1)
    frames = read_clinic(engine)
    on_progress("read the clinic", 1, 1)
    as_of = order.as_of or moment_after(frames)
    frames = _until(frames, as_of)
    split = split_time(frames, before=as_of)
    on_progress("measure the recipe", 0, 2)
    half, tuned = order.budget_seconds / 2, chosen_values(order.values)
    tuned = tuned or find_tuned(order.studies, "matching", before=split)
    config = None if tuned is None else EffectsConfig(**tuned.values)
    tried = fit_matching(
        frames, as_of=split, seed=order.seed, budget_seconds=half, tuned=config
    )
    on_progress("measure the recipe", 1, 2)
    figures = evaluate_matching(frames, {TRAINED: tried.scorer}, split=split, seed=order.seed)
    evidence = _evidence(engine, frames, tried.scorer, split=split, seed=order.seed)
    on_progress("measure the recipe", 2, 2)
    fitted = fit_matching(
        frames, as_of=as_of, seed=order.seed, budget_seconds=half, tuned=config
    )
    files = to_files(fitted.scorer)
    files[GOLDEN] = golden_file(Matcher(scorer=fitted.scorer))
    return Product(
        files=files,
        metrics={
            "serves": fitted.scorer.kind,
            **gate_metrics(figures, TRAINED),
            **_shown(figures),
        },
        meta={
            "engine": fitted.scorer.kind,
            "as_of": as_of.isoformat(),
            "rows": {name: len(frame) for name, frame in frames.items()},
            "facts": fitted.facts,
            "study": None if tuned is None else tuned.told(),
        },
        evidence={**evidence, "figures": _rows(figures)},
        remarks=(str(fitted.facts.get("why", "")),),
    )


def _evidence(
    engine: Engine,
    frames: Mapping[str, pd.DataFrame],
    scorer: Scorer,
    *,
    split: datetime,
    seed: int,
) -> dict[str, Any]:
    """Whom it was learned from and how it fares for each group, for the model card."""
    groups = groups_of_people(read_demographics(engine), frames)
    held = held_out_said(scorer, Cases.build(frames), since=micros_of(split))
    return {
        "held_out_from": split.isoformat(),
        "people": people_rows(groups, table_of(frames, "intakes")["patient_id"].astype(str)),
        "groups": group_rows(groups, held.people, outcome_columns(held), seed=seed),
    }


def _rows(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    return [figure_row(figure) for figure in figures if figure.model in SHOWN]


def _until(frames: Mapping[str, pd.DataFrame], as_of: datetime) -> dict[str, pd.DataFrame]:
    """The logs without the rows that came at a time or later."""
    return {
        name: frame[frame[TIMES[name]] < pd.Timestamp(as_of)] if name in TIMES else frame
        for name, frame in frames.items()
    }


def _shown(figures: Sequence[Figure]) -> dict[str, float | int | None]:
    """The figures of the model under test that a person wants to see first."""
    wanted = (
        "engage_log_loss_excess",
        "improve_log_loss_excess",
        "engage_log_loss",
        "engage_calibration_slope",
        "improve_log_loss",
        "improve_calibration_slope",
        "engage_clinician_variance",
        "improve_clinician_variance",
        "claimed_gain",
    )
    found = {metric: find_figure(figures, TRAINED, metric) for metric in wanted}
    return {metric: figure.value for metric, figure in found.items() if figure is not None}


def scorer_of(bundle: Bundle) -> Scorer:
    """The scorer of a checked bundle.

    Raises:
        BundleError: The files are not those of a scorer.
    """
    return from_files(bundle.files)


def matcher_of(bundle: Bundle, *, country: str = "US") -> Matcher:
    """A matcher with the scorer of a checked bundle.

    Args:
        bundle: The model.
        country: ISO 3166 country whose crisis lines are given where a region names none.
    """
    return Matcher(scorer=scorer_of(bundle), default_country=country)


def verify(bundle: Bundle) -> None:
    """Ask a bundle its golden requests.

    Raises:
        BundleError: It has none, or answers otherwise.
    """
    if GOLDEN not in bundle.files:
        raise BundleError("the bundle has no golden answers: train again")
    check_golden(matcher_of(bundle), bundle.files[GOLDEN])


def figure_row(figure: Figure) -> dict[str, Any]:
    """One figure as a row of a table, rounded for people."""

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 5)

    return {
        "model": figure.model,
        "metric": figure.metric,
        "value": rounded(figure.value),
        "low": rounded(figure.low),
        "high": rounded(figure.high),
        "n": figure.n,
    }
