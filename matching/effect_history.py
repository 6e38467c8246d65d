"""Effects as they were known at each training row's own time.

A training row must carry what the clinic could have known when the intake came: outcomes observed,
and reported, before it. One sort by time and running sums per cell and per clinician give every row
its own value in O(n log n); serving takes `fit_effects` over everything observed by now. Effects
fitted on all cases and joined back to the same cases leak the label and hide it themselves.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError
from matching.effects import VARIANCE_FLOOR
from matching.names import Names, Rows, find_rows, name_rows
from matching.shrinkage import CellSums, Components, Estimates, Floats, shrink


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outcomes:
    """Observed outcomes, one case a row.

    Attributes:
        clinician_ids: Whose case each is; shape (cases,).
        domains: The case's problem domain; shape (cases,).
        residuals: Outcome minus cross-fitted expectation, finite; shape (cases,).
        observed_at: When the outcome was measured, microseconds since 1970 UTC; shape (cases,).
        variances: Sampling variance of each case; shape (cases,). The components' when absent.
    """

    clinician_ids: Names
    domains: Names
    residuals: Floats
    observed_at: Rows
    variances: Floats | None = None

    def check(self) -> None:
        """Refuse what cannot be swept.

        Raises:
            UsageError: Lengths differ, or a residual is not finite.
        """
        columns = [self.clinician_ids, self.domains, self.observed_at]
        if self.variances is not None:
            columns.append(self.variances)
        if any(len(column) != len(self.residuals) for column in columns):
            raise UsageError("give one clinician, domain, residual, variance and time per case")
        if not np.isfinite(self.residuals).all():
            raise UsageError("leave out cases without an outcome: residuals must be finite")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RunningSums:
    """Sums that grow with time, per key.

    Attributes:
        times: Distinct times of all entries, ascending; shape (times,).
        keys: `key * (times + 1) + rank of time` of the entries, ascending; shape (entries,).
        totals: Sums over the entries before each one, all keys together; shape
            (columns, entries + 1).
    """

    times: Rows
    keys: Rows
    totals: Floats

    @classmethod
    def build(cls, keys: Rows, times: Rows, columns: Floats) -> Self:
        """Sort entries by key and time and run the sums.

        Args:
            keys: What each entry is summed under, at least 0; shape (entries,).
            times: When it counts from; shape (entries,).
            columns: What is summed; shape (columns, entries).
        """
        known, ranks = np.unique(times, return_inverse=True)
        combined = keys * (len(known) + 1) + ranks
        order = np.argsort(combined, kind="stable")
        totals = np.zeros((len(columns), len(keys) + 1))
        np.cumsum(columns[:, order], axis=1, out=totals[:, 1:])
        return cls(times=known, keys=combined[order], totals=totals)

    def before(self, keys: Rows, times: Rows) -> Floats:
        """Sums per key over the entries strictly before a time; 0 for a negative key.

        Args:
            keys: The keys asked for, -1 for none; shape (rows,).
            times: The times asked for; shape (rows,).

        Returns:
            Sums of shape (columns, rows).
        """
        bases = keys * (len(self.times) + 1)
        starts = np.searchsorted(self.keys, bases)
        ends = np.searchsorted(self.keys, bases + np.searchsorted(self.times, times))
        sums = self.totals[:, ends] - self.totals[:, starts]
        return np.where((keys >= 0) & (ends > starts), sums, 0.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EffectHistory:
    """Everything observed, in time order, ready to be asked as of any time.

    Attributes:
        clinician_ids: Known clinicians in ascending order; shape (clinicians,).
        domains: Known domains in ascending order; shape (domains,).
        components: The variances effects are shrunk by. Three numbers for the whole history:
            estimate them on training outcomes only.
        cell_sums: Running cases, residuals and variances per cell.
        clinician_sums: Running `w`, `w e` and cases per clinician.
    """

    clinician_ids: NDArray[np.str_]
    domains: NDArray[np.str_]
    components: Components
    cell_sums: RunningSums
    clinician_sums: RunningSums

    @classmethod
    def build(
        cls,
        outcomes: Outcomes,
        components: Components,
        *,
        reporting_lag: timedelta = timedelta(0),
    ) -> Self:
        """Put outcomes in the order in which they became known.

        Args:
            outcomes: Every outcome of the history, in any order.
            components: The variances to shrink by.
            reporting_lag: How long an outcome takes to reach the clinic.

        Raises:
            UsageError: Lengths differ, or a residual is not finite.
        """
        outcomes.check()
        known_ids, owners = name_rows(outcomes.clinician_ids)
        known_domains, domain_rows = name_rows(outcomes.domains)
        keys = owners * max(len(known_domains), 1) + domain_rows
        lag = reporting_lag // timedelta(microseconds=1)
        times = np.asarray(outcomes.observed_at, np.int64) + lag
        variances = outcomes.variances
        if variances is None:
            variances = np.full(len(times), components.case)
        floored = np.maximum(variances, VARIANCE_FLOOR)
        cases = np.stack([np.ones_like(floored), outcomes.residuals, floored])
        changes = _clinician_changes(keys, times, cases, components.domain.value)
        return cls(
            clinician_ids=known_ids,
            domains=known_domains,
            components=components,
            cell_sums=RunningSums.build(keys, times, cases),
            clinician_sums=RunningSums.build(owners, times, changes),
        )

    def as_of(self, clinician_ids: Names, domains: Names, times: Rows) -> Estimates:
        """Effects from outcomes known strictly before each row's own time.

        Args:
            clinician_ids: The clinician of each row, known or not; shape (rows,).
            domains: The problem domain of each row, known or not; shape (rows,).
            times: The time of each row, microseconds since 1970 UTC; shape (rows,).

        Returns:
            Arrays of shape (rows,); the prior where nothing was known yet.
        """
        owners = find_rows(self.clinician_ids, clinician_ids)
        domain_rows = find_rows(self.domains, domains)
        is_cell = (owners >= 0) & (domain_rows >= 0)
        keys = np.where(is_cell, owners * len(self.domains) + domain_rows, -1)
        moments = np.asarray(times, np.int64)
        sums = self.cell_sums.before(keys, moments)
        cells = CellSums.of(sums)
        weights, weighted, cases = self.clinician_sums.before(owners, moments)
        return shrink(cells, weights, weighted, cases, self.components)


def _clinician_changes(
    keys: Rows, times: Rows, cases: Floats, domain_variance: float
) -> Floats:
    """What each case changes in its clinician's sums of `w`, `w e` and cases.

    A case changes its cell's contribution from that of the cases before it to that of the cases
    up to it, so that the clinician's sums can run over cases in time order.

    Args:
        keys: The cell of each case; shape (cases,).
        times: When each counts from; shape (cases,).
        cases: Ones, residuals and variances; shape (3, cases).
        domain_variance: The variance between the domains of one clinician.

    Returns:
        Changes of shape (3, cases).
    """
    order = np.lexsort((times, keys))
    ordered = cases[:, order]
    is_first = np.diff(keys[order], prepend=-1) != 0
    totals = np.cumsum(ordered, axis=1)
    starts = np.flatnonzero(is_first)
    groups = np.cumsum(is_first) - 1
    bases = (totals[:, starts] - ordered[:, starts])[:, groups]
    running = totals - bases
    cells = CellSums.of(running)
    weights = cells.precisions(domain_variance)
    contributions = np.stack([weights, weights * cells.means, running[0]])
    before = np.where(is_first, 0.0, np.roll(contributions, 1, axis=1))
    changes = np.empty_like(cases)
    changes[:, order] = contributions - before
    return changes
