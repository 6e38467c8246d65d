"""What orders a list: the utility, known clinicians, a chance for newcomers, a draw among the best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake
from matching.continuity import NOBODY, ContinuityBonus, Familiar
from matching.explanations import MET
from matching.exploration import Exploration
from matching.newcomers import NEWCOMER, NewcomerBonus
from matching.pair_features import PAIR_FEATURES, pair_features
from matching.predictions import Predictions
from matching.pricing import PricePolicy
from matching.utility import UtilityWeights, utility_spread

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPolicy:
    """What counts beside the utility; nothing unless it is given."""

    prices: PricePolicy | None = None
    newcomers: NewcomerBonus | None = None
    continuity: ContinuityBonus | None = None
    exploration: Exploration | None = None

    @property
    def name(self) -> str:
        """The word for this policy in answers and logs."""
        parts = {
            "prices": self.prices,
            "newcomers": self.newcomers,
            "continuity": self.continuity,
            "exploration": self.exploration,
        }
        return "+".join(["utility", *(name for name, part in parts.items() if part)])


SERVED = OrderPolicy(
    prices=PricePolicy(),
    newcomers=NewcomerBonus(),
    continuity=ContinuityBonus(),
    exploration=Exploration(),
)
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


def points_beside_utility(  # noqa: PLR0913 - what points depend on, each given by its name
    policy: OrderPolicy,
    intake: Intake,
    directory: Directory,
    rows: Rows,
    *,
    predictions: Predictions,
    wait_days: Floats,
    weights: UtilityWeights,
    familiar: Familiar,
    may_vary: bool,
    prices: Floats | None = None,
) -> dict[str, Floats]:
    """What counts beside the utility of each candidate, by group.

    Whom a person knows counts for everybody; prices, and chances for newcomers, where the list may vary.

    Args:
        policy: What counts.
        intake: The request.
        directory: All clinicians.
        rows: Directory rows of the candidates; shape (candidates,).
        predictions: What is expected of each candidate.
        wait_days: Days to the first appointment; shape (candidates,).
        weights: What each outcome is worth.
        familiar: Whom the person knows.
        may_vary: Whether anything may be tried out on this request, or weighed against what others gain.
        prices: Of all clinicians now; None where there are none; shape (clinicians,).

    Returns:
        Points by group, below 0 for prices alone; shape (candidates,) each.
    """
    found: dict[str, Floats] = {}
    if policy.prices is not None and prices is not None and may_vary:
        found |= policy.prices.points(prices, familiar, directory, rows)
    newcomers = policy.newcomers if may_vary else None
    continuity = policy.continuity if familiar != NOBODY else None
    if newcomers is None and continuity is None:
        return found
    meets = meets_wishes(intake, directory, rows)
    if newcomers is not None:
        spreads = utility_spread(predictions, wait_days, weights)
        found[NEWCOMER] = newcomers.points(spreads, predictions.cases, meets)
    if continuity is not None:
        found |= continuity.points(familiar, directory, rows, meets)
    return found
