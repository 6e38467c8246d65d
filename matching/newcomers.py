"""A chance for clinicians of whom little is known yet: points added to the served score.

Whoever joins is expected to be average, and a list by expectation alone shows those with a good record
and never learns about the rest. So the posterior standard deviation of the utility is added to the
score of newcomers. It shrinks with every observed course and is gone once a clinician is known. The
utility itself stays what is honestly expected.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError

Floats = NDArray[np.float64]

NEWCOMER = "newcomer_chance"
"""The group of the bonus among what adds up to a score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewcomerBonus:
    """How much not being known counts.

    Raises:
        UsageError: A number is negative or not finite, or `known_from` is 0.
    """

    spreads: float = 1.0
    """Posterior standard deviations of the utility that a clinician without cases gets."""
    known_from: float = 25.0
    """Observed courses from which nobody is a newcomer; until there the bonus fades evenly."""
    most: float = 0.05
    """Most points, about what one met wish is worth."""

    def __post_init__(self) -> None:
        values = (self.spreads, self.known_from, self.most)
        if not all(0 <= value < np.inf for value in values) or not self.known_from:
            raise UsageError("the newcomer bonus needs finite numbers of 0 or more")

    def points(
        self, spreads: Floats, cases: NDArray[np.int64], meets_wishes: NDArray[np.bool_]
    ) -> Floats:
        """What is added to each candidate's score.

        Nobody is new where nobody is known. Who misses a stated wish gets nothing, so that no
        bonus lifts anyone above those who meet it.

        Args:
            spreads: Posterior standard deviations of the utility; shape (candidates,).
            cases: Observed courses; shape (candidates,).
            meets_wishes: Whether every stated wish is met; shape (candidates,).

        Returns:
            Points from 0 to `most`; shape (candidates,).

        Example:
            >>> everyone = np.array([True, True, True])
            >>> NewcomerBonus().points(np.full(3, 0.04), np.array([0, 10, 25]), everyone).tolist()
            [0.04, 0.024, 0.0]
        """
        if not cases.any():
            return np.zeros(len(spreads))
        fading = np.clip(1.0 - cases / self.known_from, 0.0, 1.0)
        bonus = np.minimum(self.spreads * spreads, self.most) * fading
        return np.where(meets_wishes, bonus, 0.0)
