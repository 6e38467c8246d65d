import numpy as np
import pytest

from training.simulator.recovery import GAD7, PHQ9, is_due, plan_hazard, recovery_of


@pytest.fixture(scope="module")
def recovery(base):
    return recovery_of(base)


ZERO = np.zeros(1)


class TestScore:
    def test_full_course_of_the_average_person_follows_row_forty_three(self, recovery):
        """D_inf = .62 (16 - 2) = 8.68 once everything is reached."""
        score = recovery.score(PHQ9, np.array([16.0]), (ZERO, ZERO), (1.0, 1.0))
        assert score[0] == pytest.approx(16.0 - 8.68)

    def test_natural_share_comes_without_care(self, recovery):
        """Row 44: 40 % of it after long waiting, with no dose of care."""
        score = recovery.score(PHQ9, np.array([16.0]), (ZERO, np.array([2.0])), (1.0, 0.0))
        assert score[0] == pytest.approx(16.0 - 0.4 * 8.68)

    def test_clinicians_act_through_visits_alone(self, recovery):
        """A standard unit of pair benefit is 7.6 points when the dose is full."""
        start = np.array([20.0])
        one = recovery.score(PHQ9, start, (ZERO, np.array([1.0])), (0.5, 1.0))
        none = recovery.score(PHQ9, start, (ZERO, ZERO), (0.5, 1.0))
        assert none[0] - one[0] == pytest.approx(7.6)

    def test_untreated_improvement_in_eight_weeks(self, recovery):
        """About 2.2 points for a usual case, as row 44 was derived."""
        natural = recovery.natural(56.0)
        score = recovery.score(PHQ9, np.array([15.4]), (ZERO, ZERO), (natural, 0.0))
        assert 15.4 - score[0] == pytest.approx(2.2, abs=0.15)

    def test_scores_stay_in_range(self, recovery):
        """Nobody gets below zero or above the top."""
        big = np.array([9.0])
        low = recovery.score(GAD7, np.array([5.0]), (big, big), (1.0, 1.0))
        high = recovery.score(GAD7, np.array([15.0]), (-big, -big), (1.0, 1.0))
        assert (low[0], high[0]) == (0.0, 21.0)


class TestDose:
    def test_first_visit_is_no_dose(self, recovery):
        """Visits count from the second on, with a constant of 4.5."""
        assert recovery.dose(np.array([1, 5.5])) == pytest.approx([0.0, 1 - np.exp(-1)])


class TestSetback:
    def test_points_are_lost_in_proportion(self, recovery):
        """Eight PHQ-9 points at full dose, less on the GAD-7."""
        phq9 = recovery.setback(PHQ9, np.array([10.0]), np.ones(1))
        gad7 = recovery.setback(GAD7, np.array([10.0]), np.ones(1))
        assert phq9[0] == pytest.approx(18.0)
        assert gad7[0] == pytest.approx(10.0 + 8.0 * 6.2 / 7.6)


class TestAnyScore:
    def test_either_course_by_name(self, recovery):
        """The flag picks the course."""
        reached, sides = (5, 28.0), (ZERO, ZERO)
        start = np.array([14.0])
        better = recovery.any_score(PHQ9, start, sides, reached, is_setback=False)
        worse = recovery.any_score(PHQ9, start, sides, reached, is_setback=True)
        assert better[0] < 14.0 < worse[0]


class TestRecoveryOf:
    def test_variance_of_benefit_adds_up_to_one(self, base, recovery):
        """Clinicians, alliance and the rest share one unit."""
        outcome = base.outcome
        known = (0.05 + 0.01 + 0.02) / outcome.observed_share
        assert recovery.residual**2 + recovery.alliance**2 + known == pytest.approx(1.0)


class TestPlanHazard:
    def test_hazards_follow_row_forty_one(self, base):
        """.20 when well from visit 4, .065 otherwise, little before."""
        found = plan_hazard(base, np.array([7.9, 8.0, 2.0]), np.array([4, 4, 3]))
        assert found.tolist() == [0.20, 0.065, 0.012]


class TestIsDue:
    def test_questionnaires_pause_around_the_assessment(self, base):
        """At each visit of twelve weeks, not until the window is over, then every fourth."""
        days, visits = (
            np.array([0, 84, 91, 98, 112, 119, 133]),
            np.array([1, 13, 14, 15, 17, 18, 20]),
        )
        found = is_due(base, days, visits).tolist()
        assert found == [True, True, True, False, False, False, True]
