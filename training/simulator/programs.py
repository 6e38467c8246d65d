"""How people go through programs, step by step (row 54)."""

from dataclasses import dataclass

import numpy as np

from training.simulator.columns import MISSING, Mask, Rows
from training.simulator.items import Items
from training.simulator.parameters import World
from training.simulator.streams import Streams, pick_by
from training.simulator.users import Users

PRESCRIBED_FACTOR = 2.0
"""How much more often people start a program who had one prescribed; assumed."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Steps:
    """The program step of each active day; arrays of shape (active days,)."""

    item: Rows
    """`MISSING` on days without."""
    is_done: Mask
    """False where a person starts a step and never goes on."""


def follow_programs(
    world: World, streams: Streams, users: Users, items: Items, user: Rows
) -> tuple[Steps, Mask]:
    """Enrolments of users and the steps they take on following days of use.

    Nobody starts a program twice. A person starts at most one in as many days of use as the longest program has steps, and
    starts none that there is no time to finish; so the share who finish is that of the table.

    Args:
        world: The configuration.
        streams: Randomness.
        users: Who.
        items: The catalogue.
        user: User of each day of use, in order; shape (active days,).

    Returns:
        Steps, and whether each user finished an unguided and a guided program; shape (users, 2).
    """
    steps = items.steps_of()
    chosen = np.full(len(user), MISSING)
    done = np.zeros(len(user), dtype=np.bool_)
    finished = np.zeros((len(users), 2), dtype=np.bool_)
    if not len(items.guided):
        return Steps(item=chosen, is_done=done), finished
    longest = steps.shape[1]
    begin = _enrolments(world, streams, users, user, longest)
    draws = streams.generator("programs").random((len(begin), 1 + longest))
    weights = items.popularity[steps[:, 0]]
    program = pick_by(draws[:, 0], weights)
    _, once = np.unique(user[begin] * len(weights) + program, return_index=True)
    begin, draws, program = begin[once], draws[once], program[once]
    length = (steps[program] != MISSING).sum(axis=1)
    guided = items.guided[program]
    share = np.where(guided, world.content.completion_guided, world.content.completion_unguided)
    goes_on = share ** (1.0 / length)
    reached = np.cumprod(draws[:, 1:] < goes_on[:, None], axis=1).sum(axis=1)
    reached = np.minimum(reached, length)
    for place in range(longest):
        taken = np.flatnonzero((place <= reached) & (place < length))
        chosen[begin[taken] + place] = steps[program[taken], place]
        done[begin[taken] + place] = place < reached[taken]
    whole = reached == length
    finished[user[begin[whole]], guided[whole].astype(np.int64)] = True
    return Steps(item=chosen, is_done=done), finished


def _enrolments(world: World, streams: Streams, users: Users, user: Rows, longest: int) -> Rows:
    """Days of use on which a program begins; places in `user`."""
    starts = np.flatnonzero(np.diff(user, prepend=-1))
    lengths = np.diff(np.append(starts, len(user)))
    place = np.arange(len(user)) - np.repeat(starts, lengths)
    room = np.repeat(lengths, lengths) - place
    can_begin = (place % longest == 0) & (room >= longest)
    often = np.where(users.is_prescribed, PRESCRIBED_FACTOR, 1.0)
    rate = np.minimum(often * longest / world.content.program_every_days, 1.0)
    draws = streams.uniform("enrolments", len(user))
    return np.flatnonzero(can_begin & (draws < rate[user]))
