"""What the drawings of a matching report are made of: bins, exposure, effects."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.domain import Intake
from data.instants import instant_of
from matching.boosted import BoostedScorer
from matching.matcher import Matcher
from matching.ordering import SERVED
from matching.predictions import HEADS
from matching.scorers import EffectsScorer, Scorer
from matching.terms import GROUPS, NORMAL_95
from matching.tree_features import TRACK_RECORD
from matching.triage import assess
from training.evaluation.held_out_said import HeldOut
from training.matching_cases import Cases
from training.metrics.intervals import wilson

Floats = NDArray[np.float64]

BINS = 10
LEAST_IN_BIN = 20
"""Fewest outcomes in a bin; where there are fewer in all, there are fewer bins."""
MOST_LISTS = 300
SHOWN = 3
"""How many places of a list count as being shown."""


def reliability_panels(held: HeldOut) -> dict[str, list[dict[str, Any]]]:
    """Bins of equal numbers of outcomes for each head that has enough of them."""
    panels = {}
    for head, (said, observed, weights) in held.heads.items():
        known = np.isfinite(observed)
        if known.sum() >= LEAST_IN_BIN:
            panels[head] = reliability_bins(said[known], observed[known], weights[known])
    return panels


def reliability_bins(said: Floats, observed: Floats, weights: Floats) -> list[dict[str, Any]]:
    """What was said and what happened, in up to ten bins of equal numbers of outcomes.

    Args:
        said: Probabilities; shape (rows,).
        observed: 0 or 1; shape (rows,).
        weights: What each outcome counts for; shape (rows,).

    Returns:
        Weighted means with 95 % Wilson intervals at the effective number of outcomes (Kish), and the number
        of outcomes, from the lowest bin up.

    Example:
        >>> said = np.repeat([0.2, 0.8], 20)
        >>> first, last = reliability_bins(said, said.round(), np.ones(40))
        >>> first["happened"], last["happened"], last["n"]
        (0.0, 1.0, 20)
    """
    count = max(min(BINS, len(said) // LEAST_IN_BIN), 1)
    bins = []
    for rows in np.array_split(np.argsort(said, kind="stable"), count):
        total = float(weights[rows].sum())
        share = float(observed[rows] @ weights[rows]) / total
        effective = round(total**2 / float(weights[rows] @ weights[rows]))
        low, high = wilson(round(share * effective), effective)
        bins.append(
            {
                "said": float(said[rows] @ weights[rows]) / total,
                "happened": share,
                "low": min(low, share),
                "high": max(high, share),
                "n": len(rows),
            }
        )
    return bins


def exposure_lines(
    scorer: Scorer, cases: Cases, *, since: int, seed: int
) -> Mapping[str, Floats]:
    """How often each clinician who could be shown is among the first three, by who orders the lists.

    The model orders as the service does without prices, with the exact chances of its draws; for the log
    each booking counts; at random every eligible clinician has the same chance.

    Args:
        scorer: The model, fitted before the time.
        cases: A clinic.
        since: Lists are made for the earliest intakes from here on, microseconds since 1970 UTC.
        seed: Of the draws.

    Returns:
        Shape (clinicians who could be shown,) each; empty arrays where nobody could be.
    """
    matcher = Matcher(scorer=scorer, policy=SERVED)
    later = np.flatnonzero(cases.requested_at >= since)
    chosen = later[np.argsort(cases.requested_at[later], kind="stable")][:MOST_LISTS]
    model, alike = np.zeros(len(cases.directory)), np.zeros(len(cases.directory))
    for row in chosen.tolist():
        intake = cases.intakes[row]
        found = matcher.match(
            intake,
            cases.directory,
            safety=assess(intake),
            at=intake.requested_at,
            limit=SHOWN,
            seed=seed,
        ).candidates
        if found is not None:
            model[found.rows] += found.exposures
            alike[found.rows] += min(SHOWN / len(found.rows), 1.0)
    booked = cases.clinician_rows[np.isin(cases.outcomes.intake_rows, chosen)]
    desk = np.bincount(booked[booked >= 0], minlength=len(cases.directory)).astype(np.float64)
    could = alike > 0
    return {"model": model[could], "booked": desk[could], "at random": alike[could]}


def effect_panels(scorer: Scorer, cases: Cases) -> dict[str, tuple[Floats, Floats]]:
    """What each clinician adds to engagement and improvement, and half its 90 % interval; empty for rules.

    Args:
        scorer: A model.
        cases: A clinic.

    Returns:
        Logits by outcome, over all problems; shape (clinicians,) each.
    """
    inner = scorer.base if isinstance(scorer, BoostedScorer) else scorer
    count = len(cases.directory)
    if not isinstance(inner, EffectsScorer) or not count:
        return {}
    nobody = Intake(
        intake_id="",
        patient_id="",
        requested_at=instant_of(0),
        region="",
        age_band="",
        payer="",
    )
    waits = np.full(count, inner.usual_wait_days)
    terms = inner.terms(nobody, cases.directory, np.arange(count), waits)
    found = terms.shifts[GROUPS.index(TRACK_RECORD)]
    return {
        head: (found[HEADS.index(head)], NORMAL_95 * terms.spreads[HEADS.index(head)])
        for head in ("engage", "improve")
    }
