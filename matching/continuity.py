"""Clinicians with whom a person's own care goes on or went well: points added to the served score.

Who comes back is presumed to wish for the clinician they know, unless they say otherwise. So an earlier
course counts like one met wish, which the utility itself knows nothing of. No study that this engine
rests on measures what continuity is worth; the points are a judgement, and configuration.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.codes.course import Course, judge_course
from data.courses import CourseRecord
from data.directory import Directory
from data.errors import UsageError
from data.instants import MICROS_PER_DAY

Floats = NDArray[np.float64]

IN_CARE = "in_care"
RETURNING = "returning"
CONTINUITY = (IN_CARE, RETURNING)
"""The groups of these points among what adds up to a score."""
IN_CARE_DAYS = 90
"""A course without an ending goes on for these days after its last visit; after that it has lapsed."""
ENGAGED_VISITS = 3
"""Attended visits from which a course is one, however little it changed."""
BASELINE_DAYS = 14
"""A questionnaire counts as the start of a course from these days before its first visit."""
PLANNED = "planned"
OUTSIDE_ENDINGS = frozenset({"insurance", "moved", "clinician_left", "higher_care", "censored"})
"""Endings that say nothing against the fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Familiar:
    """Clinicians whom a person knows and need not avoid, by id."""

    in_care: tuple[str, ...] = ()
    """The course goes on."""
    returning: tuple[str, ...] = ()
    """The course is over, and went well."""


NOBODY = Familiar()
"""For a person without such courses, and for one who asks for someone new."""


def familiar_clinicians(courses: Iterable[CourseRecord], *, at: int) -> Familiar:
    """Who is familiar to a person at a time.

    The last booked course with each clinician decides, by what was known before that time. It counts
    where the person came, did not get reliably worse, and the course

    * has not ended, and the last visit is at most 90 days ago; or
    * was ended as planned or by something outside, such as insurance or a move, after three visits or a
      reliable improvement. Where visits are not recorded one by one, a planned ending is enough.

    Args:
        courses: All courses of the person.
        at: Microseconds since 1970 UTC.
    """
    standing: dict[str, str | None] = {}
    for course in sorted(courses, key=lambda course: (course.booked_at, course.episode_id)):
        if course.booked_at < at:
            standing[course.clinician_id] = _standing(course, at)
    groups = {
        group: tuple(name for name, found in standing.items() if found == group)
        for group in CONTINUITY
    }
    return Familiar(in_care=groups[IN_CARE], returning=groups[RETURNING])


def _standing(course: CourseRecord, at: int) -> str | None:
    """The group that a course puts its clinician into, if any."""
    visits = [visit for visit in course.visits if visit < at]
    first = min(visits, default=course.first_attended_at)
    is_dateless = course.ended_at is None and course.end_reason is not None
    if first is None or first >= at or course.is_declined or course.is_shared or is_dateless:
        return None
    verdict = _verdict(course, first, at)
    if verdict.is_deteriorated:
        return None
    if course.ended_at is None or course.ended_at >= at:
        is_recent = max(visits, default=first) >= at - IN_CARE_DAYS * MICROS_PER_DAY
        return IN_CARE if is_recent else None
    has_taken = len(visits) >= ENGAGED_VISITS or bool(verdict.is_improved)
    is_good = (course.end_reason == PLANNED and (has_taken or not course.visits)) or (
        course.end_reason in OUTSIDE_ENDINGS and has_taken
    )
    return RETURNING if is_good else None


def _verdict(course: CourseRecord, first_visit: int, at: int) -> Course:
    """What questionnaires say of a course so far; one that belongs to no course counts while it went on."""
    until = at if course.ended_at is None else min(at, course.ended_at)
    firsts: dict[str, float] = {}
    lasts: dict[str, float] = {}
    for score in course.scores:
        is_own = bool(score.episode_id) or score.at <= until
        if first_visit - BASELINE_DAYS * MICROS_PER_DAY <= score.at < at and is_own:
            if score.instrument in firsts:
                lasts[score.instrument] = score.total
            else:
                firsts[score.instrument] = score.total
    return judge_course(firsts, lasts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuityBonus:
    """How much an earlier course with a clinician counts.

    Raises:
        UsageError: A number is negative or not finite.
    """

    in_care: float = 0.05
    """Points of the score where the course goes on, about what one met wish is worth."""
    returning: float = 0.05
    """Points where it is over and went well."""

    def __post_init__(self) -> None:
        if not all(0 <= value < np.inf for value in (self.in_care, self.returning)):
            raise UsageError("continuity needs finite points of 0 or more")

    def points(
        self,
        familiar: Familiar,
        directory: Directory,
        rows: NDArray[np.int64],
        meets_wishes: NDArray[np.bool_],
    ) -> dict[str, Floats]:
        """What is added to each candidate's score, by group; groups of nobody are left out.

        A clinician is the same person under every id, and gets points once. Who misses a stated wish
        gets none: what a person says now counts for more than whom they know.

        Args:
            familiar: Whom the person knows.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).
            meets_wishes: Whether every stated wish is met; shape (candidates,).

        Returns:
            Points by group; shape (candidates,) each.
        """
        now = directory.rows_of_people(familiar.in_care)
        before = set(directory.rows_of_people(familiar.returning)) - set(now)
        found = {
            IN_CARE: np.where(np.isin(rows, now) & meets_wishes, self.in_care, 0.0),
            RETURNING: np.where(
                np.isin(rows, sorted(before)) & meets_wishes, self.returning, 0.0
            ),
        }
        return {group: points for group, points in found.items() if points.any()}
