"""Boosted trees that correct the heads of clinician effects where they leave something over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake
from matching.calibration import Calibration
from matching.pair_features import pair_features
from matching.predictions import HEADS, Predictions
from matching.scorers import EffectsScorer
from matching.terms import GROUPS, Contributions, Terms
from matching.tree_features import COLUMN_GROUPS, tree_features
from matching.tree_models import TreeModel
from matching.utility import UtilityWeights

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BoostedScorer:
    """Clinician effects, and trees that add to the logits of some heads.

    Trees start from the logit of the effects, so that they hold only what those leave over; what each
    column adds is told under its group, and everything still sums.
    """

    kind = "boosted"
    base: EffectsScorer
    trees: Mapping[str, TreeModel]
    """By head; a head without trees is that of the effects."""

    @property
    def usual_wait_days(self) -> float:
        """The wait that the heads stand for."""
        return self.base.usual_wait_days

    @property
    def _calibration(self) -> Calibration:
        """That of the effects, but for heads with trees, which learned from later outcomes themselves."""
        return self.base.calibration.without(self.trees)

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
        terms, matrix = self._start(intake, directory, rows, wait_days)
        base = np.array(terms.base)
        for head, trees in self.trees.items():
            base[HEADS.index(head)] += trees.margins(matrix)
        return self._calibration.of_terms(replace(terms, base=base)).predictions()

    def explain(
        self,
        intake: Intake,
        directory: Directory,
        rows: Rows,
        *,
        wait_days: Floats,
        weights: UtilityWeights,
    ) -> Contributions:
        """What each group of terms adds to the utility; arguments as for `predict`."""
        terms, matrix = self._start(intake, directory, rows, wait_days)
        base, shifts = np.array(terms.base), np.array(terms.shifts)
        for head, trees in self.trees.items():
            place, added = HEADS.index(head), trees.contributions(matrix)
            base[place] += added[:, -1]
            for column, group in enumerate(COLUMN_GROUPS.values()):
                target = shifts[GROUPS.index(group), place] if group else base[place]
                target += added[:, column]
        whole = self._calibration.of_terms(replace(terms, base=base, shifts=shifts))
        return whole.contributions(wait_days, weights)

    def _start(
        self, intake: Intake, directory: Directory, rows: Rows, wait_days: Floats
    ) -> tuple[Terms, Floats]:
        terms = self.base.terms(intake, directory, rows, wait_days)
        pairs = pair_features(intake, directory, rows).matrix
        return terms, tree_features(intake, terms, pairs)
