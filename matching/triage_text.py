"""Free text in triage: what was heard in it, as codes that can be kept, and the rules that these fire.

The tripwire supplements the structured screen. Where it finds nothing in a text that it can read, the text adds
no tier if the person has answered item 9 or a C-SSRS; without either it counts as unread, and unread is amber.
"""

from collections.abc import Iterable

from data.domain import Condition, HeardIntake, Intake, Tier
from matching.triage_rules import (
    CHECK_ACTIONS,
    CRISIS_ACTIONS,
    NO_CONDITION,
    RULES,
    SUICIDALITY,
    Rule,
)
from matching.tripwire import Tripwire, shipped_tripwire

TRIAGE_ERROR = "triage_error"
FREE_TEXT_UNSCREENED = "free_text_unscreened"
FREE_TEXT_READ = "free_text_read_by_tripwire"
TRIPWIRE_SUPPLEMENTS = "tripwire_supplements_screen"
"""Said of every text: what was or was not found replaces neither the screen nor a reader."""

READ_TEXT = "read_free_text"
TEXT_CONDITIONS = {
    "text_psychosis": frozenset({Condition.PSYCHOSIS_MANIA}),
    "text_medical": frozenset({Condition.SUBSTANCE}),
    "text_abuse": frozenset({Condition.TRAUMA}),
}
"""States that findings of the tripwire amount to; suicidality for all others."""
TIERS = {tier.label: tier for tier in Tier}
ACTIONS = {Tier.RED: CRISIS_ACTIONS, Tier.AMBER: CHECK_ACTIONS, Tier.GREEN: ()}

Heard = tuple[tuple[str, str], ...]
"""Pairs of a code and the label of its tier, most serious first."""
ERROR = Rule(
    code=TRIAGE_ERROR,
    holds=lambda _intake: True,
    tier=Tier.AMBER,
    conditions=SUICIDALITY,
    actions=CHECK_ACTIONS,
)
STRUCTURED = {rule.code: rule for rule in (*RULES, ERROR)}
"""Rules by code: what an earlier request of the person fired comes back as its code."""


def hear(intake: Intake, free_text: str | None, tripwire: Tripwire | None) -> Heard:
    """What is heard in a text; nothing where there is no text.

    Args:
        intake: Says whether the structured screen was answered.
        free_text: What the person wrote; it is not kept.
        tripwire: What reads it; the shipped tables where None.
    """
    if free_text is None or not free_text.strip():
        return ()
    finding = (shipped_tripwire() if tripwire is None else tripwire).read(free_text)
    is_screened = intake.phq9_item9 is not None or intake.cssrs is not None
    tiers = (tier.label for tier in finding.tiers)
    found = list(zip(finding.codes, tiers, strict=True))
    if not finding.is_read or not (found or is_screened):
        found.append((FREE_TEXT_UNSCREENED, Tier.AMBER.label))
    read = (FREE_TEXT_READ, Tier.GREEN.label)
    return (*(found or [read]), (TRIPWIRE_SUPPLEMENTS, Tier.GREEN.label))


def hear_safely(intake: Intake, free_text: str | None, tripwire: Tripwire | None) -> Heard:
    """As `hear`; a text that breaks the tripwire is one that nobody has read."""
    try:
        return hear(intake, free_text, tripwire)
    except Exception:  # noqa: BLE001 - the rule itself: any failure of triage counts as amber
        return (
            (FREE_TEXT_UNSCREENED, Tier.AMBER.label),
            (TRIPWIRE_SUPPLEMENTS, Tier.GREEN.label),
        )


def with_text(intake: Intake, free_text: str | None, tripwire: Tripwire) -> HeardIntake:
    """A request with what is heard in its text, so that later requests of the person know of it."""
    values = {name: getattr(intake, name) for name in Intake.__dataclass_fields__}
    return HeardIntake(**values, heard=hear_safely(intake, free_text, tripwire))


def rules_of(heard: Iterable[tuple[str, str]]) -> list[Rule]:
    """The rules that fire for what was heard; a code of the structured screen is its own rule."""
    return [STRUCTURED.get(code) or _rule(code, TIERS[tier]) for code, tier in heard]


def _rule(code: str, tier: Tier) -> Rule:
    conditions = TEXT_CONDITIONS.get(code, SUICIDALITY)
    return Rule(
        code=code,
        holds=lambda _intake: True,
        tier=tier,
        conditions=NO_CONDITION if tier is Tier.GREEN else conditions,
        actions=(READ_TEXT, *ACTIONS[tier]),
    )
