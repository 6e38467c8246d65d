"""A waiting list placed at once: everybody's own match, one plan within the openings, one answer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from api.matches import (
    Asked,
    Decision,
    Found,
    Moment,
    decision_of,
    heard,
    request_seed,
    run_match,
    text_kept,
)
from api.notices import told_in
from api.safety_answers import safety_answer
from api.schemas_assignments import AssignmentRequest
from api.schemas_matches import IntakeGiven
from api.serving import Serving, Store
from data.capacity import count_taken
from data.database import reading
from data.domain import Pathway
from data.messages import Reader
from data.rematches import find_out_of_reach
from matching.assignment import Assignment, assign
from matching.placing import openings_left, placed
from matching.triage import assess_safely

POLICY = "assignment"
"""What orders these lists, in answers and logs: the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A plan, as it is logged and answered."""

    decisions: tuple[Decision, ...]
    """One match of each person, in the order of the request."""
    answer: bytes


def assign_people(
    engine: Store, request: AssignmentRequest, serving: Serving, moment: Moment
) -> Placement:
    """Place a waiting list within the openings that are left.

    Safety and eligibility are those of a match by itself; red is never placed. Places that are held or
    booked are not given again, and none is taken by the plan: that is what holds and bookings do.

    Args:
        engine: The database.
        request: The waiting list.
        serving: What answers.
        moment: When, and under which id.
    """
    ids = [uuid.uuid4().hex for _ in request.intakes]
    people = [
        _asked(engine, request, given, match_id, moment)
        for given, match_id in zip(request.intakes, ids, strict=True)
    ]
    found = [
        run_match(asked, serving, moment, request_seed(moment.seed, match_id))
        for asked, match_id in zip(people, ids, strict=True)
    ]
    with reading(engine) as connection:
        taken = count_taken(connection, at=moment.at)
    plan = assign(_utilities(found, serving), openings_left(serving.directory, taken))
    decisions, entries = [], []
    for place, (match_id, asked) in enumerate(zip(ids, people, strict=True)):
        row = int(plan.clinician_rows[place])
        own = _placed(found[place], asked, serving, row)
        decisions.append(decision_of(match_id, asked, own, serving, moment))
        entries.append(
            _entry(match_id, asked, own, float(plan.prices[row]) if row >= 0 else None)
        )
    answer = _answer(request, entries, plan, found, moment)
    return Placement(decisions=tuple(decisions), answer=msgspec.json.encode(answer))


def _asked(
    engine: Store,
    request: AssignmentRequest,
    given: IntakeGiven,
    match_id: str,
    moment: Moment,
) -> Asked:
    intake = heard(given, match_id, moment)
    return Asked(
        intake=intake,
        safety=assess_safely(intake),
        limit=1,
        reader=Reader(request.language or moment.language, request.audience),
        explain=True,
        reach=find_out_of_reach(engine, intake.patient_id, at=moment.at),
        kept=text_kept(given.free_text, moment),
        told={"previous_match_id": None},
        policy=POLICY,
    )


def _utilities(found: Sequence[Found], serving: Serving) -> np.ndarray:
    """Utilities of people and clinicians, -inf where not eligible; shape (people, clinicians)."""
    utilities = np.full((len(found), len(serving.directory)), -np.inf)
    for place, (result, _, _) in enumerate(found):
        if result.candidates is not None:
            utilities[place, result.candidates.rows] = result.candidates.utilities
    return utilities


def _placed(found: Found, asked: Asked, serving: Serving, row: int) -> Found:
    result, version, degraded = found
    matcher = serving.rules if version is None else serving.matching.engine
    planned = placed(matcher, result, asked.intake, serving.directory, row, asked.reader)
    return planned, version, degraded


def _entry(match_id: str, asked: Asked, found: Found, price: float | None) -> dict[str, Any]:
    result = found[0]
    best = result.results[0] if result.results else None
    reason = None
    if best is None:
        reason = "no_opening" if result.candidates is not None else "nobody_eligible"
    if result.pathway is Pathway.CRISIS:
        reason = "crisis"
    return {
        "match_id": match_id,
        "intake_id": asked.intake.intake_id,
        "pathway": result.pathway,
        "safety": safety_answer(result.safety, result.resources, asked.reader),
        "clinician_id": None if best is None else best.clinician_id,
        "utility": None if best is None else best.utility,
        "price": price,
        "reason": reason,
        "notes": [{"code": note.code, "text": note.text} for note in result.notes],
    }


def _answer(
    request: AssignmentRequest,
    entries: list[dict[str, Any]],
    plan: Assignment,
    found: Sequence[Found],
    moment: Moment,
) -> dict[str, Any]:
    assigned = sum(entry["clinician_id"] is not None for entry in entries)
    version = next((version for _, version, _ in found if version is not None), None)
    degraded = next((reason for _, _, reason in found if reason is not None), None)
    return {
        "assignments": entries,
        "assigned": assigned,
        "unassigned": len(entries) - assigned,
        "value": plan.value,
        "bound": plan.bound if np.isfinite(plan.bound) else plan.value,
        "gap": plan.gap,
        "model": {"matching": version, "policy": POLICY},
        "degraded": degraded,
        "language": told_in(Reader(request.language or moment.language, request.audience)),
        "request_id": moment.request_id,
    }
