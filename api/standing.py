"""Where a person stands: what the request says of the risk, joined with what is on record.

Safety only ever escalates: a low answer in a request clears nothing that is on record. A newer
intake, match request or questionnaire replaces what is on record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from data.domain import CareLevel, Intake, Safety, Tier
from data.rematches import Origin
from matching.resources import Resource, resources_for
from matching.triage import assess_safely

TIERS = {tier.label: tier for tier in Tier}


class _Told(msgspec.Struct):
    tier: str
    reasons: tuple[str, ...]
    actions: tuple[str, ...]


class _Answer(msgspec.Struct):
    care_level: str
    safety: _Told


_told = msgspec.json.Decoder(_Answer).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What came before a match that is asked anew."""

    origin: Origin
    """The earlier match."""
    known: Intake | None
    """What is on record of the person's risk."""


def found_before(before: Before) -> list[Safety]:
    """What triage said of a match when it was made, and says today of it and of what is on record."""
    origin, known = before.origin, before.known
    told = _told(origin.answer)
    floor = Safety(
        tier=TIERS[told.safety.tier],
        care_level=CareLevel(told.care_level),
        reasons=told.safety.reasons,
        actions=told.safety.actions,
    )
    on_record = [] if known is None else [assess_safely(known)]
    return [floor, assess_safely(origin.intake), *on_record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What gates the content of one person."""

    safety: Safety
    concerns: tuple[str, ...]
    resources: tuple[Resource, ...]
    """Crisis lines where the tier is amber or red."""


def standing_of(
    person_id: str,
    given: Mapping[str, Any],
    known: Intake | None,
    *,
    at: datetime,
    country: str,
) -> Standing:
    """The standing of a person.

    Args:
        person_id: The person.
        given: Columns of `intakes` that the request gives.
        known: What is on record, if anything.
        at: The present.
        country: ISO 3166 country whose crisis lines are given where no region is known.
    """
    blank = {"region": "", "age_band": "", "payer": "", **given}
    asked = Intake(intake_id="", patient_id=person_id, requested_at=at, **blank)
    safety = assess_safely(asked)
    concerns = asked.concerns
    if known is not None:
        safety = escalated(safety, assess_safely(known))
        concerns = tuple(dict.fromkeys((*concerns, *known.concerns)))
    region = "" if known is None else known.region
    is_green = safety.tier is Tier.GREEN
    lines = () if is_green else resources_for(region, default_country=country)
    return Standing(safety=safety, concerns=concerns, resources=lines)


def escalated(one: Safety, other: Safety) -> Safety:
    """The more careful of two findings in every respect."""
    first, second = (one, other) if one.tier >= other.tier else (other, one)
    return Safety(
        tier=first.tier,
        care_level=max(one.care_level, other.care_level, key=list(CareLevel).index),
        reasons=tuple(dict.fromkeys((*first.reasons, *second.reasons))),
        actions=tuple(dict.fromkeys((*first.actions, *second.actions))),
        conditions=first.conditions | second.conditions,
    )
