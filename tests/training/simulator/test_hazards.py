from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from training.simulator.hazards import normal_nodes, solve_hazards
from training.simulator.parameters import world


class TestSolveHazards:
    def test_marginal_hazards_are_those_of_row_forty(self, base):
        """Averaged over who is left, each hazard is the table's, though people differ."""
        hazards = solve_hazards(base)
        points, weights = normal_nodes(61)
        leaning = np.hypot(base.outcome.stop_sd, base.outcome.alliance_stop) * points
        found = []
        for visit in range(7):
            chance = expit(hazards.stop[visit] + leaning)
            found.append(float(weights @ chance))
            weights = weights * (1 - chance)
            weights = weights / weights.sum()
        assert found == pytest.approx([0.27, 0.12, 0.08, 0.06, 0.05, 0.03, 0.03], abs=1e-4)

    def test_mean_acceptance_is_that_of_row_thirty_nine(self, base):
        """Clinicians differ, the mean does not move."""
        points, weights = normal_nodes(61)
        chance = expit(solve_hazards(base).accept + base.course.accept_sd * points)
        assert weights @ chance == pytest.approx(0.90, abs=1e-6)

    def test_without_spread_the_intercept_is_the_logit(self):
        """In the null world everyone accepts with the same chance."""
        assert expit(solve_hazards(world("null")).accept) == pytest.approx(0.90)

    def test_late_changes_of_clinician_fill_up_to_row_forty_six(self, base):
        """More changes overall mean more late ones; none are left for a small total."""
        small = replace(base, course=replace(base.course, rematch_overall=0.01))
        assert 0.0 < solve_hazards(base).rematch_late < 0.3
        assert solve_hazards(small).rematch_late == 0.0


class TestNormalNodes:
    def test_moments_of_the_normal(self):
        """Nine points give moments up to the eighth exactly."""
        points, weights = normal_nodes(9)
        moments = [float(weights @ points**power) for power in (0, 1, 2, 4, 6, 8)]
        assert moments == pytest.approx([1, 0, 1, 3, 15, 105], abs=1e-9)
