"""From a match request to the bytes of its answer and the row of its log."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

import msgspec

from api.match_answers import answer_of, reached, texts_of
from api.notices import told_in
from api.schemas_matches import IntakeGiven, MatchRequest
from api.serving import Degradation, Serving, answered
from api.standing import Before, escalated, found_before
from data.domain import HeardIntake, Intake, Safety
from data.instants import micros_of
from data.messages import Reader
from data.rematches import OutOfReach
from data.translations import ENGLISH
from matching.continuity import NOBODY, Familiar, familiar_clinicians
from matching.matcher import Matcher
from matching.results import MatchResult
from matching.triage import assess_safely, with_record
from matching.triage_text import with_text
from matching.tripwire import Tripwire

Found = tuple[MatchResult, str | None, Degradation | None]
"""A match, the version that made it, and why it was a fallback, if it was."""
MATCH_FAILED = Degradation("bad_model", "rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One answered match: what leaves, and what is kept of it."""

    match_id: str
    patient_id: str
    intake_id: str
    at: datetime
    matching_version: str | None
    policy: str
    """What ordered the list."""
    seed: int
    record: bytes
    """JSON: intake without free text, every candidate with scores, order and probabilities,
    exclusions, versions."""
    answer: bytes
    told: Mapping[str, Any]
    """What `answer` says, for an answer that it is a part of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a request is answered with beside its own content."""

    at: datetime
    seed: int
    """Of the installation; each request's own is made of it and the request's id."""
    request_id: str
    tripwire: Tripwire
    """What reads free text."""
    language: str = ENGLISH
    """BCP-47 tag of sentences where the request's body names none."""


def request_seed(seed: int, name: str) -> int:
    """A seed of a request's own, from the installation's and the request's id.

    Returns:
        A whole number from 0 to 2**63 - 1.
    """
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A match that is asked for, by an intake or by a rematch."""

    intake: Intake
    safety: Safety
    limit: int
    reader: Reader
    explain: bool
    reach: OutOfReach
    """Who cannot be offered, whatever request and directory say."""
    kept: Mapping[str, Any]
    """Further fields of the log."""
    told: Mapping[str, Any]
    """Further fields of the answer."""
    familiar: Familiar = NOBODY
    """Whom the person knows; nobody where they ask for someone new."""
    policy: str | None = None
    """What orders the list, where it is not the matcher's own policy."""


def decide(
    request: MatchRequest,
    serving: Serving,
    moment: Moment,
    reach: OutOfReach,
    *,
    before: Before | None = None,
) -> Decision:
    """Match one intake; a model that fails is replaced by the rules for this answer.

    Args:
        request: Who asks for what.
        serving: What answers.
        moment: When, and under which id.
        reach: Who cannot be offered.
        before: The match that is asked anew, if one is; triage falls below nothing that it found.
    """
    match_id = uuid.uuid4().hex
    intake = heard(request.intake, match_id, moment)
    floors: list[Safety] = []
    if before is not None:
        intake = with_record(intake, before.known)
        floors = found_before(before)
    safety = reduce(escalated, floors, assess_safely(intake))
    asked = asked_of(request, intake, safety, moment, reach=reach)
    return answer(match_id, asked, serving, moment)


def asked_of(
    request: MatchRequest, intake: Intake, safety: Safety, moment: Moment, *, reach: OutOfReach
) -> Asked:
    """What a request asks for.

    Args:
        request: How to answer.
        intake: The intake, with what its text says.
        safety: What triage found.
        moment: When, and in which language.
        reach: Who cannot be offered.
    """
    return Asked(
        intake=intake,
        safety=safety,
        limit=request.limit,
        reader=Reader(request.language or moment.language, request.audience),
        explain=request.explain,
        reach=reach,
        kept=text_kept(request.intake.free_text, moment),
        told={"previous_match_id": None},
        familiar=NOBODY
        if request.someone_new
        else familiar_clinicians(reach.courses, at=micros_of(moment.at)),
    )


def heard(given: IntakeGiven, match_id: str, moment: Moment) -> HeardIntake:
    """An intake as it was sent, with what its text says; the match names it where nobody else does."""
    plain: dict[str, Any] = {"intake_id": match_id, "requested_at": moment.at}
    asked_for = Intake(**{**plain, **given.columns()})
    return with_text(asked_for, given.free_text, moment.tripwire)


def text_kept(free_text: str | None, moment: Moment) -> dict[str, str | None]:
    """What the log keeps of a text: which tables read it, where there was one."""
    return {"tripwire": None if free_text is None else moment.tripwire.version}


def answer(match_id: str, asked: Asked, serving: Serving, moment: Moment) -> Decision:
    """The bytes that leave and the row that is kept."""
    seed = request_seed(moment.seed, match_id)
    found = run_match(asked, serving, moment, seed)
    return decision_of(match_id, asked, found, serving, moment)


def decision_of(
    match_id: str, asked: Asked, found: Found, serving: Serving, moment: Moment
) -> Decision:
    """What is answered and kept of a match that was made."""
    result, version, degraded = found
    policy = asked.policy or result.policy.name
    model = {"matching": version, "policy": policy}
    reader = asked.reader
    told = {
        "match_id": match_id,
        **asked.told,
        **answer_of(result, reader, explain=asked.explain),
        "model": model,
        "degraded": degraded,
        "language": told_in(reader),
        "texts": texts_of(result, degraded, reader),
        "request_id": moment.request_id,
    }
    record = {
        **_kept(asked),
        "priced_at": serving.priced_at if result.policy.prices else None,
        "model": model,
        "degraded": degraded,
        **reached(result, serving.directory),
    }
    return Decision(
        match_id=match_id,
        patient_id=asked.intake.patient_id,
        intake_id=asked.intake.intake_id,
        at=moment.at,
        matching_version=version,
        policy=policy,
        seed=result.seed,
        record=msgspec.json.encode(record),
        answer=msgspec.json.encode(told),
        told=told,
    )


def _kept(asked: Asked) -> dict[str, Any]:
    """What was asked, for the log."""
    return {
        "intake": asked.intake,
        "limit": asked.limit,
        "language": asked.reader.language,
        "audience": asked.reader.audience,
        "previous_clinicians": asked.reach.previous,
        "full_clinicians": asked.reach.full,
        "familiar": asked.familiar,
        **asked.kept,
    }


def run_match(asked: Asked, serving: Serving, moment: Moment, seed: int) -> Found:
    """The match of one person, by the model or, where it fails, by the rules."""
    model = serving.matching.engine
    found = serving.prices
    prices = None if found is None else found.now(asked.reach.claims, moment.at)

    def run(matcher: Matcher) -> MatchResult:
        return matcher.match(
            asked.intake,
            serving.directory,
            safety=asked.safety,
            at=moment.at,
            limit=asked.limit,
            seed=seed,
            previous_clinicians=asked.reach.previous,
            full_clinicians=asked.reach.full,
            familiar=asked.familiar,
            prices=prices if matcher is model else None,
            reader=asked.reader,
        )

    return answered(serving.matching, run, serving.rules, MATCH_FAILED, moment.request_id)
