"""Events turned into plays and opinions, and those into signed weights with time decay.

A *play* is one stretch of use of one item: a start, its progress and its end are one play, not
three. An *opinion* is what a person said about an item; only the latest one counts. The weight of
a person-item pair is what all later parts of the engine work on:

    weight = spread(sum of play weights x decay) + latest opinion x decay

where `spread(x)` is x up to one full play and `1 + 0.3 log2(x)` beyond: each doubling of replays
adds 0.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.clinic import CONTENT_EVENT_TYPES
from data.directory import micros

HOUR_MICROS = 3_600_000_000
DAY_MICROS = 24 * HOUR_MICROS
NEW_PLAY_AFTER_MICROS = 8 * HOUR_MICROS
"""A pause after which use of the same item is a new play."""
UNKNOWN_HOUR = -1
"""Stands for an unknown local hour."""

VIEW_WEIGHT = 0.05
STARTED_WEIGHT = 0.1
"""A start counts little, and no progress counts less."""
FINISHED_WEIGHT = 0.8
"""Weight of a play of at least 80 % of the item; from here on the item counts as finished."""
REPLAY_GAIN = 0.3
OPINION_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"like": 1.0, "dislike": -2.0, "favourite": 2.0, "not_for_me": -5.0}
)

EVENT_CODES: Mapping[str, int] = MappingProxyType(
    {word: code for code, word in enumerate(CONTENT_EVENT_TYPES)}
)
"""Event type to the small integer that arrays hold."""
_COMPLETE, _START, _SKIP = EVENT_CODES["complete"], EVENT_CODES["start"], EVENT_CODES["skip"]
_OPINION_OF_CODE = np.array([OPINION_WEIGHTS.get(word, 0.0) for word in CONTENT_EVENT_TYPES])
_FLOOR_OF_CODE = np.array(
    [VIEW_WEIGHT if word == "view" else STARTED_WEIGHT for word in CONTENT_EVENT_TYPES]
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Events:
    """Content events as columns; every array has shape (events,), in any order."""

    person_row: NDArray[np.int64]
    item_row: NDArray[np.int64]
    kind: NDArray[np.int64]
    """Values of `EVENT_CODES`."""
    fraction: NDArray[np.float64]
    """Share of the item played, 0 to 1; NaN where unknown."""
    at_micros: NDArray[np.int64]
    """Since 1970 UTC."""
    local_hour: NDArray[np.int64]
    """0 to 23, or `UNKNOWN_HOUR`."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plays:
    """Plays by person, item and time; every array has shape (plays,)."""

    person_row: NDArray[np.int64]
    item_row: NDArray[np.int64]
    weight: NDArray[np.float64]
    """From -1 (skipped at once) over 0.1 (started) to 1 (completed)."""
    at_micros: NDArray[np.int64]
    """End of the play, since 1970 UTC."""
    local_hour: NDArray[np.int64]

    def where(self, mask: NDArray[np.bool_]) -> "Plays":
        """The plays that a mask of shape (plays,) selects."""
        return Plays(
            person_row=self.person_row[mask],
            item_row=self.item_row[mask],
            weight=self.weight[mask],
            at_micros=self.at_micros[mask],
            local_hour=self.local_hour[mask],
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Opinions:
    """The latest opinion of each person-item pair that has one; arrays of shape (opinions,)."""

    person_row: NDArray[np.int64]
    item_row: NDArray[np.int64]
    kind: NDArray[np.int64]
    """Values of `EVENT_CODES`."""
    at_micros: NDArray[np.int64]

    @property
    def weight(self) -> NDArray[np.float64]:
        """Signed weights without decay; shape (opinions,)."""
        return _OPINION_OF_CODE[self.kind]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pairs:
    """Person-item pairs by person and item; every array has shape (pairs,)."""

    person_row: NDArray[np.int64]
    item_row: NDArray[np.int64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Interactions:
    """The events of many people with the ids behind their rows, both in sorted order."""

    person_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    events: Events

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """The events of a frame of the table `content_events`; unknown types are left out.

        Args:
            frame: At least `user_id`, `item_id`, `type` and `at`; `fraction` and
                `context_local_hour` may be absent.
        """
        kind = frame["type"].map(dict(EVENT_CODES)).astype("Float64").fillna(-1)
        known = kind.ge(0).to_numpy(np.bool_)
        frame = frame.loc[known]
        people, person_ids = pd.factorize(frame["user_id"].astype(str), sort=True)
        items, item_ids = pd.factorize(frame["item_id"].astype(str), sort=True)
        return cls(
            person_ids=tuple(person_ids),
            item_ids=tuple(item_ids),
            events=Events(
                person_row=people.astype(np.int64),
                item_row=items.astype(np.int64),
                kind=kind.to_numpy(np.int64)[known],
                fraction=_numbers(frame, "fraction", missing=np.nan),
                at_micros=micros(frame["at"]),
                local_hour=_numbers(
                    frame, "context_local_hour", missing=float(UNKNOWN_HOUR)
                ).astype(np.int64),
            ),
        )


def _numbers(frame: pd.DataFrame, name: str, *, missing: float) -> NDArray[np.float64]:
    if name not in frame:
        return np.full(len(frame), missing)
    return frame[name].astype("Float64").to_numpy(np.float64, na_value=missing)


def play_weights(kind: NDArray[np.int64], fraction: NDArray[np.float64]) -> NDArray[np.float64]:
    """What one event says about the play it belongs to.

    Args:
        kind: Values of `EVENT_CODES`; shape (events,).
        fraction: Share played; NaN is unknown; shape (events,).

    Returns:
        Weights of shape (events,): a view 0.05, a start at least 0.1, progress its share up to
        0.8, a completion 1; a skip is -1 at the very start and nears 0 towards the end.

    Example:
        >>> codes = np.array([EVENT_CODES[word] for word in ("start", "progress", "complete")])
        >>> play_weights(codes, np.array([np.nan, 0.5, 1.0]))
        array([0.1, 0.5, 1. ])
    """
    share = np.nan_to_num(fraction, nan=0.0)
    weight = np.maximum(_FLOOR_OF_CODE[kind], np.minimum(share, FINISHED_WEIGHT))
    weight = np.where(kind == _COMPLETE, 1.0, weight)
    return np.where((kind == _SKIP) & (share < FINISHED_WEIGHT), share - 1.0, weight)


def collapse(events: Events) -> tuple[Plays, Opinions]:
    """Plays and latest opinions out of single events, whatever their order.

    A new play of a pair begins at a start, after an end (completion or skip), and after a pause
    of eight hours. Its weight is that of its furthest event; a skipped play is negative.
    """
    order = np.lexsort((events.kind, events.at_micros, events.item_row, events.person_row))
    is_opinion = _OPINION_OF_CODE[events.kind[order]] != 0.0
    return _plays(events, order[~is_opinion]), _opinions(events, order[is_opinion])


def _pair_starts(events: Events, order: NDArray[np.int64]) -> NDArray[np.bool_]:
    person, item = events.person_row[order], events.item_row[order]
    starts = np.ones(len(order), np.bool_)
    starts[1:] = (person[1:] != person[:-1]) | (item[1:] != item[:-1])
    return starts


def _plays(events: Events, order: NDArray[np.int64]) -> Plays:
    kind, at = events.kind[order], events.at_micros[order]
    is_new = _pair_starts(events, order)
    has_ended = (kind[:-1] == _COMPLETE) | (kind[:-1] == _SKIP)
    has_begun = (kind[1:] == _START) & (kind[:-1] >= _START)
    is_new[1:] |= has_ended | has_begun | (at[1:] - at[:-1] > NEW_PLAY_AFTER_MICROS)
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], len(order))[: len(first)] - 1
    weight = np.zeros(0)
    if len(first):
        each = play_weights(kind, events.fraction[order])
        lowest = np.minimum.reduceat(each, first)
        weight = np.where(lowest < 0, lowest, np.maximum.reduceat(each, first))
    ends = order[last]
    return Plays(
        person_row=events.person_row[ends],
        item_row=events.item_row[ends],
        weight=weight,
        at_micros=events.at_micros[ends],
        local_hour=events.local_hour[ends],
    )


def _opinions(events: Events, order: NDArray[np.int64]) -> Opinions:
    first = np.flatnonzero(_pair_starts(events, order))
    latest = order[np.append(first[1:], len(order))[: len(first)] - 1]
    return Opinions(
        person_row=events.person_row[latest],
        item_row=events.item_row[latest],
        kind=events.kind[latest],
        at_micros=events.at_micros[latest],
    )


def decay(age_micros: NDArray[np.int64], half_life_days: float) -> NDArray[np.float64]:
    """How much is left of something after a time; half after each half-life.

    Args:
        age_micros: Ages in microseconds; what lies in the future counts as now; shape (n,).
        half_life_days: Infinite for no decay.

    Returns:
        Shares from 0 to 1; shape (n,).
    """
    return np.exp2(-np.maximum(age_micros, 0) / (half_life_days * DAY_MICROS))


def spread(plays: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replays on a log scale: up to one play as it is, 0.3 more for each doubling; shape (n,).

    Example:
        >>> spread(np.array([-1.0, 0.5, 1.0, 2.0, 4.0]))
        array([-1. , 0.5, 1. , 1.3, 1.6])
    """
    return np.where(plays <= 1.0, plays, 1.0 + REPLAY_GAIN * np.log2(np.maximum(plays, 1.0)))


def pair_weights(
    plays: Plays, opinions: Opinions, *, items: int, at: int, half_life_days: float
) -> Pairs:
    """The signed weight of every person-item pair as of a time.

    Args:
        plays: Plays before that time.
        opinions: Opinions before that time.
        items: Number of item rows.
        at: Microseconds since 1970 UTC.
        half_life_days: Half-life of plays and opinions.
    """
    keys = np.concatenate(
        [
            plays.person_row * items + plays.item_row,
            opinions.person_row * items + opinions.item_row,
        ]
    )
    pairs, inverse = np.unique(keys, return_inverse=True)
    played = plays.weight * decay(at - plays.at_micros, half_life_days)
    said = opinions.weight * decay(at - opinions.at_micros, half_life_days)
    cut = len(plays.at_micros)
    total = spread(np.bincount(inverse[:cut], played, len(pairs)).astype(np.float64))
    total += np.bincount(inverse[cut:], said, len(pairs))
    return Pairs(
        person_row=pairs // max(items, 1), item_row=pairs % max(items, 1), weight=total
    )
