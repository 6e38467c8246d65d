"""The held-out comparison of matching models with each other and with every baseline."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from data.instants import micros_of
from matching.matcher import Matcher
from matching.scorers import EffectsScorer, Scorer
from training.clinic_frames import Frames
from training.effects_fit import find_effects
from training.evaluation.choices import choices_by_screening, choices_with_truth
from training.evaluation.figures import Figure, figure, find_figure
from training.evaluation.matching_baselines import matching_baselines
from training.evaluation.matching_gain import claim_figures, gain_figures
from training.evaluation.matching_heads import head_figures
from training.evaluation.matching_safety import safety_figures
from training.evaluation.matching_trees import student_figures, tree_contenders
from training.matching_cases import Cases
from training.metrics.intervals import Interval

MOST_LISTS = 2_000
"""Most held-out intakes that lists are made for; the earliest are taken."""
GATE_METRICS = (
    ("eligibility_violations", "eligibility_violations", "value"),
    ("red_ranked", "red_ranked", "value"),
    ("engage_log_loss_excess_low", "engage_log_loss_excess", "low"),
    ("improve_log_loss_excess_low", "improve_log_loss_excess", "low"),
)
"""Name at the gate, metric, and the part of it that the gate reads."""


def evaluate_matching(
    frames: Frames,
    scorers: Mapping[str, Scorer],
    *,
    split: datetime,
    truth: pd.DataFrame | None = None,
    has_trees: bool = False,
    seed: int,
) -> tuple[Figure, ...]:
    """Compare models on intakes requested since a time.

    The baselines `base_rate`, `patient_only`, `rules`, `effects_unshrunken`, `effects` and
    `course_effects` are fitted on what was known before the split and join the given models, which must have been
    fitted the same way; a given model of the same name replaces a baseline. With truth, the
    policies `random`, `soonest`, `desk` and `oracle` join too.

    Args:
        frames: Tables by name; any may be absent.
        scorers: Models by name.
        split: Intakes requested from here on are held out.
        truth: `truth/pairs.parquet` of a simulated clinic.
        has_trees: Whether `logistic` and `boosted` heads and the `ranker` are fitted and join too, which takes a while.
        seed: Seed of the intervals.

    Returns:
        One row per model and metric, in a stable order.
    """
    cases, since = Cases.build(frames), micros_of(split)
    baselines = matching_baselines(cases, as_of=since)
    boosted, ranker = (
        tree_contenders(cases, baselines, as_of=since, seed=seed) if has_trees else ({}, None)
    )
    models = {**baselines, **boosted, **scorers}
    later = np.flatnonzero(cases.requested_at >= since)
    held_out = later[np.argsort(cases.requested_at[later], kind="stable")][:MOST_LISTS].tolist()
    figures = head_figures(cases, models, since=since, seed=seed)
    if truth is None:
        choices = choices_by_screening(cases, held_out)
    else:
        choices = [
            choice
            for choice in choices_with_truth(cases, frames, truth)
            if choice.intake.requested_at >= split
        ]
        figures += gain_figures(cases, models, choices, ranker=ranker, seed=seed)
    if ranker is not None:
        figures += student_figures(cases, ranker, choices, seed=seed)
    figures += claim_figures(cases, models, choices, seed=seed)
    for name, scorer in models.items():
        figures += safety_figures(name, Matcher(scorer=scorer), cases, frames, held_out)
        figures += _variances(name, scorer)
    return tuple(figures)


def gate_metrics(figures: Iterable[Figure], model: str) -> dict[str, float | None]:
    """What the promotion gates read of one model; None where it was not measured."""
    rows = tuple(figures)
    metrics: dict[str, float | None] = {}
    for gate, metric, part in GATE_METRICS:
        found = find_figure(rows, model, metric)
        metrics[gate] = None if found is None else getattr(found, part)
    return metrics


def _variances(name: str, scorer: Scorer) -> list[Figure]:
    """Estimated variance between clinicians of engagement and improvement."""
    if not isinstance(scorer, EffectsScorer) or not np.isfinite(scorer.most_shift):
        return []
    figures = []
    for head in ("engage", "improve"):
        effects = find_effects(scorer, head)
        if effects is not None:
            part = effects.components.clinician
            found = Interval(value=part.value, low=part.low, high=part.high)
            count = len(effects.clinician_ids)
            figures.append(figure(name, f"{head}_clinician_variance", found, count))
    return figures
