"""What whole courses say of a clinician beyond the yes or no of an outcome.

Whether three visits came about is one bit; when a person stopped is known visit by visit. Whether
somebody improved reliably is one bit; how far the questionnaires moved is a number. A signal holds
shrunken clinician effects on such a finer measure, and how far one unit of it moves each head's logit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr

from matching.names import Names
from matching.nested_effects import NestedEffects
from matching.predictions import HEADS

Floats = NDArray[np.float64]

STOP, CHANGE = "stop", "change"
"""Unplanned stops, a hazard per visit; and symptom change, in reliable changes."""
ENGAGE_STOPS = 2
"""Stops after these many first visits prevent engagement, which takes three."""
DOSE_VISITS = 4.5
"""Visits in which the effect of care comes nearer to its end by a factor of e."""
MOST_VISITS = 16
STEP = 0.3
"""Logits by which stopping is moved to see what follows."""
WIDTH = 0.5
"""Half a reliable change: about the error of one measured change."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Signal:
    """One finer measure.

    Attributes:
        name: `STOP` or `CHANGE`.
        effects: Shrunken effects on the measure's own scale.
        slopes: Logits of each head per unit of the measure; shape (heads,).
        replaces: Heads whose own effects this one makes superfluous: they come from the same
            courses, and counting both would count them twice.
    """

    name: str
    effects: NestedEffects
    slopes: Floats
    replaces: tuple[str, ...]

    def shifts(
        self, clinician_ids: Names, clinic_ids: Names, domain: str
    ) -> tuple[Floats, Floats]:
        """How the clinicians move the logits, and how uncertain that is.

        Args:
            clinician_ids: The clinicians; shape (candidates,).
            clinic_ids: Their clinics, empty for none; shape (candidates,).
            domain: The problem domain of the request.

        Returns:
            Shifts and posterior variances; shape (heads, candidates) each.
        """
        found = self.effects.look_up(clinician_ids, clinic_ids, domain)
        return (
            self.slopes[:, None] * found.means,
            self.slopes[:, None] ** 2 * found.variances,
        )

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything needed to rebuild the signal; slopes of shape (heads,)."""
        return {**self.effects.to_arrays(), "slopes": self.slopes}

    @classmethod
    def from_arrays(
        cls, name: str, replaces: tuple[str, ...], arrays: Mapping[str, NDArray[Any]]
    ) -> Self:
        """The inverse of `to_arrays`.

        Args:
            name: The measure.
            replaces: Heads whose own effects it replaces.
            arrays: By name; slopes of shape (heads,).

        Raises:
            KeyError: An array is missing.
        """
        return cls(
            name=name,
            effects=NestedEffects.from_arrays(arrays),
            slopes=arrays["slopes"],
            replaces=replaces,
        )


def engage_slope(hazards: Floats, *, engaged_share: float) -> float:
    """Logits of engagement per logit of stopping after a visit.

    Engagement is the product of staying after each of the first two visits, so its logarithm falls
    by the sum of their hazards per logit, and its logit by that over the share not engaged.

    Args:
        hazards: Usual hazards of stopping after visits 1, 2, ...; shape (visits,).
        engaged_share: Usual share of engagement, strictly between 0 and 1.

    Example:
        >>> engage_slope(np.array([0.3, 0.1, 0.05]), engaged_share=0.6)
        -1.0
    """
    return round(-float(hazards[:ENGAGE_STOPS].sum()) / (1.0 - engaged_share), 12)


def threshold_slope(values: Floats, share: float, *, width: float = WIDTH) -> float:
    """Logits of lying above a threshold per unit by which everybody's measure moves up.

    The density at the threshold is read off the values themselves, smoothed by a normal kernel:
    outcomes have heavier tails than a normal measure, and scores are whole numbers.

    Args:
        values: The measure, finite; shape (cases,), at least one.
        share: Usual share above the threshold, strictly between 0 and 1; the threshold follows.
        width: Standard deviation of the kernel, above 0.

    Returns:
        Above 0, and never more than one value in all would give: 1.6 / width at one half.

    Example:
        All at one place with a kernel of width 1: the normal density .399 over .25.

        >>> round(threshold_slope(np.zeros(3), 0.5, width=1.0), 3)
        1.596
    """

    def above(threshold: float) -> float:
        return float(ndtr((values - threshold) / width).mean())

    reach = 8.0 * width
    threshold = brentq(
        lambda place: above(place) - share, values.min() - reach, values.max() + reach
    )
    places = (values - threshold) / width
    density = np.exp(-0.5 * places**2).mean() / (width * np.sqrt(2.0 * np.pi))
    return float(density / (share * (1.0 - share)))


def dose_slope(hazards: Floats) -> float:
    """Share of the effect of care that an engaged person loses per logit of stopping.

    After k visits `1 - exp((1 - k) / 4.5)` of the effect is reached (Howard et al., 1986; Hansen et
    al., 2002); who never stops stays for 16 visits.

    Args:
        hazards: Usual hazards of stopping after visits 1, 2, ..., strictly between 0 and 1, the
            last one kept from there on; shape (visits,).

    Returns:
        0 or less, relative to the mean dose of an engaged person.
    """
    visits = np.arange(ENGAGE_STOPS + 1, MOST_VISITS + 1)
    usual = logit(hazards[np.minimum(visits, len(hazards)) - 1])
    dose = 1.0 - np.exp((1.0 - visits) / DOSE_VISITS)

    def mean_dose(shift: float) -> float:
        stop = np.append(expit(usual + shift)[:-1], 1.0)
        staying = np.cumprod(np.append(1.0, 1.0 - stop[:-1]))
        return float(np.sum(staying * stop * dose))

    return (mean_dose(STEP) - mean_dose(-STEP)) / (2.0 * STEP * mean_dose(0.0))


def slopes_of(**by_head: float) -> Floats:
    """Slopes in the order of `HEADS`, 0 for a head that is not named; shape (heads,)."""
    return np.array([by_head.get(head, 0.0) for head in HEADS])
