"""What users play, when, and how far: replays, new picks and programs (rows 50 to 58)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from data.clinic import CONTENT_KINDS
from training.simulator.columns import DAY, HOUR, MISSING, NO_TIME, SECOND, Floats, Mask, Rows
from training.simulator.items import STEP, Items
from training.simulator.parameters import World
from training.simulator.programs import follow_programs
from training.simulator.streams import Streams
from training.simulator.users import Users

CHUNK = 4_000_000
"""Most user-item pairs handled at once."""
WINDOWS = ((6.0, 10.0), (11.0, 15.0), (17.0, 20.5), (21.0, 24.0))
"""Local hours of the parts of a day."""
MAIN_SHARE = 0.7
"""Share of sessions in a person's main part of the day; assumed."""
UTC_OFFSET = 6 * HOUR
"""Local time is behind UTC by this much."""
FOREIGN = -3.0
"""SDs of taste for an item in a language that is not the person's; assumed."""
DECAY_DAYS = 180.0
MEDITATION = CONTENT_KINDS.index("meditation")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sessions:
    """One row per item started, by user and time; arrays of shape (sessions,)."""

    user: Rows
    item: Rows
    started_at: Rows
    hour: Rows
    """Local hour."""
    completes: Mask
    affinity: Floats
    """True probability of completing."""
    is_step: Mask
    is_harmed: Mask
    """Whether this session did the person harm."""

    def take(self, keep: Mask) -> "Sessions":
        """Some of the sessions."""
        return Sessions(
            user=self.user[keep],
            item=self.item[keep],
            started_at=self.started_at[keep],
            hour=self.hour[keep],
            completes=self.completes[keep],
            affinity=self.affinity[keep],
            is_step=self.is_step[keep],
            is_harmed=self.is_harmed[keep],
        )


def taste_of(world: World, users: Users, items: Items, user: Rows, item: Rows) -> Floats:
    """Liking of pairs in SDs; shape (pairs,)."""
    liking = np.einsum("pd,pd->p", users.taste[user], items.taste[item])
    liking = liking / np.sqrt(world.content.taste_rank)
    meets = (users.topics[user] & items.topics[item]).any(axis=1)
    return (
        liking
        + world.content.topic_weight * meets
        + FOREIGN * _is_foreign(users, items, user, item)
    )


def _is_foreign(users: Users, items: Items, user: Rows, item: Rows) -> Mask:
    return (items.language[item] != 0) & (users.language[user] != items.language[item])


def completion(world: World, items: Items, liking: Floats, item: Rows) -> Floats:
    """Probability that a started item is completed; shapes broadcast."""
    intercept, by_taste, by_quality = world.content.completion_logit
    return expit(intercept + by_taste * liking + by_quality * items.quality[item])


def all_tastes(world: World, users: Users, items: Items, rows: Rows) -> Floats:
    """Liking of every item by some users; shape (users, items)."""
    liking = users.taste[rows] @ items.taste.T / np.sqrt(world.content.taste_rank)
    meets = users.topics[rows].astype(np.float64) @ items.topics.T > 0
    language = users.language[rows][:, None]
    foreign = (items.language != 0) & (language != items.language)
    return np.asarray(liking + world.content.topic_weight * meets + FOREIGN * foreign)


def pick_weights(world: World, items: Items, liking: Floats) -> Floats:
    """Weights with which people pick something new; steps come with their programs alone."""
    single = items.popularity * (items.kind != STEP)
    base = single if single.any() else items.popularity
    return np.asarray(base * np.exp(world.content.taste_weight * liking))


def play(
    world: World, streams: Streams, users: Users, items: Items, anchor: int
) -> tuple[Sessions, Mask]:
    """All sessions before the anchor, and who finished which kind of program.

    Args:
        world: The configuration.
        streams: Randomness.
        users: Who.
        items: What.
        anchor: End of the log, microseconds since 1970 UTC.

    Returns:
        Sessions, and whether each user finished an unguided and a guided program, of shape
        (users, 2).
    """
    user, day = _active_days(world, streams, users, anchor)
    steps, finished = follow_programs(world, streams, users, items, user)
    more = streams.generator("sessions of a day").poisson(
        world.content.further_sessions, len(user)
    )
    place = np.repeat(np.arange(len(user)), 1 + more)
    is_first = np.diff(place, prepend=-1) > 0
    step = np.where(is_first, steps.item[place], MISSING)
    local, hour = _moments(streams, users, user[place], day[place])
    owner = user[place]
    order = np.lexsort((local, owner))
    owner, local, hour, step = owner[order], local[order], hour[order], step[order]
    is_done = steps.is_done[place][order]
    free = np.flatnonzero(step == MISSING)
    item = step.copy()
    item[free] = _free_items(world, streams, users, items, owner[free])
    affinity = completion(world, items, taste_of(world, users, items, owner, item), item)
    chance = streams.uniform("completion", len(owner)) < affinity
    is_step = step != MISSING
    sessions = Sessions(
        user=owner,
        item=item,
        started_at=local + UTC_OFFSET,
        hour=hour,
        completes=np.where(is_step, is_done, chance),
        affinity=affinity,
        is_step=is_step,
        is_harmed=_harm(users, items, owner, item),
    )
    return sessions.take(_kept(users, items, sessions, anchor)), finished


def _active_days(
    world: World, streams: Streams, users: Users, anchor: int
) -> tuple[Rows, Rows]:
    """User and midnight of each day of use, the first and the last day of a life for sure."""
    left = (anchor - users.joined_at) // DAY - 1
    days = np.maximum(np.minimum(users.life_days, left), 0) + 1
    user = np.repeat(np.arange(len(users)), days)
    number = np.arange(len(user)) - np.repeat(np.cumsum(days) - days, days)
    fall = np.array([share for _, share in world.content.daypart_decay])[users.daypart]
    kept = np.log1p(-fall)[user] * np.minimum(number / DECAY_DAYS, 1.0)
    draws = streams.uniform("days of use", len(user))
    is_edge = (number == 0) | (number == users.life_days[user])
    keep = is_edge | (draws < users.daily[user] * np.exp(kept))
    return user[keep], (users.joined_at[user] + number * DAY)[keep]


def _moments(streams: Streams, users: Users, user: Rows, day: Rows) -> tuple[Rows, Rows]:
    """Local time and hour of each session."""
    draws = streams.uniform("moments", len(user), 3)
    other = (draws[:, 1] * len(WINDOWS)).astype(np.int64)
    part = np.where(draws[:, 0] < MAIN_SHARE, users.daypart[user], other)
    low, high = np.array(WINDOWS)[part].T
    hours = low + (high - low) * draws[:, 2]
    seconds = np.floor(hours * HOUR / SECOND).astype(np.int64)
    return day + seconds * SECOND - UTC_OFFSET, hours.astype(np.int64)


def _free_items(world: World, streams: Streams, users: Users, items: Items, user: Rows) -> Rows:
    """New picks by taste and popularity, and replays that favour what was played lately.

    A replay copies an earlier session of the same person, at a lag whose logarithm is uniform. It
    can copy only what the person came to like: whether a first pick is worth repeating is a matter
    of its chance of completion.
    """
    count = len(user)
    draws = streams.uniform("picks", count, 4)
    fresh = _fresh_picks(world, users, items, user, draws[:, 0])
    starts = np.flatnonzero(np.diff(user, prepend=-1))
    place = np.arange(count) - np.repeat(starts, np.diff(np.append(starts, count)))
    lag = np.ceil(np.maximum(place, 1.0) ** draws[:, 1]).astype(np.int64)
    repeats = (place > 0) & (draws[:, 2] < users.replay[user])
    source = np.where(
        repeats, np.arange(count) - np.clip(lag, 1, np.maximum(place, 1)), np.arange(count)
    )
    while not np.array_equal(source[source], source):
        source = source[source]
    liked = draws[:, 3] < completion(
        world, items, taste_of(world, users, items, user, fresh), fresh
    )
    return np.where(liked[source], fresh[source], fresh)


def _fresh_picks(world: World, users: Users, items: Items, user: Rows, uniform: Floats) -> Rows:
    """One item per session by inversion of each person's own distribution; shape (sessions,)."""
    picks = np.empty(len(user), dtype=np.int64)
    size = len(items)
    people = max(1, CHUNK // size)
    for first in range(0, len(users), people):
        rows = np.arange(first, min(first + people, len(users)))
        begin, end = np.searchsorted(user, [rows[0], rows[-1] + 1])
        edges = np.cumsum(
            pick_weights(world, items, all_tastes(world, users, items, rows)), axis=1
        )
        edges = edges / edges[:, -1:] + np.arange(len(rows))[:, None]
        local = user[begin:end] - first
        found = np.searchsorted(edges.ravel(), uniform[begin:end] + local, side="right")
        picks[begin:end] = np.clip(found - local * size, 0, size - 1)
    return picks


def _harm(users: Users, items: Items, user: Rows, item: Rows) -> Mask:
    """Meditations of people whom they can harm; shape (sessions,)."""
    return users.has_impairment[user] & (items.kind[item] == MEDITATION)


def _kept(users: Users, items: Items, sessions: Sessions, anchor: int) -> Mask:
    """Sessions with items that were there then, before the anchor, and before lasting harm."""
    at = sessions.started_at
    retired = items.retired_at[sessions.item]
    keep = (at < anchor - HOUR) & (items.published_at[sessions.item] <= at)
    keep &= (retired == NO_TIME) | (at < retired)
    ends = sessions.is_harmed & users.is_lasting[sessions.user]
    before: Rows = np.cumsum(ends) - ends
    starts = np.flatnonzero(np.diff(sessions.user, prepend=-1))
    lengths = np.diff(np.append(starts, len(at)))
    return keep & (before == np.repeat(before[starts], lengths))
