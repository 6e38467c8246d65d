"""What orders a list: the utility, a chance for newcomers, and a draw among the best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake
from matching.explanations import MET
from matching.exploration import Exploration
from matching.newcomers import NewcomerBonus
from matching.pair_features import PAIR_FEATURES, pair_features

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPolicy:
    """What counts beside the utility; nothing unless it is given."""

    newcomers: NewcomerBonus | None = None
    exploration: Exploration | None = None

    @property
    def name(self) -> str:
        """The word for this policy in answers and logs."""
        parts = {"newcomers": self.newcomers, "exploration": self.exploration}
        return "+".join(["utility", *(name for name, part in parts.items() if part)])


SERVED = OrderPolicy(newcomers=NewcomerBonus(), exploration=Exploration())
"""What a service orders by, unless told otherwise."""


def meets_wishes(intake: Intake, directory: Directory, rows: Rows) -> NDArray[np.bool_]:
    """Whether candidates meet the preferences and the language that were stated, if any.

    True exactly for those whom no caution would say otherwise of.

    Args:
        intake: The request.
        directory: All clinicians.
        rows: Directory rows of the candidates; shape (candidates,).
    """
    matrix = pair_features(intake, directory, rows).matrix
    wishes = matrix[[PAIR_FEATURES.index(name) for name in ("preferences", "language")]]
    missed = wishes < MET
    return np.logical_not(missed[0] | missed[1])
