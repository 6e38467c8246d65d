import numpy as np
import pytest

from training.simulator.severity import draw_severity, errors_of, item9_answers, measured
from training.simulator.streams import Streams


class TestDrawSeverity:
    def test_cssrs_shares_follow_row_seven(self, base):
        """1.5, 3.5 and 10 per cent are high, moderate and low."""
        severity = draw_severity(base.patients, Streams(1), "s", 40_000)
        shares = np.bincount(severity.cssrs, minlength=4) / 40_000
        assert shares == pytest.approx([0.85, 0.10, 0.035, 0.015], abs=0.004)

    def test_joined_and_taken_severities_keep_their_rows(self, base):
        """Joining puts one after the other."""
        one = draw_severity(base.patients, Streams(1), "a", 3)
        two = draw_severity(base.patients, Streams(1), "b", 2)
        both = one.joined(two)
        assert np.array_equal(both.scores[3:], two.scores)
        assert np.array_equal(both.take(np.array([4])).cssrs, two.cssrs[1:])


class TestItem9Answers:
    def test_answers_follow_row_five(self, base):
        """Shares of the four answers, and a correlation of about a half with the total."""
        severity = draw_severity(base.patients, Streams(1), "s", 40_000)
        phq9 = severity.scores[:, 0]
        answers = item9_answers(base.patients, phq9, severity.item9_leaning)
        shares = np.bincount(answers, minlength=4) / 40_000
        assert shares == pytest.approx([0.74, 0.17, 0.06, 0.03], abs=0.01)
        assert np.corrcoef(answers, phq9)[0, 1] == pytest.approx(0.5, abs=0.03)

    def test_recovery_lowers_the_answer(self, base):
        """The same person answers lower when less depressed."""
        leaning = np.full(2, 1.5)
        answers = item9_answers(base.patients, np.array([24.0, 2.0]), leaning)
        assert answers[0] > answers[1]


class TestMeasured:
    def test_totals_by_hand(self):
        """Noise is added, half is rounded up, the range holds."""
        totals = measured(np.array([10.0, 1.0, 26.0]), 2.0, 27, np.array([0.25, -3.0, 3.0]))
        assert totals.tolist() == [11, 0, 27]


class TestErrorsOf:
    def test_errors_follow_row_four(self, base):
        """PHQ-9, GAD-7 and PCL-5; the WSAS is an extension."""
        assert errors_of(base)[:3].tolist() == [2.2, 1.5, 6.0]
