"""A stored answer as the page shows it: bands and sentences, no bare scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.desk.intake_form import GROUPS, typed
from api.desk_field_wording import FIELDS
from api.desk_wording import DESK
from data.clinic import INTAKES
from data.columns import Kind
from data.directory import Directory
from data.domain import Intake
from data.match_decisions import Decided, Override
from data.messages import Reader
from data.translations import locale_of, moment_shown

LETS_IN = frozenset({"licensed_and_in_network", "licensed_and_self_pay"})
SAME_FOR_ALL = frozenset({"baseline"})
LEAST = 0.0005
"""What adds less than this to the score, or takes less off it, speaks neither for nor against."""
FIRST = 3
"""So many reasons for a clinician stand before the fold."""
MOST_TOLD = 10
"""Entries of a list that are told."""
LONGEST_NAME = 120
"""Characters of a name or id that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One clinician of the list."""

    rank: int
    clinician_id: str
    name: str
    band: str
    wait: str
    """How long until the first free appointment, in words."""
    free_at: str | None
    """RFC 3339; None where it is not known."""
    free: str
    """The same for people."""
    speaks_for: tuple[str, ...]
    more: tuple[str, ...]
    """Reasons behind the fold."""
    speaks_against: tuple[str, ...]


def cards(answer: Mapping[str, Any], at: datetime, reader: Reader) -> list[Card]:
    """The ranked clinicians of an answer.

    Args:
        answer: The answer of `POST /v1/matches`.
        at: The present, from which waiting times count.
        reader: Who reads the page.
    """
    return [_card(entry, at, reader) for entry in answer["results"]]


def _card(entry: Mapping[str, Any], at: datetime, reader: Reader) -> Card:
    cautions = [caution["text"] for caution in entry["cautions"]]
    good, bad, other = _sorted(entry["reasons"], cautions)
    free = entry["next_available"]
    moment = None if free is None else datetime.fromisoformat(free)
    return Card(
        rank=entry["rank"],
        clinician_id=entry["clinician_id"],
        name=shortened(entry["display_name"] or entry["clinician_id"]),
        band=entry["band"],
        wait=wait_text(moment, at, reader),
        free_at=free,
        free="" if moment is None else moment_shown(moment, locale_of(reader.language)),
        speaks_for=tuple(good[:FIRST]),
        more=(*good[FIRST:], *other),
        speaks_against=tuple(dict.fromkeys([*cautions, *bad])),
    )


def _sorted(
    reasons: Sequence[Mapping[str, Any]], cautions: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Reasons for, reasons against, and what moves nobody, the weightiest first.

    What lets a clinician be offered at all comes before everything else; what is the same for everybody
    says nothing for anyone, and a caution is no praise.
    """
    ordered = sorted(reasons, key=lambda reason: -abs(reason["contribution"]))
    lets_in = [reason["text"] for reason in reasons if reason["code"] in LETS_IN]
    said = {*lets_in, *cautions}
    rest = [reason for reason in ordered if reason["text"] not in said]
    telling = [reason for reason in rest if reason["code"] not in SAME_FOR_ALL]
    good = [entry["text"] for entry in telling if entry["contribution"] >= LEAST]
    bad = [entry["text"] for entry in telling if entry["contribution"] <= -LEAST]
    other = [entry["text"] for entry in rest if entry["text"] not in {*good, *bad}]
    return [*lets_in, *good], bad, other


def wait_text(moment: datetime | None, at: datetime, reader: Reader) -> str:
    """How long it is until an appointment, in whole days."""
    if moment is None:
        return DESK.say("desk.wait_unknown", reader)
    days = max((moment - at).days, 0)
    return DESK.say("desk.wait", reader, days) if days else DESK.say("desk.wait_none", reader)


def shortened(text: str) -> str:
    """A name or an id, cut where it would fill the page."""
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


REASONS = (
    "patient_asked",
    "known_clinician",
    "sooner",
    "place_or_time",
    "clinical_judgement",
    "directory_outdated",
    "other_service",
    "list_declined",
    "other",
)
"""Codes that staff choose from where they decide otherwise; events of other systems may have their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A place that is taken for the person."""

    clinician_id: str
    hold_id: str
    """Empty where the place is booked."""
    text: str


def held_of(
    decided: Decided, directory: Directory, reader: Reader
) -> tuple[list[Held], list[str]]:
    """What was decided on a match: places, and decisions that are not the list's, in sentences.

    Args:
        decided: What the store holds.
        directory: All clinicians, for their names.
        reader: Who reads the page.
    """
    places = []
    for claim in decided.claims:
        name = name_of(directory, claim.clinician_id)
        ends = claim.expires_at
        if claim.booking_id is not None or ends is None:
            hold_id, text = "", DESK.say("desk.booked", reader, name=name)
        else:
            moment = moment_shown(ends, locale_of(reader.language))
            hold_id = claim.claim_id
            text = DESK.say("desk.held", reader, name=name, moment=moment)
        places.append(Held(clinician_id=claim.clinician_id, hold_id=hold_id, text=text))
    return places, [_otherwise(entry, directory, reader) for entry in decided.overrides]


def _otherwise(entry: Override, directory: Directory, reader: Reader) -> str:
    code = entry.reason if entry.reason in REASONS else "own"
    reason = DESK.say(f"desk.reason.{code}", reader)
    if entry.clinician_id is None:
        return DESK.say("desk.overridden", reader, reason=reason)
    name = name_of(directory, entry.clinician_id)
    return DESK.say("desk.overridden_with", reader, name=name, reason=reason)


def name_of(directory: Directory, clinician_id: str) -> str:
    """The name of a clinician, or the id where the directory has none."""
    row = directory.rows.get(clinician_id)
    return shortened((row is not None and directory.display_names[row]) or clinician_id)


def asked_of(intake: Intake, match_id: str, reader: Reader) -> list[tuple[str, str]]:
    """What was asked, as pairs of a label and its value, in the order of the form.

    Args:
        intake: As it was asked, without free text.
        match_id: Of the match; an intake that nobody had named is named after it, which tells nothing.
        reader: Who reads the page.
    """
    values = typed(intake)
    found = []
    for name in (name for names in GROUPS.values() for name in names):
        known = [text for text in values.get(name, ()) if text != match_id]
        texts = [_told(name, text, reader) for text in known]
        if texts:
            label = FIELDS.say(f"desk.field.{name}", reader)
            found.append((label, shortened(", ".join(texts[:MOST_TOLD]))))
    return found


def _told(name: str, text: str, reader: Reader) -> str:
    column = INTAKES.column(name)
    if column.kind is Kind.FLAG:
        return FIELDS.say(f"desk.choice.{'yes' if text == 'true' else 'no'}", reader)
    return FIELDS.say(f"desk.choice.{text}", reader) if column.choices else text
