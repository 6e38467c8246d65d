"""The fixed rules of triage, most serious first.

They stand in code and cannot be switched off. Sources: C-SSRS triage sheet; Simon 2013 and Louzon
2016 for PHQ-9 item 9; PHQ-9, GAD-7, PCL-5 and WSAS cuts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from data.clinic import CSSRS_LEVELS
from data.codes.concerns import domain_of
from data.codes.instruments import INSTRUMENTS
from data.domain import Condition, Intake, Tier
from data.word_index import word_key
from matching.age_bands import is_minor

PHQ9_SEVERE = 20
GAD7_SEVERE = 15
WSAS_SEVERE = 21
PCL5_CUT = 33
HIGHEST_ITEM9 = 3

NO_CONDITION: frozenset[Condition] = frozenset()
SUICIDALITY = frozenset({Condition.SUICIDALITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: where it holds, the person is at least at its tier and in its states."""

    code: str
    holds: Callable[[Intake], bool]
    tier: Tier = Tier.GREEN
    conditions: frozenset[Condition] = NO_CONDITION
    actions: tuple[str, ...] = ()


def _at_least(value: float | None, bound: float) -> bool:
    return value is not None and value >= bound


def _cssrs(intake: Intake) -> str:
    return "none" if intake.cssrs is None else word_key(intake.cssrs)


def _outside(value: float | None, high: float) -> bool:
    return value is not None and not 0 <= value <= high


def _has_impossible_score(intake: Intake) -> bool:
    totals = (
        ("phq9", intake.phq9_total),
        ("gad7", intake.gad7_total),
        ("pcl5", intake.pcl5_total),
        ("wsas", intake.wsas_total),
    )
    return _outside(intake.phq9_item9, HIGHEST_ITEM9) or any(
        _outside(total, INSTRUMENTS[code].high) for code, total in totals
    )


def _names(*domains: str) -> Callable[[Intake], bool]:
    """Whether one of the intake's concerns is of one of the domains."""
    wanted = frozenset(domains)
    return lambda intake: any(domain_of(concern) in wanted for concern in intake.concerns)


CRISIS_ACTIONS = ("contact_person_now", "give_crisis_resources", "do_not_rank")
_REVIEW_ACTIONS = ("same_week_review", "give_crisis_resources")
CHECK_ACTIONS = ("human_review", "give_crisis_resources")

RULES: tuple[Rule, ...] = (
    Rule(
        code="cssrs_high",
        holds=lambda intake: _cssrs(intake) == "high",
        tier=Tier.RED,
        conditions=SUICIDALITY,
        actions=CRISIS_ACTIONS,
    ),
    Rule(
        code="violence_risk",
        holds=lambda intake: bool(intake.violence_risk),
        tier=Tier.RED,
        actions=CRISIS_ACTIONS,
    ),
    Rule(
        code="psychosis",
        holds=lambda intake: bool(intake.psychosis),
        tier=Tier.RED,
        conditions=frozenset({Condition.PSYCHOSIS_MANIA}),
        actions=CRISIS_ACTIONS,
    ),
    Rule(
        code="mania",
        holds=lambda intake: bool(intake.mania),
        tier=Tier.RED,
        conditions=frozenset({Condition.PSYCHOSIS_MANIA, Condition.BIPOLAR}),
        actions=CRISIS_ACTIONS,
    ),
    Rule(
        code="substance_withdrawal",
        holds=lambda intake: bool(intake.substance_withdrawal),
        tier=Tier.RED,
        conditions=frozenset({Condition.SUBSTANCE}),
        actions=CRISIS_ACTIONS,
    ),
    Rule(
        code="cssrs_moderate",
        holds=lambda intake: _cssrs(intake) == "moderate",
        tier=Tier.AMBER,
        conditions=SUICIDALITY,
        actions=_REVIEW_ACTIONS,
    ),
    Rule(
        code="cssrs_low",
        holds=lambda intake: _cssrs(intake) == "low",
        tier=Tier.AMBER,
        conditions=SUICIDALITY,
        actions=_REVIEW_ACTIONS,
    ),
    Rule(
        code="cssrs_unreadable",
        holds=lambda intake: _cssrs(intake) not in CSSRS_LEVELS,
        tier=Tier.AMBER,
        conditions=SUICIDALITY,
        actions=("request_cssrs", *CHECK_ACTIONS),
    ),
    Rule(
        code="phq9_item9",
        holds=lambda intake: _at_least(intake.phq9_item9, 1),
        tier=Tier.AMBER,
        conditions=SUICIDALITY,
        actions=("request_cssrs", *_REVIEW_ACTIONS),
    ),
    Rule(
        code="score_out_of_range",
        holds=_has_impossible_score,
        tier=Tier.AMBER,
        conditions=SUICIDALITY,
        actions=CHECK_ACTIONS,
    ),
    Rule(
        code="phq9_severe",
        holds=lambda intake: _at_least(intake.phq9_total, PHQ9_SEVERE),
        tier=Tier.AMBER,
        conditions=frozenset({Condition.SEVERE}),
        actions=("clinician_first",),
    ),
    Rule(
        code="gad7_severe",
        holds=lambda intake: _at_least(intake.gad7_total, GAD7_SEVERE),
        tier=Tier.AMBER,
        conditions=frozenset({Condition.SEVERE}),
        actions=("clinician_first",),
    ),
    Rule(
        code="wsas_severe",
        holds=lambda intake: _at_least(intake.wsas_total, WSAS_SEVERE),
        tier=Tier.AMBER,
        conditions=frozenset({Condition.SEVERE}),
        actions=("clinician_first",),
    ),
    Rule(
        code="pcl5_cut",
        holds=lambda intake: _at_least(intake.pcl5_total, PCL5_CUT),
        conditions=frozenset({Condition.TRAUMA}),
    ),
    Rule(
        code="trauma",
        holds=_names("trauma"),
        conditions=frozenset({Condition.TRAUMA}),
    ),
    Rule(
        code="psychosis_mania_history",
        holds=_names("psychosis", "mania"),
        conditions=frozenset({Condition.PSYCHOSIS_MANIA}),
        actions=("prescriber_review",),
    ),
    Rule(
        code="bipolar",
        holds=_names("bipolar"),
        conditions=frozenset({Condition.BIPOLAR}),
    ),
    Rule(
        code="eating_disorder",
        holds=_names("eating"),
        conditions=frozenset({Condition.EATING_DISORDER}),
    ),
    Rule(
        code="substance",
        holds=_names("substance"),
        conditions=frozenset({Condition.SUBSTANCE}),
    ),
    Rule(code="panic", holds=_names("panic"), conditions=frozenset({Condition.PANIC})),
    Rule(
        code="perinatal",
        holds=_names("perinatal"),
        conditions=frozenset({Condition.PERINATAL}),
    ),
    Rule(
        code="seizure",
        holds=_names("seizure", "epilepsy"),
        conditions=frozenset({Condition.SEIZURE}),
    ),
    Rule(
        code="minor",
        holds=lambda intake: is_minor(intake.age_band),
        conditions=frozenset({Condition.MINOR}),
    ),
    Rule(
        code="medication_question",
        holds=lambda intake: bool(intake.medication_question),
        actions=("prescriber_review",),
    ),
)
"""Every rule, most serious first; `assess` applies all of them."""
