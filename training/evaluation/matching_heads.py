"""How well the five probabilities fare on episodes requested after everything that was learned."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from data.instants import micros_of
from matching.boosted import BoostedScorer
from matching.predictions import HEADS
from matching.rules import RuleScorer
from matching.scorers import EffectsScorer, Scorer
from training.effects_fit import MEASURED_HEADS
from training.evaluation.figures import Figure, figure
from training.evaluation.matching_logistic import LogisticScorer
from training.held_out import held_out_episodes, predict_episodes
from training.matching_cases import Cases
from training.measured import measured_weights
from training.metrics.intervals import mean_interval
from training.metrics.proper_scores import (
    brier_score,
    calibration_line,
    log_loss,
    log_losses,
)

Floats = NDArray[np.float64]

END_OF_TIME = np.iinfo(np.int64).max
REFERENCES = {"base_rate": "excess", "patient_only": "over_patient_only"}
"""Models whose loss is subtracted, and what the difference is called."""


def head_figures(
    cases: Cases, scorers: Mapping[str, Scorer], *, since: int, seed: int
) -> list[Figure]:
    """Log-loss, Brier score and calibration of every model and head.

    Differences of log-loss (`..._log_loss_excess` over the base rate, `..._over_patient_only`) are
    paired, and their intervals draw whole clinicians. Below zero is better than the reference. Outcomes that are
    not measured of everybody count by the inverse chance of being measured.

    Args:
        cases: A clinic.
        scorers: Models by name, `base_rate` and `patient_only` among them.
        since: Episodes requested from here on are predicted, microseconds since 1970 UTC.
        seed: Seed of the intervals.
    """
    episodes = held_out_episodes(cases, since=since, known_before=END_OF_TIME)
    labels = cases.outcomes.labels[:, episodes]
    clinicians = cases.outcomes.clinician_ids[episodes]
    said = {
        name: predict_episodes(scorer, cases, episodes, wait_days=usual_wait(scorer))
        for name, scorer in scorers.items()
    }
    figures = []
    for place, head in enumerate(HEADS):
        known = np.isfinite(labels[place])
        observed = labels[place, known]
        by_model = {name: found[place, known] for name, found in said.items()}
        weights = label_weights(cases, head, episodes[known])
        figures += _head(head, by_model, observed, weights)
        figures += _differences(
            head, by_model, (observed, weights), clinicians=clinicians[known], seed=seed
        )
    return figures


def label_weights(cases: Cases, head: str, episodes: NDArray[np.int64]) -> Floats:
    """What each label counts for, 1 on average: a clinic's tables end with its last request.

    Args:
        cases: A clinic.
        head: The outcome.
        episodes: Courses with a label of it; shape (rows,).

    Returns:
        Shape (rows,).
    """
    end = cases.recorded_at
    if head not in MEASURED_HEADS or end is None:
        return np.ones(len(episodes))
    return measured_weights(cases, episodes, as_of=micros_of(end))


def usual_wait(scorer: Scorer) -> float:
    """The wait that a scorer's base stands for."""
    if isinstance(scorer, BoostedScorer | EffectsScorer | LogisticScorer | RuleScorer):
        return scorer.usual_wait_days
    return RuleScorer().usual_wait_days


def _head(
    head: str, by_model: Mapping[str, Floats], observed: Floats, weights: Floats
) -> list[Figure]:
    figures = []
    for name, predicted in by_model.items():
        intercept, slope = calibration_line(predicted, observed, weights)
        values = {
            "log_loss": log_loss(predicted, observed, weights),
            "brier": brier_score(predicted, observed, weights),
            "calibration_intercept": intercept,
            "calibration_slope": slope,
        }
        figures += [
            figure(name, f"{head}_{metric}", value, len(observed))
            for metric, value in values.items()
        ]
    return figures


def _differences(
    head: str,
    by_model: Mapping[str, Floats],
    labels: tuple[Floats, Floats],
    *,
    clinicians: NDArray[np.str_],
    seed: int,
) -> list[Figure]:
    observed, weights = labels
    losses = {name: weights * log_losses(found, observed) for name, found in by_model.items()}
    return [
        figure(
            name,
            f"{head}_log_loss_{word}",
            mean_interval(
                losses[name] - losses[reference], clinicians, rng=np.random.default_rng(seed)
            ),
            len(observed),
        )
        for reference, word in REFERENCES.items()
        for name in losses
        if name != reference
    ]
