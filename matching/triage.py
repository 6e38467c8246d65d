"""Safety before ranking: fixed rules on structured answers give a tier, states and a care level.

Triage only ever escalates: an answer that is more worrying never gives a lower tier, a low answer
clears nothing, and what cannot be read or computed counts as amber.
"""

from dataclasses import replace

from data.clinic import CSSRS_LEVELS
from data.domain import Condition, HeardIntake, Intake, Safety, Tier
from data.word_index import word_key
from matching.care_level import care_level_of
from matching.triage_rules import NO_CONDITION, RULES, Rule
from matching.triage_text import ERROR, STRUCTURED, TIERS, hear, hear_safely, rules_of
from matching.tripwire import Tripwire


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
        intake: The request; a missing answer fires no rule and clears none. What was heard in an earlier
            text of a `HeardIntake` counts as it did then.
        free_text: What the person wrote, if anything. The tripwire reads it, which can only raise the
            tier; a human being has to read it all the same. It is never kept.
        tripwire: What reads it; the shipped tables where None.
    """
    fired = [rule for rule in RULES if rule.holds(intake)]
    heard = (*_known(intake), *hear(intake, free_text, tripwire))
    return _safety(intake, [*fired, *rules_of(heard)])


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
        heard = (*_known(intake), *hear_safely(intake, free_text, tripwire))
        return _safety(intake, [*fired, *rules_of(heard), ERROR])


def with_record(intake: HeardIntake, known: Intake | None) -> HeardIntake:
    """A request with what is on record of the person, so that no low answer clears it.

    Args:
        intake: The request, with what was heard in its text.
        known: What is on record, if anything.

    Returns:
        The request; what the record fires and it does not itself is among `heard`, so that its triage, and
        that of whoever reads it later, falls below neither.
    """
    if known is None:
        return intake
    merged = dict(intake.heard)
    own = set(assess_safely(intake).reasons) - merged.keys()
    earlier = dict(_known(known))
    for code in assess_safely(known).reasons:
        tier = STRUCTURED[code].tier if code in STRUCTURED else TIERS[earlier[code]]
        if code not in own and tier >= TIERS.get(merged.get(code, ""), Tier.GREEN):
            merged[code] = tier.label
    return replace(intake, heard=tuple(merged.items()))


def _known(intake: Intake) -> tuple[tuple[str, str], ...]:
    """What was heard when the person last asked."""
    return intake.heard if isinstance(intake, HeardIntake) else ()


def _holds_safely(rule: Rule, intake: Intake) -> bool:
    try:
        return bool(rule.holds(intake))
    except Exception:  # noqa: BLE001 - the failure has been counted as amber by the caller
        return False
