"""One place of a list for something unproven, drawn with a chance that is known exactly.

What nobody has used cannot win by use. In some lists the lowest place goes to an item that the model does not
know or that came out lately, among those that safety, filters and prerequisites allow anyway. What fits the person's
topics and goals is drawn more often, everything at least sometimes, and each chance is part of the answer, so that
what is learned from such lists can be weighed by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.domain import Safety, Tier
from recommender.binding import ABSENT, Binding
from recommender.interactions import DAY_MICROS
from recommender.request import Shelf
from recommender.shelves import Candidates, Moment
from recommender.slate import Slot

SHARE = 0.1
"""Chance that a list explores (0.1 to 0.2 is usual)."""
LEAST_SLOTS = 5
"""Shorter lists have no place to give away."""
UNPROVEN_DAYS = 30
"""How long after its release an item counts as unproven, used or not."""
LEAST_WEIGHT = 0.25
"""Weight of an item that fits nothing, beside 1 for the best fit."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Draw:
    """What may be drawn, and how likely each is once a list explores."""

    rows: NDArray[np.int64]
    """Catalogue rows; shape (n,)."""
    chances: NDArray[np.float64]
    """Sum 1; shape (n,)."""


def may_explore(safety: Safety, slots: Sequence[Slot]) -> bool:
    """Whether a list has a place to give away: in the green tier alone, and never a short list."""
    return safety.tier is Tier.GREEN and len(slots) >= LEAST_SLOTS


def unproven(
    binding: Binding, candidates: Candidates, moment: Moment, slots: Sequence[Slot]
) -> Draw:
    """The unproven items that are not in a list, and their chances.

    Args:
        binding: The model on the catalogue.
        candidates: What may be offered to the person.
        moment: The time and the stated goals.
        slots: The list so far.
    """
    released = binding.catalogue.published_at
    is_young = released > moment.at - UNPROVEN_DAYS * DAY_MICROS
    is_open = candidates.is_new & ((binding.model_row_of == ABSENT) | is_young)
    is_open[[slot.row for slot in slots]] = False
    rows = np.flatnonzero(is_open)
    history = candidates.history
    own = history.row != ABSENT
    fit = np.maximum(binding.topics.affinity(history.row[own], history.weight[own]), 0.0)
    fit = fit / fit.max() if fit.max(initial=0.0) > 0 else fit
    if moment.goals or moment.concerns:
        fit = np.maximum(fit, binding.topics.goal_fit(moment.goals, moment.concerns))
    weight = LEAST_WEIGHT + (1.0 - LEAST_WEIGHT) * np.clip(fit[rows], 0.0, 1.0)
    return Draw(rows=rows, chances=weight / max(weight.sum(), 1e-12))


def explored(slots: Sequence[Slot], draw: Draw, *, seed: int) -> list[Slot]:
    """The list with the lowest place that is not promoted given away, or kept, by the seed.

    Args:
        slots: The list, best first.
        draw: What may be drawn; where empty the list stays as it is.
        seed: Of this request, 0 or more; the same seed gives the same list.

    Returns:
        As many slots; the place in question holds the chance with which it holds that item.
    """
    places = [place for place, slot in enumerate(slots) if not slot.is_promoted]
    found = list(slots)
    if not len(draw.rows) or not places:
        return found
    dice = np.random.default_rng([seed, 17])
    place = places[-1]
    if dice.random() >= SHARE:
        found[place] = replace(found[place], exposure_probability=1.0 - SHARE)
        return found
    chosen = int(np.searchsorted(np.cumsum(draw.chances), dice.random(), side="right"))
    chosen = min(chosen, len(draw.rows) - 1)
    found[place] = Slot(
        row=int(draw.rows[chosen]),
        shelf=Shelf.NEW,
        score=found[place].score,
        exposure_probability=SHARE * float(draw.chances[chosen]),
        is_explored=True,
    )
    return found
