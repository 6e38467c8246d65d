"""Fit clinician effects nested in clinics, with problem domains nested in clinicians.

    value = columns @ coefficients + u_domain + chance,   u_domain ~ (u_clinician, tau_domain^2),
    u_clinician ~ (u_clinic, tau_clinician^2),            u_clinic ~ (0, tau_clinic^2)

Coefficients and effects are fitted in turn. The variances maximise the marginal likelihood; yes-or-no
outcomes are fitted on the logit scale by repeated linearisation (penalised quasi-likelihood; Breslow and
Clayton, JASA 1993, 88, 9-25).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.special import expit

from matching.nested_effects import NestedEffects
from training.nested_levels import Hierarchy, best_logs, effects_of, levels_of, posterior_of

Floats = NDArray[np.float64]

ROUNDS = 30
"""Most times that coefficients and effects are fitted in turn."""
SETTLED = 1e-4
"""They have settled when no coefficient moves by more."""
LEAST_WEIGHT = 1e-6
"""Least information of one yes-or-no outcome."""
LEAST_CASE_SHARE = 0.1
"""Of what is unexplained at first, at least this share is taken for chance of single cases."""
START_SHARE = 0.05
"""Variance of each level at the start, as a share of that of one case."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prior:
    """What is thought of coefficients beforehand: normal and independent; shape (columns,) each."""

    means: Floats
    precisions: Floats
    """Above 0."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NestedFit:
    """What was fitted."""

    coefficients: Floats
    """Of the columns; shape (columns,)."""
    effects: NestedEffects


def fit_linear(
    values: Floats, variances: Floats, columns: Floats, hierarchy: Hierarchy, prior: Prior
) -> NestedFit:
    """Fit effects on a number.

    Args:
        values: The measure, finite; shape (rows,).
        variances: Known part of the variance of each, 0 or more; shape (rows,).
        columns: What explains it without the clinician; shape (rows, columns).
        hierarchy: Who belongs to whom.
        prior: Of the coefficients.
    """
    rest = values - columns @ _solve(columns, values, np.ones(len(values)), prior)
    spread = float(np.var(rest))
    case = max(spread - float(variances.mean()), LEAST_CASE_SHARE * spread, LEAST_WEIGHT)
    return _fit(lambda _: (values, variances), columns, hierarchy, prior, case_variance=case)


def fit_logistic(
    outcomes: Floats, columns: Floats, hierarchy: Hierarchy, prior: Prior
) -> NestedFit:
    """Fit effects on a yes-or-no outcome, as logits.

    Args:
        outcomes: 0 or 1; shape (rows,).
        columns: As for `fit_linear`.
        hierarchy: Who belongs to whom.
        prior: Of the coefficients.
    """

    def linearised(logits: Floats) -> tuple[Floats, Floats]:
        chances = expit(logits)
        weights = np.maximum(chances * (1.0 - chances), LEAST_WEIGHT)
        return logits + (outcomes - chances) / weights, 1.0 / weights

    return _fit(linearised, columns, hierarchy, prior, case_variance=0.0)


def _fit(
    linearised: Callable[[Floats], tuple[Floats, Floats]],
    columns: Floats,
    hierarchy: Hierarchy,
    prior: Prior,
    *,
    case_variance: float,
) -> NestedFit:
    """Fit coefficients, variances and effects in turn until they settle.

    Args:
        linearised: Values and their known variances, given the present fit; shape (rows,) each.
        columns: Shape (rows, columns).
        hierarchy: Who belongs to whom.
        prior: Of the coefficients.
        case_variance: Of one case beyond what is known, to start from; 0 for none at all.
    """
    coefficients, effects = np.zeros(columns.shape[1]), np.zeros(len(columns))
    between = START_SHARE * (case_variance or 1.0)
    logs = np.log([case_variance or 1.0, *(between,) * 3])
    rounds = 0
    while True:
        values, known = linearised(columns @ coefficients + effects)
        own = np.exp(logs[0]) if case_variance else 0.0
        found = _solve(columns, values - effects, 1.0 / (own + known), prior)
        rest = values - columns @ found
        logs = best_logs(rest, known, hierarchy, logs, has_case_variance=case_variance > 0.0)
        variances = known + (np.exp(logs[0]) if case_variance else 0.0)
        levels = levels_of(rest, variances, hierarchy, np.exp(logs[1:]))
        effects = posterior_of(levels, hierarchy)[2][0][hierarchy.cells]
        moved, coefficients = float(np.abs(found - coefficients).max()), found
        rounds += 1
        if moved < SETTLED or rounds == ROUNDS:
            return NestedFit(
                coefficients=coefficients,
                effects=effects_of(rest, variances, hierarchy, logs[1:]),
            )


def _solve(columns: Floats, values: Floats, weights: Floats, prior: Prior) -> Floats:
    """The most probable coefficients, given what the effects leave over; shape (columns,)."""
    weighted = columns * weights[:, None]
    normal = columns.T @ weighted + np.diag(prior.precisions)
    pull = weighted.T @ values + prior.precisions * prior.means
    return np.asarray(solve(normal, pull, assume_a="pos"), np.float64)
