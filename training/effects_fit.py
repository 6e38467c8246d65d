"""Fit the effects scorer on what was known before a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from data.domain import Intake
from matching.case_mix import CaseMixConfig, cross_fitted_expectations, fit_case_mix
from matching.effects import Effects, fit_effects
from matching.predictions import HEADS
from matching.rules import (
    CENTRES,
    USUAL_WAIT_DAYS,
    PairPoints,
    RuleScorer,
    base_rates,
    evidence_points,
)
from matching.scorers import DOMAIN_HEADS, NO_DOMAIN, EffectsScorer, Head
from training.matching_cases import Cases
from training.measured import measured_weights
from training.metrics.proper_scores import log_losses
from training.pair_slopes import PRIOR_SD, fit_slopes
from training.signals_fit import fit_signals

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEAST_LABELS = 50
"""Fewest known labels of a head before anything but its rate is learned."""
PRIOR_LABELS = 20.0
"""How many labels the usual rates of the rules count for."""
MEASURED_HEADS = frozenset({"improve", "deteriorate"})
"""Heads of which only those are known whose outcome was measured."""
RIDGE_STEPS = (1.0, 8.0, 64.0)
"""Multiples of the penalty on the case mix that are tried for each head; much data on nothing asks for much."""
LONGEST_USUAL_WAIT_DAYS = 60.0
LEAST_EXPECTED = 1e-6
"""Expectations stay this far from 0 and 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectsConfig:
    """Settings of the effects scorer."""

    ridge: float = 4.0
    """Least penalty on the coefficients of the case mix."""
    slope_sd: float = PRIOR_SD
    """How far the pair points may move from the published ones, in logits."""
    has_signals: bool = False
    """Whether stops and symptom change of whole courses are learned from too."""


def fit_effects_scorer(
    cases: Cases, *, as_of: int, config: EffectsConfig | None = None
) -> EffectsScorer:
    """Case mix, pair points and clinician effects from labels known before a time.

    A head with too few labels keeps its rate, shrunk towards the usual one, and the published
    points.

    Args:
        cases: A clinic.
        as_of: Microseconds since 1970 UTC.
        config: Settings.
    """
    settings = config or EffectsConfig()
    known = {head: np.flatnonzero(cases.outcomes.known_before(head, as_of)) for head in HEADS}
    centres = _centres(cases.features[:, known["accept"]])
    slopes = evidence_points()
    heads = []
    for place, name in enumerate(HEADS):
        head, slopes[:, place] = _fit_head(
            cases,
            name,
            (known[name], as_of),
            PairPoints(slopes=slopes, centres=centres),
            settings,
        )
        heads.append(head)
    effects = EffectsScorer(
        heads=tuple(heads),
        points=PairPoints(slopes=slopes, centres=centres),
        usual_wait_days=_usual_wait(cases.attended_waits[known["attend"]]),
    )
    return (
        with_signals(effects, cases, as_of=as_of, config=settings)
        if settings.has_signals
        else effects
    )


def with_signals(
    scorer: EffectsScorer, cases: Cases, *, as_of: int, config: EffectsConfig
) -> EffectsScorer:
    """The same scorer with what whole courses tell in place of what single outcomes do.

    Args:
        scorer: Without signals.
        cases: A clinic.
        as_of: Microseconds since 1970 UTC; nothing known at or after it is used.
        config: Settings.
    """
    found = fit_signals(
        cases,
        as_of=as_of,
        points=PairPoints(slopes=evidence_points(), centres=scorer.points.centres),
        ridge=config.ridge,
        slope_sd=config.slope_sd,
    )
    slopes = scorer.points.slopes.copy()
    for head, own in found.slopes.items():
        slopes[:, HEADS.index(head)] = own
    points = replace(scorer.points, slopes=slopes)
    return replace(scorer, signals=found.signals, points=points)


def _fit_head(
    cases: Cases,
    name: str,
    known: tuple[Rows, int],
    points: PairPoints,
    settings: EffectsConfig,
) -> tuple[Head, Floats]:
    """One head and its slopes, from the episodes whose label is known before a time."""
    episodes, as_of = known
    place = HEADS.index(name)
    labels = cases.outcomes.label(name)[episodes]
    usual = base_rates()[place]
    weights = (
        measured_weights(cases, episodes, as_of=as_of)
        if name in MEASURED_HEADS
        else np.ones(len(labels))
    )
    rate = float((weights @ labels + PRIOR_LABELS * usual) / (len(labels) + PRIOR_LABELS))
    published = points.slopes[:, place]
    if len(labels) < LEAST_LABELS:
        return Head(rate=rate), published
    intakes = cases.intakes_of(episodes)
    mix, expected = _case_mix(intakes, labels, weights, settings)
    distances = np.nan_to_num(cases.features[:, episodes].T - points.centres)
    slopes = fit_slopes(
        distances, labels, logit(expected), prior=published, prior_sd=settings.slope_sd
    )
    fitted = _inside(expit(logit(expected) + distances @ slopes))
    domains = (
        cases.domains[episodes]
        if name in DOMAIN_HEADS
        else np.full(len(episodes), NO_DOMAIN, dtype=np.str_)
    )
    effects = fit_effects(
        cases.outcomes.clinician_ids[episodes],
        domains,
        labels - fitted,
        variances=fitted * (1.0 - fitted),
    )
    case_mix = fit_case_mix(intakes, labels, mix, weights=weights)
    return Head(rate=rate, case_mix=case_mix, effects=effects), slopes


def _case_mix(
    intakes: Sequence[Intake], labels: Floats, weights: Floats, settings: EffectsConfig
) -> tuple[CaseMixConfig, Floats]:
    """The penalty that expects best what it has not seen, and those expectations; shape (labels,)."""
    ridges = tuple(settings.ridge * step for step in RIDGE_STEPS)
    expected = _inside(cross_fitted_expectations(intakes, labels, ridges, weights=weights))
    losses = [np.average(log_losses(found, labels), weights=weights) for found in expected]
    best = int(np.argmin(losses))
    return CaseMixConfig(ridge=ridges[best]), expected[best]


def rules_at_rates(scorer: EffectsScorer) -> RuleScorer:
    """The rules at a clinic's own rates and usual wait; without labels, the rules as published."""
    return RuleScorer(
        rates=np.array([head.rate for head in scorer.heads]),
        usual_wait_days=scorer.usual_wait_days,
    )


def find_effects(scorer: EffectsScorer, head: str) -> Effects | None:
    """The clinician effects of a head; None where it has too few labels."""
    return scorer.heads[HEADS.index(head)].effects


def _inside(probabilities: Floats) -> Floats:
    return np.clip(probabilities, LEAST_EXPECTED, 1.0 - LEAST_EXPECTED)


def _centres(features: Floats) -> Floats:
    """Mean of each feature where it is known; the rules' centre where it never is."""
    is_known = np.isfinite(features)
    counts = is_known.sum(axis=1)
    sums = np.where(is_known, features, 0.0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.array(CENTRES))


def _usual_wait(waits: Floats) -> float:
    """Median days to the first visit; one number for the clinic, so it tells no pair apart."""
    known = waits[np.isfinite(waits)]
    if len(known) < LEAST_LABELS:
        return USUAL_WAIT_DAYS
    return float(np.clip(np.median(known), 0.0, LONGEST_USUAL_WAIT_DAYS))
