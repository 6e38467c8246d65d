import numpy as np
import pytest

from matching.predictions import HEADS
from matching.rules import CENTRES, USUAL_WAIT_DAYS, base_rates, evidence_points
from training.effects_fit import find_effects, fit_effects_scorer, rules_at_rates
from training.matching_cases import Cases

LATE = np.iinfo(np.int64).max
SPREAD = 0.8


@pytest.fixture(scope="module")
def cases(make_clinic):
    """A clinic whose clinicians differ by .8 on the logit."""
    return Cases.build(make_clinic(intakes=1_500, clinicians=30, spread=SPREAD, seed=5))


@pytest.fixture(scope="module")
def scorer(cases):
    """Fitted on everything."""
    return fit_effects_scorer(cases, as_of=LATE)


class TestFitEffectsScorer:
    def test_true_differences_are_found(self, scorer):
        """A logit spread of .8 is a variance of about .8^2 / 16 = .04 near one half."""
        component = find_effects(scorer, "engage").components.clinician
        assert component.low <= SPREAD**2 / 16 <= component.high
        assert component.low > 0

    def test_heads_without_differences_have_none(self, scorer):
        """Clinicians accept and are attended alike; the interval reaches zero."""
        for head in ("accept", "attend"):
            assert find_effects(scorer, head).components.clinician.low == 0.0

    def test_rates_are_the_clinics_own(self, scorer):
        """Nine in ten accepted, eight in ten attended."""
        rates = [head.rate for head in scorer.heads]
        assert rates[:2] == pytest.approx([0.9, 0.8], abs=0.03)

    def test_the_usual_wait_is_the_clinics_own(self, scorer):
        """Everyone was seen after ten days."""
        assert scorer.usual_wait_days == pytest.approx(10.0)

    def test_only_what_was_known_counts(self, cases):
        """Before the first label there is nothing but published numbers."""
        early = fit_effects_scorer(cases, as_of=0)
        assert [head.rate for head in early.heads] == pytest.approx(base_rates())
        assert all(head.effects is None and head.case_mix is None for head in early.heads)
        assert early.points.slopes.tolist() == evidence_points().tolist()
        assert early.points.centres.tolist() == list(CENTRES)
        assert early.usual_wait_days == USUAL_WAIT_DAYS

    def test_later_outcomes_change_nothing(self, cases, make_clinic):
        """Labels that became known after a time leave the fit as of that time as it was."""
        half = int(np.median(cases.requested_at))
        other = make_clinic(intakes=1_500, clinicians=30, spread=SPREAD, seed=5)
        late = other["measures"]["at"].astype("int64").to_numpy() >= half
        other["measures"].loc[late, "total"] = 0.0
        before = fit_effects_scorer(cases, as_of=half)
        after = fit_effects_scorer(Cases.build(other), as_of=half)
        one, two = find_effects(before, "improve"), find_effects(after, "improve")
        np.testing.assert_array_equal(one.clinician_sums, two.clinician_sums)

    def test_fitting_twice_gives_the_same(self, cases, scorer):
        """To the last bit, for every head."""
        again = fit_effects_scorer(cases, as_of=LATE)
        for head in HEADS:
            one, two = find_effects(scorer, head), find_effects(again, head)
            np.testing.assert_array_equal(one.clinician_sums, two.clinician_sums)
        np.testing.assert_array_equal(scorer.points.slopes, again.points.slopes)


class TestRulesAtRates:
    def test_the_rules_with_the_clinics_own_numbers(self, cases, scorer):
        """Rates and usual wait are the clinic's; the points stay those published."""
        rules = rules_at_rates(scorer)
        assert rules.rates.tolist() == [head.rate for head in scorer.heads]
        assert rules.usual_wait_days == scorer.usual_wait_days
        assert rules.points.slopes.tolist() == evidence_points().tolist()
        empty = rules_at_rates(fit_effects_scorer(cases, as_of=0))
        assert empty.rates == pytest.approx(base_rates())
