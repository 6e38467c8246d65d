"""What many people use, what they use at a time of day, and what one person keeps using."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.interactions import HOUR_MICROS, STARTED_WEIGHT, Plays, decay

DAYPARTS = ("morning", "midday", "evening", "night")
"""From 5, 11, 17 and 22 o'clock local time."""
UNKNOWN_DAYPART = -1
_DAYPART_OF_HOUR = np.array([3] * 5 + [0] * 6 + [1] * 6 + [2] * 5 + [3] * 2 + [UNKNOWN_DAYPART])

ACTIVATION_DECAY = 0.5
"""Exponent of base-level activation (Anderson & Schooler, 1991)."""
SAME_DAYPART_FACTOR = 2.0
"""How much more a play at the same time of day counts."""


def dayparts(local_hour: NDArray[np.int64]) -> NDArray[np.int64]:
    """The part of the day of each local hour.

    Args:
        local_hour: 0 to 23; anything else is unknown; shape (n,).

    Returns:
        Positions in `DAYPARTS`, or `UNKNOWN_DAYPART`; shape (n,).

    Example:
        >>> dayparts(np.array([7, 12, 21, 23, 2, -1]))
        array([ 0,  1,  2,  3,  3, -1])
    """
    is_hour = (local_hour >= 0) & (local_hour <= 23)
    return _DAYPART_OF_HOUR[np.where(is_hour, local_hour, 24)]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Popularity:
    """Shares of use per item, each list summing to 1 over the items it was fitted on."""

    general: NDArray[np.float64]
    """Share of each item; shape (items,)."""
    by_daypart: NDArray[np.float64]
    """Share of each item at each part of the day; shape (dayparts, items)."""
    repeat_share: NDArray[np.float64]
    """Chance that a play of the item is followed by another one of the same person, shrunken
    towards that of all items; shape (items,)."""
    unseen: float
    """Share of an item that nobody has used yet."""


def people_per_item(
    plays: Plays, *, items: int, at: int, half_life_days: float
) -> NDArray[np.float64]:
    """Distinct people per item, each counted by their fullest play and its age.

    Args:
        plays: Plays before `at`.
        items: Number of item rows.
        at: Microseconds since 1970 UTC.
        half_life_days: After this time a person counts half.

    Returns:
        Counts of shape (items,); one person adds at most 1, skips add nothing.
    """
    weight = np.clip(plays.weight, 0.0, 1.0) * decay(at - plays.at_micros, half_life_days)
    keys = plays.person_row * items + plays.item_row
    order = np.lexsort((-weight, keys))
    keys = keys[order]
    is_best = np.ones(len(keys), np.bool_)
    is_best[1:] = keys[1:] != keys[:-1]
    best = order[is_best]
    return np.bincount(plays.item_row[best], weight[best], items).astype(np.float64)


def fit_popularity(
    plays: Plays,
    *,
    items: int,
    at: int,
    half_life_days: float,
    shrinkage: float,
    context_shrinkage: float,
) -> Popularity:
    """Shrunken popularity as of a time.

    Args:
        plays: Plays before `at`, of any number of people.
        items: Number of item rows.
        at: Microseconds since 1970 UTC.
        half_life_days: After this time a person counts half.
        shrinkage: How many people's worth of equal popularity is mixed in.
        context_shrinkage: How many people's worth of general popularity each part of the day is
            mixed with, and of the common repeat share each item.
    """
    people = people_per_item(plays, items=items, at=at, half_life_days=half_life_days)
    mass = people.sum() + shrinkage
    even = shrinkage / max(items, 1)
    general = (people + even) / mass
    part = dayparts(plays.local_hour)
    by_daypart = np.empty((len(DAYPARTS), items))
    for row in range(len(DAYPARTS)):
        here = people_per_item(
            plays.where(part == row), items=items, at=at, half_life_days=half_life_days
        )
        by_daypart[row] = (here + context_shrinkage * general) / (
            here.sum() + context_shrinkage
        )
    return Popularity(
        general=general,
        by_daypart=by_daypart,
        repeat_share=_repeat_share(plays, items, context_shrinkage),
        unseen=float(even / mass),
    )


def _repeat_share(plays: Plays, items: int, shrinkage: float) -> NDArray[np.float64]:
    plays = plays.where(plays.weight >= STARTED_WEIGHT)
    played = np.bincount(plays.item_row, minlength=items)
    pairs = np.unique(plays.person_row * items + plays.item_row) % max(items, 1)
    repeated = played - np.bincount(pairs, minlength=items)
    common = (repeated.sum() + 1.0) / (played.sum() + 2.0)
    return (repeated + shrinkage * common) / (played + shrinkage)


def base_level_activation(
    plays: Plays, *, items: int, at: int, daypart: int = UNKNOWN_DAYPART
) -> NDArray[np.float64]:
    """How present each item is to one person: `ln sum_j w_j (t - t_j + c)^-d`, d = 0.5, c = 1.

    Time is in hours, `w_j` the share of the item played, doubled for a play at the same time of
    day (Anderson & Schooler 1991; Reiter-Haas et al., 2021).

    Args:
        plays: Plays of one person; skips and mere views do not count.
        items: Number of item rows.
        at: Microseconds since 1970 UTC.
        daypart: The present part of the day, a position in `DAYPARTS` or `UNKNOWN_DAYPART`.

    Returns:
        Activations of shape (items,), minus infinity where the item was never played.
    """
    hours = np.maximum(at - plays.at_micros, 0) / HOUR_MICROS
    weight = np.where(plays.weight >= STARTED_WEIGHT, plays.weight, 0.0)
    if daypart != UNKNOWN_DAYPART:
        weight *= np.where(dayparts(plays.local_hour) == daypart, SAME_DAYPART_FACTOR, 1.0)
    total = np.bincount(plays.item_row, weight * (hours + 1.0) ** -ACTIVATION_DECAY, items)
    return np.log(total, out=np.full(items, -np.inf), where=total > 0)
