"""Which of the shown clinicians a patient looks at and books (row 47)."""

import numpy as np

from training.simulator.columns import MISSING, Floats, Rows
from training.simulator.desk import Asks, Market, ShownLists
from training.simulator.pairs import accommodation, concordance
from training.simulator.parameters import World
from training.simulator.streams import Streams

USUAL_WAIT_DAYS = 9.0
"""Waits count from here; shifts the intercept alone."""


def examination(world: World, ranks: int) -> Floats:
    """Probability that each rank is looked at, the top first; shape (ranks,)."""
    return np.arange(1, ranks + 1, dtype=np.float64) ** -world.desk.examination_power


def choose(
    world: World, market: Market, asks: Asks, shown: ShownLists, streams: Streams, name: str
) -> Rows:
    """The rank that each patient books, from 0, or `MISSING` for nobody; shape (asks,).

    A patient looks at rank r with probability `r ** -power` and takes the best of those looked at
    or leaves: a multinomial logit with an outside option of zero.

    Args:
        world: The configuration.
        market: Who asks, who is there.
        asks: The requests.
        shown: Their lists.
        streams: Randomness.
        name: Of this round.
    """
    ranks = shown.clinicians.shape[1]
    looks = streams.uniform(f"examination {name}", len(asks), ranks)
    taste = streams.generator(f"choice {name}").gumbel(size=(len(asks), ranks + 1))
    is_seen = (looks < examination(world, ranks)) & (shown.clinicians != MISSING)
    value = np.where(is_seen, _appeal(world, market, asks, shown) + taste[:, :ranks], -np.inf)
    best = np.argmax(value, axis=1)
    stays = value[np.arange(len(asks)), best] > taste[:, ranks]
    return np.where(stays, best, MISSING)


def _appeal(world: World, market: Market, asks: Asks, shown: ShownLists) -> Floats:
    """Choice logits of all places; shape (asks, ranks)."""
    given, patients, clinicians = world.desk, market.patients, market.clinicians
    shape = shown.clinicians.shape
    rows = np.repeat(asks.intake, shape[1])
    givers = np.maximum(shown.clinicians, 0).ravel()
    weeks = np.repeat(market.availability.weeks_at(asks.asked_at), shape[1])
    wait = market.availability.wait_days[weeks, givers]
    met, stated = accommodation(patients, clinicians, rows, givers)
    is_top = clinicians.is_top[givers, patients.concerns[rows, 0]]
    years = clinicians.experience_years[givers] - world.clinicians.experience[0]
    value = given.choice_intercept + given.choice_wait * (wait - USUAL_WAIT_DAYS)
    value += given.choice_preference * np.where(
        stated, met - world.outcome.usual_accommodation, 0.0
    )
    value += given.choice_specialty * is_top + given.choice_experience * years
    value += given.choice_concordance * concordance(world, patients, clinicians, rows, givers)
    return np.asarray(value.reshape(shape))
