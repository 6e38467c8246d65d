"""Chains of rematches: which clinicians a person has left, and what the earlier answers said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, or_, select

from data.capacity import find_full_clinicians
from data.database import reading
from data.domain import Intake
from data.instants import instant_of, micros_of
from data.log_writer import Write
from data.tables import CLINIC, care_events, left_clinicians, match_log, slot_claims

LEFT_FOR_FIT = "rematch_fit"
"""The ending of an episode after which that clinician is not offered again."""
LASTING = ("fit", "safety", "complaint", LEFT_FOR_FIT)
"""Reasons for a rematch after which later, unrelated requests leave the clinician out too."""

_EPISODES, _INTAKES, _CLINICIANS = CLINIC["episodes"], CLINIC["intakes"], CLINIC["clinicians"]


class _Candidates(msgspec.Struct):
    clinician_ids: tuple[str, ...] = ()
    shown: int = 0


class _Rematch(msgspec.Struct):
    root_match_id: str


class _Decision(msgspec.Struct):
    intake: Intake
    candidates: _Candidates | None = None
    rematch: _Rematch | None = None


_decision = msgspec.json.Decoder(_Decision).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An answered match that somebody wants to leave."""

    match_id: str
    root_match_id: str
    """The first match of the chain."""
    patient_id: str
    at: datetime
    intake: Intake
    """As it was asked, without free text."""
    answer: bytes
    candidates: tuple[str, ...]
    """Who might have been offered, best first; nobody in a crisis."""
    shown: tuple[str, ...]
    """Who was offered, best first."""
    booked: tuple[str, ...]
    """Whom the person was booked with or held a place of, after this match."""
    left: tuple[str, ...]
    """Whom the person left before, in this chain or for lasting reasons in another."""


def find_origin(engine: Engine, match_id: str) -> Origin | None:
    """A match with everything a rematch must know; None where there is no such match."""
    with reading(engine) as connection:
        row = connection.execute(
            select(match_log).where(match_log.c.match_id == match_id)
        ).one_or_none()
        if row is None:
            return None
        decision = _decision(row.decision)
        root = decision.rematch.root_match_id if decision.rematch else match_id
        candidates = decision.candidates or _Candidates()
        return Origin(
            match_id=match_id,
            root_match_id=root,
            patient_id=row.patient_id,
            at=instant_of(row.at),
            intake=decision.intake,
            answer=bytes(row.answer),
            candidates=candidates.clinician_ids,
            shown=candidates.clinician_ids[: candidates.shown],
            booked=tuple(_booked(connection, row.patient_id, match_id, row.at)),
            left=tuple(_left(connection, row.patient_id, root)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """Who cannot be offered for reasons that neither request nor directory holds."""

    previous: tuple[str, ...]
    """Clinicians whom the person has left for good, under all of their ids."""
    full: tuple[str, ...]
    """Clinicians whose places are all held or booked."""


def find_out_of_reach(engine: Engine, patient_id: str, *, at: datetime) -> OutOfReach:
    """Who cannot be offered to a person now.

    Args:
        engine: The database.
        patient_id: The person.
        at: The present.
    """
    with reading(engine) as connection:
        return OutOfReach(
            previous=tuple(_all_ids(connection, _left(connection, patient_id, None))),
            full=tuple(find_full_clinicians(connection, at=at)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftForGood:
    """Whom everybody has left for good, for batches."""

    by_patient: Mapping[str, Sequence[tuple[int, str]]]
    """When, microseconds since 1970 UTC, and whom."""
    namesakes: Mapping[str, Sequence[str]]
    """Further ids of the same clinician, by id."""

    def before(self, patient_id: str, at: datetime) -> list[str]:
        """Whom a person had left before a time, under every id."""
        moment = micros_of(at)
        left = [name for when, name in self.by_patient.get(patient_id, ()) if when < moment]
        return [other for name in left for other in (name, *self.namesakes.get(name, ()))]


def read_left_for_good(engine: Engine) -> LeftForGood:
    """Whom everybody has left for good: endings of episodes, and rematches for lasting reasons."""
    ended = (
        select(_INTAKES.c.patient_id, _EPISODES.c.ended_at, _EPISODES.c.clinician_id)
        .join(_INTAKES, _INTAKES.c.intake_id == _EPISODES.c.intake_id)
        .where(_EPISODES.c.end_reason == LEFT_FOR_FIT, _EPISODES.c.ended_at.is_not(None))
    )
    rematched = select(
        left_clinicians.c.patient_id, left_clinicians.c.at, left_clinicians.c.clinician_id
    ).where(left_clinicians.c.reason.in_(LASTING))
    numbered = select(_CLINICIANS.c.npi, _CLINICIANS.c.clinician_id).where(
        _CLINICIANS.c.npi.is_not(None)
    )
    by_patient: dict[str, list[tuple[int, str]]] = {}
    by_number: dict[str, list[str]] = {}
    with reading(engine) as connection:
        for query in (ended, rematched):
            for patient_id, when, clinician_id in connection.execute(query):
                by_patient.setdefault(patient_id, []).append((when, clinician_id))
        for number, clinician_id in connection.execute(numbered):
            by_number.setdefault(number, []).append(clinician_id)
    namesakes = {
        name: [other for other in names if other != name]
        for names in by_number.values()
        if len(names) > 1
        for name in names
    }
    return LeftForGood(by_patient=by_patient, namesakes=namesakes)


def all_ids_of(engine: Engine, clinician_ids: Iterable[str]) -> tuple[str, ...]:
    """The same people under every id of theirs: those that share a National Provider Identifier."""
    with reading(engine) as connection:
        return tuple(_all_ids(connection, clinician_ids))


def left_write(
    origin: Origin, match_id: str, clinician_ids: Iterable[str], *, at: datetime, reason: str
) -> Write | None:
    """The rows that keep whom a person has left, for the log writer; None where there is nobody."""
    rows = [
        {
            "match_id": match_id,
            "clinician_id": clinician_id,
            "root_match_id": origin.root_match_id,
            "patient_id": origin.patient_id,
            "at": micros_of(at),
            "reason": reason,
        }
        for clinician_id in sorted(set(clinician_ids))
    ]
    return (left_clinicians, rows) if rows else None


def _booked(connection: Connection, patient_id: str, match_id: str, since: int) -> list[str]:
    """Whom events, claims and tables say the person went to after a match."""
    events = select(care_events.c.clinician_id).where(
        care_events.c.match_id == match_id, care_events.c.clinician_id.is_not(None)
    )
    claims = select(slot_claims.c.clinician_id).where(
        slot_claims.c.patient_id == patient_id, slot_claims.c.at >= since
    )
    episodes = (
        select(_EPISODES.c.clinician_id)
        .join(_INTAKES, _INTAKES.c.intake_id == _EPISODES.c.intake_id)
        .where(_INTAKES.c.patient_id == patient_id, _EPISODES.c.booked_at >= since)
    )
    found = [
        str(name) for query in (events, claims, episodes) for name in connection.scalars(query)
    ]
    return list(dict.fromkeys(found))


def _left(connection: Connection, patient_id: str, root: str | None) -> list[str]:
    """Whom a person has left: in one chain, or for good."""
    lasting = left_clinicians.c.reason.in_(LASTING)
    in_chain = left_clinicians.c.root_match_id == root
    rematched = select(left_clinicians.c.clinician_id).where(
        left_clinicians.c.patient_id == patient_id,
        lasting if root is None else or_(lasting, in_chain),
    )
    ended = (
        select(_EPISODES.c.clinician_id)
        .join(_INTAKES, _INTAKES.c.intake_id == _EPISODES.c.intake_id)
        .where(_INTAKES.c.patient_id == patient_id, _EPISODES.c.end_reason == LEFT_FOR_FIT)
    )
    found = [str(name) for query in (rematched, ended) for name in connection.scalars(query)]
    return list(dict.fromkeys(found))


def _all_ids(connection: Connection, clinician_ids: Iterable[str]) -> list[str]:
    names = list(dict.fromkeys(clinician_ids))
    if not names:
        return []
    numbers = select(_CLINICIANS.c.npi).where(
        _CLINICIANS.c.clinician_id.in_(names), _CLINICIANS.c.npi.is_not(None)
    )
    others = select(_CLINICIANS.c.clinician_id).where(_CLINICIANS.c.npi.in_(numbers))
    return list(dict.fromkeys([*names, *map(str, connection.scalars(others))]))
