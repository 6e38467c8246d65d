"""Chains of rematches: which clinicians a person has left, and what the earlier answers said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, or_, select

from data.capacity import find_full_clinicians
from data.courses import CourseRecord, read_courses
from data.database import reading
from data.domain import Intake
from data.instants import instant_of, micros_of
from data.log_writer import Write
from data.prices import count_claims
from data.tables import care_events, left_clinicians, match_log, slot_claims

LEFT_FOR_FIT = "rematch_fit"
"""The ending of an episode after which that clinician is not offered again."""
LASTING = ("fit", "safety", "complaint", LEFT_FOR_FIT)
"""Reasons for a rematch after which later, unrelated requests leave the clinician out too."""
TO_REVIEW = ("safety", "complaint", "higher_care")
"""Reasons for a rematch that somebody has to look at."""
NOT_CHOSEN = "not_chosen"
"""Why somebody is left whom the person has seen on a list and never met."""


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
    """Whom the person was booked with or held a place of, from this match or after it."""
    is_booking_sure: bool
    """Whether one of these surely is this person's: not of an intake that others have too."""
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
        courses = read_courses(connection, [row.patient_id]).get(row.patient_id, [])
        after = [
            course
            for course in courses
            if course.intake_id == decision.intake.intake_id
            or course.request_id == match_id
            or course.booked_at >= row.at
        ]
        chosen = _chosen(connection, row.patient_id, match_id, row.at)
        return Origin(
            match_id=match_id,
            root_match_id=root,
            patient_id=row.patient_id,
            at=instant_of(row.at),
            intake=decision.intake,
            answer=bytes(row.answer),
            candidates=candidates.clinician_ids,
            shown=candidates.clinician_ids[: candidates.shown],
            booked=tuple(dict.fromkeys([*(course.clinician_id for course in after), *chosen])),
            is_booking_sure=bool(chosen) or not all(course.is_shared for course in after),
            left=tuple(_left(connection, row.patient_id, courses, root)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """What the store holds of a person and of capacity that bears on who can be offered."""

    previous: tuple[str, ...]
    """Clinicians whom the person has left for good, or in the chain of rematches that is asked for."""
    full: tuple[str, ...]
    """Clinicians whose places are all held or booked."""
    courses: tuple[CourseRecord, ...] = ()
    """All courses of the person's care."""
    claims: Mapping[str, int] = field(default_factory=dict)
    """Places taken since prices were solved, by clinician; none where nothing is priced."""


def find_out_of_reach(
    engine: Engine,
    patient_id: str,
    *,
    at: datetime,
    root_match_id: str | None = None,
    priced_at: datetime | None = None,
) -> OutOfReach:
    """Who cannot be offered to a person now, and what was claimed since places were priced.

    Args:
        engine: The database.
        patient_id: The person.
        at: The present.
        root_match_id: The first match of the chain that a rematch goes on with; None for a new match.
        priced_at: When prices were solved; None where there are none.
    """
    with reading(engine) as connection:
        courses = read_courses(connection, [patient_id]).get(patient_id, [])
        return OutOfReach(
            previous=tuple(_left(connection, patient_id, courses, root_match_id)),
            full=tuple(find_full_clinicians(connection, at=at)),
            courses=tuple(courses),
            claims={}
            if priced_at is None
            else count_claims(connection, since=priced_at, at=at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasts:
    """What is on record of many people, for batches."""

    courses: Mapping[str, Sequence[CourseRecord]]
    """By person, first booked first."""
    rematches: Mapping[str, Sequence[tuple[int, str]]]
    """By person, whom they left by a rematch for good: microseconds since 1970 UTC, and the clinician."""

    def left_before(self, patient_id: str, at: datetime) -> list[str]:
        """Whom a person had left for good before a time."""
        moment = micros_of(at)
        left = [name for when, name in self.rematches.get(patient_id, ()) if when < moment]
        return [*left, *left_for_fit(self.courses.get(patient_id, ()), before=moment)]


def read_pasts(engine: Engine, patient_ids: Iterable[str]) -> Pasts:
    """The courses of some people, and whom they left by rematches for good."""
    people = set(patient_ids)
    query = select(
        left_clinicians.c.patient_id, left_clinicians.c.at, left_clinicians.c.clinician_id
    ).where(left_clinicians.c.reason.in_(LASTING))
    rematches: dict[str, list[tuple[int, str]]] = {}
    with reading(engine) as connection:
        for patient_id, when, clinician_id in connection.execute(query):
            if patient_id in people:
                rematches.setdefault(patient_id, []).append((when, clinician_id))
        return Pasts(courses=read_courses(connection, people), rematches=rematches)


def left_for_fit(courses: Iterable[CourseRecord], *, before: int | None = None) -> list[str]:
    """The clinicians of courses that a person ended for want of fit.

    Args:
        courses: Of the person.
        before: Only endings before this instant count, microseconds since 1970 UTC; one without a
            time is taken to have been known since the booking. None takes all that is on record.
    """
    return [
        course.clinician_id
        for course in courses
        if course.end_reason == LEFT_FOR_FIT and (before is None or _ended_at(course) < before)
    ]


def _ended_at(course: CourseRecord) -> int:
    return course.booked_at if course.ended_at is None else course.ended_at


def left_write(
    origin: Origin, match_id: str, left: Mapping[str, str], *, at: datetime
) -> Write | None:
    """The rows that keep whom a person leaves, for the log writer; None where there is nobody.

    Args:
        origin: The match that is left.
        match_id: The rematch.
        left: Clinician to the reason.
        at: The present.
    """
    rows = [
        {
            "match_id": match_id,
            "clinician_id": clinician_id,
            "root_match_id": origin.root_match_id,
            "patient_id": origin.patient_id,
            "at": micros_of(at),
            "reason": reason,
        }
        for clinician_id, reason in sorted(left.items())
    ]
    return (left_clinicians, rows) if rows else None


def _chosen(connection: Connection, patient_id: str, match_id: str, since: int) -> list[str]:
    """Whom claims and overrides say the person went to from a match or after it."""
    overrides = select(care_events.c.clinician_id).where(
        care_events.c.match_id == match_id, care_events.c.clinician_id.is_not(None)
    )
    claims = select(slot_claims.c.clinician_id).where(
        slot_claims.c.patient_id == patient_id,
        or_(slot_claims.c.at >= since, slot_claims.c.match_id == match_id),
    )
    return [str(name) for query in (overrides, claims) for name in connection.scalars(query)]


def _left(
    connection: Connection,
    patient_id: str,
    courses: Iterable[CourseRecord],
    root: str | None,
) -> list[str]:
    """Whom a person has left: in one chain, or for good."""
    lasting = left_clinicians.c.reason.in_(LASTING)
    in_chain = left_clinicians.c.root_match_id == root
    rematched = select(left_clinicians.c.clinician_id).where(
        left_clinicians.c.patient_id == patient_id,
        lasting if root is None else or_(lasting, in_chain),
    )
    found = [*map(str, connection.scalars(rematched)), *left_for_fit(courses)]
    return list(dict.fromkeys(found))
