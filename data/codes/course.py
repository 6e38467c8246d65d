"""What became of a course of care, by the definitions of NHS Talking Therapies.

Only instruments with a cut and a reliable change count; the SRS, which measures the alliance, is
none. Source: NHS England, NHS Talking Therapies manual and annual reports.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from data.codes.instruments import INSTRUMENTS, is_case, reliable_direction

FINISHED_AFTER_VISITS = 2
"""Attended treatment contacts from which a course counts as finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The verdicts on one course of care; None is unknown."""

    is_case_at_start: bool | None
    """Caseness on any instrument at the start."""
    is_recovered: bool | None
    """A case at the start, and below every cut at the end."""
    is_improved: bool | None
    """Reliable improvement on at least one instrument, and reliable worsening on none."""
    is_deteriorated: bool | None
    """Reliable worsening on at least one instrument, and reliable improvement on none."""

    @property
    def is_reliably_recovered(self) -> bool | None:
        """Recovery together with reliable improvement."""
        if self.is_recovered is None or self.is_improved is None:
            return None
        return self.is_recovered and self.is_improved


def judge_course(first: Mapping[str, float], last: Mapping[str, float]) -> Course:
    """The verdicts on a course from its first and last totals.

    An instrument with one total only says nothing about change; where it was at caseness at the
    start, recovery stays unknown unless another instrument rules it out.

    Args:
        first: Total at the start by instrument.
        last: Total at the end by instrument.

    Example:
        >>> course = judge_course({"phq9": 16, "gad7": 12}, {"phq9": 9, "gad7": 10})
        >>> course.is_improved, course.is_recovered
        (True, False)
    """
    start = {code: total for code, total in first.items() if _is_outcome(code)}
    both = [code for code in start if code in last]
    cases = {code for code, total in start.items() if is_case(code, total)}
    directions = {reliable_direction(code, start[code], last[code]) for code in both}
    return Course(
        is_case_at_start=bool(cases) if start else None,
        is_recovered=_is_recovered(cases, {code: last[code] for code in both}),
        is_improved=1 in directions and -1 not in directions if both else None,
        is_deteriorated=-1 in directions and 1 not in directions if both else None,
    )


def _is_outcome(code: str) -> bool:
    instrument = INSTRUMENTS.get(code)
    return instrument is not None and None not in {instrument.cut, instrument.reliable_change}


def _is_recovered(cases: set[str], ends: Mapping[str, float]) -> bool | None:
    if not ends:
        return None
    if not cases or any(is_case(code, total) for code, total in ends.items()):
        return False
    return True if cases <= ends.keys() else None
