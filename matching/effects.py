"""Clinician effects by problem domain, shrunken on two levels.

A domain's effect leans on the clinician's, the clinician's on 0, the expectation of the case mix;
`matching.shrinkage` has the formulas, `matching.variance_components` says how far they lean. Effects
are on the outcome's own scale. Below 15 cases they are no evidence about a clinician (Constantino et
al., JAMA Psychiatry 2021, 78(9), 960-969), and they are never shown to patients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError
from matching.names import Names, Rows, find_rows, name_rows
from matching.shrinkage import CellSums, Components, Estimates, Floats, shrink, sum_by
from matching.variance_components import VarianceComponent, fit_variance

VARIANCE_FLOOR = 1e-6
"""Least variance of one case: keeps a certain prediction from weighing infinitely much."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Effects:
    """Shrunken effects of all clinicians and domains seen in the data.

    Attributes:
        clinician_ids: Known clinicians in ascending order; shape (clinicians,).
        domains: Known domains in ascending order; shape (domains,).
        components: The variances they were shrunk by.
        cell_keys: `clinician row * domains + domain row` of the cells with cases, ascending;
            shape (cells,).
        cells: Sums of these cells; shape (cells,) each.
        clinician_sums: Per clinician the sums of `w`, of `w e` and of cases; shape (3, clinicians).
    """

    clinician_ids: NDArray[np.str_]
    domains: NDArray[np.str_]
    components: Components
    cell_keys: Rows
    cells: CellSums
    clinician_sums: Floats

    def clinician_rows(self, clinician_ids: Names) -> Rows:
        """Rows of clinicians, -1 for an unknown one; shape (ids,)."""
        return find_rows(self.clinician_ids, clinician_ids)

    def domain_rows(self, domains: Names) -> Rows:
        """Rows of domains, -1 for an unknown one; shape (domains,)."""
        return find_rows(self.domains, domains)

    def estimate(self, clinician_rows: Rows, domain_rows: Rows) -> Estimates:
        """Effects of clinicians in domains.

        An unknown clinician has mean 0 and the prior variance; an unknown domain has the
        clinician's mean, and his or her variance plus that between domains.

        Args:
            clinician_rows: Rows from `clinician_rows`, -1 for unknown; shape (rows,).
            domain_rows: Rows from `domain_rows`, -1 for unknown; shape (rows,) or (1,).

        Returns:
            Arrays of shape (rows,).
        """
        known = clinician_rows >= 0
        places = np.where(known, clinician_rows, 0)
        sums = np.zeros((3, len(clinician_rows)))
        sums[:, known] = self.clinician_sums[:, clinician_rows[known]]
        keys = np.where(
            known & (domain_rows >= 0), places * len(self.domains) + domain_rows, -1
        )
        return shrink(self._find_cells(keys), sums[0], sums[1], sums[2], self.components)

    def look_up(
        self,
        clinician_ids: Names,
        domains: Names,
    ) -> Estimates:
        """Effects by outside names; see `estimate`. Both of shape (rows,), or one of shape (1,)."""
        rows = np.broadcast_arrays(
            self.clinician_rows(clinician_ids), self.domain_rows(domains)
        )
        return self.estimate(rows[0], rows[1])

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything needed to rebuild the effects, by name; those of cells have shape (cells,)."""
        return {
            "clinician_ids": self.clinician_ids,
            "domains": self.domains,
            "case_variance": np.array([self.components.case]),
            "clinician_variance": self.components.clinician.to_array(),
            "domain_variance": self.components.domain.to_array(),
            "cell_keys": self.cell_keys,
            "cell_cases": self.cells.cases,
            "cell_residuals": self.cells.residuals,
            "cell_variances": self.cells.variances,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of `to_arrays`; those of cells have shape (cells,).

        Raises:
            KeyError: An array is missing.
        """
        components = Components(
            case=float(arrays["case_variance"][0]),
            clinician=VarianceComponent.from_array(arrays["clinician_variance"]),
            domain=VarianceComponent.from_array(arrays["domain_variance"]),
        )
        cells = CellSums(
            cases=arrays["cell_cases"],
            residuals=arrays["cell_residuals"],
            variances=arrays["cell_variances"],
        )
        clinician_ids, domains = arrays["clinician_ids"], arrays["domains"]
        keys = arrays["cell_keys"]
        owners = keys // max(len(domains), 1)
        return cls(
            clinician_ids=clinician_ids,
            domains=domains,
            components=components,
            cell_keys=keys,
            cells=cells,
            clinician_sums=sum_cells(
                cells, owners, len(clinician_ids), components.domain.value
            ),
        )

    def _find_cells(self, keys: Rows) -> CellSums:
        """Sums of the cells with these keys; zeros where a cell has no case."""
        if not len(self.cell_keys):
            return CellSums.of(np.zeros((3, len(keys))))
        places = np.minimum(np.searchsorted(self.cell_keys, keys), len(self.cell_keys) - 1)
        sums = np.stack([self.cells.cases, self.cells.residuals, self.cells.variances])
        return CellSums.of(np.where(self.cell_keys[places] == keys, sums[:, places], 0.0))


def sum_cells(cells: CellSums, owners: Rows, clinicians: int, domain_variance: float) -> Floats:
    """Per clinician the sums of `w`, of `w e` and of cases over the cells.

    Args:
        cells: Sums of the cells; shape (cells,) each.
        owners: Row of the cell's clinician; shape (cells,).
        clinicians: Number of clinicians.
        domain_variance: The variance between the domains of one clinician.

    Returns:
        Sums of shape (3, clinicians).
    """
    weights = cells.precisions(domain_variance)
    columns = (weights, weights * cells.means, cells.cases)
    return sum_by(owners, clinicians, columns)


def pooled_variance(residuals: Floats, cases: Floats, cell_rows: Rows) -> float:
    """Variance of one case around the mean of its cell, pooled over cells.

    Where no cell has two rows, the mean square of the residuals stands in: too large rather than
    too small, so that effects lean further on 0.

    Args:
        residuals: Mean residual of each row; shape (rows,).
        cases: Cases behind each row; shape (rows,).
        cell_rows: The row's cell, counted from 0; shape (rows,).
    """
    totals = np.bincount(cell_rows, cases)
    means = np.bincount(cell_rows, cases * residuals) / np.where(totals > 0, totals, 1.0)
    freedom = len(residuals) - int(np.count_nonzero(totals))
    if freedom < 1:
        return float(np.mean(cases * residuals**2)) if len(residuals) else 0.0
    return float(np.sum(cases * (residuals - means[cell_rows]) ** 2) / freedom)


def estimate_components(cells: CellSums, owners: Rows) -> Components:
    """The variances between domains and between clinicians, by moments.

    The interval for clinicians takes the variance between domains as given.

    Args:
        cells: Sums of the cells; shape (cells,) each.
        owners: Row of the cell's clinician, every clinician at least once; shape (cells,).
    """
    domain = fit_variance(cells.means, cells.sampling_variances, owners)
    sums = sum_cells(cells, owners, int(owners.max(initial=-1)) + 1, domain.value)
    clinician = fit_variance(sums[1] / sums[0], 1.0 / sums[0])
    total = float(cells.cases.sum())
    case = float(cells.variances.sum()) / total if total else 0.0
    return Components(case=case, clinician=clinician, domain=domain)


def fit_effects(
    clinician_ids: Names,
    domains: Names,
    residuals: Floats,
    *,
    variances: Floats | None = None,
    cases: Floats | None = None,
    components: Components | None = None,
) -> Effects:
    """Fit effects on cases, or on cells of equal cases.

    A binary outcome has `p (1 - p)` as the variance of one case, where p is the expectation of
    the case mix; as that holds the differences between clinicians too, the pooled variance, taken
    when none is given, is closer where cells are small. Only outcomes observed before the effects are used may enter: see
    `matching.effect_history` for training rows.

    Args:
        clinician_ids: Whose case each row is; shape (rows,).
        domains: The row's problem domain; shape (rows,).
        residuals: Outcome minus expectation, the mean of the row's cases, finite; shape (rows,).
        variances: Sampling variance of one case; shape (rows,). Pooled within cells when absent.
        cases: Cases behind each row, above 0, fractions allowed; shape (rows,). One when absent.
        components: Variances known beforehand; estimated from these rows when absent.

    Raises:
        UsageError: Lengths differ, or a number is not finite.
    """
    counts = np.ones(len(residuals)) if cases is None else np.asarray(cases, np.float64)
    known_ids, clinician_rows = name_rows(clinician_ids)
    known_domains, domain_rows = name_rows(domains)
    _check(clinician_rows, domain_rows, residuals, counts, variances)
    keys, cell_rows = np.unique(
        clinician_rows * max(len(known_domains), 1) + domain_rows, return_inverse=True
    )
    if variances is None:
        variances = np.full(len(residuals), pooled_variance(residuals, counts, cell_rows))
    floored = np.maximum(variances, VARIANCE_FLOOR)
    cells = CellSums.of(
        sum_by(cell_rows, len(keys), (counts, counts * residuals, counts * floored))
    )
    owners = keys // max(len(known_domains), 1)
    found = components or estimate_components(cells, owners)
    return Effects(
        clinician_ids=known_ids,
        domains=known_domains,
        components=found,
        cell_keys=keys,
        cells=cells,
        clinician_sums=sum_cells(cells, owners, len(known_ids), found.domain.value),
    )


def _check(
    clinician_rows: Rows,
    domain_rows: Rows,
    residuals: Floats,
    cases: Floats,
    variances: Floats | None,
) -> None:
    """Refuse what cannot be summed.

    Raises:
        UsageError: Lengths differ, or a number is not finite.
    """
    columns = [residuals, cases] if variances is None else [residuals, cases, variances]
    lengths = {len(clinician_rows), len(domain_rows), *(len(column) for column in columns)}
    if len(lengths) > 1:
        raise UsageError("give one clinician, domain, residual, variance and count per row")
    if not all(np.isfinite(column).all() for column in columns):
        raise UsageError("leave out cases without an outcome: residuals must be finite")
    if np.any(cases <= 0):
        raise UsageError("leave out rows without cases")
