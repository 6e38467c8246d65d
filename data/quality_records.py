"""Checks of stored rows against each other: references, the order of time, duplicates.

All of them are counts that the database makes, so that they hold for logs of any length.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from data.findings import Finding, Meanings, Severity, findings_of
from data.instants import micros_of
from data.queries import TIME_COLUMNS
from data.rematches import TO_REVIEW
from data.tables import CLINIC, left_clinicians

LONG_BEFORE = timedelta(days=30)
"""A questionnaire of an episode older than this before its intake is not its baseline."""
REVIEW = timedelta(days=30)
"""How long a rematch that somebody has to look at is counted."""

_INTAKES = CLINIC["intakes"].c
_OFFERS = CLINIC["offers"].c
_EPISODES = CLINIC["episodes"].c
_VISITS = CLINIC["attendance"].c
_MEASURES = CLINIC["measures"].c

REFERENCES = (
    ("offers", "intake_id", "intakes", "intake_id"),
    ("offers", "clinician_id", "clinicians", "clinician_id"),
    ("episodes", "intake_id", "intakes", "intake_id"),
    ("episodes", "clinician_id", "clinicians", "clinician_id"),
    ("episodes", "request_id", "offers", "request_id"),
    ("attendance", "episode_id", "episodes", "episode_id"),
    ("measures", "episode_id", "episodes", "episode_id"),
    ("content", "program_id", "programs", "program_id"),
    ("content_events", "item_id", "content", "item_id"),
)
"""Column by column, which table it points into."""

MEANINGS: Meanings = {
    "booked_before_intake": (
        Severity.ERROR,
        "episodes were booked before their intake was made: an outcome would leak into it",
    ),
    "offered_before_intake": (Severity.ERROR, "offers were made before their intake"),
    "offered_after_booking": (
        Severity.ERROR,
        "offers were made after the booking that they led to",
    ),
    "attended_before_booking": (
        Severity.ERROR,
        "episodes have a first visit before their booking",
    ),
    "ended_before_start": (
        Severity.ERROR,
        "episodes ended before they were booked or attended",
    ),
    "visit_before_first": (
        Severity.ERROR,
        "visits were attended before the episode's first visit",
    ),
    "visit_after_end": (
        Severity.WARNING,
        "visits were attended after the episode had ended",
    ),
    "ended_without_time": (
        Severity.WARNING,
        "episodes have a reason for their end and no time since when it was known",
    ),
    "declined_and_attended": (
        Severity.WARNING,
        "episodes were declined by the clinician and attended all the same",
    ),
    "measure_long_before": (
        Severity.WARNING,
        f"measures of an episode lie more than {LONG_BEFORE.days} days before its intake",
    ),
    "duplicate_intakes": (
        Severity.WARNING,
        "intakes repeat another of the same patient at the same instant",
    ),
    "duplicate_episodes": (
        Severity.WARNING,
        "episodes repeat another of the same intake, clinician and instant",
    ),
    "duplicate_ranks": (
        Severity.WARNING,
        "offers share their rank with another of the same request",
    ),
    "duplicate_events": (
        Severity.WARNING,
        "content events repeat another of the same person, item, type and instant",
    ),
    "rematches_to_review": (
        Severity.WARNING,
        f"rematches of {REVIEW.days} days name safety, a complaint or higher care: look at them",
    ),
    **{
        f"future_{table}": (Severity.WARNING, f"{table}.{column} lies in the future")
        for table, column in TIME_COLUMNS.items()
    },
    **{
        f"dangling_{table}_{column}": (
            Severity.WARNING,
            f"{table}.{column} names rows that {target} does not have; they are left out",
        )
        for table, column, target, _ in REFERENCES
    },
}


def check_references(connection: Connection) -> list[Finding]:
    """Rows that refer to rows that are not there."""
    counts = {}
    for table, column, target, key in REFERENCES:
        own, other = CLINIC[table].c[column], CLINIC[target].c[key]
        query = _count(table).where(own != "", ~exists().where(other == own))
        counts[f"dangling_{table}_{column}"] = _run(connection, query)
    return findings_of(MEANINGS, counts)


def check_times(connection: Connection, at: datetime) -> list[Finding]:
    """Things that happened before they could, and dates in the future.

    Args:
        connection: Where to look.
        at: The present.
    """
    booked, first, ended = _EPISODES.booked_at, _EPISODES.first_attended_at, _EPISODES.ended_at
    queries = {
        "booked_before_intake": _of_intake("episodes", booked < _INTAKES.requested_at),
        "offered_before_intake": _of_intake(
            "offers", _OFFERS.offered_at < _INTAKES.requested_at
        ),
        "offered_after_booking": _offers_after_booking(),
        "attended_before_booking": _episodes(first < booked),
        "ended_before_start": _episodes(or_(ended < booked, ended < first)),
        "visit_before_first": _visits(_VISITS.at < first),
        "visit_after_end": _visits(_VISITS.at > ended),
        "ended_without_time": _episodes(_EPISODES.end_reason.is_not(None), ended.is_(None)),
        "declined_and_attended": _episodes(_EPISODES.accepted.is_(False), first.is_not(None)),
        "measure_long_before": _measures_long_before(),
    }
    for table, column in TIME_COLUMNS.items():
        is_later = CLINIC[table].c[column] > micros_of(at)
        queries[f"future_{table}"] = _count(table).where(is_later)
    return findings_of(
        MEANINGS, {code: _run(connection, query) for code, query in queries.items()}
    )


def check_rematches(connection: Connection, at: datetime) -> list[Finding]:
    """Rematches that somebody has to look at.

    Args:
        connection: Where to look.
        at: The present.
    """
    query = select(func.count(left_clinicians.c.match_id.distinct())).where(
        left_clinicians.c.reason.in_(TO_REVIEW), left_clinicians.c.at >= micros_of(at - REVIEW)
    )
    return findings_of(MEANINGS, {"rematches_to_review": _run(connection, query)})


def check_duplicates(connection: Connection) -> list[Finding]:
    """The same thing stored twice under two ids."""
    same = {
        "duplicate_intakes": ("intakes", "patient_id", "requested_at"),
        "duplicate_episodes": ("episodes", "intake_id", "clinician_id", "booked_at"),
        "duplicate_ranks": ("offers", "request_id", "rank"),
        "duplicate_events": ("content_events", "user_id", "at", "item_id", "type"),
    }
    return findings_of(
        MEANINGS,
        {code: _surplus(connection, table, *names) for code, (table, *names) in same.items()},
    )


def _run(connection: Connection, query: Select[Any]) -> int:
    return int(connection.scalar(query) or 0)


def _count(table: str) -> Select[Any]:
    return select(func.count()).select_from(CLINIC[table])


def _episodes(*conditions: ColumnElement[bool]) -> Select[Any]:
    return _count("episodes").where(*conditions)


def _of_intake(table: str, condition: ColumnElement[bool]) -> Select[Any]:
    """How many rows of a table meet a condition on them and their intake."""
    same = _INTAKES.intake_id == CLINIC[table].c.intake_id
    return _count(table).join(CLINIC["intakes"], same).where(condition)


def _visits(condition: ColumnElement[bool]) -> Select[Any]:
    """How many attended visits meet a condition on them and their episode."""
    return (
        _count("attendance")
        .join(CLINIC["episodes"], _EPISODES.episode_id == _VISITS.episode_id)
        .where(_VISITS.status == "attended", condition)
    )


def _offers_after_booking() -> Select[Any]:
    same = and_(
        _OFFERS.request_id == _EPISODES.request_id,
        _OFFERS.clinician_id == _EPISODES.clinician_id,
    )
    late = _OFFERS.offered_at > _EPISODES.booked_at
    return _count("episodes").join(CLINIC["offers"], same).where(late)


def _measures_long_before() -> Select[Any]:
    days = LONG_BEFORE // timedelta(microseconds=1)
    return (
        _count("measures")
        .join(CLINIC["episodes"], _EPISODES.episode_id == _MEASURES.episode_id)
        .join(CLINIC["intakes"], _INTAKES.intake_id == _EPISODES.intake_id)
        .where(_MEASURES.at < _INTAKES.requested_at - days)
    )


def _surplus(connection: Connection, table: str, *columns: str) -> int:
    """How many rows a table has beyond the distinct ones of these columns."""
    groups = (
        select((func.count() - 1).label("more"))
        .select_from(CLINIC[table])
        .group_by(*(CLINIC[table].c[column] for column in columns))
        .subquery()
    )
    return _run(connection, select(func.sum(groups.c.more)))
