"""From shelves to one list: how many of each, in which order, with variety and promotions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from recommender.blend import Blend
from recommender.request import Shelf

SHARE_TOLERANCE = 0.1
"""How far the share of repeats in a list may be from the person's own."""
SHARE_PRIOR_PLAYS = 5.0
"""Plays' worth of the common repeat share mixed into a person's own."""
NEXT_STEPS = 2
"""Most next steps of programs in one list."""
VARIETY_SHARE = 0.4
"""Share of the list that items with the same topics may fill before others come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place of the list."""

    row: int
    """Catalogue row."""
    shelf: Shelf
    score: float
    is_promoted: bool = False
    exposure_probability: float = 1.0
    """Chance that the place holds this item."""
    is_explored: bool = False
    """Drawn among unproven items."""


def own_repeat_share(plays: int, repeats: int, common: float) -> float:
    """A person's share of repeats, shrunken towards that of everybody.

    Example:
        >>> own_repeat_share(15, 11, 0.2)
        0.6
    """
    return (repeats + SHARE_PRIOR_PLAYS * common) / (plays + SHARE_PRIOR_PLAYS)


def varied(
    rows: NDArray[np.int64], groups: NDArray[np.int64], *, limit: int
) -> NDArray[np.int64]:
    """Put back items whose topics have had their share of a list, keeping the order otherwise.

    Args:
        rows: Catalogue rows, best first; shape (n,).
        groups: Topic group of each catalogue row; shape (items,).
        limit: Length of the list.

    Returns:
        The same rows in another order; shape (n,).
    """
    most = max(2, ceil(limit * VARIETY_SHARE))
    counts: dict[int, int] = {}
    is_late = np.zeros(len(rows), np.bool_)
    for place, group in enumerate(groups[rows].tolist()):
        counts[group] = counts.get(group, 0) + 1
        is_late[place] = counts[group] > most
    return np.concatenate([rows[~is_late], rows[is_late]])


def compose(
    shelves: dict[Shelf, NDArray[np.int64]], blend: Blend, *, limit: int, repeat_share: float
) -> list[Slot]:
    """Fill a list from the shelves, in the order of their chances of being used.

    The number of repeats is the one that the chances ask for, kept within a tenth of the person's
    own share; where one shelf runs out the other fills the rest.

    Args:
        shelves: Catalogue rows of each shelf, shape (items on the shelf,), best first; an item
            stands on one shelf only.
        blend: Chances of use by shelf and rank.
        limit: Length of the list.
        repeat_share: The person's own share of repeats.

    Returns:
        At most `limit` slots, the highest score first.
    """
    steps = _slots(shelves[Shelf.NEXT_STEP][:NEXT_STEPS], Shelf.NEXT_STEP, blend.next_step_rate)
    again = _slots(shelves[Shelf.AGAIN], Shelf.AGAIN, blend.again_rate)
    fresh = [*steps, *_slots(shelves[Shelf.NEW], Shelf.NEW, blend.new_rate)]
    ranked = sorted([*steps, *again, *fresh[len(steps) :]], key=lambda slot: -slot.score)
    wanted = sum(slot.shelf is Shelf.AGAIN for slot in ranked[:limit])
    low = ceil((repeat_share - SHARE_TOLERANCE) * limit - 1e-9)
    high = floor((repeat_share + SHARE_TOLERANCE) * limit + 1e-9)
    if low > high:
        low = high = round(repeat_share * limit)
    count = min(max(wanted, low), high, limit)
    count = max(min(count, len(again)), 0)
    count = min(max(count, limit - len(fresh)), len(again))
    chosen = [*steps[: limit - count], *again[:count], *fresh[len(steps) : limit - count]]
    return sorted(chosen, key=lambda slot: -slot.score)


def _slots(rows: NDArray[np.int64], shelf: Shelf, rates: NDArray[np.float64]) -> list[Slot]:
    scores = rates[np.minimum(np.arange(len(rows)), len(rates) - 1)]
    return [
        Slot(row=row, shelf=shelf, score=score)
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
    ]


def with_promotions(
    slots: Sequence[Slot], promoted: Sequence[Slot], *, limit: int, share: float
) -> list[Slot]:
    """Let promoted items take their share of the list, evenly spread.

    What is in the list by itself counts towards the share and stays where it is; the lowest other
    slots make room for the rest.

    Args:
        slots: The list so far.
        promoted: Items that may be promoted, in order of preference.
        limit: Length of the list.
        share: Share of the list for promoted items, 0 to 1.
    """
    quota = min(floor(limit * min(max(share, 0.0), 1.0) + 0.5), len(promoted))
    wanted = {slot.row for slot in promoted}
    filled = [replace(slot, is_promoted=slot.row in wanted) for slot in slots]
    present = {slot.row for slot in filled if slot.is_promoted}
    fresh = [slot for slot in promoted if slot.row not in present]
    fresh = fresh[: max(quota - len(present), 0)]
    room = limit - len(fresh)
    surplus = len(filled) - room
    for slot in reversed(list(filled)):
        if surplus > 0 and not slot.is_promoted:
            filled.remove(slot)
            surplus -= 1
    for number, slot in enumerate(fresh, start=1):
        place = ceil(number * limit / len(fresh)) - 1
        filled.insert(min(place, len(filled)), replace(slot, is_promoted=True))
    return filled[:limit]
