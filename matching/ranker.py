"""LambdaMART over the candidates of one request: a student of the utilities of the heads.

Its scores order the candidates of one request and mean nothing across requests.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake
from matching.pair_features import pair_features
from matching.scorers import EffectsScorer
from matching.tree_features import COLUMNS, tree_features
from matching.tree_models import TreeModel

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

RANK_COLUMNS = (*COLUMNS, "wait_days")
"""What the ranker sees of a candidate."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ranker:
    """Trees that order, and the effects that their columns come from."""

    base: EffectsScorer
    trees: TreeModel

    def scores(
        self, intake: Intake, directory: Directory, rows: Rows, *, wait_days: Floats
    ) -> Floats:
        """What orders the candidates, larger first.

        Args:
            intake: The request.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).
            wait_days: Days to the first appointment; shape (candidates,).

        Returns:
            Shape (candidates,).
        """
        return self.trees.margins(rank_features(self.base, intake, directory, rows, wait_days))


def rank_features(
    base: EffectsScorer, intake: Intake, directory: Directory, rows: Rows, wait_days: Floats
) -> Floats:
    """The columns of candidates; arguments as for `Ranker.scores`, shape (candidates, columns)."""
    terms = base.terms(intake, directory, rows, wait_days)
    pairs = pair_features(intake, directory, rows).matrix
    return np.column_stack([tree_features(intake, terms, pairs), wait_days])
