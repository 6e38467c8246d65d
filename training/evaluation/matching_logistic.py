"""A plain logistic regression on the same columns as the trees: what a careful textbook would serve.

It knows what the trees know, each row as of its own time, and nothing of which effects are sure: the bake-off shows
what shrinkage by case and trees are worth beside it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake
from matching.logistic import fit_logistic
from matching.pair_features import pair_features
from matching.predictions import HEADS, Predictions
from matching.scorers import EffectsScorer
from matching.terms import AVAILABILITY, GROUPS, Contributions, Terms
from matching.tree_features import tree_features
from matching.utility import UtilityWeights
from training.boosted_fit import TreeRows
from training.effects_fit import MEASURED_HEADS
from training.matching_cases import Cases
from training.measured import measured_weights

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

RIDGE = 10.0
"""Penalty on standardised columns, in cases."""
LEAST_LABELS = 200
"""Fewest labels of a head; with fewer, its logits are those of the effects."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """How columns become comparable."""

    means: Floats
    """Shape (columns,)."""
    scales: Floats
    """Shape (columns,)."""

    def standardised(self, matrix: Floats) -> Floats:
        """Columns of mean 0 and spread 1, the mean where nothing is known; shape (rows, columns)."""
        return np.nan_to_num((matrix - self.means) / self.scales, nan=0.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LogisticScorer:
    """One logistic regression a head; the wait counts as it does with every other model."""

    kind = "logistic"
    base: EffectsScorer
    columns: Columns
    coefficients: dict[str, Floats]
    """Intercept first, by head; a head that is absent is that of the effects."""

    @property
    def usual_wait_days(self) -> float:
        """The wait that the heads stand for."""
        return self.base.usual_wait_days

    def predict(
        self, intake: Intake, directory: Directory, rows: Rows, *, wait_days: Floats
    ) -> Predictions:
        """What is expected of each candidate.

        Args:
            intake: The request.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).
            wait_days: Days to the first appointment; shape (candidates,).
        """
        return self._terms(intake, directory, rows, wait_days).predictions()

    def explain(
        self,
        intake: Intake,
        directory: Directory,
        rows: Rows,
        *,
        wait_days: Floats,
        weights: UtilityWeights,
    ) -> Contributions:
        """Everything but the wait as one base; arguments as for `predict`."""
        return self._terms(intake, directory, rows, wait_days).contributions(wait_days, weights)

    def _terms(
        self, intake: Intake, directory: Directory, rows: Rows, wait_days: Floats
    ) -> Terms:
        terms = self.base.terms(intake, directory, rows, wait_days)
        pairs = pair_features(intake, directory, rows).matrix
        columns = self.columns.standardised(tree_features(intake, terms, pairs))
        base, shifts = np.array(terms.base), np.array(terms.shifts)
        others = [place for place, group in enumerate(GROUPS) if group != AVAILABILITY]
        for head, found in self.coefficients.items():
            base[HEADS.index(head)] = found[0] + columns @ found[1:]
            shifts[others, HEADS.index(head)] = 0.0
        return replace(terms, base=base, shifts=shifts)


def fit_logistic_scorer(
    cases: Cases, scorer: EffectsScorer, rows: TreeRows, *, as_of: int
) -> LogisticScorer:
    """Logistic heads on rows that were made for trees.

    Args:
        cases: A clinic.
        scorer: Fitted on what was known before the time.
        rows: Pairs, each as of its own time.
        as_of: Labels known at or after this time teach nothing.
    """
    columns = _columns(rows.matrix)
    matrix = columns.standardised(rows.matrix)
    coefficients = {}
    for head in HEADS:
        known = np.flatnonzero(cases.outcomes.known_before(head, as_of)[rows.episodes])
        if len(known) < LEAST_LABELS:
            continue
        episodes = rows.episodes[known]
        weights = None
        if head in MEASURED_HEADS:
            weights = measured_weights(cases, episodes, as_of=as_of)
        labels = cases.outcomes.label(head)[episodes]
        coefficients[head] = fit_logistic(matrix[known], labels, ridge=RIDGE, weights=weights)
    return LogisticScorer(base=scorer, columns=columns, coefficients=coefficients)


def _columns(matrix: Floats) -> Columns:
    known = np.isfinite(matrix)
    counts = np.maximum(known.sum(axis=0), 1)
    means = np.where(known, matrix, 0.0).sum(axis=0) / counts
    variances = np.where(known, (matrix - means) ** 2, 0.0).sum(axis=0) / counts
    return Columns(means=means, scales=np.where(variances > 0, np.sqrt(variances), 1.0))
