"""What the store knows of people: their newest request, and what they did with content."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from data.database import Engine
from data.domain import CareLevel, Safety, Tier
from data.known_risk import find_known_risk
from data.queries import read_frame
from matching.triage import assess_safely
from recommender.person import ContentEvent, Person
from training.clinic_frames import times_of

NOBODY_KNOWN = Safety(tier=Tier.GREEN, care_level=CareLevel.SELF_GUIDED)
"""Safety of a person who never sent an intake: nothing is known, nothing is withheld but what is
withheld from everyone."""
EVENT_COLUMNS = ("user_id", "item_id", "type", "at", "fraction", "context_local_hour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a person's newest request says about content."""

    safety: Safety = NOBODY_KNOWN
    concerns: tuple[str, ...] = ()


def standings(engine: Engine, people: Collection[str]) -> dict[str, Standing]:
    """Safety and concerns of people by what is on record now: newest request, later measures.

    The same look-up as at request time, so that a batch withholds what the API would. It is always
    the present one, also where content is asked for as of the past.

    Args:
        engine: The database.
        people: Person ids; those of whom nothing is on record are left out of the answer.
    """
    found = {person_id: find_known_risk(engine, person_id) for person_id in people}
    return {
        person_id: Standing(safety=assess_safely(intake), concerns=intake.concerns)
        for person_id, intake in found.items()
        if intake is not None
    }


def histories(
    engine: Engine, people: Collection[str], *, at: datetime
) -> dict[str, list[ContentEvent]]:
    """The content events of people before a time, oldest first.

    Args:
        engine: The database.
        people: Person ids; those without an event are left out of the answer.
        at: Events at that time or later do not count.
    """
    frame = read_frame(engine, "content_events", columns=EVENT_COLUMNS, until=at)
    frame = frame[frame["user_id"].isin(list(people))]
    found: dict[str, list[ContentEvent]] = {}
    rows = zip(
        frame["user_id"],
        frame["item_id"],
        frame["type"],
        times_of(frame, "at").tolist(),
        _plain(frame["fraction"]),
        _plain(frame["context_local_hour"]),
        strict=True,
    )
    for user_id, item_id, kind, moment, fraction, hour in rows:
        event = ContentEvent(
            item_id, kind, moment, fraction, None if hour is None else int(hour)
        )
        found.setdefault(user_id, []).append(event)
    return found


def _plain(column: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in column]


def person_of(
    person_id: str,
    events: Mapping[str, list[ContentEvent]],
    known: Mapping[str, Standing],
) -> tuple[Person, Safety]:
    """A person as the recommender sees them, and their safety; both exist for anyone.

    Args:
        person_id: The person, perhaps never seen.
        events: What `histories` found.
        known: What `standings` found.
    """
    standing = known.get(person_id, Standing())
    person = Person.from_events(
        person_id, events.get(person_id, []), concerns=standing.concerns
    )
    return person, standing.safety
