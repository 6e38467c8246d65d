from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from matching.predictions import HEADS
from matching.rules import RuleScorer
from training.later_blocks import LaterBlocks
from training.matching_cases import Cases
from training.recalibration import calibration_line, fit_calibration

ACCEPT = HEADS.index("accept")


@pytest.fixture(scope="module")
def cases(make_clinic):
    """Enough courses for every head."""
    return Cases.build(make_clinic(intakes=1_500, clinicians=10, spread=0.5, seed=6))


@pytest.fixture(scope="module")
def moment(cases):
    """A time at which most, and by far not all, is known."""
    return int(np.quantile(cases.requests, 0.85))


def calibrated(cases, as_of):
    """The calibration of the rules, which say the same of everybody but for what fits."""
    later = LaterBlocks.build(cases, as_of=as_of)
    said = later.said(cases, later.fits(lambda _: RuleScorer()))
    return fit_calibration(cases, later, said, as_of=as_of)


class TestFitCalibration:
    def test_no_outcome_after_the_cut_is_seen(self, cases, moment):
        """Turning every label that was observed at or after a time into its opposite changes nothing."""
        outcomes = cases.outcomes
        is_later = outcomes.observed_at >= moment
        assert is_later.any(axis=1).all()
        turned = replace(
            outcomes, labels=np.where(is_later, 1.0 - outcomes.labels, outcomes.labels)
        )
        before, after = (
            calibrated(cases, moment),
            calibrated(replace(cases, outcomes=turned), moment),
        )
        assert before.slopes.tolist() == after.slopes.tolist()
        assert before.intercepts.tolist() == after.intercepts.tolist()

    def test_outcomes_before_the_cut_are(self, cases, moment):
        """The same with earlier labels moves it: the test above could fail."""
        outcomes = cases.outcomes
        is_early = outcomes.observed_at < moment
        turned = replace(
            outcomes, labels=np.where(is_early, 1.0 - outcomes.labels, outcomes.labels)
        )
        before, after = (
            calibrated(cases, moment),
            calibrated(replace(cases, outcomes=turned), moment),
        )
        assert before.intercepts[ACCEPT] != after.intercepts[ACCEPT]

    def test_people_on_whom_recipes_are_chosen_do_not_count(self, cases, moment):
        """Other labels of theirs leave the calibration as it is."""
        later = LaterBlocks.build(cases, as_of=moment)
        said = later.said(cases, later.fits(lambda _: RuleScorer()))
        turned = replace(
            later, labels=np.where(later.is_for_choice, 1.0 - later.labels, later.labels)
        )
        found = [fit_calibration(cases, each, said, as_of=moment) for each in (later, turned)]
        assert found[0].slopes.tolist() == found[1].slopes.tolist()

    def test_few_outcomes_leave_a_head_alone(self, make_clinic):
        """A hundred intakes say too little of any head."""
        small = Cases.build(make_clinic(intakes=100, clinicians=4, spread=0.5, seed=6))
        found = calibrated(small, np.iinfo(np.int64).max)
        assert found.slopes.tolist() == [1.0] * len(HEADS)
        assert found.intercepts.tolist() == [0.0] * len(HEADS)


class TestCalibrationLine:
    def test_little_evidence_moves_little_and_much_moves_much(self):
        """Logits that are twice too steep: eighty labels leave most of it, eighty thousand hardly any."""
        dice = np.random.default_rng(2)
        slopes = []
        for rows in (80, 80_000):
            logits = dice.normal(0.0, 2.0, rows)
            labels = (dice.random(rows) < expit(logits / 2.0)).astype(float)
            slopes.append(calibration_line(logits, labels, np.ones(rows))[1])
        assert slopes[1] == pytest.approx(0.5, abs=0.02)
        assert 0.6 < slopes[0] < 1.0

    def test_chances_that_are_too_low_are_raised(self):
        """Everybody is said to have .5 and .6 have it: the intercept goes most of the way."""
        labels = np.repeat([1.0, 0.0], [600, 400])
        intercept, slope = calibration_line(np.zeros(1_000), labels, np.ones(1_000))
        assert slope == 1.0
        assert 0.8 * logit(0.6) < intercept < logit(0.6)

    def test_unequal_weights_count_for_fewer_labels(self):
        """Half of the weight on one row in a hundred tells less than equal weights do."""
        labels = np.repeat([1.0, 0.0], [120, 80])
        weights = np.ones(200)
        weights[[0, 120]] = [60.0, 40.0]
        equal = calibration_line(np.zeros(200), labels, np.ones(200))[0]
        assert 0.0 < calibration_line(np.zeros(200), labels, weights)[0] < equal
