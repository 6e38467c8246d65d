"""Courses of care that people have had: with whom, how often they came, and how each ended.

An episode names an intake, and the intake a person. Intakes are imported, or were asked for as matches;
an episode may also name the match it came from, and events about it may name the person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, union

from data.codes.instruments import instrument_key
from data.tables import CLINIC, care_events, match_log

MOST_AT_ONCE = 500
"""People, or episodes, of one query."""

_INTAKES, _EPISODES = CLINIC["intakes"], CLINIC["episodes"]
_VISITS, _MEASURES = CLINIC["attendance"], CLINIC["measures"]


@dataclass(frozen=True, slots=True)
class Score:
    """A questionnaire of a person."""

    at: int
    """Microseconds since 1970 UTC."""
    instrument: str
    total: float
    episode_id: str
    """Empty where it belongs to no course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRecord:
    """One course of care as it is stored; instants are microseconds since 1970 UTC."""

    episode_id: str
    intake_id: str
    request_id: str | None
    """The match that it came from."""
    clinician_id: str
    booked_at: int
    is_declined: bool
    first_attended_at: int | None
    ended_at: int | None
    end_reason: str | None
    visits: tuple[int, ...] = ()
    """Attended visits, first one first; empty also where visits are not recorded."""
    scores: tuple[Score, ...] = ()
    """Those of the course and those of the person that belong to none, first one first."""
    is_shared: bool = False
    """Whether its intake is on record for somebody else too: then it may be the other's course."""


def read_courses(
    connection: Connection, patient_ids: Iterable[str]
) -> dict[str, list[CourseRecord]]:
    """The courses of some people, first booked first; who has had none is left out.

    Args:
        connection: Where to look.
        patient_ids: The people.
    """
    found: dict[str, list[CourseRecord]] = {}
    for people in _groups(patient_ids):
        owned = [
            (row.patient_id, row.episode_id) for row in connection.execute(_episodes_of(people))
        ]
        episodes = _Episodes.read(connection, [episode_id for _, episode_id in owned])
        scores = _scores(connection, {patient_id for patient_id, _ in owned})
        for patient_id, episode_id in owned:
            course = episodes.course(episode_id, patient_id, scores.get(patient_id, ()))
            found.setdefault(patient_id, []).append(course)
    for courses in found.values():
        courses.sort(key=lambda course: (course.booked_at, course.episode_id))
    return found


def _episodes_of(people: Sequence[str]) -> Any:
    """Every episode that leads back to one of these people, by whatever way, each once."""

    def linked(owner: Any, condition: ColumnElement[bool]) -> Select[Any]:
        return (
            select(owner.c.patient_id, _EPISODES.c.episode_id)
            .join_from(owner, _EPISODES, condition)
            .where(owner.c.patient_id.in_(people))
        )

    return union(
        linked(_INTAKES, _EPISODES.c.intake_id == _INTAKES.c.intake_id),
        linked(match_log, _EPISODES.c.intake_id == match_log.c.intake_id),
        linked(match_log, _EPISODES.c.request_id == match_log.c.match_id),
        linked(care_events, _EPISODES.c.episode_id == care_events.c.episode_id),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Episodes:
    """Some episodes with their visits, by id, and whose their intakes are."""

    rows: Mapping[str, Row[Any]]
    visits: Mapping[str, tuple[int, ...]]
    owners: Mapping[str, set[str]]
    """Intake to the people it is on record for."""

    @classmethod
    def read(cls, connection: Connection, episode_ids: Iterable[str]) -> "_Episodes":
        rows: dict[str, Row[Any]] = {}
        visits: dict[str, tuple[int, ...]] = {}
        owners: dict[str, set[str]] = {}
        for ids in _groups(episode_ids):
            stored = select(_EPISODES).where(_EPISODES.c.episode_id.in_(ids))
            own = {row.episode_id: row for row in connection.execute(stored)}
            attended = (
                select(_VISITS.c.episode_id, _VISITS.c.at)
                .where(_VISITS.c.episode_id.in_(ids), _VISITS.c.status == "attended")
                .order_by(_VISITS.c.at)
            )
            for episode_id, at in connection.execute(attended):
                visits[episode_id] = (*visits.get(episode_id, ()), at)
            rows.update(own)
            owners.update(_owners(connection, {row.intake_id for row in own.values()}))
        return cls(rows=rows, visits=visits, owners=owners)

    def course(self, episode_id: str, patient_id: str, scores: Sequence[Score]) -> CourseRecord:
        row = self.rows[episode_id]
        return CourseRecord(
            episode_id=episode_id,
            intake_id=row.intake_id,
            request_id=row.request_id,
            clinician_id=row.clinician_id,
            booked_at=row.booked_at,
            is_declined=row.accepted is False,
            first_attended_at=row.first_attended_at,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            visits=self.visits.get(episode_id, ()),
            scores=tuple(score for score in scores if score.episode_id in {"", episode_id}),
            is_shared=bool(self.owners.get(row.intake_id, set()) - {patient_id}),
        )


def _owners(connection: Connection, intake_ids: Iterable[str]) -> dict[str, set[str]]:
    """The people whom the record gives some intakes to."""
    ids = sorted(intake_ids)
    stored = union(
        *(
            select(table.c.intake_id, table.c.patient_id).where(table.c.intake_id.in_(ids))
            for table in (_INTAKES, match_log)
        )
    )
    owners: dict[str, set[str]] = {}
    for row in connection.execute(stored):
        owners.setdefault(row.intake_id, set()).add(row.patient_id)
    return owners


def _groups(names: Iterable[str]) -> Iterator[list[str]]:
    """The names, each once, as many at once as a query takes."""
    distinct = list(dict.fromkeys(names))
    for start in range(0, len(distinct), MOST_AT_ONCE):
        yield distinct[start : start + MOST_AT_ONCE]


def _scores(connection: Connection, people: Iterable[str]) -> dict[str, list[Score]]:
    query = select(_MEASURES).where(_MEASURES.c.patient_id.in_(people)).order_by(_MEASURES.c.at)
    found: dict[str, list[Score]] = {}
    for row in connection.execute(query):
        score = Score(row.at, instrument_key(row.instrument), row.total, row.episode_id)
        found.setdefault(row.patient_id, []).append(score)
    return found
