"""Worlds: the whole configuration of a simulated clinic, by name."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from data.errors import UsageError
from training.simulator.clinician_parameters import ClinicianParameters
from training.simulator.content_parameters import ContentParameters
from training.simulator.course_parameters import CourseParameters, DeskParameters
from training.simulator.outcome_parameters import OutcomeParameters
from training.simulator.patient_parameters import PatientParameters
from training.simulator.rows import list_parameters

SIMULATOR_VERSION = "2"
"""Moves when the same world and seed would give other tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that a simulated clinic is made from, sizes and seed apart."""

    name: str
    patients: PatientParameters = field(default_factory=PatientParameters)
    clinicians: ClinicianParameters = field(default_factory=ClinicianParameters)
    outcome: OutcomeParameters = field(default_factory=OutcomeParameters)
    course: CourseParameters = field(default_factory=CourseParameters)
    desk: DeskParameters = field(default_factory=DeskParameters)
    content: ContentParameters = field(default_factory=ContentParameters)
    period_days: int = 730
    """Days of log before the anchor."""
    test_share: float = 0.20
    """Share of the intakes, the last by time, whose pairs have their truth kept."""
    truth_users: int = 300
    """Most users whose affinities are kept."""


def _base() -> World:
    return World(name="base")


def _null() -> World:
    """No clinician, clinic, match or pair effect on any outcome; accepting is the same for all."""
    base = _base()
    return replace(
        base,
        name="null",
        outcome=replace(
            base.outcome,
            clinician_share=0.0,
            clinic_share=0.0,
            match_share=0.0,
            stop_sd=0.0,
            deterioration_sd=0.0,
            preference_benefit=0.0,
            preference_stop_odds=1.0,
            concordance_benefit=0.0,
            experience_benefit=0.0,
            fit_benefit=0.0,
        ),
        course=replace(base.course, accept_sd=0.0, accept_specialty=0.0, accept_unlisted=0.0),
    )


WORLDS: MappingProxyType[str, Callable[[], World]] = MappingProxyType(
    {"base": _base, "null": _null}
)
"""How each named world is made."""


def world(name: str) -> World:
    """The configuration of a named world.

    Raises:
        UsageError: No world has that name.

    Example:
        >>> world("null").outcome.clinician_share
        0.0
    """
    if name not in WORLDS:
        raise UsageError(f"there is no world {name!r}; known: {', '.join(WORLDS)}")
    return WORLDS[name]()


def content_hash(configuration: World) -> str:
    """SHA-256 of the simulator's version and every parameter, as hexadecimal digits."""
    told = json.dumps({"version": SIMULATOR_VERSION, **asdict(configuration)}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def read_world(document: Mapping[str, Any]) -> World:
    """The configuration that `describe` told of.

    Raises:
        UsageError: The document is of another version of the simulator, or damaged.
    """
    found = world(str(document.get("name")))
    if content_hash(found) != document.get("hash"):
        raise UsageError("world.json is of another version of the simulator: simulate again")
    return found


def describe(configuration: World) -> dict[str, object]:
    """The configuration as a JSON document: name, hash, and each parameter with its evidence."""
    return {
        "name": configuration.name,
        "version": SIMULATOR_VERSION,
        "hash": content_hash(configuration),
        "period_days": configuration.period_days,
        "test_share": configuration.test_share,
        "truth_users": configuration.truth_users,
        "parameters": [asdict(entry) for entry in list_parameters(configuration)],
    }
