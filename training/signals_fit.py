"""Fit clinician effects on how courses go: stops visit by visit, and symptom change as a number."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve

from matching.case_mix import time_blocks
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
from matching.effects import fit_effects
from matching.logistic import fit_logistic, predict_logistic
from matching.scorers import NO_DOMAIN
from training.matching_cases import Cases

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEAST_CASES = 100
"""Fewest visits, or measured courses, before a signal is learned."""
LEAST_EVENTS = 10
"""Fewest of either answer before it is said how an outcome follows the scores."""
LEAST_WORD_CASES = 30
BLOCKS = 5
"""Blocks of time for cross-fitting."""
VISIT_NUMBERS = 6
"""Visits from this one on share one hazard."""
RARE = 0.01
"""Shares stay this far from 0 and 1."""


def fit_signals(cases: Cases, *, as_of: int, ridge: float) -> tuple[Signal, ...]:
    """The signals that a clinic's records allow; none where visits and scores are few or absent.

    Args:
        cases: A clinic.
        as_of: Microseconds since 1970 UTC; nothing known at or after it is used.
        ridge: Penalty on the coefficients of the case mix.
    """
    found = (_fit_stop(cases, as_of, ridge), _fit_change(cases, as_of, ridge))
    return tuple(signal for signal in found if signal is not None)


def _fit_stop(cases: Cases, as_of: int, ridge: float) -> Signal | None:
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
    columns = np.column_stack([is_number, _course_columns(cases, courses)[course_of]])
    blocks = _blocks(cases, courses)[course_of]
    expected = np.empty(len(stops))
    for block in np.unique(blocks):
        out = blocks == block
        fit = fit_logistic(columns[~out], stops[~out], ridge=ridge)
        expected[out] = predict_logistic(columns[out], fit)
    variances = expected * (1.0 - expected)
    effects = fit_effects(
        cases.outcomes.clinician_ids[episodes],
        np.full(len(episodes), NO_DOMAIN, dtype=np.str_),
        stops - expected,
        variances=variances,
    )
    hazards = _hazards(numbers, stops)
    engage = engage_slope(hazards, engaged_share=_share(cases, "engage", as_of))
    dose = dose_slope(hazards) * _mean_change(cases, as_of)
    slopes = slopes_of(
        engage=engage,
        improve=dose * _change_slope(cases, "improve", as_of),
        deteriorate=-dose * _change_slope(cases, "deteriorate", as_of),
    )
    return Signal(
        name=STOP,
        effects=effects,
        slopes=slopes / effects.components.case,
        replaces=("engage",),
    )


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


def _fit_change(cases: Cases, as_of: int, ridge: float) -> Signal | None:
    """Symptom change against that expected of the person, the pair and the first scores."""
    courses = _measured(cases, as_of)
    if len(courses) < LEAST_CASES:
        return None
    changes, starts = cases.outcomes.changes[courses], cases.outcomes.starts[courses]
    columns = np.column_stack(
        [np.ones(len(courses)), starts - starts.mean(), _course_columns(cases, courses)]
    )
    blocks = _blocks(cases, courses)
    expected = np.empty(len(courses))
    for block in np.unique(blocks):
        out = blocks == block
        expected[out] = columns[out] @ _ridge_fit(columns[~out], changes[~out], ridge)
    effects = fit_effects(
        cases.outcomes.clinician_ids[courses], cases.domains[courses], changes - expected
    )
    return Signal(
        name=CHANGE,
        effects=effects,
        slopes=slopes_of(
            improve=_change_slope(cases, "improve", as_of),
            deteriorate=-_change_slope(cases, "deteriorate", as_of),
        ),
        # Deteriorations are rare: a clinician's own few are chance more than anything else.
        replaces=("improve", "deteriorate"),
    )


def _course_columns(cases: Cases, courses: Rows) -> Floats:
    """Case mix and pair features of courses; shape (courses, columns)."""
    intakes = cases.intakes_of(courses)
    features = CaseMixFeatures.fit(intakes, least_cases=LEAST_WORD_CASES)
    pairs = cases.features[:, courses].T
    known = np.isfinite(pairs)
    means = np.where(known, pairs, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.column_stack([features.matrix(intakes), np.nan_to_num(pairs - means)])


def _blocks(cases: Cases, courses: Rows) -> Rows:
    return time_blocks(cases.requests[courses].astype(np.float64), BLOCKS)


def _ridge_fit(columns: Floats, outcomes: Floats, ridge: float) -> Floats:
    """Least squares with a penalty on all but the first column; shape (columns,)."""
    penalties = np.full(columns.shape[1], ridge)
    penalties[0] = 1e-9
    normal = columns.T @ columns + np.diag(penalties)
    return np.asarray(solve(normal, columns.T @ outcomes, assume_a="pos"), np.float64)


def _share(cases: Cases, head: str, as_of: int) -> float:
    labels = cases.outcomes.label(head)[cases.outcomes.known_before(head, as_of)]
    return float(np.clip(labels.mean() if len(labels) else 0.5, RARE, 1.0 - RARE))
