"""Intercepts solved so that marginal probabilities are those of the table.

Clinicians and patients differ, and the logistic curve is not straight: adding a spread to the
logit of a hazard changes its mean, and those who stay are those with low hazards. The intercepts
undo both, so that adding or removing clinician effects leaves the marginal course as it is.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from training.simulator.columns import Floats
from training.simulator.parameters import World

NODES = 41
"""Points of the quadrature over leanings."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Hazards:
    """Solved intercepts of a world."""

    stop: Floats
    """Logit of an unplanned stop after each visit, for the average leaning; shape (visits,)."""
    accept: float
    """Logit of accepting for the average clinician."""
    setback: float
    """Logit of a deteriorating course for the average clinician."""
    rematch_late: float
    """Share of stoppers after visit 2 who ask for another clinician."""


def solve_hazards(world: World) -> Hazards:
    """The intercepts of a world; depends on the configuration alone."""
    given, outcome = world.course, world.outcome
    spread = float(np.hypot(outcome.stop_sd, outcome.alliance_stop))
    early = given.stop_hazards[0], given.stop_hazards[1]
    stays = (1.0 - early[0]) * (1.0 - given.plan_hazard_early)
    stopped_early = early[0] + stays * early[1]
    stopped_late = _later_stops(world)
    late = (given.rematch_overall - given.rematch_early * stopped_early) / stopped_late
    return Hazards(
        stop=_stop_logits(given.stop_hazards, spread, given.most_visits),
        accept=_intercept(given.accept_share, given.accept_sd),
        setback=_intercept(outcome.setback_share, outcome.deterioration_sd),
        rematch_late=float(np.clip(late, 0.0, 1.0)),
    )


def normal_nodes(count: int) -> tuple[Floats, Floats]:
    """Points and weights of the quadrature over a standard normal; both of shape (count,).

    Example:
        >>> points, weights = normal_nodes(5)
        >>> round(float(weights @ points**2), 6)
        1.0
    """
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return points, weights / weights.sum()


def _intercept(share: float, spread: float) -> float:
    points, weights = normal_nodes(NODES)
    return _solve(share, spread * points, weights)


def _solve(share: float, leanings: Floats, weights: Floats) -> float:
    """The intercept at which the weighted mean probability is a share."""

    def excess(intercept: float) -> float:
        return float(weights @ expit(intercept + leanings)) - share

    start = float(logit(share))
    return float(brentq(excess, start - 10.0, start + 10.0))


def _stop_logits(hazards: tuple[float, ...], spread: float, visits: int) -> Floats:
    points, weights = normal_nodes(NODES)
    leanings = spread * points
    logits = np.empty(visits)
    for visit in range(visits):
        hazard = hazards[min(visit, len(hazards) - 1)]
        logits[visit] = _solve(hazard, leanings, weights)
        weights = weights * (1.0 - expit(logits[visit] + leanings))
        weights = weights / weights.sum()
    return logits


def _later_stops(world: World) -> float:
    """Roughly the share of attenders who stop unplanned after visit 3 or later."""
    given = world.course
    alive, stopped = 1.0, 0.0
    for visit in range(given.most_visits):
        hazard = given.stop_hazards[min(visit, len(given.stop_hazards) - 1)]
        is_early = visit + 1 < given.plan_from_visit
        plan = given.plan_hazard_early if is_early else given.plan_hazard
        if visit > 1:
            stopped += alive * hazard
        alive *= (1.0 - hazard) * (1.0 - plan) * (1.0 - given.censor_hazard)
    return stopped
