"""People who use the content: patients and others, how long they stay and what they like."""

from dataclasses import dataclass

import numpy as np

from training.simulator.columns import DAY, MISSING, Floats, Mask, Rows
from training.simulator.items import TOPICS, concern_topics
from training.simulator.parameters import World
from training.simulator.patients import Patients
from training.simulator.requests import has_trauma
from training.simulator.streams import Streams, pick_by
from training.simulator.words import Words

LONGEST_DAYS = 3_650.0
PATIENT_JOINS_DAYS = 14.0
"""A patient starts within these days of the request; assumed."""
TRAUMA_TOPIC = TOPICS.index("trauma")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Users:
    """Users of content; arrays of shape (users,) unless said."""

    patient: Rows
    """Number of the person among patients, `MISSING` for others."""
    joined_at: Rows
    """Midnight of the first day, microseconds since 1970 UTC."""
    life_days: Rows
    """Days from the first day to the last with any use."""
    daily: Floats
    """Probability of use on a day at the start."""
    daypart: Rows
    replay: Floats
    """Share of free sessions that repeat an earlier one."""
    taste: Floats
    """Shape (users, dimensions)."""
    topics: Mask
    """Topics that meet a concern; shape (users, topics)."""
    language: Rows
    """Position in the patients' languages; 0 is English."""
    is_prescribed: Mask
    has_impairment: Mask
    """Whether meditation can do harm to this person."""
    is_lasting: Mask
    """Whether such harm lasts, and ends the use."""

    def __len__(self) -> int:
        return len(self.patient)


def draw_users(
    world: World, words: Words, streams: Streams, patients: Patients, count: int, anchor: int
) -> Users:
    """Users, the more part of them patients as long as there are enough.

    Args:
        world: The configuration.
        words: Its vocabularies.
        streams: Randomness.
        patients: The requests.
        count: How many users.
        anchor: End of the log, microseconds since 1970 UTC.
    """
    given = world.content
    patient = _who(world, streams, patients, count)
    row = np.maximum(patient, 0)
    is_patient = patient != MISSING
    joined = _joining(world, streams, patients, patient, anchor)
    channel, life = _stays(world, streams, is_patient)
    concern = _concerns(world, streams, patients, patient)
    meets: Mask = concern_topics(words)[concern]
    impairment, lasting, factor = given.adverse
    trauma = is_patient & has_trauma(words, patients)[row]
    harm = streams.uniform("harm", count) / np.where(trauma, factor, 1.0)
    parts = [share for _, share in given.daypart_shares]
    generator = streams.generator
    return Users(
        patient=patient,
        joined_at=joined,
        life_days=life,
        daily=_beta(generator("daily use"), given.daily_use, count),
        daypart=streams.pick("daypart", tuple(parts), count),
        replay=_beta(generator("replay share"), given.replay_share, count),
        taste=streams.normal("user taste", count, given.taste_rank),
        topics=meets[:, 0] | meets[:, 1],
        language=np.where(is_patient, patients.language[row], 0),
        is_prescribed=channel == 0,
        has_impairment=harm < impairment,
        is_lasting=harm < lasting,
    )


def _beta(generator: np.random.Generator, shape: tuple[float, float], count: int) -> Floats:
    mean, concentration = shape
    return generator.beta(mean * concentration, (1 - mean) * concentration, count)


def _who(world: World, streams: Streams, patients: Patients, count: int) -> Rows:
    people = int(patients.patient.max(initial=-1)) + 1
    order = np.argsort(streams.uniform("app", people), kind="stable")
    is_patient = streams.uniform("is patient", count) < world.content.patient_share
    turn = np.cumsum(is_patient) - 1
    is_patient &= turn < people
    return np.where(is_patient, order[np.minimum(turn, people - 1)], MISSING)


def _joining(
    world: World, streams: Streams, patients: Patients, patient: Rows, anchor: int
) -> Rows:
    """Patients join soon after they asked, others at any time; midnight."""
    draws = streams.uniform("joining", len(patient))
    begin = anchor - world.period_days * DAY
    anytime = begin + (draws * world.period_days * DAY).astype(np.int64)
    asked = patients.requested_at[np.maximum(patient, 0)]
    soon = asked + DAY + (draws * PATIENT_JOINS_DAYS * DAY).astype(np.int64)
    joined = np.minimum(np.where(patient != MISSING, soon, anytime), anchor - DAY)
    return joined - joined % DAY


def _stays(world: World, streams: Streams, is_patient: Mask) -> tuple[Rows, Rows]:
    """Channel and days of use: survival falls as a power of the day through two known shares.

    Channels are prescribed, benefit, cold, subscriber.
    """
    given, count = world.content, len(is_patient)
    names = ("prescribed", "benefit", "cold", "subscriber")
    draws = streams.uniform("channel", count)
    own, other = (
        np.array([dict(shares).get(name, 0.0) for name in names])
        for shares in (given.patient_channels, given.other_channels)
    )
    channel = np.where(is_patient, pick_by(draws, own), pick_by(draws, other))
    points = {**dict(given.retention), "subscriber": given.subscriber_retention}
    curves = np.array([_power_law(points[name]) for name in names])
    scale, power = curves[channel].T
    practice = streams.pick("practice", tuple(s for _, s in given.practice_shares), count)
    by_practice = np.array([share for _, share in given.practice_retention])[practice]
    is_cold = channel == names.index("cold")
    scale = np.where(is_cold, by_practice * 30.0**power, scale)
    left = np.maximum(streams.uniform("stay", count), 1e-12)
    days = (scale / left) ** (1.0 / power)
    return channel, np.floor(np.minimum(days, LONGEST_DAYS)).astype(np.int64)


def _power_law(points: tuple[float, float, float, float]) -> tuple[float, float]:
    """Scale and power of `share = scale * day ** -power` through two days."""
    day, share, later, rest = points
    power = float(np.log(share / rest) / np.log(later / day))
    return share * day**power, power


def _concerns(world: World, streams: Streams, patients: Patients, patient: Rows) -> Rows:
    """Two concerns of each user: a patient's own first ones, or what people come with."""
    shares = np.array([share for _, share in world.patients.concern_shares])
    anyone = pick_by(streams.uniform("user concerns", len(patient), 2), shares)
    own = patients.concerns[np.maximum(patient, 0), :2]
    own = np.where(own == MISSING, own[:, :1], own)
    return np.where((patient != MISSING)[:, None], own, anyone)
