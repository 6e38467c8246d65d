"""What a model said of held-out courses beside what happened: for groups, diagrams and intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.predictions import HEADS
from matching.scorers import Scorer
from training.evaluation.matching_heads import END_OF_TIME, label_weights, usual_wait
from training.held_out import held_out_episodes, predict_episodes
from training.matching_cases import Cases

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HeldOut:
    """Held-out courses, in a stable order."""

    people: tuple[str, ...]
    """Whose course each is."""
    clinicians: NDArray[np.str_]
    """With whom; shape (courses,)."""
    heads: Mapping[str, tuple[Floats, Floats, Floats]]
    """By outcome: what was said, what happened (NaN where that is not known), and what each counts for; shape
    (courses,) each."""


def held_out_said(scorer: Scorer, cases: Cases, *, since: int) -> HeldOut:
    """Ask a model about courses that it knew nothing of.

    Args:
        scorer: The model, fitted before the time.
        cases: A clinic.
        since: Courses requested from here on, microseconds since 1970 UTC.
    """
    episodes = held_out_episodes(cases, since=since, known_before=END_OF_TIME)
    said = predict_episodes(scorer, cases, episodes, wait_days=usual_wait(scorer))
    heads = {}
    for place, head in enumerate(HEADS):
        observed = cases.outcomes.labels[place, episodes]
        known = np.isfinite(observed)
        weights = np.zeros(len(episodes))
        weights[known] = label_weights(cases, head, episodes[known])
        heads[head] = (said[place], observed, weights)
    return HeldOut(
        people=tuple(intake.patient_id for intake in cases.intakes_of(episodes)),
        clinicians=cases.outcomes.clinician_ids[episodes],
        heads=heads,
    )
