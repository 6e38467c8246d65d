"""What is expected of each pairing of one patient with several clinicians."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HEADS = ("accept", "attend", "engage", "improve", "deteriorate")
"""The outcomes in order: attend is given acceptance, engage given attendance, improve and
deteriorate given engagement."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Predictions:
    """Probabilities of the five outcomes; every array but `spreads` has shape (candidates,).

    Low and high bound 90 % of the posterior of a probability, as far as it stems from not
    knowing the clinician.
    """

    p_accept: Floats
    """The clinician takes the referral."""
    p_attend: Floats
    """The first appointment is attended, given acceptance."""
    p_engage: Floats
    """Three or more visits within 60 days of the first, given attendance."""
    p_improve: Floats
    """Reliable improvement within the window, given engagement."""
    p_deteriorate: Floats
    """Reliable deterioration, given engagement."""
    engage_low: Floats
    engage_high: Floats
    improve_low: Floats
    improve_high: Floats
    spreads: Floats
    """Posterior standard deviations of the logits, in the order of `HEADS`; shape (heads,
    candidates)."""
    cases: NDArray[np.int64]
    """Observed courses behind the clinician's effect, 0 where nothing is known."""

    def __len__(self) -> int:
        return len(self.p_accept)

    def take(self, places: NDArray[np.int64]) -> Self:
        """The same for some of the candidates; places of shape (taken,)."""
        return type(self)(
            **{entry.name: getattr(self, entry.name)[..., places] for entry in fields(self)}
        )
