"""Everything about content in one place: catalogue, users, sessions, events, truth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.simulator.affinity import affinity_frame
from training.simulator.columns import MISSING, Floats, Mask, ids_at
from training.simulator.content_events import events_frame
from training.simulator.items import content_frame, draw_items, programs_frame
from training.simulator.parameters import World
from training.simulator.patients import Patients
from training.simulator.sessions import play
from training.simulator.streams import Streams
from training.simulator.users import Users, draw_users
from training.simulator.words import Words

MODERATE = 10.0
"""PHQ-9 from which guidance adds to a program (row 57)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ContentWorld:
    """Content as simulated."""

    tables: dict[str, pd.DataFrame]
    """`content`, `programs`, `content_events`."""
    truth: pd.DataFrame
    self_help: Floats
    """Benefit from finished programs, in outcome SDs; shape (intakes,)."""


def simulate_content(
    world: World,
    words: Words,
    streams: Streams,
    patients: Patients,
    sizes: tuple[int, int],
    anchor: int,
) -> ContentWorld:
    """Catalogue, users and what they did.

    Args:
        world: The configuration.
        words: Its vocabularies.
        streams: Randomness.
        patients: The requests.
        sizes: How many items and users.
        anchor: End of the log, microseconds since 1970 UTC.
    """
    count, people = sizes
    items = draw_items(world, streams, count, anchor)
    users = draw_users(world, words, streams, patients, people, anchor)
    sessions, finished = play(world, streams, users, items, anchor)
    content = content_frame(world, streams, items, anchor)
    ids = _user_ids(streams, users, len(patients)), content["item_id"]
    return ContentWorld(
        tables={
            "programs": programs_frame(streams, items),
            "content": content,
            "content_events": events_frame(world, streams, sessions, items, ids),
        },
        truth=affinity_frame(world, streams, (users, items), sessions, ids, anchor),
        self_help=_self_help(world, patients, users, finished),
    )


def _user_ids(streams: Streams, users: Users, requests: int) -> pd.Series:
    """The patient id where a person has one, else an id of its own."""
    patient = ids_at(streams.ids("patient", requests), users.patient)
    other = ids_at(streams.ids("user", len(users)), np.arange(len(users)))
    return patient.where(patient.notna(), other)


def _self_help(world: World, patients: Patients, users: Users, finished: Mask) -> Floats:
    """Row 57 as benefit: PHQ-9 points over points per SD; shape (requests,)."""
    given = world.content
    extra, factor = given.effect_guided
    rows = np.flatnonzero(users.patient != MISSING)
    people = int(patients.patient.max(initial=-1)) + 1
    done = np.zeros((people, 2), dtype=np.bool_)
    done[users.patient[rows]] = finished[rows]
    own = done[patients.patient]
    moderate = patients.severity.scores[:, 0] >= MODERATE
    points = given.effect_unguided * own.any(axis=1)
    points = points + extra * factor * (own[:, 1] & moderate)
    return np.asarray(-points / world.course.recovery_spread)
