"""A whole simulated clinic: its tables, its truth, and the world it comes from."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.clinic import CLINIC_TABLES
from training.simulator.availability import draw_availability
from training.simulator.care import Round, run_care
from training.simulator.care_tables import attendance_frame, episodes_frame, offers_frame
from training.simulator.clinicians import draw_clinicians
from training.simulator.columns import ordered
from training.simulator.desk import Market
from training.simulator.directory import clinicians_frame
from training.simulator.episodes import Setting
from training.simulator.hazards import solve_hazards
from training.simulator.parameters import World, describe
from training.simulator.patients import draw_patients
from training.simulator.questionnaires import measures_frame
from training.simulator.recovery import recovery_of
from training.simulator.requests import demographics_frame, eligible, intakes_frame
from training.simulator.streams import Streams
from training.simulator.words import Words

ANCHOR = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
"""End of the log unless another is given."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedClinic:
    """What a simulation made."""

    tables: dict[str, pd.DataFrame]
    """Canonical frames of the contract's tables by name."""
    truth: dict[str, pd.DataFrame]
    """`pairs`, `content`, `clinicians` and `patients`: what no table shows."""
    world: dict[str, Any]
    """Every parameter, seed, sizes, version and hash, ready for JSON."""


def simulate(  # noqa: PLR0913 - each size is an option of its own on the command line
    world: World,
    *,
    patients: int = 2_000,
    clinicians: int = 200,
    items: int = 300,
    users: int | None = None,
    seed: int = 0,
    anchor: dt.datetime = ANCHOR,
) -> SimulatedClinic:
    """x"""
    words, streams = Words.of(world), Streams(seed)
    end = int(anchor.timestamp()) * 1_000_000
    people = draw_patients(world, words, streams, patients, end)
    givers = draw_clinicians(world, words, streams, clinicians, end)
    availability = draw_availability(world, streams, givers, end)
    directory = clinicians_frame(world, words, streams, givers, availability, end)
    intakes = intakes_frame(world, words, streams, people)
    setting = Setting(
        world=world,
        words=words,
        streams=streams,
        hazards=solve_hazards(world),
        recovery=recovery_of(world),
        market=Market(
            patients=people,
            clinicians=givers,
            availability=availability,
            eligible=eligible(intakes, directory),
        ),
        self_help=np.zeros(len(people)),
    )
    rounds = run_care(setting)
    tables = {
        "clinicians": directory,
        "intakes": intakes,
        "offers": pd.concat(
            [offers_frame(streams, r, intakes, directory, end) for r in rounds],
            ignore_index=True,
        ),
        "episodes": pd.concat(
            [episodes_frame(streams, r, intakes, directory, end) for r in rounds],
            ignore_index=True,
        ),
        "attendance": pd.concat(
            [attendance_frame(world, streams, r, len(intakes), end) for r in rounds],
            ignore_index=True,
        ),
        "measures": pd.concat(
            [measures_frame(setting, r, intakes, end) for r in rounds], ignore_index=True
        ),
        "demographics": demographics_frame(world, words, streams, people),
    }
    return SimulatedClinic(tables=tables, truth={}, world={}), setting, rounds
