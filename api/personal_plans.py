"""From a query for a personal plan to the bytes of its answer and the row of its log."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from api.match_answers import rfc3339
from api.matches import Moment, request_seed
from api.notices import degraded_text, told_in
from api.recommendations import (
    Suggestion,
    by_model_or_popularity,
    plain_reasons,
    read_person,
)
from api.safety_answers import safety_answer
from api.schemas_personal_plans import PlanQuery
from api.serving import Degradation, Serving, Store
from api.standing import Standing
from data.codes.instruments import severity_band
from data.domain import Intake
from data.messages import Reader
from data.queries import UserEvent, list_finished_items
from recommender.interactions import FINISHED_WEIGHT
from recommender.person import ContentEvent, Person
from recommender.plan import make_plan
from recommender.plan_request import Plan, PlannedSession, PlanRequest
from recommender.plan_wording import PLAN_LEFT_OUT
from recommender.recommender import BoundRecommender
from recommender.wording import WITHHELD

BANDS = ("minimal", "mild", "moderate", "moderately_severe", "severe")
"""Severity bands, lightest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the store holds of the person."""

    history: Sequence[UserEvent]
    """Their last content events, newest first."""
    finished: tuple[str, ...]
    """Every item they ever finished."""
    risk: Intake | None
    """What is on record of their risk."""


def read_progress(engine: Store, person_id: str) -> Progress:
    """A person's last events, everything they finished, and what is known of their risk."""
    history, risk = read_person(engine, person_id)
    finished = list_finished_items(engine, person_id, least_fraction=FINISHED_WEIGHT)
    return Progress(history=history, finished=finished, risk=risk)


def severity_of(known: Intake | None) -> str | None:
    """The worse severity band of what is on record of PHQ-9 and GAD-7; None where nothing is."""
    if known is None:
        return None
    totals = {"phq9": known.phq9_total, "gad7": known.gad7_total}
    bands = [severity_band(code, total) for code, total in totals.items() if total is not None]
    return max((band for band in bands if band in BANDS), key=BANDS.index, default=None)


def plan_for(
    person_id: str,
    asked: PlanQuery,
    progress: Progress,
    standing: Standing,
    serving: Serving,
    moment: Moment,
) -> Suggestion:
    """Plan for one person; a model that fails is replaced by popularity for this answer.

    Args:
        person_id: The person.
        asked: The query.
        progress: What the store holds of them.
        standing: What gates their content.
        serving: What the request is answered with.
        moment: When, and under which ids.
    """
    plan_id = uuid.uuid4().hex
    request = _request_of(asked, severity_of(progress.risk), moment)
    plan, version, degraded = _run(person_id, request, progress, standing, serving, moment)
    by = {"model": {"recommender": version}, "degraded": degraded}
    told = {
        "plan_id": plan_id,
        **_told(plan),
        "safety": safety_answer(standing.safety, standing.resources, request.reader),
        **by,
        "language": told_in(request.reader),
        "texts": _texts(plan, degraded, request.reader),
        "request_id": moment.request_id,
    }
    record = {**_asked(asked, progress), **by, **_kept(plan, serving, standing)}
    return Suggestion(
        recommendation_id=plan_id,
        person_id=person_id,
        at=moment.at,
        recommender_version=version,
        seed=request_seed(moment.seed, plan_id),
        record=msgspec.json.encode(record),
        answer=msgspec.json.encode(told),
        told=told,
    )


def _run(
    person_id: str,
    request: PlanRequest,
    progress: Progress,
    standing: Standing,
    serving: Serving,
    moment: Moment,
) -> tuple[Plan, str | None, Degradation | None]:
    events = [ContentEvent(*event) for event in progress.history]
    person = Person.from_events(person_id, events, concerns=standing.concerns)

    def run(engine: BoundRecommender) -> Plan:
        return make_plan(
            engine.binding,
            person,
            safety=standing.safety,
            request=request,
            at=moment.at,
            finished=progress.finished,
        )

    return by_model_or_popularity(run, serving, moment)


def _request_of(asked: PlanQuery, severity: str | None, moment: Moment) -> PlanRequest:
    return PlanRequest(
        weeks=asked.weeks,
        sessions_per_week=asked.sessions_per_week,
        session_minutes=asked.session_minutes,
        week_minutes=asked.minutes_per_week,
        goals=asked.goals,
        language=asked.item_language,
        exclude=frozenset(asked.exclude),
        severity=severity,
        reader=Reader(asked.language or moment.language, asked.audience),
    )


def _told(plan: Plan) -> dict[str, Any]:
    """The plan as an answer says it."""
    return {
        "weeks": [
            {
                "week": number,
                "starts_at": rfc3339(week.starts_at),
                "ends_at": rfc3339(week.ends_at),
                "minutes": round(week.minutes, 6),
                "sessions": [_session(entry) for entry in week.sessions],
            }
            for number, week in enumerate(plan.weeks, start=1)
        ],
        "programs": [
            {
                "program_id": program.program_id,
                "title": program.title,
                "steps": program.steps,
                "finished": program.finished,
                "planned": program.planned,
            }
            for program in plan.programs
        ],
        "notes": plain_reasons(plan.notes),
        **_counts(plan),
    }


def _session(entry: PlannedSession) -> dict[str, Any]:
    return {
        "position": entry.position,
        "item_id": entry.item_id,
        "title": entry.title,
        "minutes": entry.minutes,
        "program_id": entry.program_id,
        "is_started": entry.is_started,
        "reasons": plain_reasons(entry.reasons),
    }


def _counts(plan: Plan) -> dict[str, Any]:
    return {
        "left_out": {"total": sum(plan.left_out.values()), "by_reason": plan.left_out},
        "withheld": {"total": plan.withheld_total, "by_reason": plan.withheld},
    }


def _texts(plan: Plan, degraded: Degradation | None, reader: Reader) -> dict[str, Any]:
    count = plan.withheld_total
    return {
        "withheld": WITHHELD.say("withheld", reader, count) if count else None,
        "degraded": degraded_text(degraded, reader),
        "left_out": [
            {"code": code, "text": PLAN_LEFT_OUT.say(f"left_out.{code}", reader, left)}
            for code, left in plan.left_out.items()
        ],
    }


def _asked(asked: PlanQuery, progress: Progress) -> dict[str, Any]:
    """The query as the log keeps it; it never holds risk answers."""
    return {
        "kind": "plan",
        **asked.model_dump(exclude={"language", "audience"}),
        "history_events": len(progress.history),
        "finished_items": len(progress.finished),
    }


def _kept(plan: Plan, serving: Serving, standing: Standing) -> dict[str, Any]:
    """The plan as the log keeps it."""
    return {
        "catalogue_revision": serving.catalogue.revision,
        "tier": standing.safety.tier.label,
        **_counts(plan),
        "notes": [note.code for note in plan.notes],
        "is_exact": plan.is_exact,
        "results": [
            {"week": number, "position": entry.position, "item_id": entry.item_id}
            for number, week in enumerate(plan.weeks, start=1)
            for entry in week.sessions
        ],
    }
