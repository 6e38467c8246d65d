import pytest

from data.domain import CareLevel, Condition, Pathway, Safety, Tier
from matching.care_level import care_level_of, pathway_of

NOTHING = frozenset()


class TestCareLevelOf:
    @pytest.mark.parametrize(
        ("values", "level"),
        [
            ({"phq9_total": 4, "gad7_total": 4}, CareLevel.SELF_GUIDED),
            ({"phq9_total": 9, "gad7_total": 4}, CareLevel.GUIDED),
            ({"phq9_total": 10, "gad7_total": 4}, CareLevel.OUTPATIENT),
            ({"phq9_total": 4, "gad7_total": 8}, CareLevel.OUTPATIENT),
            ({"phq9_total": 4}, CareLevel.OUTPATIENT),
            ({"phq9_total": 4, "gad7_total": 4, "wsas_total": 12}, CareLevel.OUTPATIENT),
            ({}, CareLevel.OUTPATIENT),
            ({"medication_question": True}, CareLevel.PSYCHIATRIC),
        ],
    )
    def test_totals_decide_for_a_green_person(self, make_intake, values, level):
        """Self-help needs both screening totals, and every known total below its cut."""
        assert care_level_of(make_intake(**values), Tier.GREEN, NOTHING) is level

    def test_amber_is_never_self_help(self, make_intake):
        """Low totals do not make an amber person's care lighter than a clinician."""
        intake = make_intake(phq9_total=0, gad7_total=0)
        assert care_level_of(intake, Tier.AMBER, NOTHING) is CareLevel.OUTPATIENT

    def test_states_need_a_clinician(self, make_intake):
        """Trauma needs a clinician; panic alone does not."""
        intake = make_intake(phq9_total=0, gad7_total=0)
        trauma, panic = frozenset({Condition.TRAUMA}), frozenset({Condition.PANIC})
        assert care_level_of(intake, Tier.GREEN, trauma) is CareLevel.OUTPATIENT
        assert care_level_of(intake, Tier.GREEN, panic) is CareLevel.SELF_GUIDED

    def test_psychosis_in_the_history_needs_a_prescriber(self, make_intake):
        """The state alone is enough."""
        states = frozenset({Condition.PSYCHOSIS_MANIA})
        assert care_level_of(make_intake(), Tier.GREEN, states) is CareLevel.PSYCHIATRIC

    def test_red_is_crisis(self, make_intake):
        """Red outranks everything else."""
        intake = make_intake(medication_question=True)
        assert care_level_of(intake, Tier.RED, NOTHING) is CareLevel.CRISIS


class TestPathwayOf:
    @pytest.mark.parametrize(
        ("tier", "has_results", "pathway"),
        [
            (Tier.RED, True, Pathway.CRISIS),
            (Tier.RED, False, Pathway.CRISIS),
            (Tier.AMBER, False, Pathway.NAVIGATOR),
            (Tier.GREEN, False, Pathway.NAVIGATOR),
            (Tier.AMBER, True, Pathway.ELEVATED),
            (Tier.GREEN, True, Pathway.ROUTINE),
        ],
    )
    def test_the_most_urgent_pathway_wins(self, tier, has_results, pathway):
        """Crisis, then navigator, then elevated, then routine."""
        safety = Safety(tier=tier, care_level=CareLevel.OUTPATIENT)
        assert pathway_of(safety, has_results=has_results) is pathway
