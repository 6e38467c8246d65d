"""Predictions as sums of named terms on the logit scale, and what each group of terms adds.

A head's logit is a base, what an average clinician after the usual wait would give this patient,
plus a shift per group. Utility multiplies heads, so its gain is divided among groups by their exact
Shapley values (Shapley, 1953): the mean over all orders of switching the groups on. They always sum
to the utility.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from math import factorial
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matching.predictions import HEADS, Predictions
from matching.utility import UtilityWeights, pairing_value

Floats = NDArray[np.float64]

AVAILABILITY = "availability"
"""The group of the wait: its discount, and its shift of attendance."""
BASELINE = "baseline"
"""What is there before any group counts."""
GROUPS = ("concern_fit", "preferences", "language", "track_record", AVAILABILITY)
"""The groups of terms, in the order of `Terms.shifts`."""
NORMAL_95 = 1.6448536269514722
"""Standard deviations that hold 90 % of a normal distribution, half of it on each side."""
LONGEST_WAIT_DAYS = 180.0
"""Beyond this a longer wait costs no more attendance."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Contributions:
    """What each group adds to the utility of each candidate."""

    groups: tuple[str, ...]
    """Names, `baseline` first."""
    values: Floats
    """Sums over groups to the utility; shape (groups, candidates)."""

    def with_group(self, name: str, values: Floats) -> Self:
        """The same with one more group; values of shape (candidates,)."""
        return type(self)(
            groups=(*self.groups, name), values=np.concatenate([self.values, values[None]])
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Terms:
    """The terms of several candidates."""

    base: Floats
    """Logits of an average clinician after the usual wait; shape (heads, candidates)."""
    shifts: Floats
    """What each group adds to the logits; shape (groups, heads, candidates)."""
    spreads: Floats
    """Posterior standard deviations of what the clinician adds; shape (heads, candidates)."""
    cases: NDArray[np.int64]
    """Observed courses behind the clinician's effects; shape (candidates,)."""
    usual_wait_days: float
    """The wait that the base stands for."""
    blurs: Floats = field(default_factory=lambda: np.zeros(len(HEADS)))
    """Standard deviations of the logits for other reasons, alike for all candidates; shape (heads,)."""

    def take(self, places: NDArray[np.int64]) -> Self:
        """The same for some of the candidates; places of shape (taken,)."""
        return type(self)(
            base=self.base[:, places],
            shifts=self.shifts[:, :, places],
            spreads=self.spreads[:, places],
            cases=self.cases[places],
            usual_wait_days=self.usual_wait_days,
            blurs=self.blurs,
        )

    def predictions(self) -> Predictions:
        """Probabilities with 90 % intervals; shape (candidates,)."""
        logits = self.base + self.shifts.sum(axis=0)
        reach = NORMAL_95 * np.hypot(self.spreads, self.blurs[:, None])
        middle, low, high = expit(logits), expit(logits - reach), expit(logits + reach)
        engage, improve = HEADS.index("engage"), HEADS.index("improve")
        return Predictions(
            p_accept=middle[0],
            p_attend=middle[1],
            p_engage=middle[engage],
            p_improve=middle[improve],
            p_deteriorate=middle[4],
            engage_low=low[engage],
            engage_high=high[engage],
            improve_low=low[improve],
            improve_high=high[improve],
            spreads=self.spreads,
            cases=self.cases,
        )

    def contributions(self, wait_days: Floats, weights: UtilityWeights) -> Contributions:
        """What each group adds to the utility.

        Args:
            wait_days: Days to the first appointment; shape (candidates,).
            weights: What each outcome is worth.
        """
        switches, shares = _shapley(len(GROUPS))
        logits = self.base + np.einsum("sg,ghn->shn", switches, self.shifts)
        is_on = switches[:, GROUPS.index(AVAILABILITY)] > 0
        waits = np.where(is_on[:, None], wait_days, self.usual_wait_days)
        values = pairing_value(np.moveaxis(expit(logits), 1, 0), waits, weights)
        return Contributions(
            groups=(BASELINE, *GROUPS),
            values=np.concatenate([values[:1], shares @ values]),
        )


@lru_cache(maxsize=4)
def _shapley(groups: int) -> tuple[Floats, Floats]:
    """All subsets of groups, and the weights that turn their values into Shapley values.

    Returns:
        Switches of shape (subsets, groups), the empty set first, and weights of shape
        (groups, subsets).
    """
    switches = (np.arange(2**groups)[:, None] >> np.arange(groups)) & 1
    sizes = switches.sum(axis=1)
    weights = np.zeros((groups, len(switches)))
    for group in range(groups):
        for subset, size in enumerate(sizes.tolist()):
            others = size - int(switches[subset, group])
            share = factorial(others) * factorial(groups - others - 1) / factorial(groups)
            weights[group, subset] = share if switches[subset, group] else -share
    return switches.astype(np.float64), weights


def attend_wait_logit(wait_days: Floats | float) -> Floats:
    """How a wait shifts the logit of attending the first appointment.

    Odds fall by 5 % a week (Psychological Services, 2023, n = 1,587), and by a further 0.25 on the
    logit after the first seven days (Gallucci et al., 2005).

    Args:
        wait_days: Days to the first appointment, 0 or more; shape (candidates,).

    Returns:
        Shifts, 0 or less; shape (candidates,).

    Example:
        >>> attend_wait_logit(np.array([0.0, 7.0, 14.0])).round(3).tolist()
        [0.0, -0.051, -0.353]
    """
    days = np.minimum(np.asarray(wait_days, dtype=np.float64), LONGEST_WAIT_DAYS)
    return np.log(0.95) * days / 7.0 - 0.25 * (days > 7.0)
