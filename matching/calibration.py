"""How far and how steep the chances of each head are said: a line on its logit, learned from later outcomes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matching.predictions import HEADS
from matching.terms import AVAILABILITY, GROUPS, Terms

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Calibration:
    """Logits of each head become `intercept + slope * logit`; an intercept of 0 and a slope of 1 change nothing."""

    intercepts: Floats
    """Shape (heads,)."""
    slopes: Floats
    """Above 0, so that no order within a head changes; shape (heads,)."""

    @classmethod
    def identity(cls) -> Self:
        """The calibration that changes nothing."""
        return cls(intercepts=np.zeros(len(HEADS)), slopes=np.ones(len(HEADS)))

    def without(self, heads: Iterable[str]) -> Self:
        """The same with some heads left as they are said."""
        places = [HEADS.index(head) for head in heads]
        intercepts, slopes = self.intercepts.copy(), self.slopes.copy()
        intercepts[places], slopes[places] = 0.0, 1.0
        return type(self)(intercepts=intercepts, slopes=slopes)

    def of_terms(self, terms: Terms) -> Terms:
        """The same terms on calibrated logits; they still sum.

        What the wait adds stays as published: later outcomes are predicted at one wait and say nothing of it.
        Where logits become steeper their spreads grow alike; where they become flatter only that of the
        clinician's own record shrinks, not what is assumed of what nobody measures.

        Args:
            terms: Of several candidates.
        """
        slopes = self.slopes[:, None]
        shifts = terms.shifts * slopes
        wait = GROUPS.index(AVAILABILITY)
        shifts[wait] = terms.shifts[wait]
        return replace(
            terms,
            base=self.intercepts[:, None] + slopes * terms.base,
            shifts=shifts,
            spreads=terms.spreads * slopes,
            blurs=terms.blurs * np.maximum(self.slopes, 1.0),
        )
