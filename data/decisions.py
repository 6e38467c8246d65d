"""Rows of the decision logs, for the log writer: what was answered, from which candidates, and why."""

from datetime import datetime

from data.instants import micros_of
from data.log_writer import Write
from data.tables import match_log, recommendation_log


def match_write(  # noqa: PLR0913 - the columns of the table, each given by its name
    *,
    match_id: str,
    at: datetime,
    patient_id: str,
    intake_id: str,
    matching_version: str | None,
    policy: str,
    seed: int,
    decision: bytes,
    answer: bytes,
) -> Write:
    """The row of one match.

    Args:
        match_id: Names the match.
        at: When it was made.
        patient_id: For whom.
        intake_id: For which request of theirs; what episodes lead back to the person by.
        matching_version: The model; None where rules answered.
        policy: What ordered the list.
        seed: What the list can be replayed with, 0 to 2**63 - 1.
        decision: JSON of the request without free text, and of every candidate.
        answer: The bytes that were answered.
    """
    row = {
        "match_id": match_id,
        "at": micros_of(at),
        "patient_id": patient_id,
        "matching_version": matching_version,
        "policy": policy,
        "seed": seed,
        "decision": decision,
        "answer": answer,
        "intake_id": intake_id,
    }
    return match_log, row


def recommendation_write(
    *,
    recommendation_id: str,
    at: datetime,
    person_id: str,
    recommender_version: str | None,
    seed: int,
    decision: bytes,
) -> Write:
    """The row of one recommendation.

    Args:
        recommendation_id: Names the recommendation.
        at: When it was made.
        person_id: For whom.
        recommender_version: The model; None where a fallback answered.
        seed: What the list can be replayed with, 0 to 2**63 - 1.
        decision: JSON of the request without risk answers, and of the list as served.
    """
    row = {
        "recommendation_id": recommendation_id,
        "at": micros_of(at),
        "person_id": person_id,
        "recommender_version": recommender_version,
        "seed": seed,
        "decision": decision,
    }
    return recommendation_log, row
