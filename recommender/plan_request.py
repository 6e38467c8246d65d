"""What is asked of the planner and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.messages import PATIENT, Reader
from recommender.request import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """One request for a personal plan."""

    weeks: int = 6
    sessions_per_week: int = 5
    session_minutes: float = 5.0
    """An item may take a tenth longer than a session."""
    week_minutes: float | None = None
    """Most minutes of a week; None for as many as the sessions take."""
    goals: tuple[str, ...] = ()
    """Goals stated now; they add to those of the person."""
    language: str | None = None
    """Only items of this language; those that name none stay."""
    exclude: frozenset[str] = frozenset()
    """Item ids that must not be planned."""
    severity: str | None = None
    """The severity band of the person's symptoms, such as `moderate`; None is unknown."""
    reader: Reader = PATIENT
    """Who reads the reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """One item at its place in the plan."""

    position: int
    """1 is the first session of the plan."""
    item_id: str
    item_row: int
    title: str
    minutes: float
    program_id: str | None
    is_started: bool
    """Whether the person has begun the item before."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWeek:
    """The sessions of one week, in order."""

    starts_at: datetime
    ends_at: datetime
    sessions: tuple[PlannedSession, ...]

    @property
    def minutes(self) -> float:
        """How long the sessions of the week take."""
        return sum(session.minutes for session in self.sessions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramProgress:
    """How far a program of the plan is, and how far the plan takes it."""

    program_id: str
    title: str
    steps: int
    """Steps that are published and not retired."""
    finished: int
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The weeks of a plan; those without sessions at its end are left out."""

    weeks: tuple[PlannedWeek, ...]
    programs: tuple[ProgramProgress, ...]
    """In the order in which the plan comes to them."""
    left_out: Mapping[str, int]
    """How many items that may be shown are not in the plan, each under the first reason that holds."""
    withheld: Mapping[str, int]
    """How many items of the catalogue safety withholds, by reason."""
    notes: tuple[Reason, ...]
    """What the plan could not do."""
    is_exact: bool
    """Whether no better plan exists under the same rules; otherwise it is a good one."""

    @property
    def sessions(self) -> tuple[PlannedSession, ...]:
        """All sessions in order."""
        return tuple(session for week in self.weeks for session in week.sessions)

    @property
    def withheld_total(self) -> int:
        """How many items safety withholds."""
        return sum(self.withheld.values())
