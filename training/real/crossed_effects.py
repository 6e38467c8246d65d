"""Two kinds of effects on the same outcome, each fitted on what the other leaves over.

Who answered and what was asked, or which therapy and which problem, both move an outcome and are
mixed up in the data. Fitting them in turn, each shrunken on the residuals of the other, converges to
the posterior of the crossed mixed model at the estimated variances (backfitting; Buja, Hastie and
Tibshirani, 1989). The variances are by moments on the same residuals and a little low, as they do
not know that the other effect is uncertain.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.effects import Effects, fit_effects
from matching.names import Names

Floats = NDArray[np.float64]

ROUNDS = 20
"""Most rounds of fitting in turn."""
TOLERANCE = 1e-5
"""Largest change of an effect, on the outcome's scale, at which fitting ends."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Factor:
    """The names of one kind of effect: owners, and the domain within the owner.

    Attributes:
        owners: Who or what has the effect; shape (rows,).
        domains: In which domain; shape (rows,), or one name for all.
    """

    owners: Names
    domains: Names

    @classmethod
    def plain(cls, owners: Names) -> Self:
        """One level only; takes names of shape (rows,)."""
        return cls(owners=owners, domains=[""] * len(owners))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CrossedEffects:
    """Two fitted kinds of effects."""

    first: Effects
    second: Effects

    def means(self, first: Factor, second: Factor) -> Floats:
        """Sums of both posterior means, 0 for the unknown; shape (rows,)."""
        one = self.first.look_up(first.owners, first.domains).means
        return one + self.second.look_up(second.owners, second.domains).means


def fit_crossed(
    first: Factor,
    second: Factor,
    residuals: Floats,
    *,
    variances: Floats | None = None,
    cases: Floats | None = None,
) -> CrossedEffects:
    """Fit two kinds of effects in turn; the first gets the first word where they cannot be told apart.

    Args:
        first: Names of the first kind.
        second: Names of the second kind.
        residuals: Outcomes around their expectation, finite; shape (rows,).
        variances: Sampling variance of one case; shape (rows,). Pooled within cells when absent.
        cases: Cases behind each row; shape (rows,). One when absent.

    Raises:
        UsageError: Lengths differ, or a number is not finite.
    """

    def fit(factor: Factor, left: Floats) -> tuple[Effects, Floats]:
        """One kind of effects on what the other leaves over, and its means; shape (rows,)."""
        effects = fit_effects(
            factor.owners, factor.domains, left, variances=variances, cases=cases
        )
        return effects, effects.look_up(factor.owners, factor.domains).means

    one, one_means = fit(first, residuals)
    two, two_means = fit(second, residuals - one_means)
    for _ in range(ROUNDS):
        before = two_means
        one, one_means = fit(first, residuals - two_means)
        two, two_means = fit(second, residuals - one_means)
        if np.max(np.abs(two_means - before), initial=0.0) < TOLERANCE:
            break
    return CrossedEffects(first=one, second=two)
