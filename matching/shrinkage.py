"""Empirical-Bayes shrinkage on two levels: the formulas, from the sums of cells.

A case's residual is its outcome minus what its case mix alone would lead one to expect. With
`e` the mean residual and `s` its sampling variance in a cell (clinician t, domain d),

    e_td = u_t + m_td + chance      u_t ~ (0, tau_T^2)      m_td ~ (0, tau_TD^2)      chance ~ (0, s_td)
    w_td = 1 / (s_td + tau_TD^2)
    u_t  = sum_d w_td e_td / (sum_d w_td + 1 / tau_T^2)      v_t = 1 / (sum_d w_td + 1 / tau_T^2)
    u_td = u_t + B (e_td - u_t)                              B = tau_TD^2 / (tau_TD^2 + s_td)
    v_td = B s_td + (1 - B)^2 v_t

`u_td` is the clinician's effect in the domain and `v_td` its posterior variance; both are those of
the mixed model (Robinson, 1991). With a common variance of one case, `B = n / (n + k)`, where
`k = sigma^2 / tau^2`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.variance_components import VarianceComponent

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The variances that decide how far effects are shrunk."""

    case: float
    """Mean sampling variance of one case."""
    clinician: VarianceComponent
    """Between clinicians (tau_T^2)."""
    domain: VarianceComponent
    """Between the domains of one clinician (tau_TD^2)."""

    @property
    def prior_variance(self) -> float:
        """Variance of the effect of an unknown clinician in any domain."""
        return self.clinician.value + self.domain.value

    @property
    def clinician_share(self) -> float:
        """Share of the unexplained variance that lies between clinicians (the ICC), in [0, 1]."""
        total = self.case + self.prior_variance
        return self.clinician.value / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Estimates:
    """Effects for a number of rows.

    Attributes:
        means: Posterior means, 0 for the unknown; shape (rows,).
        variances: Posterior variances, at least 0; shape (rows,).
        reliabilities: Share of the prior variance that the data removed, in [0, 1]; 0 where there
            is no prior variance. Equal to `n / (n + k)` where only one level varies; shape (rows,).
        cases: Cases of the clinician in the domain; shape (rows,).
        clinician_cases: Cases of the clinician in all domains; shape (rows,).
    """

    means: Floats
    variances: Floats
    reliabilities: Floats
    cases: Floats
    clinician_cases: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CellSums:
    """What cells hold: sums over their cases; every array has the same shape.

    Attributes:
        cases: Number of cases.
        residuals: Sum of residuals.
        variances: Sum of the cases' sampling variances.
    """

    cases: Floats
    residuals: Floats
    variances: Floats

    @classmethod
    def of(cls, sums: Floats) -> Self:
        """From sums of cases, residuals and variances, in this order; shape (3, cells)."""
        return cls(cases=sums[0], residuals=sums[1], variances=sums[2])

    @property
    def means(self) -> Floats:
        """Mean residuals, 0 without cases."""
        return self.residuals / np.where(self.cases > 0, self.cases, 1.0)

    @property
    def sampling_variances(self) -> Floats:
        """Sampling variances of the means, infinite without cases."""
        known = self.cases > 0
        return np.divide(
            self.variances, self.cases**2, out=np.full_like(self.cases, np.inf), where=known
        )

    def precisions(self, domain_variance: float) -> Floats:
        """What each cell says about its clinician: w of the module's formulas, 0 without cases."""
        return 1.0 / (self.sampling_variances + domain_variance)


def sum_by(rows: NDArray[np.int64], groups: int, columns: Iterable[Floats]) -> Floats:
    """Sums of columns per group.

    Args:
        rows: The group of each entry; shape (entries,).
        groups: Number of groups.
        columns: What is summed; shape (entries,) each.

    Returns:
        Sums of shape (columns, groups).
    """
    sums = [np.bincount(rows, column, groups) for column in columns]
    return np.stack(sums).astype(np.float64)


def shrink(
    cells: CellSums,
    precision_sums: Floats,
    weighted_sums: Floats,
    clinician_cases: Floats,
    components: Components,
) -> Estimates:
    """Posterior effects from sums, by the formulas at the head of this module.

    Args:
        cells: Sums of the rows' cells; shape (rows,).
        precision_sums: Sum of `w_td` over the clinician's domains; shape (rows,).
        weighted_sums: Sum of `w_td e_td` over the clinician's domains; shape (rows,).
        clinician_cases: Cases of the clinician in all domains; shape (rows,).
        components: The variances.
    """
    between, within = components.clinician.value, components.domain.value
    clinician_variances = between / (1.0 + between * precision_sums)
    clinician_means = clinician_variances * weighted_sums
    pull = within / (within + cells.sampling_variances)
    means = clinician_means + pull * (cells.means - clinician_means)
    variances = within * (1.0 - pull) + (1.0 - pull) ** 2 * clinician_variances
    prior = components.prior_variance
    return Estimates(
        means=means,
        variances=variances,
        reliabilities=1.0 - variances / prior if prior > 0 else np.zeros_like(means),
        cases=cells.cases,
        clinician_cases=clinician_cases,
    )
