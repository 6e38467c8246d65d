"""A personal plan: safety filter, candidates, values, search, and the safety filter again for every week."""

from collections.abc import Collection
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from data.catalogue import NO_PROGRAM
from data.domain import Safety
from recommender.binding import Binding
from recommender.person import Person
from recommender.plan_candidates import WEEK, LeftOut, PlanCandidates, plan_candidates
from recommender.plan_case import PlanCase
from recommender.plan_exact import find_best_plan
from recommender.plan_notes import notes_of
from recommender.plan_problem import PlanProblem, Weeks, in_sequence
from recommender.plan_reasons import session_reasons
from recommender.plan_request import (
    Plan,
    PlannedSession,
    PlannedWeek,
    PlanRequest,
    ProgramProgress,
)
from recommender.plan_search import find_good_plan
from recommender.plan_values import find_problem
from recommender.plan_wishes import find_wishes
from recommender.reasons import Evidence

INSTANT = timedelta(microseconds=1)
Sessions = list[list[int]]
"""Candidates of each week."""


def make_plan(
    binding: Binding,
    person: Person,
    *,
    safety: Safety,
    request: PlanRequest,
    at: datetime,
    finished: Collection[str] = (),
) -> Plan:
    """The plan of one person from now on.

    Safety decides first what may be planned at all, and once more what of the finished plan stays: each session
    has to be allowed now and until its week is over. Red safety gives an empty plan. What the person finished
    is never planned. The same arguments give the same plan.

    Args:
        binding: The model on the catalogue.
        person: Their history before `at`, goals, concerns and populations.
        safety: What triage found.
        request: Weeks, time, goals, exclusions.
        at: When the plan begins.
        finished: Items that the person finished at any time, beside those of the history.
    """
    case = PlanCase.build(binding, person, safety=safety, request=request, at=at)
    allowed, withheld = case.allowed(at)
    candidates = plan_candidates(case, _finished(case, finished), allowed)
    wishes = find_wishes(case, candidates)
    found, is_exact = solved(find_problem(case, candidates, wishes))
    kept = _kept(case, candidates, found)
    left_out, planned = dict(candidates.left_out), sum(map(len, kept))
    if planned < len(candidates.rows):
        left_out[LeftOut.NO_ROOM] = len(candidates.rows) - planned
    return Plan(
        weeks=_weeks(case, wishes.evidence, candidates, kept),
        programs=_programs(case, candidates, kept),
        left_out={reason.value: count for reason, count in left_out.items()},
        withheld=withheld,
        notes=notes_of(case, wishes, left_out, planned=planned),
        is_exact=is_exact,
    )


def solved(problem: PlanProblem) -> tuple[Weeks, bool]:
    """The best plan of a small problem or a good plan of a large one, and whether it is the best."""
    best = find_best_plan(problem)
    weeks = find_good_plan(problem) if best is None else best
    return tuple(in_sequence(problem, items) for items in weeks), best is not None


def _finished(case: PlanCase, finished: Collection[str]) -> NDArray[np.bool_]:
    mask = case.history.mask(case.history.is_finished, case.items)
    rows = case.binding.catalogue.rows
    mask[[rows[item] for item in finished if item in rows]] = True
    return mask


def _kept(case: PlanCase, candidates: PlanCandidates, found: Weeks) -> Sessions:
    """Candidates of each week that safety lets stay, without what needs one that does not."""
    gone: set[int] = set()
    kept: Sessions = []
    for number, items in enumerate(found):
        rows = np.array([candidates.rows[item] for item in items], np.int64)
        last_instant = case.at + (number + 1) * WEEK - INSTANT
        may_stay = case.allowed(case.at, rows)[0] & case.allowed(last_instant, rows)[0]
        for item, is_allowed in zip(items, may_stay.tolist(), strict=True):
            if not is_allowed or not gone.isdisjoint(candidates.needs[item]):
                gone.add(item)
        kept.append([item for item in items if item not in gone])
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _weeks(
    case: PlanCase, evidence: Evidence, candidates: PlanCandidates, kept: Sessions
) -> tuple[PlannedWeek, ...]:
    program = case.binding.catalogue.program
    begun = set(program[case.is_used | candidates.is_finished].tolist()) - {NO_PROGRAM}
    weeks: list[PlannedWeek] = []
    position = 0
    for number, items in enumerate(kept):
        sessions: list[PlannedSession] = []
        for item in items:
            row, position = candidates.rows[item], position + 1
            is_next_step = int(program[row]) in begun
            sessions.append(_session(case, evidence, row, position, is_next_step=is_next_step))
            begun |= {int(program[row])} - {NO_PROGRAM}
        starts_at = case.at + number * WEEK
        weeks.append(
            PlannedWeek(starts_at=starts_at, ends_at=starts_at + WEEK, sessions=tuple(sessions))
        )
    return tuple(weeks)


def _session(
    case: PlanCase, evidence: Evidence, row: int, position: int, *, is_next_step: bool
) -> PlannedSession:
    catalogue = case.binding.catalogue
    program, is_started = int(catalogue.program[row]), bool(case.is_used[row])
    return PlannedSession(
        position=position,
        item_id=catalogue.item_ids[row],
        item_row=row,
        title=catalogue.titles[row],
        minutes=float(catalogue.minutes[row]),
        program_id=None if program == NO_PROGRAM else catalogue.program_ids[program],
        is_started=is_started,
        reasons=session_reasons(
            evidence, row, is_started=is_started, is_next_step=is_next_step
        ),
    )


def _programs(
    case: PlanCase, candidates: PlanCandidates, kept: Sessions
) -> tuple[ProgramProgress, ...]:
    catalogue = case.binding.catalogue
    planned: dict[int, int] = {}
    for item in (item for items in kept for item in items):
        program = int(catalogue.program[candidates.rows[item]])
        planned[program] = planned.get(program, 0) + 1
    planned.pop(NO_PROGRAM, None)
    found = []
    for program, count in planned.items():
        steps = (catalogue.program == program) & candidates.is_live
        found.append(
            ProgramProgress(
                program_id=catalogue.program_ids[program],
                title=catalogue.program_titles[program],
                steps=int(steps.sum()),
                finished=int((steps & candidates.is_finished).sum()),
                planned=count,
            )
        )
    return tuple(found)
