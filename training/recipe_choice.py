"""Choose between recipes on later episodes: one takes over only where it is shown to be better.

A difference of a few thousandths of a nat on one cut in time is chance. Recipes are therefore compared pair by pair
on several blocks, each predicted by what was known before, and the standard error counts whole clinicians. The
recipe that stands first serves until another is better by more than its error; a draw changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.metrics.proper_scores import log_losses

Floats = NDArray[np.float64]

LEAST_ERRORS = 1.645
"""Standard errors by which a recipe has to be better before it takes over: one chance in twenty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """How much less one recipe loses than the one that stands."""

    value: float
    """Nats per episode; above 0 is better."""
    error: float
    """Standard error, by clinicians."""

    @property
    def is_shown(self) -> bool:
        """Whether it is more than chance would give."""
        return self.value > LEAST_ERRORS * self.error


def episode_losses(said: Floats, labels: Floats) -> Floats:
    """Log-loss of each episode, summed over the heads whose label is known.

    Args:
        said: Probabilities; shape (heads, rows).
        labels: 0, 1 or NaN; shape (heads, rows).

    Returns:
        Nats, 0 where nothing is known; shape (rows,).
    """
    return np.asarray(np.nansum(log_losses(said, labels), axis=0), np.float64)


def lead_over(standing: Floats, other: Floats, clinicians: NDArray[np.str_]) -> Lead:
    """How much less another recipe loses.

    Args:
        standing: Losses of the recipe that stands, NaN where it was not tried; shape (rows,).
        other: Losses of the other on the same rows, NaN likewise; shape (rows,).
        clinicians: Who treated; shape (rows,).

    Example:
        Two clinicians with leads of .1 and .3: the mean is .2, and each is .1 from it.

        >>> lead = lead_over(np.array([0.4, 0.4]), np.array([0.3, 0.1]), np.array(["a", "b"]))
        >>> round(lead.value, 3), round(lead.error, 3)
        (0.2, 0.1)
    """
    compared = np.isfinite(standing) & np.isfinite(other)
    if not compared.any():
        return Lead(value=0.0, error=np.inf)
    gaps = (standing - other)[compared]
    mean = float(gaps.mean())
    _, owners = np.unique(clinicians[compared], return_inverse=True)
    sums = np.bincount(owners, gaps - mean)
    count = len(sums)
    spread = float(np.square(sums).sum()) * count / max(count - 1, 1)
    return Lead(value=mean, error=float(np.sqrt(spread)) / len(gaps))


def choose(
    losses: Mapping[str, Floats], clinicians: NDArray[np.str_]
) -> tuple[str, dict[str, Lead]]:
    """The recipe that serves: the first unless others are shown to be better, and of those the best.

    Args:
        losses: Losses per episode by recipe, the one that stands first; shape (rows,) each.
        clinicians: Who treated; shape (rows,).

    Returns:
        Its name, and how far every other that was tried leads the first.
    """
    names: Sequence[str] = list(losses)
    first = names[0]
    tried = [name for name in names[1:] if np.isfinite(losses[name]).any()]
    leads = {name: lead_over(losses[first], losses[name], clinicians) for name in tried}
    shown = {name: lead for name, lead in leads.items() if lead.is_shown}
    best = max(shown, key=lambda name: shown[name].value, default=first)
    return best, leads
