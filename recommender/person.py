"""One person as the engine sees them: their own plays and opinions, goals and concerns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.interactions import (
    DAY_MICROS,
    EVENT_CODES,
    FINISHED_WEIGHT,
    OPINION_WEIGHTS,
    STARTED_WEIGHT,
    UNKNOWN_HOUR,
    Events,
    Interactions,
    Opinions,
    Pairs,
    Plays,
    collapse,
    pair_weights,
)

SUPPRESSION_DAYS = 60
"""How long an item stays away after a person rejected it."""
UNWANTED_WEIGHT = -0.25
"""Items of a higher weight are not rejected: what is used often may be skipped once."""
_LIFTING = frozenset(
    EVENT_CODES[word] for word, weight in OPINION_WEIGHTS.items() if weight > 0
)
_NOTHING = Events(
    person_row=np.zeros(0, np.int64),
    item_row=np.zeros(0, np.int64),
    kind=np.zeros(0, np.int64),
    fraction=np.zeros(0),
    at_micros=np.zeros(0, np.int64),
    local_hour=np.zeros(0, np.int64),
)


class ContentEvent(NamedTuple):
    """One event of a person, as plain values."""

    item_id: str
    type: str
    at_micros: int
    """Since 1970 UTC."""
    fraction: float | None = None
    """Share played; None is unknown."""
    local_hour: int | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Person:
    """A person's own history and stated wishes; `item_row` counts in `item_ids`."""

    person_id: str
    item_ids: tuple[str, ...] = ()
    """Distinct items of the history."""
    plays: Plays
    opinions: Opinions
    goals: tuple[str, ...] = ()
    """What the person wants to work on, in the clinic's words."""
    concerns: tuple[str, ...] = ()
    """What brought the person to care; they also withhold content."""
    populations: tuple[str, ...] = ()
    """Populations the person belongs to, such as `adolescent` or `perinatal`."""

    @classmethod
    def build(
        cls,
        person_id: str,
        *,
        item_ids: tuple[str, ...] = (),
        events: Events = _NOTHING,
        goals: Sequence[str] = (),
        concerns: Sequence[str] = (),
        populations: Sequence[str] = (),
    ) -> Self:
        """A person with events whose rows count in `item_ids`; without any, a new person."""
        plays, opinions = collapse(events)
        return cls(
            person_id=person_id,
            item_ids=item_ids,
            plays=plays,
            opinions=opinions,
            goals=tuple(goals),
            concerns=tuple(concerns),
            populations=tuple(populations),
        )

    @classmethod
    def from_events(
        cls,
        person_id: str,
        history: Sequence[ContentEvent],
        *,
        goals: Sequence[str] = (),
        concerns: Sequence[str] = (),
        populations: Sequence[str] = (),
    ) -> Self:
        """A person from a plain list of events in any order.

        Args:
            person_id: The outside id.
            history: The person's events; one of a type that is not of content is ignored.
            goals: Stated goals.
            concerns: Stated concerns.
            populations: Populations of the person.
        """
        events = [event for event in history if event.type in EVENT_CODES]
        known = tuple(dict.fromkeys(event.item_id for event in events))
        rows = {item_id: row for row, item_id in enumerate(known)}
        hours = [event.local_hour for event in events]
        return cls.build(
            person_id,
            item_ids=known,
            events=Events(
                person_row=np.zeros(len(events), np.int64),
                item_row=np.array([rows[event.item_id] for event in events], np.int64),
                kind=np.array([EVENT_CODES[event.type] for event in events], np.int64),
                fraction=np.array([event.fraction for event in events], np.float64),
                at_micros=np.array([event.at_micros for event in events], np.int64),
                local_hour=np.array(
                    [UNKNOWN_HOUR if hour is None else hour for hour in hours], np.int64
                ),
            ),
            goals=goals,
            concerns=concerns,
            populations=populations,
        )

    def weights(self, *, at: int, half_life_days: float) -> NDArray[np.float64]:
        """The signed weight of each item of the history, 0 where there is none.

        Args:
            at: Microseconds since 1970 UTC.
            half_life_days: Half-life of plays and opinions.

        Returns:
            Weights in the order of `item_ids`; shape (own items,).
        """
        pairs: Pairs = pair_weights(
            self.plays,
            self.opinions,
            items=len(self.item_ids),
            at=at,
            half_life_days=half_life_days,
        )
        weights = np.zeros(len(self.item_ids))
        weights[pairs.item_row] = pairs.weight
        return weights

    def best_plays(self) -> NDArray[np.float64]:
        """The furthest play of each item of the history; 0 where none; shape (own items,)."""
        best = np.zeros(len(self.item_ids))
        np.maximum.at(best, self.plays.item_row, self.plays.weight)
        return best

    def used(self) -> NDArray[np.bool_]:
        """Items that were at least started; shape (own items,)."""
        return self.best_plays() >= STARTED_WEIGHT

    def finished(self) -> NDArray[np.bool_]:
        """Items played to at least 80 %; shape (own items,)."""
        return self.best_plays() >= FINISHED_WEIGHT

    def suppressed(self, weights: NDArray[np.float64], *, at: int) -> NDArray[np.bool_]:
        """Items to leave out for now: said to be not for this person, disliked or skipped.

        They stay away for 60 days from the last such event; a later like or favourite, or use
        that outweighs it, lifts it. After that they may come back, below all others.

        Args:
            weights: What `weights` gives; shape (own items,).
            at: Microseconds since 1970 UTC.

        Returns:
            A mask of shape (own items,).
        """
        last_no = np.full(len(self.item_ids), np.iinfo(np.int64).min // 2)
        is_skip, is_no = self.plays.weight < 0, self.opinions.weight < 0
        np.maximum.at(last_no, self.plays.item_row[is_skip], self.plays.at_micros[is_skip])
        np.maximum.at(last_no, self.opinions.item_row[is_no], self.opinions.at_micros[is_no])
        return (weights < UNWANTED_WEIGHT) & (at - last_no < SUPPRESSION_DAYS * DAY_MICROS)

    def liked(self) -> NDArray[np.bool_]:
        """Items whose latest opinion is a like or a favourite; shape (own items,)."""
        mask = np.zeros(len(self.item_ids), np.bool_)
        mask[self.opinions.item_row[np.isin(self.opinions.kind, list(_LIFTING))]] = True
        return mask

    def play_counts(self) -> NDArray[np.int64]:
        """How often each item of the history was at least started; shape (own items,)."""
        is_play = self.plays.weight >= STARTED_WEIGHT
        return np.bincount(self.plays.item_row[is_play], minlength=len(self.item_ids))

    def repeat_counts(self) -> tuple[int, int]:
        """How many plays there are, and how many of them are of an item played before."""
        counts = self.play_counts()
        return int(counts.sum()), int(np.maximum(counts - 1, 0).sum())


def list_people(
    frame: pd.DataFrame, *, goals: Sequence[str] = (), concerns: Sequence[str] = ()
) -> Iterator[Person]:
    """Everybody in a frame of `content_events`, in the order of their ids, one at a time.

    Args:
        frame: Events of any number of people, as for `Interactions.from_frame`.
        goals: Goals given to everybody.
        concerns: Concerns given to everybody.

    Yields:
        One person with their events.
    """
    found = Interactions.from_frame(frame)
    events = found.events
    order = np.argsort(events.person_row, kind="stable")
    bounds = np.searchsorted(events.person_row[order], np.arange(len(found.person_ids) + 1))
    for row, person_id in enumerate(found.person_ids):
        mine = order[bounds[row] : bounds[row + 1]]
        own, rows = np.unique(events.item_row[mine], return_inverse=True)
        yield Person.build(
            person_id,
            item_ids=tuple(found.item_ids[item] for item in own),
            events=Events(
                person_row=np.zeros(len(mine), np.int64),
                item_row=rows.astype(np.int64),
                kind=events.kind[mine],
                fraction=events.fraction[mine],
                at_micros=events.at_micros[mine],
                local_hour=events.local_hour[mine],
            ),
            goals=goals,
            concerns=concerns,
        )
