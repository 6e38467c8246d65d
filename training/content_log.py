"""Content events cut in time: what people did before, and what they used afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recommender.interactions import (
    STARTED_WEIGHT,
    Events,
    Interactions,
    Opinions,
    Plays,
    collapse,
)
from recommender.person import Person
from recommender.popular import dayparts

HELD_OUT_SHARE = 0.15
"""Share of events, the latest ones, that a model is tuned or tested on."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ContentLog:
    """Events of many people, in the order of people."""

    person_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    events: Events
    bounds: NDArray[np.int64]
    """Where each person's events begin; shape (people + 1,)."""

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """The log in a frame of the table `content_events`."""
        found = Interactions.from_frame(frame)
        return cls.build(found.person_ids, found.item_ids, found.events)

    @classmethod
    def build(
        cls, person_ids: tuple[str, ...], item_ids: tuple[str, ...], events: Events
    ) -> Self:
        """The log of events in any order."""
        ordered = _taken(events, np.lexsort((events.at_micros, events.person_row)))
        bounds = np.searchsorted(ordered.person_row, np.arange(len(person_ids) + 1))
        return cls(person_ids=person_ids, item_ids=item_ids, events=ordered, bounds=bounds)

    def between(self, start: int | None, end: int | None) -> "ContentLog":
        """The part from a time on and before another, with the same rows of people and items.

        Args:
            start: Microseconds since 1970 UTC; None for no bound.
            end: Microseconds since 1970 UTC; None for no bound.
        """
        at = self.events.at_micros
        keep = np.ones(len(at), np.bool_)
        if start is not None:
            keep &= at >= start
        if end is not None:
            keep &= at < end
        return self.where(keep)

    def where(self, mask: NDArray[np.bool_]) -> "ContentLog":
        """The events that a mask of shape (events,) selects, with the same rows of people and items."""
        return ContentLog.build(
            self.person_ids, self.item_ids, _taken(self.events, np.flatnonzero(mask))
        )

    def compact(self) -> "ContentLog":
        """The same events with rows only for people and items that have any."""
        events = self.events
        people, person_row = np.unique(events.person_row, return_inverse=True)
        items, item_row = np.unique(events.item_row, return_inverse=True)
        return ContentLog.build(
            tuple(self.person_ids[row] for row in people),
            tuple(self.item_ids[row] for row in items),
            Events(
                person_row=person_row.astype(np.int64),
                item_row=item_row.astype(np.int64),
                kind=events.kind,
                fraction=events.fraction,
                at_micros=events.at_micros,
                local_hour=events.local_hour,
            ),
        )

    def collapse(self) -> tuple[Plays, Opinions]:
        """The plays and latest opinions of everybody."""
        return collapse(self.events)

    def find_cut(self) -> int | None:
        """The time after which the latest 15 % of events lie; None where all are at one time."""
        at = np.sort(self.events.at_micros)
        if not len(at) or at[0] == at[-1]:
            return None
        cut = int(at[int(len(at) * (1.0 - HELD_OUT_SHARE))])
        return cut if cut > at[0] else int(at[at > at[0]][0])

    def person(self, row: int) -> Person:
        """One person with the events of this log."""
        mine = np.arange(self.bounds[row], self.bounds[row + 1])
        own, rows = np.unique(self.events.item_row[mine], return_inverse=True)
        events = _taken(self.events, mine)
        return Person.build(
            self.person_ids[row],
            item_ids=tuple(self.item_ids[item] for item in own),
            events=Events(
                person_row=np.zeros(len(mine), np.int64),
                item_row=rows.astype(np.int64),
                kind=events.kind,
                fraction=events.fraction,
                at_micros=events.at_micros,
                local_hour=events.local_hour,
            ),
        )


def _taken(events: Events, order: NDArray[np.int64]) -> Events:
    return Events(
        person_row=events.person_row[order],
        item_row=events.item_row[order],
        kind=events.kind[order],
        fraction=events.fraction[order],
        at_micros=events.at_micros[order],
        local_hour=events.local_hour[order],
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Targets:
    """What people used in a held-out time: pairs by person, each once."""

    person_row: NDArray[np.int64]
    """Shape (pairs,), ascending."""
    item_row: NDArray[np.int64]
    """Shape (pairs,)."""
    people: NDArray[np.int64]
    """People with at least one pair, ascending; shape (people,)."""
    daypart: NDArray[np.int64]
    """Part of the day of their first use in that time; shape (people,)."""

    @classmethod
    def build(cls, log: ContentLog) -> Self:
        """The uses in a log: plays that at least began; where a log has only views, the views."""
        plays, _ = log.collapse()
        least = STARTED_WEIGHT if (plays.weight >= STARTED_WEIGHT).any() else 0.0
        plays = plays.where((plays.weight >= least) & (plays.weight > 0))
        items = max(len(log.item_ids), 1)
        keys = np.unique(plays.person_row * items + plays.item_row)
        order = np.lexsort((plays.at_micros, plays.person_row))
        people, first = np.unique(plays.person_row[order], return_index=True)
        return cls(
            person_row=keys // items,
            item_row=keys % items,
            people=people,
            daypart=dayparts(plays.local_hour[order][first]),
        )

    def sample(self, count: int, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
        """Up to `count` people drawn at random, as row and daypart, in the order of rows.

        Args:
            count: Most people.
            rng: Where the draw comes from.

        Yields:
            Person row, and daypart or `UNKNOWN_DAYPART`.
        """
        places = np.arange(len(self.people))
        if len(places) > count:
            places = np.sort(rng.choice(places, count, replace=False))
        for place in places.tolist():
            yield int(self.people[place]), int(self.daypart[place])

    def items_of(self, person_row: int) -> NDArray[np.int64]:
        """Item rows a person used; shape (uses,)."""
        low, high = np.searchsorted(self.person_row, [person_row, person_row + 1])
        return self.item_row[low:high]
