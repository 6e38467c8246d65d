"""The truth of content: how likely people complete items, and what they would pick."""

import numpy as np
import pandas as pd

from training.simulator.columns import DAY, NO_TIME, Floats, Rows, numbers
from training.simulator.items import Items
from training.simulator.parameters import World
from training.simulator.sessions import Sessions, all_tastes, completion, pick_weights
from training.simulator.streams import Streams
from training.simulator.users import Users

MOST_ROWS = 1_000_000
RECENT_DAYS = 28
"""Test users used something within these days of the anchor."""


def affinity_frame(
    world: World,
    streams: Streams,
    population: tuple[Users, Items],
    sessions: Sessions,
    ids: tuple[pd.Series, pd.Series],
    anchor: int,
) -> pd.DataFrame:
    """True chances of some recent users with every item that is published at the anchor.

    Args:
        world: The configuration.
        streams: Randomness.
        population: Users and items.
        sessions: What was played.
        ids: Ids of the users and of the items, by position.
        anchor: End of the log, microseconds since 1970 UTC.

    Returns:
        `user_id`, `item_id`, `affinity` (probability of completing it once started) and `pick`
        (share of this person's new picks).
    """
    users, items = population
    there = np.flatnonzero((items.retired_at == NO_TIME) & (items.published_at <= anchor))
    rows = _test_users(world, streams, sessions, anchor, len(there))
    liking = all_tastes(world, users, items, rows)
    chances: Floats = completion(world, items, liking, np.arange(len(items)))[:, there]
    weights = pick_weights(world, items, liking)[:, there]
    picks = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    people, names = ids
    return pd.DataFrame(
        {
            "user_id": people.take(np.repeat(rows, len(there))).reset_index(drop=True),
            "item_id": names.take(np.tile(there, len(rows))).reset_index(drop=True),
            "affinity": numbers(chances.ravel()),
            "pick": numbers(picks.ravel()),
        }
    )


def _test_users(
    world: World, streams: Streams, sessions: Sessions, anchor: int, items: int
) -> Rows:
    recent = np.unique(sessions.user[sessions.started_at > anchor - RECENT_DAYS * DAY])
    most = min(world.truth_users, MOST_ROWS // max(items, 1))
    if len(recent) <= most:
        return recent
    order = np.argsort(streams.uniform("test users", len(recent)), kind="stable")
    return np.sort(recent[order[:most]])
