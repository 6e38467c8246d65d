"""The intake form: what it asks, what was typed, and the match request that this amounts to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from pydantic import ValidationError

from api.desk.forms import Form
from api.schemas_matches import MatchRequest
from data.clinic import INTAKES
from data.columns import Column, Kind
from data.domain import Intake

GROUPS: Mapping[str, tuple[str, ...]] = {
    "person": (
        "patient_id",
        "region",
        "age_band",
        "payer",
        "in_network_only",
        "languages",
        "needs_interpreter",
        "formats",
    ),
    "concerns": ("concerns",),
    "risk": (
        "cssrs",
        "phq9_total",
        "phq9_item9",
        "gad7_total",
        "pcl5_total",
        "wsas_total",
        "psychosis",
        "mania",
        "substance_withdrawal",
        "violence_risk",
        "medication_question",
        "prior_treatment",
    ),
    "wishes": (
        "earliest",
        "latest",
        "pref_gender",
        "pref_gender_strength",
        "pref_language_strength",
        "pref_modality",
        "pref_style_directive",
        "pref_style_structured",
        "blocked_clinicians",
    ),
    "more": ("intake_id", "referral_source", "deprivation_decile", "latitude", "longitude"),
}
"""Every column of an intake that staff fill in, in the order of the page."""
KEPT = "requested_at"
"""What an opened intake carries along unseen."""
LIMIT = 10
"""How many clinicians a page shows."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ENDS: Mapping[str, str] = {"earliest": "T00:00:00Z", "latest": "T23:59:59Z"}
"""What a day means: from its first second, or up to its last, in UTC."""
TRUTH = {"true": True, "false": False}
FAULTS: Mapping[str, str] = {
    "missing": "missing",
    "too_short": "missing",
    "string_too_short": "missing",
    "literal_error": "choice",
    "bool_type": "choice",
    "int_type": "range",
    "float_type": "number",
    "time_format": "time",
    "time_range": "time",
    "too_long": "long",
    "string_too_long": "long",
}
"""What kinds of validation errors are called on the page; a range is named by the column's kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of a form: a request, or what has to be mended."""

    request: MatchRequest | None
    faults: Mapping[str, str]
    """Field to the code of its fault, in the order of the page."""


def read_intake(form: Form, language: str) -> Read:
    """The match request that a form amounts to, checked as the API checks one.

    Args:
        form: As it was sent.
        language: BCP-47 tag of the sentences.
    """
    intake = {
        column.name: _value(column, given)
        for column in INTAKES.columns
        if (given := form.all(column.name))
    }
    missing = [name for name in ("concerns",) if name not in intake]
    if text := form.first("free_text"):
        intake["free_text"] = text
    body = {
        "intake": intake,
        "limit": LIMIT,
        "language": language,
        "audience": "clinician",
        "someone_new": form.first("someone_new") == "true",
    }
    try:
        request = MatchRequest.model_validate_json(msgspec.json.encode(body))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        faults = {**dict.fromkeys(missing, "missing"), **_faults(found)}
        return Read(request=None, faults=_in_order(faults))
    return Read(request=None if missing else request, faults=dict.fromkeys(missing, "missing"))


def _value(column: Column, given: tuple[str, ...]) -> Any:
    """What was typed, as JSON holds it; what cannot be read stays text, and is refused by the model."""
    first = given[0]
    if column.kind is Kind.WORDS:
        return given
    if column.kind is Kind.FLAG:
        return TRUTH.get(first, first)
    if column.kind is Kind.TIME and DAY.fullmatch(first):
        return first + ENDS.get(column.name, "T00:00:00Z")
    if column.kind in {Kind.INTEGER, Kind.NUMBER}:
        return _number(first, column.kind)
    return first


def _number(text: str, kind: Kind) -> Any:
    """A number as people write it, with a point or a comma."""
    try:
        return int(text) if kind is Kind.INTEGER else float(text.replace(",", "."))
    except ValueError:
        return text


def _faults(errors: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in errors:
        place = [part for part in entry["loc"] if isinstance(part, str)]
        name = place[1] if len(place) > 1 else "patient_id"
        column = next((column for column in INTAKES.columns if column.name == name), None)
        code = FAULTS.get(entry["type"], "other")
        if column is not None and column.kind in {Kind.INTEGER, Kind.NUMBER}:
            code = "range" if column.kind is Kind.INTEGER else "number"
        found.setdefault(name, code)
    return found


def _in_order(faults: Mapping[str, str]) -> dict[str, str]:
    order = [name for names in GROUPS.values() for name in names]
    known = [name for name in order if name in faults]
    return {name: faults[name] for name in (*known, *(set(faults) - set(known)))}


def typed(intake: Intake) -> dict[str, tuple[str, ...]]:
    """An intake as somebody would have typed it."""
    found: dict[str, tuple[str, ...]] = {}
    for column in INTAKES.columns:
        value = getattr(intake, column.name)
        if value is None or value == ():
            continue
        if column.kind is Kind.WORDS:
            found[column.name] = tuple(value)
        elif column.kind is Kind.FLAG:
            found[column.name] = ("true" if value else "false",)
        elif column.kind is Kind.TIME:
            moment = value.isoformat().replace("+00:00", "Z")
            found[column.name] = (moment if column.name == KEPT else moment[:10],)
        else:
            found[column.name] = (str(value),)
    return found
