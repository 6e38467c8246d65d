"""Fit clinician effects on how courses go: stops visit by visit, and symptom change as a number."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.case_mix_features import CaseMixFeatures
from matching.course_signals import (
    CHANGE,
    STOP,
    Signal,
    dose_slope,
    engage_slope,
    slopes_of,
    threshold_slope,
)
from matching.predictions import HEADS
from matching.rules import PairPoints
from matching.scorers import NO_DOMAIN
from training.course_scores import CourseGains
from training.matching_cases import Cases
from training.nested_fit import Prior, fit_linear, fit_logistic
from training.nested_levels import Hierarchy

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEAST_CASES = 100
"""Fewest visits, or measured courses, before a signal is learned."""
LEAST_EVENTS = 10
"""Fewest of either answer before it is said how an outcome follows the scores."""
LEAST_WORD_CASES = 30
VISIT_NUMBERS = 6
"""Visits from this one on share one hazard."""
RARE = 0.01
"""Shares stay this far from 0 and 1."""
DAYS_PER_UNIT = 30.0
FREE = 1e-6
"""Precision of coefficients of which nothing is thought."""
LEAST_SLOPE = 0.1
"""A measure that moves its head by less says little of what pair features are worth."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FittedSignals:
    """What whole courses tell."""

    signals: tuple[Signal, ...] = ()
    slopes: dict[str, Floats] = field(default_factory=dict)
    """What pair features are worth, by head, in logits per unit; shape (features,) each."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Fitted:
    """One signal, and what pair features are worth on its own scale."""

    signal: Signal
    pairs: Floats
    """Shape (features,)."""


def fit_signals(
    cases: Cases, *, as_of: int, points: PairPoints, ridge: float, slope_sd: float
) -> FittedSignals:
    """The signals that a clinic's records allow; none where visits and scores are few or absent.

    Args:
        cases: A clinic.
        as_of: Microseconds since 1970 UTC; nothing known at or after it is used.
        points: Published worth of the pair features, and their centres.
        ridge: Precision of the coefficients of the case mix.
        slope_sd: How far the pair points may move from the published ones, in logits.
    """
    found = [
        entry
        for fit in (_fit_stop, _fit_change)
        if (entry := fit(cases, as_of, points, (ridge, slope_sd))) is not None
    ]
    slopes = {
        head: sum(
            (entry.signal.slopes[HEADS.index(head)] * entry.pairs for entry in found),
            np.zeros(len(points.centres)),
        )
        for entry in found
        for head in entry.signal.replaces
    }
    return FittedSignals(signals=tuple(entry.signal for entry in found), slopes=slopes)


def _fit_stop(
    cases: Cases, as_of: int, points: PairPoints, spreads: tuple[float, float]
) -> _Fitted | None:
    """Stops after each visit against those expected of the person, the pair and the visit."""
    places, stops = cases.visits.at_risk(as_of)
    episodes = cases.visits.episodes[places]
    usable = (cases.outcomes.intake_rows[episodes] >= 0) & (cases.clinician_rows[episodes] >= 0)
    places, stops, episodes = places[usable], stops[usable], episodes[usable]
    if len(places) < LEAST_CASES or not 0.0 < stops.mean() < 1.0:
        return None
    courses, course_of = np.unique(episodes, return_inverse=True)
    numbers = np.minimum(cases.visits.numbers[places], VISIT_NUMBERS)
    is_number = (numbers[:, None] == np.arange(1, VISIT_NUMBERS + 1)).astype(np.float64)
    hazards = _hazards(numbers, stops)
    engage = engage_slope(hazards, engaged_share=_share(cases, "engage", as_of))
    about, prior = _course_columns(cases, courses, points, ("engage", engage), spreads)
    fit = fit_logistic(
        stops,
        np.column_stack([is_number, about[course_of]]),
        Hierarchy.of(
            cases.outcomes.clinician_ids[episodes],
            cases.clinics_of(episodes),
            np.full(len(episodes), NO_DOMAIN, dtype=np.str_),
        ),
        _with_free(prior, VISIT_NUMBERS),
    )
    dose = dose_slope(hazards) * _mean_change(cases, as_of)
    signal = Signal(
        name=STOP,
        effects=fit.effects,
        slopes=slopes_of(
            engage=engage,
            improve=dose * _change_slope(cases, "improve", as_of),
            deteriorate=-dose * _change_slope(cases, "deteriorate", as_of),
        ),
        replaces=("engage",),
    )
    return _Fitted(signal=signal, pairs=fit.coefficients[-len(points.centres) :])


def _hazards(numbers: Rows, stops: Floats) -> Floats:
    """Shares that stop after visits 1, 2, ..., half a stop and half a return added; shape (6,)."""
    counts = np.bincount(numbers, minlength=VISIT_NUMBERS + 1)[1:]
    stopped = np.bincount(numbers, stops, minlength=VISIT_NUMBERS + 1)[1:]
    return (stopped + 0.5) / (counts + 1.0)


def _measured(cases: Cases, as_of: int) -> Rows:
    """Episodes whose symptom change is known; shape (rows,)."""
    return np.flatnonzero(
        cases.outcomes.known_before("improve", as_of)
        & np.isfinite(cases.outcomes.changes)
        & (cases.clinician_rows >= 0)
    )


def _mean_change(cases: Cases, as_of: int) -> float:
    courses = _measured(cases, as_of)
    return max(float(cases.outcomes.changes[courses].mean()), 0.0) if len(courses) else 0.0


def _change_slope(cases: Cases, head: str, as_of: int) -> float:
    """Logits of a head per reliable change in its own direction, 0 where too few are known."""
    courses = _measured(cases, as_of)
    if len(courses) < LEAST_CASES:
        return 0.0
    labels = cases.outcomes.label(head)[courses]
    if min(np.count_nonzero(labels == 0.0), np.count_nonzero(labels == 1.0)) < LEAST_EVENTS:
        return 0.0
    direction = 1.0 if head == "improve" else -1.0
    share = float(np.nanmean(labels))
    return threshold_slope(direction * cases.outcomes.changes[courses], share)


def _fit_change(
    cases: Cases, as_of: int, points: PairPoints, spreads: tuple[float, float]
) -> _Fitted | None:
    """Symptom change against that expected of the person, the pair and the first scores."""
    found = cases.scores.known_gains(as_of)
    usable = np.flatnonzero(
        (cases.outcomes.intake_rows[found.episodes] >= 0)
        & (cases.clinician_rows[found.episodes] >= 0)
    )
    if len(usable) < LEAST_CASES:
        return None
    episodes, known = found.episodes[usable], _gain_columns(found, usable)
    reached = _mean_share(cases, as_of)
    improve = reached * _change_slope(cases, "improve", as_of)
    about, prior = _course_columns(cases, episodes, points, ("improve", improve), spreads)
    fit = fit_linear(
        found.gains[usable],
        found.variances[usable],
        np.column_stack([known, about]),
        Hierarchy.of(
            cases.outcomes.clinician_ids[episodes],
            cases.clinics_of(episodes),
            cases.domains[episodes],
        ),
        _with_free(prior, known.shape[1]),
    )
    signal = Signal(
        name=CHANGE,
        effects=fit.effects,
        slopes=slopes_of(
            improve=improve,
            deteriorate=-reached * _change_slope(cases, "deteriorate", as_of),
        ),
        # Deteriorations are rare: a clinician's own few are chance more than anything else.
        replaces=("improve", "deteriorate"),
    )
    return _Fitted(signal=signal, pairs=fit.coefficients[-len(points.centres) :])


def _gain_columns(found: CourseGains, usable: Rows) -> Floats:
    """What gains depend on without case mix and clinician; shape (courses, columns)."""
    starts = _centred(found.starts[usable])
    return np.column_stack(
        [
            np.ones(len(usable)),
            starts,
            _centred(starts**2),
            _centred(found.shares[usable]),
            _centred(found.days[usable]) / DAYS_PER_UNIT,
        ]
    )


def _centred(values: Floats) -> Floats:
    return values - values.mean()


def _mean_share(cases: Cases, as_of: int) -> float:
    """Share of the effect of care that people whose outcome is known had received by then."""
    found = cases.scores.known_gains(as_of)
    is_measured = np.isin(found.episodes, _measured(cases, as_of))
    return float(found.shares[is_measured].mean()) if is_measured.any() else 1.0


def _course_columns(
    cases: Cases,
    courses: Rows,
    points: PairPoints,
    leads_to: tuple[str, float],
    spreads: tuple[float, float],
) -> tuple[Floats, Prior]:
    """Case mix and pair features of courses, and what is thought of their coefficients.

    Args:
        cases: A clinic.
        courses: Rows of the episodes.
        points: Published worth of the pair features.
        leads_to: A head, and its logits per unit of the measure.
        spreads: Precision of the case mix; how far pair points may move, in logits.

    Returns:
        Shape (courses, columns), the pair features last.
    """
    intakes = cases.intakes_of(courses)
    mix = CaseMixFeatures.fit(intakes, least_cases=LEAST_WORD_CASES).matrix(intakes)
    pairs = np.nan_to_num(cases.features[:, courses].T - points.centres)
    (head, slope), (ridge, slope_sd) = leads_to, spreads
    steep = np.sign(slope) * max(abs(slope), LEAST_SLOPE) or LEAST_SLOPE
    count = mix.shape[1]
    return np.column_stack([mix, pairs]), Prior(
        means=np.append(np.zeros(count), points.slopes[:, HEADS.index(head)] / steep),
        precisions=np.repeat([ridge, (steep / slope_sd) ** 2], [count, pairs.shape[1]]),
    )


def _with_free(prior: Prior, columns: int) -> Prior:
    """The prior with some columns before it that may be anything."""
    return Prior(
        means=np.append(np.zeros(columns), prior.means),
        precisions=np.append(np.full(columns, FREE), prior.precisions),
    )


def _share(cases: Cases, head: str, as_of: int) -> float:
    labels = cases.outcomes.label(head)[cases.outcomes.known_before(head, as_of)]
    return float(np.clip(labels.mean() if len(labels) else 0.5, RARE, 1.0 - RARE))
