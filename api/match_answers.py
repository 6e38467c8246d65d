"""A match as an answer says it and as the log keeps it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.notices import degraded_text
from api.safety_answers import safety_answer, safety_record
from api.serving import Degradation
from data.directory import Directory
from data.instants import instant_of
from data.messages import Reader
from matching.exclusion_wording import EXCLUSIONS, RELAXATIONS
from matching.results import Interval, MatchResult, RankedClinician


def reached(result: MatchResult, directory: Directory) -> dict[str, Any]:
    """How a match came about, for the log."""
    return {
        "directory_revision": directory.revision,
        "safety": safety_record(result.safety, result.resources),
        "pathway": result.pathway,
        "order": result.policy,
        "excluded": result.by_reason,
        "candidates": _candidates(result, directory),
    }


def answer_of(result: MatchResult, reader: Reader, *, explain: bool) -> dict[str, Any]:
    """What an answer says of a match.

    Args:
        result: The match.
        reader: Who reads the sentences.
        explain: Whether results carry reasons.
    """
    return {
        "pathway": result.pathway,
        "care_level": result.care_level,
        "safety": safety_answer(result.safety, result.resources, reader),
        "results": [_match(entry, explain=explain) for entry in result.results],
        "notes": [{"code": note.code, "text": note.text} for note in result.notes],
        "excluded": {"total": result.excluded_total, "by_reason": result.by_reason},
        "relaxations": [
            {"constraint": name, "adds": count} for name, count in result.relaxations.items()
        ],
    }


def texts_of(
    result: MatchResult, degraded: Degradation | None, reader: Reader
) -> dict[str, Any]:
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
