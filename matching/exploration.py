"""Drawing the order among candidates who are as good as the best, and with what chance each is shown.

A list that never varies teaches nothing about those it never shows. So candidates whose score is
within a small band of the best are ordered by a Plackett-Luce draw: their scores over a temperature,
perturbed by Gumbel noise (Gumbel-top-k). Nobody else moves, so a draw never costs more than the band.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from data.domain import CareLevel, Intake, Safety, Tier
from data.errors import UsageError
from matching.age_bands import find_age_band
from matching.exposure import shown_chances

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

URGENT_WITHIN = timedelta(days=7)
"""Who has to be seen before this is over is in a hurry."""
CARE_LEVELS = frozenset({CareLevel.GUIDED, CareLevel.OUTPATIENT, CareLevel.SELF_GUIDED})
"""Levels of care that can wait for a choice among equals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """How much of the order is left to chance.

    Raises:
        UsageError: A number is out of its range.
    """

    temperature: float = 0.005
    """Points of the score; where candidates are evenly spaced this is about what a draw costs."""
    band: float = 0.02
    """Points of the score below the best within which candidates count as equals."""
    most_candidates: int = 100
    """Most who are drawn among, best first; keeps a request's work bounded."""

    def __post_init__(self) -> None:
        is_sound = 0 < self.temperature < np.inf and 0 <= self.band < np.inf
        if not is_sound or self.most_candidates < 1:
            raise UsageError(
                "exploration needs a temperature above 0, a band of 0 or more and a candidate"
            )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Arrangement:
    """An order and the chances behind it."""

    order: Rows
    """Places of candidates, first shown first; shape (candidates,)."""
    exposures: Floats
    """Chance of each candidate to be within the shown places; shape (candidates,)."""
    drawn: int
    """How many candidates at the head of the order were drawn among; 0 where nothing was."""


def may_vary(intake: Intake, safety: Safety, *, at: datetime) -> bool:
    """Whether anything but the utility may order this request's list.

    Never above green, for minors, in psychiatric or crisis care, where a must was stated, or in a
    hurry: the last acceptable appointment is within a week, or a first acceptable one was stated
    and is within a day. No column names a clinician whom a patient asks for.

    Args:
        intake: The request.
        safety: What triage found.
        at: The moment of the request.
    """
    ages = find_age_band(intake.age_band)
    is_urgent = (intake.latest is not None and intake.latest <= at + URGENT_WITHIN) or (
        intake.earliest is not None and intake.earliest <= at + timedelta(days=1)
    )
    has_must = "must" in {intake.pref_gender_strength, intake.pref_language_strength}
    is_calm = safety.tier is Tier.GREEN and safety.care_level in CARE_LEVELS
    is_minor = ages is not None and ages.is_minor
    return is_calm and not (is_minor or is_urgent or has_must)


def best_first(scores: Floats) -> Rows:
    """Places of candidates, highest score first, ties by place; shape (candidates,)."""
    return np.argsort(-scores, kind="stable")


def arrange(
    policy: Exploration | None, scores: Floats, *, limit: int, seed: int
) -> Arrangement:
    """Order candidates by score, and draw the order among the best where a policy is given.

    Without a draw the first are shown for certain, and nobody else ever. The same seed and scores
    give the same order.

    Args:
        policy: How much is left to chance; None draws nothing.
        scores: What orders the list, ties by place; shape (candidates,).
        limit: How many are shown, 0 or more.
        seed: Of this request, 0 or more.
    """
    order = best_first(scores)
    exposures = np.zeros(len(order))
    exposures[order[:limit]] = 1.0
    near = 0 if policy is None else _equals(policy, scores[order])
    if policy is None or near <= 1:
        return Arrangement(order=order, exposures=exposures, drawn=0)
    head = order[:near].copy()
    scaled = scores[head] / policy.temperature
    keys = scaled + np.random.default_rng(seed).gumbel(size=near)
    exposures[head] = shown_chances(scaled, limit)
    order[:near] = head[best_first(keys)]
    return Arrangement(order=order, exposures=exposures, drawn=near)


def _equals(policy: Exploration, ranked: Floats) -> int:
    """How many of the candidates, highest score first, are drawn among."""
    best = ranked[: policy.most_candidates]
    return int((best >= np.max(best, initial=-np.inf) - policy.band).sum())
