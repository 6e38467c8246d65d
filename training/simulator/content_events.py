"""The table `content_events`: what sessions leave in the log."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.clinic import CONTENT_EVENT_TYPES, CONTENT_EVENTS
from training.simulator.columns import (
    MISSING,
    SECOND,
    Floats,
    Rows,
    complete,
    ids_at,
    integers,
    numbers,
    times,
)
from training.simulator.items import Items
from training.simulator.parameters import World
from training.simulator.sessions import Sessions
from training.simulator.streams import Streams, pick_by

TYPE = {word: place for place, word in enumerate(CONTENT_EVENT_TYPES)}
SLOTS = 16
"""Most events of a session."""
SKIPS_BELOW = 0.2
"""Who leaves before this share skips."""
MOOD = (4.6, 1.6)
"""Mean and SD of mood before, 0 to 10; assumed."""
MOOD_GAIN = (0.0, 0.8, 0.9)
"""Gain of mood: constant, per unit of affinity, SD; assumed."""
MOOD_HARM = 2.0
LOVED_ABOVE = 0.5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Events:
    """Some events; arrays of shape (events,)."""

    session: Rows
    slot: Rows
    """Tells the events of one session apart."""
    kind: Rows
    item: Rows
    at: Rows
    position: Rows
    fraction: Floats


def events_frame(
    world: World,
    streams: Streams,
    sessions: Sessions,
    items: Items,
    ids: tuple[pd.Series, pd.Series],
) -> pd.DataFrame:
    """All events in time order.

    Args:
        world: The configuration.
        streams: Randomness.
        sessions: What was played.
        items: The catalogue.
        ids: Ids of the users and of the items, by position.
    """
    count = len(sessions.user)
    draws = streams.uniform("session events", count, 8)
    rank = _positions(world, draws[:, 0], draws[:, 1])
    events = _joined(
        [
            _starts(sessions, rank),
            _views(world, sessions, rank, draws[:, 2]),
            _ends(sessions, items, rank, draws[:, 3]),
            _feedback(world, sessions, items, rank, draws[:, 4:6]),
            *_impressions(world, streams, sessions, items, rank),
        ]
    )
    users, names = ids
    session = events.session
    listed = np.where(rank[session] != MISSING, session, MISSING)
    types = pd.Categorical.from_codes(events.kind, CONTENT_EVENT_TYPES)
    columns = {
        "event_id": ids_at(streams.ids("event", SLOTS * count), session * SLOTS + events.slot),
        "user_id": users.take(sessions.user[session]).reset_index(drop=True),
        "item_id": names.take(events.item).reset_index(drop=True),
        "type": pd.Series(types).astype("str"),
        "at": times(events.at),
        "fraction": numbers(events.fraction),
        "context_local_hour": integers(sessions.hour[session]),
        "recommendation_id": ids_at(streams.ids("recommendation", count), listed),
        "position": integers(np.maximum(events.position, 0), events.position == MISSING),
        **_context(world, streams, sessions, items, events, draws[:, 6:]),
    }
    return complete(CONTENT_EVENTS, columns)


def _joined(parts: list[_Events]) -> _Events:
    """All events in time order."""
    names = ("session", "slot", "kind", "item", "at", "position", "fraction")
    whole = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    order = np.lexsort((whole["slot"], whole["session"], whole["at"]))
    return _Events(**{name: values[order] for name, values in whole.items()})


def _context(
    world: World,
    streams: Streams,
    sessions: Sessions,
    items: Items,
    events: _Events,
    draws: Floats,
) -> dict[str, pd.Series]:
    """Minutes at hand when a session starts, mood when it ends."""
    minutes = np.where(
        draws[:, 0] < world.content.context_share,
        np.ceil(items.minutes[sessions.item] * (1.0 + draws[:, 1])),
        np.nan,
    )
    before, after = _moods(world, streams, sessions)
    session = events.session
    is_start = events.kind == TYPE["start"]
    is_end = np.isin(events.kind, [TYPE["complete"], TYPE["progress"], TYPE["skip"]])
    return {
        "mood_before": numbers(np.where(is_end, before[session], np.nan)),
        "mood_after": numbers(np.where(is_end, after[session], np.nan)),
        "context_minutes": numbers(np.where(is_start, minutes[session], np.nan)),
    }


def _positions(world: World, is_listed: Floats, where: Floats) -> Rows:
    """Rank from 1 at which a session's item was shown, `MISSING` where no list was."""
    shares = 1.0 / np.arange(1, world.content.impression_length + 1)
    rank = 1 + pick_by(where, shares)
    return np.where(is_listed < world.content.impression_share, rank, MISSING)


def _starts(sessions: Sessions, rank: Rows) -> _Events:
    count = len(sessions.user)
    return _Events(
        session=np.arange(count),
        slot=np.zeros(count, dtype=np.int64),
        kind=np.full(count, TYPE["start"]),
        item=sessions.item,
        at=sessions.started_at,
        position=rank,
        fraction=np.full(count, np.nan),
    )


def _views(world: World, sessions: Sessions, rank: Rows, draw: Floats) -> _Events:
    """Some look at an item first; what a list showed was viewed anyway."""
    rows = np.flatnonzero((draw < world.content.view_share) | (rank != MISSING))
    return _Events(
        session=rows,
        slot=np.full(len(rows), 1),
        kind=np.full(len(rows), TYPE["view"]),
        item=sessions.item[rows],
        at=sessions.started_at[rows] - 20 * SECOND,
        position=rank[rows],
        fraction=np.full(len(rows), np.nan),
    )


def _ends(sessions: Sessions, items: Items, rank: Rows, draw: Floats) -> _Events:
    """A session ends complete, with progress, or skipped."""
    fraction = np.where(sessions.completes, 1.0, (0.02 + 0.93 * draw).round(3))
    skipped = np.where(fraction < SKIPS_BELOW, TYPE["skip"], TYPE["progress"])
    seconds = fraction * items.minutes[sessions.item] * 60.0
    return _Events(
        session=np.arange(len(fraction)),
        slot=np.full(len(fraction), 2),
        kind=np.where(sessions.completes, TYPE["complete"], skipped),
        item=sessions.item,
        at=sessions.started_at + (seconds * SECOND).astype(np.int64),
        position=rank,
        fraction=fraction,
    )


def _feedback(
    world: World, sessions: Sessions, items: Items, rank: Rows, draws: Floats
) -> _Events:
    """Likes and favourites where an item suits, dislikes where not; harm is told more often."""
    often = np.where(sessions.is_harmed, 5.0, 1.0) * world.content.feedback_share
    rows = np.flatnonzero(draws[:, 0] < often)
    seconds = items.minutes[sessions.item[rows]] * 60.0 + 5.0
    suits = (draws[rows, 1] < sessions.affinity[rows]) & ~sessions.is_harmed[rows]
    strong = draws[rows, 1] < LOVED_ABOVE * sessions.affinity[rows]
    good = np.where(strong, TYPE["favourite"], TYPE["like"])
    bad = np.where(
        sessions.is_harmed[rows] | (draws[rows, 1] > 0.9), TYPE["not_for_me"], TYPE["dislike"]
    )
    return _Events(
        session=rows,
        slot=np.full(len(rows), 3),
        kind=np.where(suits, good, bad),
        item=sessions.item[rows],
        at=sessions.started_at[rows] + (seconds * SECOND).astype(np.int64),
        position=rank[rows],
        fraction=np.full(len(rows), np.nan),
    )


def _impressions(
    world: World, streams: Streams, sessions: Sessions, items: Items, rank: Rows
) -> list[_Events]:
    """Views of the other places of a list, filled by popularity."""
    rows = np.flatnonzero(rank != MISSING)
    length = world.content.impression_length
    draws = streams.generator("impressions").random((len(rows), length))
    others = pick_by(draws, items.popularity)
    parts = []
    for place in range(1, length + 1):
        other = (rank[rows] != place) & (others[:, place - 1] != sessions.item[rows])
        shown = rows[other]
        parts.append(
            _Events(
                session=shown,
                slot=np.full(len(shown), 3 + place),
                kind=np.full(len(shown), TYPE["view"]),
                item=others[other, place - 1],
                at=sessions.started_at[shown] - (30 - place) * SECOND,
                position=np.full(len(shown), place),
                fraction=np.full(len(shown), np.nan),
            )
        )
    return parts


def _moods(world: World, streams: Streams, sessions: Sessions) -> tuple[Floats, Floats]:
    """Mood before and after, whole numbers 0 to 10, NaN where not asked; shape (sessions,)."""
    count = len(sessions.user)
    asked = streams.uniform("mood asked", count) < world.content.mood_share
    normal = streams.normal("mood", count, 2)
    mean, spread = MOOD
    constant, by_affinity, noise = MOOD_GAIN
    before = np.clip(np.rint(mean + spread * normal[:, 0]), 0, 10)
    gain = constant + by_affinity * sessions.affinity + noise * normal[:, 1]
    after = np.clip(np.rint(before + gain - MOOD_HARM * sessions.is_harmed), 0, 10)
    return np.where(asked, before, np.nan), np.where(asked, after, np.nan)
