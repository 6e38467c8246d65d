"""A whole simulated clinic: its tables, its truth, and the world it comes from."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data.clinic import CLINIC_TABLES
from data.errors import UsageError
from training.simulator.availability import draw_availability
from training.simulator.care import Round, run_care
from training.simulator.care_tables import attendance_frame, episodes_frame, offers_frame
from training.simulator.clinicians import draw_clinicians
from training.simulator.columns import ordered
from training.simulator.content_world import ContentWorld, simulate_content
from training.simulator.desk import Market
from training.simulator.directory import always_open, clinicians_frame
from training.simulator.episodes import Setting
from training.simulator.hazards import solve_hazards
from training.simulator.parameters import World, describe
from training.simulator.patients import draw_patients
from training.simulator.questionnaires import measures_frame
from training.simulator.recovery import recovery_of
from training.simulator.requests import demographics_frame, eligible, intakes_frame
from training.simulator.streams import Streams
from training.simulator.truth import (
    clinicians_truth,
    held_out_rows,
    pairs_frame,
    patients_truth,
)
from training.simulator.words import Words

ANCHOR = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
"""End of the log unless another is given."""
ORDER = {
    "clinicians": ("clinician_id",),
    "intakes": ("requested_at", "intake_id"),
    "offers": ("offered_at", "request_id", "rank"),
    "episodes": ("booked_at", "episode_id"),
    "attendance": ("at", "episode_id"),
    "measures": ("at", "patient_id", "instrument"),
    "demographics": ("patient_id",),
    "content": ("item_id",),
    "programs": ("program_id",),
}
"""How each table is sorted; events come in order."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedClinic:
    """What a simulation made."""

    tables: dict[str, pd.DataFrame]
    """Canonical frames of the contract's tables by name."""
    truth: dict[str, pd.DataFrame]
    """`pairs`, `content`, `clinicians` and `patients`: what no table shows."""
    world: dict[str, Any]
    """Every parameter, seed, sizes, version and hash, ready for JSON."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clinic:
    """A clinic whose people are drawn, before anyone asks the desk."""

    setting: Setting
    intakes: pd.DataFrame
    """In the order of the arrays."""
    clinicians: pd.DataFrame
    content: ContentWorld
    anchor: int
    """Microseconds since 1970 UTC."""


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
    """A clinic of one world; the same arguments give the same tables, byte for byte.

    Args:
        world: The configuration.
        patients: How many people ask for care, at least 1; a few of them ask twice.
        clinicians: How many clinicians, at least 1.
        items: How many content items, at least 1.
        users: How many people use content; half the number of patients where None.
        seed: Of all randomness.
        anchor: End of the log, with a time zone.

    Returns:
        Tables, truth and world.

    Raises:
        UsageError: A size is out of range or the anchor has no time zone.
    """
    if min(patients, clinicians, items) < 1 or (users or 0) < 0:
        raise UsageError(
            "a clinic needs patients, clinicians and items; users cannot be fewer than none"
        )
    if anchor.tzinfo is None:
        raise UsageError("the anchor needs a time zone")
    sizes = {
        "patients": patients,
        "clinicians": clinicians,
        "items": items,
        "users": patients // 2 if users is None else users,
    }
    clinic = draw_clinic(world, sizes, seed=seed, anchor=anchor)
    rounds = run_care(clinic.setting)
    tables = _tables(clinic, rounds)
    return SimulatedClinic(
        tables={name: tables[name] for name in CLINIC_TABLES},
        truth=_truth(clinic),
        world={
            **describe(world),
            "seed": seed,
            "sizes": sizes,
            "anchor": anchor.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
            "rows": {name: len(tables[name]) for name in CLINIC_TABLES},
        },
    )


def draw_clinic(
    world: World, sizes: dict[str, int], *, seed: int, anchor: dt.datetime
) -> Clinic:
    """The people, openings and content of a clinic, before anyone asks the desk.

    Args:
        world: The configuration.
        sizes: Numbers of `patients`, `clinicians`, `items` and `users`.
        seed: Of all randomness.
        anchor: End of the log.
    """
    words, streams = Words.of(world), Streams(seed)
    end = (anchor - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
    people = draw_patients(world, words, streams, sizes["patients"], end)
    givers = draw_clinicians(world, words, streams, sizes["clinicians"], end)
    availability = draw_availability(world, streams, givers, end)
    directory = clinicians_frame(world, words, streams, givers, availability, end)
    intakes = intakes_frame(world, words, streams, people)
    content = simulate_content(
        world, words, streams, people, (sizes["items"], sizes["users"]), end
    )
    market = Market(
        patients=people,
        clinicians=givers,
        availability=availability,
        eligible=eligible(intakes, always_open(directory)),
    )
    setting = Setting(
        world=world,
        words=words,
        streams=streams,
        hazards=solve_hazards(world),
        recovery=recovery_of(world),
        market=market,
        self_help=content.self_help,
    )
    return Clinic(
        setting=setting, intakes=intakes, clinicians=directory, content=content, anchor=end
    )


def _tables(clinic: Clinic, rounds: list[Round]) -> dict[str, pd.DataFrame]:
    setting, end = clinic.setting, clinic.anchor
    world, streams = setting.world, setting.streams
    intakes, givers = clinic.intakes, clinic.clinicians
    patients = setting.market.patients
    count = len(intakes)

    def both(frame: Callable[[Round], pd.DataFrame]) -> pd.DataFrame:
        return pd.concat([frame(part) for part in rounds], ignore_index=True)

    tables = {
        "clinicians": givers,
        "intakes": intakes,
        "offers": both(lambda part: offers_frame(streams, part, intakes, givers, end)),
        "episodes": both(lambda part: episodes_frame(streams, part, intakes, givers, end)),
        "attendance": both(lambda part: attendance_frame(world, streams, part, count, end)),
        "measures": both(lambda part: measures_frame(setting, part, intakes, end)),
        "demographics": demographics_frame(world, setting.words, streams, patients),
        **clinic.content.tables,
    }
    return {
        name: ordered(frame, *ORDER[name]) if name in ORDER else frame
        for name, frame in tables.items()
    }


def _truth(clinic: Clinic) -> dict[str, pd.DataFrame]:
    setting, intakes, givers = clinic.setting, clinic.intakes, clinic.clinicians
    rows = held_out_rows(setting)
    some = intakes.take(rows).reset_index(drop=True)
    now = eligible(some, givers)
    pairs = pairs_frame(setting, intakes, givers, rows, now, clinic.anchor)
    return {
        "pairs": ordered(pairs, "intake_id", "clinician_id"),
        "content": clinic.content.truth,
        "clinicians": ordered(clinicians_truth(setting, givers), "clinician_id"),
        "patients": ordered(patients_truth(setting, intakes), "intake_id"),
    }
