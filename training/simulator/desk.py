"""The old desk: which clinicians a patient was shown, and how likely each place was (rows 47 to 49)."""

from dataclasses import dataclass

import numpy as np

from matching.exposure import shown_probabilities
from training.simulator.availability import Availability
from training.simulator.clinicians import Clinicians
from training.simulator.columns import MISSING, Floats, Mask, Rows
from training.simulator.parameters import World
from training.simulator.patients import Patients
from training.simulator.streams import Streams

CHUNK = 4_000_000
"""Most pairs handled at once."""
POLICY = "legacy-desk"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Asks:
    """Requests for a list; one intake may ask twice. Arrays of shape (asks,)."""

    intake: Rows
    """Row of the intake."""
    asked_at: Rows
    """Microseconds since 1970 UTC."""
    without: Rows
    """Clinician who must not be shown again, or `MISSING`."""

    def __len__(self) -> int:
        return len(self.intake)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ShownLists:
    """What was shown; arrays of shape (asks, ranks)."""

    clinicians: Rows
    """`MISSING` where a list was shorter."""
    exposure: Floats
    """Exact probability of that clinician at that rank."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Market:
    """All that lists are made from."""

    patients: Patients
    clinicians: Clinicians
    availability: Availability
    eligible: Mask
    """Shape (intakes, clinicians); openings apart."""


def show(world: World, market: Market, asks: Asks, streams: Streams, name: str) -> ShownLists:
    """Lists by availability, popularity, severity with experience, and noise.

    A small share of the lists is in random order. The propensities are those of what was sampled:
    given all scores, the chance that this clinician stood at this rank.

    Args:
        world: The configuration.
        market: Who asks, who is there.
        asks: The requests.
        streams: Randomness.
        name: Of this round.
    """
    ranks, count = world.desk.list_length, len(market.clinicians)
    shown = np.full((len(asks), ranks), MISSING)
    exposure = np.zeros((len(asks), ranks))
    noise, order = streams.generator(f"desk noise {name}"), streams.generator(f"order {name}")
    at_random = streams.uniform(f"exploration {name}", len(asks)) < world.desk.exploration
    step = max(1, CHUNK // max(count, 1))
    for start in range(0, len(asks), step):
        part = slice(start, min(start + step, len(asks)))
        some = Asks(
            intake=asks.intake[part], asked_at=asks.asked_at[part], without=asks.without[part]
        )
        present, scores = _scores(world, market, some, noise)
        keys = np.where(at_random[part, None], 0.0, scores) + order.gumbel(size=scores.shape)
        shown[part] = _best(np.where(present, keys, -np.inf), ranks)
        exposure[part] = _exposure(world, scores, present, shown[part])
    return ShownLists(clinicians=shown, exposure=exposure)


def _scores(
    world: World, market: Market, asks: Asks, noise: np.random.Generator
) -> tuple[Mask, Floats]:
    """Who could be shown, and scores over the temperature; both of shape (asks, clinicians)."""
    given, clinicians = world.desk, market.clinicians
    weeks = market.availability.weeks_at(asks.asked_at)
    present = market.eligible[asks.intake] & market.availability.is_open[weeks]
    present &= clinicians.joined_at <= asks.asked_at[:, None]
    barred = np.flatnonzero(asks.without != MISSING)
    present[barred, asks.without[barred]] = False
    mean, spread = world.clinicians.experience
    experience = (clinicians.experience_years - mean) / spread
    phq9 = market.patients.severity.scores[asks.intake, 0]
    severity = (phq9 - world.patients.phq9_mean) / world.patients.phq9_sd
    scores = given.availability_weight * market.availability.wait_days[weeks]
    scores += given.popularity_weight * clinicians.popularity
    scores += given.severity_experience_weight * severity[:, None] * experience
    scores += given.noise * noise.standard_normal(scores.shape)
    return present, scores / given.temperature


def _best(keys: Floats, ranks: int) -> Rows:
    """Columns of the highest finite keys, best first; shape (asks, ranks)."""
    best = np.full((len(keys), ranks), MISSING)
    width = min(ranks, keys.shape[1])
    top = np.argpartition(-keys, width - 1, axis=1)[:, :width] if width else best[:, :0]
    values = np.take_along_axis(keys, top, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    top, values = (np.take_along_axis(part, order, axis=1) for part in (top, values))
    best[:, :width] = np.where(np.isfinite(values), top, MISSING)
    return best


def _exposure(world: World, scores: Floats, present: Mask, shown: Rows) -> Floats:
    """The mixture of the scored order and the random order."""
    share = world.desk.exploration
    even = np.where(shown != MISSING, 1.0 / np.maximum(present.sum(axis=1), 1)[:, None], 0.0)
    return (1.0 - share) * shown_probabilities(scores, present, shown) + share * even
