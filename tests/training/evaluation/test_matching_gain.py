import numpy as np
import pandas as pd
import pytest

from matching.rules import RuleScorer
from training.evaluation.choices import choices_by_screening, choices_with_truth
from training.evaluation.figures import find_figure
from training.evaluation.matching_gain import gain_figures
from training.matching_cases import Cases


@pytest.fixture(scope="module")
def clinic(make_clinic):
    """Twenty intakes and three clinicians."""
    return make_clinic(intakes=20, clinicians=3, spread=0.0, seed=1)


def pairs(intake: str, *utilities: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "intake_id": intake,
            "clinician_id": [f"Dr {row:03d}" for row in range(len(utilities))],
            "p_engage": 0.5,
            "p_improve": 0.5,
            "utility": utilities,
        }
    )


class TestChoicesByScreening:
    def test_intakes_that_nobody_may_take_are_left_out(self, clinic):
        """A person elsewhere has no list."""
        intakes = clinic["intakes"].assign(region=["US-NY"] + ["US-CA"] * 19)
        cases = Cases.build({**clinic, "intakes": intakes})
        found = choices_by_screening(cases, [0, 1])
        assert [choice.intake.intake_id for choice in found] == ["i1"]
        assert found[0].rows.tolist() == [0, 1, 2]


class TestChoicesWithTruth:
    def test_the_desk_is_the_top_offer(self, clinic):
        """Offers come before bookings; a choice outside the pairs is not known."""
        offers = pd.DataFrame(
            {
                "request_id": ["r", "r"],
                "intake_id": ["i0", "i0"],
                "offered_at": clinic["intakes"]["requested_at"].iloc[[0, 0]].to_numpy(),
                "clinician_id": ["Dr 000", "Dr 001"],
                "rank": pd.array([2, 1], dtype="Int64"),
            }
        )
        cases = Cases.build(clinic)
        found = choices_with_truth(
            cases, {**clinic, "offers": offers}, pairs("i0", 0.1, 0.2, 0.3)
        )
        assert found[0].desk == 1
        offers["clinician_id"] = ["Dr 000", "gone"]
        found = choices_with_truth(cases, {**clinic, "offers": offers}, pairs("i0", 0.1, 0.2))
        assert found[0].desk is None

    def test_a_booked_clinician_who_was_not_eligible_is_not_known(self, clinic):
        """The desk may have booked somebody whom the truth does not list."""
        cases = Cases.build(clinic)
        booked = clinic["episodes"].set_index("intake_id")["clinician_id"]
        intake = booked.index[booked == "Dr 002"][0]
        assert choices_with_truth(cases, clinic, pairs(intake, 0.1, 0.2))[0].desk is None


class TestGainFigures:
    def test_the_share_of_what_could_be_had(self, clinic):
        """Means are .2 and best .3: a policy that picks .25 and .3 has .15 of .2."""
        cases = Cases.build(clinic)
        truth = pd.concat([pairs("i0", 0.25, 0.05, 0.3), pairs("i1", 0.3, 0.2, 0.1)])
        choices = choices_with_truth(cases, {}, truth)
        found = gain_figures(cases, {"rules": RuleScorer()}, choices, seed=1)
        soonest = find_figure(found, "soonest", "gain_share")
        assert soonest.value == pytest.approx((0.05 + 0.1) / 0.2)
        assert find_figure(found, "soonest", "true_utility").value == pytest.approx(0.275)
        assert find_figure(found, "desk", "gain_share").n == 0
        assert find_figure(found, "desk", "gain_share").value is None

    def test_no_policy_beats_the_oracle(self, clinic):
        """Whatever is chosen, the share is at most one."""
        cases = Cases.build(clinic)
        dice = np.random.default_rng(1)
        truth = pd.concat([pairs(f"i{row}", *dice.random(3)) for row in range(20)])
        choices = choices_with_truth(cases, clinic, truth)
        found = gain_figures(cases, {"rules": RuleScorer()}, choices, seed=1)
        shares = [row.value for row in found if row.metric == "gain_share"]
        assert (
            max(shares)
            == pytest.approx(find_figure(found, "oracle", "gain_share").value)
            == 1.0
        )
