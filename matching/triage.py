"""Safety before ranking: fixed rules on structured answers give a tier, states and a care level.

Triage only ever escalates: an answer that is more worrying never gives a lower tier, a low answer
clears nothing, and what cannot be read or computed counts as amber.
"""

from data.clinic import CSSRS_LEVELS
from data.domain import Condition, Intake, Safety, Tier
from data.word_index import word_key
from matching.care_level import care_level_of
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

TRIPWIRE_SUPPLEMENTS = "tripwire_supplements_screen"

READ_TEXT = "read_free_text"
TEXT_CONDITIONS = {
    "text_psychosis": frozenset({Condition.PSYCHOSIS_MANIA}),
    "text_medical": frozenset({Condition.SUBSTANCE}),
    "text_abuse": frozenset({Condition.TRAUMA}),
}
"""States that findings of the tripwire amount to; suicidality for all others."""

_UNREAD = Rule(
    code=FREE_TEXT_UNSCREENED,
    holds=lambda _intake: True,
    tier=Tier.AMBER,
    conditions=SUICIDALITY,
    actions=(READ_TEXT, *CHECK_ACTIONS),
)
_READ = Rule(
    code="free_text_read_by_tripwire",
    holds=lambda _intake: True,
    actions=(READ_TEXT,),
)
_SUPPLEMENTS = Rule(
    code=TRIPWIRE_SUPPLEMENTS,
    holds=lambda _intake: True,
    actions=(READ_TEXT,),
)
"""Said of every text: what was or was not found replaces neither the screen nor a reader."""
_ERROR = Rule(
    code=TRIAGE_ERROR,
    holds=lambda _intake: True,
    tier=Tier.AMBER,
    conditions=SUICIDALITY,
    actions=CHECK_ACTIONS,
)


def _text_rules(intake: Intake, free_text: str | None, tripwire: Tripwire | None) -> list[Rule]:
    """What a text fires: what was found in it, or that nobody has read it.

    The tripwire supplements the structured screen. Where it finds nothing in a text that it can read, the
    text adds no tier if the person has answered item 9 or a C-SSRS; without either it counts as unread.
    """
    if free_text is None or not free_text.strip():
        return []
    chosen = shipped_tripwire() if tripwire is None else tripwire
    finding = chosen.read(free_text)
    is_screened = intake.phq9_item9 is not None or intake.cssrs is not None
    found = [_text_rule(*entry) for entry in zip(finding.codes, finding.tiers, strict=True)]
    is_unread = not finding.is_read or not (found or is_screened)
    if is_unread:
        found.append(_UNREAD)
    return [*(found or [_READ]), _SUPPLEMENTS]


def _text_rule(code: str, tier: Tier) -> Rule:
    actions = CRISIS_ACTIONS if tier is Tier.RED else CHECK_ACTIONS
    return Rule(
        code=code,
        holds=lambda _intake: True,
        tier=tier,
        conditions=TEXT_CONDITIONS.get(code, SUICIDALITY),
        actions=(READ_TEXT, *actions),
    )


def _safety(intake: Intake, fired: list[Rule]) -> Safety:
    fired = sorted(fired, key=lambda rule: -rule.tier)
    tier = max((rule.tier for rule in fired), default=Tier.GREEN)
    conditions = NO_CONDITION.union(*(rule.conditions for rule in fired))
    if tier is Tier.RED:
        conditions |= {Condition.RED}
    actions = dict.fromkeys(action for rule in fired for action in rule.actions)
    if intake.cssrs is not None and word_key(str(intake.cssrs)) in CSSRS_LEVELS:
        actions.pop("request_cssrs", None)
    return Safety(
        tier=tier,
        care_level=care_level_of(intake, tier, conditions),
        reasons=tuple(rule.code for rule in fired),
        actions=tuple(actions),
        conditions=conditions,
    )


def assess(
    intake: Intake, *, free_text: str | None = None, tripwire: Tripwire | None = None
) -> Safety:
    """The safety tier, care level and states of a request.

    Args:
        intake: The request; a missing answer fires no rule and clears none.
        free_text: What the person wrote, if anything. The tripwire reads it, which can only raise the
            tier; a human being has to read it all the same. It is never kept.
        tripwire: What reads it; the shipped tables where None.
    """
    fired = [rule for rule in RULES if rule.holds(intake)]
    return _safety(intake, [*fired, *_text_rules(intake, free_text, tripwire)])


def assess_safely(
    intake: Intake, *, free_text: str | None = None, tripwire: Tripwire | None = None
) -> Safety:
    """As `assess`, for values that nobody has checked: a rule that breaks counts as amber.

    Every rule is tried by itself, so that one broken answer hides no other.

    Args:
        intake: The request, with values of any kind.
        free_text: As for `assess`.
        tripwire: As for `assess`.
    """
    try:
        return assess(intake, free_text=free_text, tripwire=tripwire)
    except Exception:  # noqa: BLE001 - the rule itself: any failure of triage counts as amber
        fired = [rule for rule in RULES if _holds_safely(rule, intake)]
        return _safety(
            intake, [*fired, *_text_rules_safely(intake, free_text, tripwire), _ERROR]
        )


def _text_rules_safely(
    intake: Intake, free_text: str | None, tripwire: Tripwire | None
) -> list[Rule]:
    try:
        return _text_rules(intake, free_text, tripwire)
    except Exception:  # noqa: BLE001 - a text that breaks the tripwire is one that nobody has read
        return [_UNREAD, _SUPPLEMENTS]


def _holds_safely(rule: Rule, intake: Intake) -> bool:
    try:
        return bool(rule.holds(intake))
    except Exception:  # noqa: BLE001 - the failure has been counted as amber by the caller
        return False
