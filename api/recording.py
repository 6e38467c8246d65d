"""Handing what was answered to the database; whoever waits goes on after the commit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from api.care_plans import CarePlan
from api.events import answer_of, good_events
from api.matches import Decision
from api.recommendations import Suggestion
from api.rematches import Leaving
from api.runtime import Runtime
from api.schemas_events import ReadEvent
from data.decisions import match_write, recommendation_write
from data.events import Outcome, record_events
from data.idempotency import KeyedRequest, answer_write, keep_answer
from data.log_writer import Write
from data.rematches import left_write


async def record_match(
    runtime: Runtime, decision: Decision, keyed: KeyedRequest | None
) -> None:
    """Commit the log row of a match, and the answer under its key."""
    await _write(runtime, [_match_row(decision)], keyed, decision.answer)


async def record_matches(
    runtime: Runtime, decisions: Sequence[Decision], keyed: KeyedRequest | None, answer: bytes
) -> None:
    """Commit the log rows of many matches that were made together, and their answer under its key."""
    await _write(runtime, [_match_row(decision) for decision in decisions], keyed, answer)


async def record_leaving(runtime: Runtime, leaving: Leaving, *, at: datetime) -> None:
    """Commit whom a person leaves.

    This comes before the look at who can be offered: of two rematches at once the one that looks
    later then knows of the other, and neither offers whom the other was about to leave.
    """
    write = left_write(leaving.origin, leaving.match_id, leaving.left, at=at)
    if write is not None:
        await runtime.writer.write([write])


def _match_row(decision: Decision) -> Write:
    return match_write(
        match_id=decision.match_id,
        at=decision.at,
        patient_id=decision.patient_id,
        intake_id=decision.intake_id,
        matching_version=decision.matching_version,
        policy=decision.policy,
        seed=decision.seed,
        decision=decision.record,
        answer=decision.answer,
    )


def _suggestion_row(suggestion: Suggestion) -> Write:
    return recommendation_write(
        recommendation_id=suggestion.recommendation_id,
        at=suggestion.at,
        person_id=suggestion.person_id,
        recommender_version=suggestion.recommender_version,
        seed=suggestion.seed,
        decision=suggestion.record,
    )


async def record_suggestion(
    runtime: Runtime, suggestion: Suggestion, keyed: KeyedRequest | None
) -> None:
    """Commit the log row of a recommendation, and the answer under its key."""
    await _write(runtime, [_suggestion_row(suggestion)], keyed, suggestion.answer)


async def record_plan(runtime: Runtime, plan: CarePlan, keyed: KeyedRequest | None) -> None:
    """Commit both log rows of a care plan, and its answer under its key, or nothing."""
    rows = [_match_row(plan.decision), _suggestion_row(plan.suggestion)]
    await _write(runtime, rows, keyed, plan.answer)


async def _write(
    runtime: Runtime, writes: list[Write], keyed: KeyedRequest | None, answer: bytes
) -> None:
    if keyed is not None:
        writes = [*writes, answer_write(keyed, status=200, answer=answer)]
    await runtime.writer.write(writes)


async def record_batch(
    runtime: Runtime,
    events: Sequence[ReadEvent],
    keyed: KeyedRequest | None,
    at: datetime,
    request_id: str,
) -> bytes:
    """Commit a batch of events, with the answer under its key.

    Args:
        runtime: The service.
        events: All events of the request, good and refused.
        keyed: The request under its claimed key, if it has one.
        at: The present.
        request_id: The request's id.

    Returns:
        The answer.
    """
    answer = b""

    def keep(connection: Any, outcomes: Sequence[Outcome]) -> None:
        nonlocal answer
        answer = answer_of(events, outcomes, request_id)
        if keyed is not None:
            keep_answer(connection, keyed, status=200, answer=answer)

    good = good_events(events)
    await runtime.change(record_events, runtime.engine, good, received_at=at, also=keep)
    return answer
