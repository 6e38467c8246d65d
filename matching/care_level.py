"""The step of care that fits, and where a request leads."""

from data.codes.instruments import is_case, severity_band
from data.domain import CareLevel, Condition, Intake, Pathway, Safety, Tier

SCREENING = ("phq9", "gad7")
"""Both must be known before anything lighter than a clinician is advised."""
ALLOWS_SELF_CARE = frozenset({Condition.PANIC, Condition.MINOR, Condition.PERINATAL})
"""States that gate content, but by themselves call for no clinician."""
NEEDS_PSYCHIATRY = frozenset({Condition.PSYCHOSIS_MANIA})


def care_level_of(intake: Intake, tier: Tier, conditions: frozenset[Condition]) -> CareLevel:
    """The lightest step of care that is safe and fits.

    Red is for crisis care. A question about medication, or psychosis or mania in the history,
    needs a prescriber. Anything amber, any other state but those that only gate content, and
    missing PHQ-9 or GAD-7 totals mean a clinician; below caseness on all totals guided
    self-help, and minimal on both self-guided.

    Args:
        intake: The request.
        tier: What triage found.
        conditions: The states triage found.
    """
    if tier is Tier.RED:
        return CareLevel.CRISIS
    if intake.medication_question or not conditions.isdisjoint(NEEDS_PSYCHIATRY):
        return CareLevel.PSYCHIATRIC
    if tier is Tier.AMBER or not conditions <= ALLOWS_SELF_CARE:
        return CareLevel.OUTPATIENT
    return _self_help_level(intake)


def _self_help_level(intake: Intake) -> CareLevel:
    totals = {
        "phq9": intake.phq9_total,
        "gad7": intake.gad7_total,
        "pcl5": intake.pcl5_total,
        "wsas": intake.wsas_total,
    }
    known = {code: total for code, total in totals.items() if total is not None}
    if not known.keys() >= set(SCREENING) or any(
        is_case(code, total) for code, total in known.items()
    ):
        return CareLevel.OUTPATIENT
    bands = {severity_band(code, known[code]) for code in SCREENING}
    return CareLevel.SELF_GUIDED if bands == {"minimal"} else CareLevel.GUIDED


def pathway_of(safety: Safety, *, has_results: bool) -> Pathway:
    """Where a request leads: crisis before navigator before elevated before routine.

    Args:
        safety: What triage found.
        has_results: Whether any clinician may be shown.
    """
    if safety.tier is Tier.RED:
        return Pathway.CRISIS
    if not has_results:
        return Pathway.NAVIGATOR
    return Pathway.ELEVATED if safety.tier is Tier.AMBER else Pathway.ROUTINE
