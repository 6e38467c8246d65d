import numpy as np
import pytest
from scipy.special import expit

from matching.calibration import Calibration
from matching.predictions import HEADS
from matching.terms import AVAILABILITY, GROUPS, Terms
from matching.utility import UtilityWeights, utility

ATTEND, IMPROVE = HEADS.index("attend"), HEADS.index("improve")
WAITS = np.array([3.0, 20.0])


@pytest.fixture
def terms():
    """Two candidates: half a logit of improvement by their record, and a wait that costs attendance."""
    shifts = np.zeros((len(GROUPS), len(HEADS), 2))
    shifts[GROUPS.index("track_record"), IMPROVE] = [0.5, -0.5]
    shifts[GROUPS.index(AVAILABILITY), ATTEND] = [0.0, -0.4]
    return Terms(
        base=np.full((len(HEADS), 2), 1.0),
        shifts=shifts,
        spreads=np.full((len(HEADS), 2), 0.2),
        cases=np.array([20, 20]),
        usual_wait_days=14.0,
        blurs=np.full(len(HEADS), 0.3),
    )


def line(head, intercept, slope):
    """A calibration of one head."""
    found = Calibration.identity()
    found.intercepts[HEADS.index(head)], found.slopes[HEADS.index(head)] = intercept, slope
    return found


class TestCalibration:
    def test_the_identity_changes_nothing(self, terms):
        """Every number stays."""
        before, after = (
            terms.predictions(),
            Calibration.identity().of_terms(terms).predictions(),
        )
        np.testing.assert_array_equal(before.p_improve, after.p_improve)
        np.testing.assert_array_equal(before.engage_low, after.engage_low)

    def test_a_line_moves_its_head_alone(self, terms):
        """Logits of 1.5 and .5 become .1 + .8 times as much; other heads stay."""
        found = line("improve", 0.1, 0.8).of_terms(terms).predictions()
        assert found.p_improve == pytest.approx(expit([1.3, 0.5]))
        assert found.p_engage == pytest.approx(expit([1.0, 1.0]))

    def test_what_the_wait_costs_stays_as_published(self, terms):
        """Half as steep, the base of attendance is .5, and the wait still costs .4."""
        found = line("attend", 0.0, 0.5).of_terms(terms).predictions()
        assert found.p_attend == pytest.approx(expit([0.5, 0.1]))

    def test_contributions_still_sum_to_the_utility(self, terms):
        """Explanations are of what is served."""
        made = line("improve", 0.1, 1.3).of_terms(terms)
        parts = made.contributions(WAITS, UtilityWeights()).values.sum(axis=0)
        assert parts == pytest.approx(utility(made.predictions(), WAITS, UtilityWeights()))

    @pytest.mark.parametrize(("slope", "spread", "blur"), [(0.5, 0.1, 0.3), (2.0, 0.4, 0.6)])
    def test_what_is_not_measured_never_shrinks(self, terms, slope, spread, blur):
        """Flatter lines narrow the record's part of an interval alone, steeper ones widen both."""
        made = line("improve", 0.0, slope).of_terms(terms)
        assert made.spreads[IMPROVE, 0] == pytest.approx(spread)
        assert made.blurs[IMPROVE] == pytest.approx(blur)

    def test_some_heads_can_be_left_as_they_are(self):
        """Heads that learned from later outcomes themselves are not calibrated twice."""
        left = line("improve", 0.1, 0.8).without(["improve"])
        assert left.slopes.tolist() == [1.0] * len(HEADS)
        assert left.intercepts.tolist() == [0.0] * len(HEADS)
