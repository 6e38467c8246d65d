"""Nested random effects: who belongs to whom, what the data tell at each level, and by how much they vary.

Effects are summed out from below: domains in clinicians, clinicians in clinics, clinics. What a level
passes on about its parents is an information and a score, so that a pass over the rows is enough. The
formulas are those of `matching.shrinkage` with one more level.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matching.names import Names, name_rows
from matching.nested_effects import NestedEffects

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

GRID = 60
MOST_SHARE = 0.5
"""Standard deviations of effects are looked for up to that of this share of all that is unexplained."""
LOG_RANGE = (-16.0, 4.0)
"""Logarithms of variances stay within."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Hierarchy:
    """Who belongs to whom."""

    clinic_ids: NDArray[np.str_]
    """Named ones; shape (named clinics,)."""
    clinician_ids: NDArray[np.str_]
    domains: NDArray[np.str_]
    keys: Rows
    """`clinician row * domains + domain row` of each cell, ascending; shape (cells,)."""
    cells: Rows
    """Cell of each row; shape (rows,)."""
    clinics: Rows
    """Clinic of each clinician, the named ones first; shape (clinicians,)."""

    @classmethod
    def of(cls, clinicians: Names, clinics: Names, domains: Names) -> "Hierarchy":
        """From the names of each row.

        A clinician without a clinic is alone in one without a name; of two clinics the one of the
        first row counts.

        Args:
            clinicians: Shape (rows,).
            clinics: Empty for none; shape (rows,).
            domains: Shape (rows,).
        """
        clinician_ids, who = name_rows(clinicians)
        known_domains, what = name_rows(domains)
        keys, cells = np.unique(who * max(len(known_domains), 1) + what, return_inverse=True)
        clinic_ids, of_clinicians = _clinics(who, np.asarray(clinics), len(clinician_ids))
        return cls(
            clinic_ids=clinic_ids,
            clinician_ids=clinician_ids,
            domains=known_domains,
            keys=keys,
            cells=cells,
            clinics=of_clinicians,
        )

    @property
    def clinic_count(self) -> int:
        """Clinics, those of clinicians without one counted."""
        return int(self.clinics.max(initial=-1)) + 1

    @property
    def is_told_apart(self) -> NDArray[np.bool_]:
        """Whether clinics, clinicians and domains are more than the level above; shape (3,)."""
        counts = (self.clinic_count, len(self.clinician_ids), len(self.keys))
        return np.array([counts[0] < counts[1], True, counts[2] > counts[1]])

    @property
    def owners(self) -> Rows:
        """Clinician of each cell; shape (cells,)."""
        return self.keys // max(len(self.domains), 1)


def _clinics(who: Rows, clinics: NDArray[np.str_], count: int) -> tuple[NDArray[np.str_], Rows]:
    """Named clinics, and the clinic of each clinician."""
    first = np.full(count, len(who), dtype=np.int64)
    np.minimum.at(first, who, np.arange(len(who)))
    found = clinics[first]
    named, rows = name_rows(found)
    kept = named != ""
    places = np.cumsum(kept) - 1
    alone = found == ""
    of_clinicians = np.where(alone, len(places) + np.cumsum(alone), places[rows])
    return named[kept], np.unique(of_clinicians, return_inverse=True)[1]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Level:
    """One level with everything below it summed out; arrays of shape (members,)."""

    information: Floats
    """Precision with which the data below tell the member's effect."""
    score: Floats
    """That precision times what they say."""
    variance: float
    """Between the members of one parent."""

    def passed_on(self) -> tuple[Floats, Floats]:
        """Information and score about the parents that each member carries."""
        kept = 1.0 / (1.0 + self.variance * self.information)
        return self.information * kept, self.score * kept

    def log_likelihood(self) -> float:
        """What the level adds to the marginal log-likelihood."""
        spread = 1.0 + self.variance * self.information
        return float(0.5 * np.sum(self.variance * self.score**2 / spread - np.log(spread)))

    def posterior(self, means: Floats, variances: Floats) -> tuple[Floats, Floats]:
        """Means and variances of the members, given those of each member's parent."""
        kept = 1.0 / (1.0 + self.variance * self.information)
        gain = self.variance * kept
        return (
            means + gain * (self.score - self.information * means),
            gain + kept**2 * variances,
        )


def levels_of(
    rest: Floats, variances: Floats, hierarchy: Hierarchy, between: Floats
) -> tuple[Level, Level, Level]:
    """Domains, clinicians and clinics, each with what lies below summed out.

    Args:
        rest: What the columns leave over; shape (rows,).
        variances: Of each; shape (rows,).
        hierarchy: Who belongs to whom.
        between: Variances between clinics, clinicians and domains; shape (3,).
    """
    groups = (hierarchy.cells, hierarchy.owners, hierarchy.clinics)
    counts = (len(hierarchy.keys), len(hierarchy.clinician_ids), hierarchy.clinic_count)
    information, score = 1.0 / variances, rest / variances
    levels = []
    for group, count, variance in zip(groups, counts, between[::-1], strict=True):
        level = Level(
            information=np.bincount(group, information, count).astype(np.float64),
            score=np.bincount(group, score, count).astype(np.float64),
            variance=float(variance),
        )
        levels.append(level)
        information, score = level.passed_on()
    return levels[0], levels[1], levels[2]


def best_logs(
    rest: Floats,
    variances: Floats,
    hierarchy: Hierarchy,
    start: Floats,
    *,
    has_case_variance: bool = True,
) -> Floats:
    """Logarithms of the case, clinic, clinician and domain variances of greatest likelihood.

    A level in which nothing can be told apart from the one above keeps no variance of its own.
    """
    is_free = np.append(has_case_variance, hierarchy.is_told_apart)

    def full(free: Floats) -> Floats:
        logs = np.where(is_free, 0.0, [start[0], *(LOG_RANGE[0],) * 3])
        logs[is_free] = np.clip(free, *LOG_RANGE)
        return logs

    def loss(free: Floats) -> float:
        logs = full(free)
        total = variances + (np.exp(logs[0]) if has_case_variance else 0.0)
        levels = levels_of(rest, total, hierarchy, np.exp(logs[1:]))
        own = -0.5 * float(np.sum(rest**2 / total + np.log(total)))
        return -own - sum(level.log_likelihood() for level in levels)

    found = minimize(
        loss,
        start[is_free],
        method="Nelder-Mead",
        options={"maxiter": 300, "xatol": 1e-3, "fatol": 1e-3},
    )
    return full(found.x)


def _expected_variances(
    rest: Floats, variances: Floats, hierarchy: Hierarchy, logs: Floats
) -> Floats:
    """Each variance averaged over what the data leave open, the others at their most likely.

    The most likely variance of a level is often 0 where the data merely cannot tell; intervals that
    believed it would be too narrow. All standard deviations are thought equally likely beforehand.
    """
    expected = np.exp(logs)
    for place in np.flatnonzero(hierarchy.is_told_apart):
        top = np.sqrt(np.mean(rest**2) * MOST_SHARE)
        spreads = (np.arange(GRID) + 0.5) / GRID * top
        likelihoods = np.empty(GRID)
        for row, spread in enumerate(spreads):
            tried = np.exp(logs)
            tried[place] = spread**2
            levels = levels_of(rest, variances, hierarchy, tried)
            likelihoods[row] = sum(level.log_likelihood() for level in levels)
        weights = np.exp(likelihoods - likelihoods.max())
        expected[place] = float(weights @ spreads**2 / weights.sum())
    return expected


def posterior_of(
    levels: tuple[Level, Level, Level], hierarchy: Hierarchy
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Means and variances of clinics, clinicians and cells."""
    cells, clinicians, clinics = levels
    nothing = np.zeros(hierarchy.clinic_count)
    top = clinics.posterior(nothing, nothing)
    middle = clinicians.posterior(*(part[hierarchy.clinics] for part in top))
    return top, middle, cells.posterior(*(part[hierarchy.owners] for part in middle))


def effects_of(
    rest: Floats, variances: Floats, hierarchy: Hierarchy, logs: Floats
) -> NestedEffects:
    """Posterior effects at the expected variances.

    Args:
        rest: What the columns leave over; shape (rows,).
        variances: Of each; shape (rows,).
        hierarchy: Who belongs to whom.
        logs: Logarithms of the most likely variances of clinics, clinicians and domains.
    """
    between = _expected_variances(rest, variances, hierarchy, logs)
    levels = levels_of(rest, variances, hierarchy, between)
    top, middle, bottom = posterior_of(levels, hierarchy)
    cases = np.bincount(hierarchy.cells, minlength=len(hierarchy.keys)).astype(np.float64)
    of_clinicians = np.bincount(hierarchy.owners, cases, len(hierarchy.clinician_ids))
    return NestedEffects(
        clinic_ids=hierarchy.clinic_ids,
        clinician_ids=hierarchy.clinician_ids,
        domains=hierarchy.domains,
        prior=np.array([level.variance for level in levels[::-1]]),
        clinics=np.stack(top)[:, : len(hierarchy.clinic_ids)],
        clinicians=np.stack([*middle, of_clinicians]),
        cell_keys=hierarchy.keys,
        cells=np.stack([*bottom, cases]),
    )
