import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics.proper_scores import (
    brier_losses,
    brier_score,
    brier_skill,
    calibration_line,
    log_loss,
    log_losses,
    weighted_mean,
)

CHANCE = st.floats(0.01, 0.99)


class TestLogLosses:
    def test_hand_numbers(self):
        """A hit at .25 costs log 4, a miss at .25 costs log(4/3)."""
        assert log_losses([0.25, 0.25], [1, 0]) == pytest.approx(np.log([4, 4 / 3]))

    def test_a_sure_error_is_costly_but_finite(self):
        """Saying 0 for what happened costs the clip, not infinity."""
        assert 20 < log_losses([0.0], [1])[0] < 40


class TestLogLoss:
    @given(CHANCE, CHANCE)
    def test_the_true_rate_is_best(self, truth, other):
        """No prediction has a lower expected loss than the truth."""
        assert log_loss([truth], [truth]) <= log_loss([other], [truth]) + 1e-12

    def test_weights_are_cases(self):
        """A row of weight three is three rows."""
        assert log_loss([0.2, 0.6], [0, 1], [3, 1]) == pytest.approx(
            log_loss([0.2, 0.2, 0.2, 0.6], [0, 0, 0, 1])
        )

    def test_no_rows_give_nan(self):
        """Without rows there is no score."""
        assert np.isnan(log_loss([], []))


class TestBrierScore:
    def test_losses_are_squares(self):
        """Errors of .2 and .4."""
        assert brier_losses([0.8, 0.4], [1, 0]) == pytest.approx([0.04, 0.16])

    @given(CHANCE, CHANCE)
    def test_the_true_rate_is_best(self, truth, other):
        """No prediction has a lower expected square than the truth."""
        best = brier_score([truth, truth], [1, 0], [truth, 1 - truth])
        assert best <= brier_score([other, other], [1, 0], [truth, 1 - truth]) + 1e-12


class TestBrierSkill:
    def test_base_rate_has_no_skill(self):
        """Saying the base rate everywhere is 0."""
        assert brier_skill([0.25] * 4, [0, 0, 0, 1]) == pytest.approx(0.0)

    def test_agreeing_outcomes_have_none_defined(self):
        """Where the base rate makes no error skill is undefined."""
        assert np.isnan(brier_skill([0.5], [1]))


class TestWeightedMean:
    def test_no_weight_gives_nan(self):
        """A mean over no weight is undefined."""
        assert np.isnan(weighted_mean([1.0], [0.0]))


class TestCalibrationLine:
    def test_perfect_rates_lie_on_the_line(self):
        """Rates as predicted: intercept 0, slope 1."""
        rates = [0.1, 0.4, 0.9]
        assert calibration_line(rates, rates) == pytest.approx((0.0, 1.0), abs=1e-6)

    def test_too_low_predictions_have_a_positive_intercept(self):
        """Predictions one logit too low everywhere: intercept 1, slope 1."""
        scores = np.array([-1.0, 0.0, 2.0])
        predicted, rates = 1 / (1 + np.exp(-(scores - 1))), 1 / (1 + np.exp(-scores))
        assert calibration_line(predicted, rates, [5, 1, 3]) == pytest.approx(
            (1.0, 1.0), abs=1e-6
        )

    def test_one_prediction_for_all_has_no_slope(self):
        """The slope needs predictions that differ."""
        intercept, slope = calibration_line([0.5, 0.5], [1, 0])
        assert (round(intercept, 9), np.isnan(slope)) == (0.0, True)

    @pytest.mark.parametrize("observed", [[1, 1], [0, 0]])
    def test_agreeing_outcomes_have_no_line(self, observed):
        """Where all agree neither can be told."""
        assert np.isnan(calibration_line([0.4, 0.6], observed)).all()

    def test_separated_outcomes_end(self):
        """Perfect order has no finite slope; the fit stops at a steep one."""
        assert calibration_line([0.2, 0.8], [0, 1])[1] > 3.0
