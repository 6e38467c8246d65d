"""What the log of each course says of the benefit from its clinician, the world's equations known.

For every course a curve: the log-likelihood of its questionnaires as a function of the pair's benefit,
everything else summed out or put at its best guess. It is one half of the ceiling of what can be
learned (`training.simulator.learnable`).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import logsumexp

from training.simulator.columns import Floats, Rows
from training.simulator.episodes import Setting
from training.simulator.hazards import normal_nodes
from training.simulator.recovery import PHQ9
from training.simulator.severity import HIGHS, errors_of

BENEFIT_LIMIT = 2.0
"""Benefits of pairs, in outcome SDs, lie within this."""
BENEFIT_NODES = 12
RESIDUAL_NODES = 21
CHUNK = 40_000
"""Scores handled at once."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scores:
    """Questionnaire totals of courses; arrays of shape (scores,)."""

    course: Rows
    """Position of the course."""
    scale: Rows
    """Position in `severity.SCALES`."""
    visits: Rows
    """Visits attended by then, at least 1."""
    days: Floats
    """Days since the first visit, 0 or more."""
    total: Floats

    def take(self, part: slice) -> Self:
        """Some of the totals."""
        return type(self)(**{name: getattr(self, name)[part] for name in self.__slots__})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Evidence:
    """Log-likelihoods of courses; arrays have a first axis of courses."""

    curves: Floats
    """Chebyshev coefficients over benefits within the limit, ordinary course; shape (courses, 12)."""
    setback: Floats
    """Log-likelihood as a deteriorating course; shape (courses,)."""


def starting_scores(setting: Setting, count: int, scores: Scores) -> tuple[Floats, Floats]:
    """True scores at the start, given totals taken then.

    Args:
        setting: The world.
        count: People or courses.
        scores: The totals.

    Returns:
        Means of shape (count, 4) and covariances of shape (count, 4, 4).
    """
    given, errors = setting.world.patients, errors_of(setting.world)
    links = np.array([1.0, given.phq9_gad7_correlation, given.pcl5[2], given.wsas[2]])
    spreads = np.array([given.phq9_sd, given.gad7_sd, given.pcl5[1], given.wsas[1]])
    means = np.array([given.phq9_mean, given.gad7_mean, given.pcl5[0], given.wsas[0]])
    correlation = np.outer(links, links)
    np.fill_diagonal(correlation, 1.0)
    prior = np.linalg.inv(correlation * np.outer(spreads, spreads))
    counts, sums = np.zeros((count, len(means))), np.zeros((count, len(means)))
    np.add.at(counts, (scores.course, scores.scale), 1.0)
    np.add.at(sums, (scores.course, scores.scale), scores.total)
    precision = prior + (counts / errors**2)[:, :, None] * np.eye(len(means))
    covariance = np.linalg.inv(precision)
    pull = prior @ means + sums / errors**2
    found = np.einsum("nij,nj->ni", covariance, pull)
    return np.clip(found, 0.0, HIGHS), np.asarray(covariance, np.float64)


def course_evidence(
    setting: Setting,
    scores: Scores,
    starts: tuple[Floats, Floats],
    own: Floats,
    alliance: Floats,
) -> Evidence:
    """Log-likelihood curves of courses.

    Args:
        setting: The world.
        scores: Totals after the first visit.
        starts: Means and covariances of the true scores at the start, by course.
        own: Benefit expected of the patient's own side; shape (courses,).
        alliance: Expected alliance, standard units; shape (courses,).
    """
    courses = len(own)
    angles = (np.arange(BENEFIT_NODES) + 0.5) * np.pi / BENEFIT_NODES
    _, weights = normal_nodes(RESIDUAL_NODES)
    likelihood = np.zeros((courses, BENEFIT_NODES, RESIDUAL_NODES))
    setback = np.zeros(courses)
    for begin in range(0, len(scores.course), CHUNK):
        part = scores.take(slice(begin, begin + CHUNK))
        start = (
            starts[0][part.course, part.scale],
            starts[1][part.course, part.scale, part.scale],
        )
        sides = own[part.course], alliance[part.course]
        np.add.at(likelihood, part.course, _ordinary(setting, part, start, sides))
        np.add.at(setback, part.course, _setback(setting, part, start))
    values = logsumexp(likelihood + np.log(weights), axis=2)
    basis = np.cos(np.outer(np.arange(BENEFIT_NODES), angles))
    curves = 2.0 / BENEFIT_NODES * values @ basis.T
    curves[:, 0] /= 2.0
    return Evidence(curves=curves, setback=setback)


def _ordinary(
    setting: Setting, scores: Scores, start: tuple[Floats, Floats], sides: tuple[Floats, Floats]
) -> Floats:
    """Log-likelihood of totals in ordinary courses; shape (scores, benefits, residuals).

    Args:
        setting: The world.
        scores: The totals.
        start: Mean and variance of the true score at the start of each.
        sides: Own benefit and alliance of each.
    """
    recovery, scale = setting.recovery, scores.scale
    benefits = BENEFIT_LIMIT * np.cos((np.arange(BENEFIT_NODES) + 0.5) * np.pi / BENEFIT_NODES)
    residuals, _ = normal_nodes(RESIDUAL_NODES)
    care, natural = recovery.dose(scores.visits), recovery.natural(scores.days)
    spread, (own, alliance) = recovery.spreads[scale], sides
    share = recovery.natural_share * natural + (1.0 - recovery.natural_share) * care
    variance = (
        errors_of(setting.world)[scale] ** 2 + (1.0 - recovery.slope * share) ** 2 * start[1]
    )
    usual = recovery.slope * np.maximum(start[0] - recovery.floor, 0.0) + spread * own
    expected = start[0] - share * usual - spread * care * recovery.alliance * alliance
    true = (
        expected[:, None, None]
        - (spread * care)[:, None, None] * benefits[:, None]
        - (spread * share * recovery.residual)[:, None, None] * residuals
    )
    missed = scores.total[:, None, None] - np.clip(true, 0.0, HIGHS[scale][:, None, None])
    return np.asarray(
        -0.5 * missed**2 / variance[:, None, None] - 0.5 * np.log(variance)[:, None, None]
    )


def _setback(setting: Setting, scores: Scores, start: tuple[Floats, Floats]) -> Floats:
    """Log-likelihood of totals in deteriorating courses; shape (scores,)."""
    recovery, scale = setting.recovery, scores.scale
    care = recovery.dose(scores.visits)
    points = recovery.setback_points * recovery.spreads[scale] / recovery.spreads[PHQ9]
    true = np.clip(start[0] + points * care, 0.0, HIGHS[scale])
    variance = errors_of(setting.world)[scale] ** 2 + start[1]
    return np.asarray(-0.5 * (scores.total - true) ** 2 / variance - 0.5 * np.log(variance))
