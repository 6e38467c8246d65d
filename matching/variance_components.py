"""How much true differences vary, by moments: the variance left over once chance is accounted for.

Each mean `y_g` of true value `u_g` carries a known sampling variance `s_g`, and the `u_g` vary by
`tau2` around the mean of their block. With `w_g = 1 / (s_g + tau2)`,

    Q(tau2) = sum over blocks and g of w_g (y_g - block mean)^2

falls in tau2 and has the expectation `G - blocks` at the truth. DerSimonian and Laird (1986) take one
step towards that equation from tau2 = 0; iterating their step to its end (Paule and Mandel, 1982)
keeps it efficient when some clinicians have three cases and others three hundred. Setting Q to the
quantiles of its chi-squared distribution gives the interval (Viechtbauer, 2007).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammaincinv

LEVEL = 0.95
"""Coverage of the intervals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceComponent:
    """A variance between true values, with its interval.

    Attributes:
        value: The estimate, at least 0; 0 where chance explains all differences.
        low: Lower end of the 95 % interval; 0 where the data fit with no differences at all.
        high: Upper end; infinite where nothing can be said, as with a single group.
    """

    value: float
    low: float = 0.0
    high: float = np.inf

    def to_array(self) -> NDArray[np.float64]:
        """Value, low and high; shape (3,)."""
        return np.array([self.value, self.low, self.high])

    @classmethod
    def from_array(cls, array: NDArray[np.float64]) -> Self:
        """The inverse of `to_array`; takes an array of shape (3,)."""
        return cls(value=float(array[0]), low=float(array[1]), high=float(array[2]))


def heterogeneity(
    means: NDArray[np.float64],
    variances: NDArray[np.float64],
    blocks: NDArray[np.int64],
    between: float,
) -> float:
    """Q: the weighted squares of means around the weighted mean of their block.

    Args:
        means: Observed means; shape (groups,).
        variances: Their sampling variances, above 0; shape (groups,).
        blocks: The block each belongs to, counted from 0; shape (groups,).
        between: The variance assumed between true values, at least 0.

    Example:
        >>> heterogeneity(np.array([-1.0, 1.0]), np.ones(2), np.zeros(2, np.int64), 1.0)
        1.0
    """
    weights = 1.0 / (variances + between)
    totals = np.bincount(blocks, weights)
    centres = np.bincount(blocks, weights * means) / np.where(totals > 0, totals, 1.0)
    return float(np.sum(weights * (means - centres[blocks]) ** 2))


def fit_variance(
    means: NDArray[np.float64],
    variances: NDArray[np.float64],
    blocks: NDArray[np.int64] | None = None,
) -> VarianceComponent:
    """The variance between true values within blocks.

    Args:
        means: Observed means; shape (groups,).
        variances: Their sampling variances, above 0; shape (groups,).
        blocks: The block each belongs to, counted from 0; shape (groups,). One block when absent.

    Returns:
        The estimate with its interval; 0 and an unbounded interval where no block has two groups.

    Example:
        Two means one apart from their centre, each with sampling variance 1: Q(1) = 1 = G - 1.

        >>> round(fit_variance(np.array([-1.0, 1.0]), np.ones(2)).value, 6)
        1.0
    """
    places = np.zeros(len(means), dtype=np.int64) if blocks is None else blocks
    freedom = len(means) - len(np.unique(places))
    if freedom < 1:
        return VarianceComponent(value=0.0)

    def solve(target: float) -> float:
        """The variance at which Q meets the target; 0 where Q never reaches it."""
        if heterogeneity(means, variances, places, 0.0) <= target:
            return 0.0
        upper = float(np.var(means) + np.mean(variances))
        while heterogeneity(means, variances, places, upper) > target:
            upper *= 4.0
        return float(
            brentq(
                lambda between: heterogeneity(means, variances, places, between) - target,
                0.0,
                upper,
                xtol=1e-12,
            )
        )

    tail = (1.0 - LEVEL) / 2.0
    return VarianceComponent(
        value=solve(freedom),
        low=solve(_chi_square(1.0 - tail, freedom)),
        high=solve(_chi_square(tail, freedom)),
    )


def _chi_square(share: float, freedom: int) -> float:
    """A quantile of the chi-square distribution; `scipy.stats` would cost each start of a process a second."""
    return float(2.0 * gammaincinv(freedom / 2.0, share))
