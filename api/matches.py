"""From a match request to the bytes of its answer and the row of its log."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from api.notices import degraded_text, told_in
from api.safety_answers import safety_answer, safety_record
from api.schemas_matches import MatchRequest
from api.serving import Degradation, Serving, answered
from data.directory import Directory
from data.domain import Intake, Safety
from data.instants import instant_of, micros_of
from data.messages import Reader
from data.rematches import OutOfReach
from data.translations import ENGLISH
from matching.continuity import NOBODY, Familiar, familiar_clinicians
from matching.exclusion_wording import EXCLUSIONS, RELAXATIONS
from matching.matcher import Matcher
from matching.results import Interval, MatchResult, RankedClinician
from matching.triage import assess_safely
from matching.triage_text import with_text
from matching.tripwire import Tripwire

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


def decide(
    request: MatchRequest, serving: Serving, moment: Moment, reach: OutOfReach
) -> Decision:
    """Match one intake; a model that fails is replaced by the rules for this answer."""
    match_id = uuid.uuid4().hex
    given = request.intake.columns()
    asked_for = Intake(**{"intake_id": match_id, "requested_at": moment.at, **given})
    intake = with_text(asked_for, request.intake.free_text, moment.tripwire)
    asked = Asked(
        intake=intake,
        safety=assess_safely(intake),
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
    return answer(match_id, asked, serving, moment)


def text_kept(free_text: str | None, moment: Moment) -> dict[str, str | None]:
    """What the log keeps of a text: which tables read it, where there was one."""
    return {"tripwire": None if free_text is None else moment.tripwire.version}


def answer(match_id: str, asked: Asked, serving: Serving, moment: Moment) -> Decision:
    """The bytes that leave and the row that is kept."""
    seed = request_seed(moment.seed, match_id)
    result, version, degraded = _run(asked, serving, moment, seed)
    model = {"matching": version, "policy": result.policy.name}
    reader = asked.reader
    told = {
        "match_id": match_id,
        **asked.told,
        **_answer(result, asked),
        "model": model,
        "degraded": degraded,
        "language": told_in(reader),
        "texts": _texts(result, degraded, reader),
        "request_id": moment.request_id,
    }
    record = {
        "intake": asked.intake,
        "limit": asked.limit,
        "language": reader.language,
        "audience": reader.audience,
        "previous_clinicians": asked.reach.previous,
        "full_clinicians": asked.reach.full,
        "priced_at": serving.priced_at,
        "familiar": asked.familiar,
        **asked.kept,
        "model": model,
        "degraded": degraded,
        **_reached(result, serving.directory),
    }
    return Decision(
        match_id=match_id,
        patient_id=asked.intake.patient_id,
        intake_id=asked.intake.intake_id,
        at=moment.at,
        matching_version=version,
        policy=result.policy.name,
        seed=seed,
        record=msgspec.json.encode(record),
        answer=msgspec.json.encode(told),
    )


def _run(
    asked: Asked, serving: Serving, moment: Moment, seed: int
) -> tuple[MatchResult, str | None, Degradation | None]:
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


def _reached(result: MatchResult, directory: Directory) -> dict[str, Any]:
    """How a match came about, for the log."""
    return {
        "directory_revision": directory.revision,
        "safety": safety_record(result.safety, result.resources),
        "pathway": result.pathway,
        "order": result.policy,
        "excluded": result.by_reason,
        "candidates": _candidates(result, directory),
    }


def _answer(result: MatchResult, asked: Asked) -> dict[str, Any]:
    return {
        "pathway": result.pathway,
        "care_level": result.care_level,
        "safety": safety_answer(result.safety, result.resources, asked.reader),
        "results": [_match(entry, explain=asked.explain) for entry in result.results],
        "notes": [{"code": note.code, "text": note.text} for note in result.notes],
        "excluded": {"total": result.excluded_total, "by_reason": result.by_reason},
        "relaxations": [
            {"constraint": name, "adds": count} for name, count in result.relaxations.items()
        ],
    }


def _texts(result: MatchResult, degraded: Degradation | None, reader: Reader) -> dict[str, Any]:
    """Sentences for what the rest of an answer says in codes and counts."""
    return {
        "excluded": [
            {"code": name, "text": EXCLUSIONS.say(f"excluded.{name}", reader, count)}
            for name, count in result.by_reason.items()
        ],
        "relaxations": [
            {"code": name, "text": RELAXATIONS.say(f"relax.{name}", reader, count)}
            for name, count in result.relaxations.items()
        ],
        "degraded": degraded_text(degraded, reader),
    }


def _match(entry: RankedClinician, *, explain: bool) -> dict[str, Any]:
    free = entry.next_available
    return {
        "rank": entry.rank,
        "clinician_id": entry.clinician_id,
        "display_name": entry.display_name or None,
        "band": entry.band,
        "utility": entry.utility,
        "p_engage": _interval(entry.p_engage),
        "p_improve": _interval(entry.p_improve),
        "next_available": None if free is None else rfc3339(instant_of(free)),
        "exposure_probability": entry.exposure_probability,
        "reasons": [
            {"code": reason.code, "text": reason.text, "contribution": reason.contribution}
            for reason in (entry.reasons if explain else ())
        ],
        "cautions": [{"code": note.code, "text": note.text} for note in entry.cautions],
    }


def _interval(interval: Interval) -> dict[str, float]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}


def rfc3339(instant: datetime) -> str:
    """An instant in UTC as files and answers write it.

    Example:
        >>> rfc3339(instant_of(0))
        '1970-01-01T00:00:00Z'
    """
    return instant.isoformat().replace("+00:00", "Z")


def _candidates(result: MatchResult, directory: Directory) -> Mapping[str, Any] | None:
    """Everybody who was scored, as columns, first shown first; None where nobody was."""
    found = result.candidates
    if found is None:
        return None
    order = found.order
    predictions = found.predictions.take(order)
    return {
        "clinician_ids": [directory.clinician_ids[row] for row in found.rows[order].tolist()],
        "utilities": found.utilities[order].tolist(),
        "scores": found.scores[order].tolist(),
        "bonuses": {name: points[order].tolist() for name, points in found.bonuses.items()},
        "wait_days": found.wait_days[order].tolist(),
        "p_accept": predictions.p_accept.tolist(),
        "p_attend": predictions.p_attend.tolist(),
        "p_engage": predictions.p_engage.tolist(),
        "p_improve": predictions.p_improve.tolist(),
        "p_deteriorate": predictions.p_deteriorate.tolist(),
        "shown": len(result.results),
        "drawn": found.drawn,
        "exposure_probabilities": found.exposures[order].tolist(),
    }
