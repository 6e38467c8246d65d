"""Matching models on held-out intakes: who takes part, and the comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from data.bundles import Bundle
from data.database import Engine
from data.settings import Settings
from matching.scorers import Scorer
from training.effects_fit import EffectsConfig
from training.evaluation.ceiling import truth_with_ceiling
from training.evaluation.matching import evaluate_matching
from training.fit_matching import fit_matching
from training.matching_job import (
    figure_row,
    moment_after,
    read_clinic,
    scorer_of,
    split_time,
)
from training.tuning.study import values_of


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Contest:
    """Models that know nothing of the held-out intakes, and the clinic they are measured on."""

    frames: Mapping[str, pd.DataFrame]
    split: datetime
    """Intakes requested from here on are held out."""
    scorers: Mapping[str, Scorer]
    """By version."""
    truth: pd.DataFrame | None
    """Of a simulated clinic."""
    notes: tuple[str, ...]
    """For people."""


def build_contest(
    settings: Settings, engine: Engine, bundles: Sequence[Bundle], seed: int
) -> Contest:
    """Put models where they can be measured.

    A model that has seen the held-out intakes cannot be measured on them. Where no fifth of the
    intakes came after a model was trained, its recipe is: the same kind of model, fitted on what
    was known before the split.

    Args:
        settings: The home; truth is used where it holds some.
        engine: Its database.
        bundles: The models.
        seed: Of what is fitted.
    """
    frames = read_clinic(engine)
    split = split_time(frames, before=moment_after(frames))
    scorers: dict[str, Scorer] = {}
    notes = [f"intakes requested from {split.isoformat()} on are held out"]
    truth, missing = truth_with_ceiling(settings.truth, frames, split=split)
    notes += missing
    for bundle in bundles:
        version = bundle.manifest.version
        if datetime.fromisoformat(str(bundle.manifest.meta["as_of"])) <= split:
            scorers[version] = scorer_of(bundle)
            continue
        values = values_of(bundle.manifest.meta)
        config = None if values is None else EffectsConfig(**values)
        recipe = fit_matching(frames, as_of=split, seed=seed, budget_seconds=60.0, tuned=config)
        scorers[version] = recipe.scorer
        notes.append(
            f"{version} has seen the held-out intakes; its recipe, fitted before them, stands in"
        )
    return Contest(frames=frames, split=split, scorers=scorers, truth=truth, notes=tuple(notes))


def evaluate(
    settings: Settings, engine: Engine, bundles: Sequence[Bundle], seed: int
) -> dict[str, Any]:
    """Compare models with every baseline on held-out intakes.

    Args:
        settings: The home; truth is used where it holds some.
        engine: Its database.
        bundles: The models.
        seed: Seed of the intervals.

    Returns:
        `rows`, one per model and metric, `notes` for people, and `split`.
    """
    return compare(build_contest(settings, engine, bundles, seed), seed)


def compare(contest: Contest, seed: int) -> dict[str, Any]:
    """The comparison of a contest as a document; arguments and result as for `evaluate`."""
    figures = evaluate_matching(
        contest.frames,
        contest.scorers,
        split=contest.split,
        truth=contest.truth,
        has_trees=True,
        seed=seed,
    )
    return {
        "split": contest.split.isoformat(),
        "rows": [figure_row(figure) for figure in figures],
        "notes": list(contest.notes),
    }
