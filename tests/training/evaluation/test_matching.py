from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from matching.rules import RuleScorer
from training.clinic_frames import times_of
from training.evaluation.figures import find_figure
from training.evaluation.matching import GATE_METRICS, evaluate_matching, gate_metrics
from training.gates import GATES

BASELINES = {
    "base_rate",
    "patient_only",
    "rules",
    "effects_unshrunken",
    "effects",
    "course_effects",
}
POLICIES = {"random", "soonest", "desk", "oracle"}
CLINICIANS = 12


@pytest.fixture(scope="module")
def clinic(make_clinic):
    """Twelve clinicians who differ much, and 900 intakes."""
    return make_clinic(intakes=900, clinicians=CLINICIANS, spread=1.0, seed=2)


@pytest.fixture(scope="module")
def split(clinic) -> datetime:
    """The time from which the last sixty intakes were requested."""
    micros = int(np.sort(times_of(clinic["intakes"], "requested_at"))[-60])
    return datetime.fromtimestamp(micros / 1e6, tz=UTC)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    """The generator's own skills as the truth of every pair of the last sixty intakes."""
    dice = np.random.default_rng(2)
    dice.integers(0, CLINICIANS, 900)
    chances = expit(dice.normal(0.0, 1.0, (2, CLINICIANS)))
    value = 0.9 * 0.8 * (0.2 + chances[0] * (0.3 + 0.5 * chances[1])) * np.exp(-0.004 * 14)
    rows = [
        {
            "intake_id": f"i{intake}",
            "clinician_id": f"Dr {row:03d}",
            "p_engage": chances[0, row],
            "p_improve": chances[1, row],
            "utility": value[row],
        }
        for intake in range(840, 900)
        for row in range(CLINICIANS)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def figures(clinic, split, truth):
    """The whole comparison with truth."""
    return evaluate_matching(clinic, {"mine": RuleScorer()}, split=split, truth=truth, seed=1)


def value(figures, model, metric) -> float:
    return find_figure(figures, model, metric).value


class TestEvaluateMatching:
    def test_every_model_is_there(self, figures):
        """Given models, baselines, and the policies that only truth can judge."""
        assert {row.model for row in figures} == BASELINES | POLICIES | {"mine"}

    def test_the_ends_of_the_scale(self, figures):
        """Random gains nothing, the oracle all; the desk, who drew lots, is near random."""
        assert value(figures, "random", "gain_share") == 0.0
        assert value(figures, "oracle", "gain_share") == pytest.approx(1.0)
        desk = find_figure(figures, "desk", "gain_share")
        assert desk.low <= 0.0 <= desk.high
        assert desk.n == 60

    def test_effects_find_the_good_clinicians(self, figures):
        """With some seventy cases each, most of the gain is there to be had."""
        assert value(figures, "effects", "gain_share") > 0.6
        assert value(figures, "effects", "gain_share") > value(figures, "rules", "gain_share")
        assert value(figures, "effects", "true_utility") < value(
            figures, "oracle", "true_utility"
        )

    def test_unshrunken_effects_claim_more(self, figures):
        """Taking chance for skill promises more than shrinkage does."""
        raw, shrunken = (
            value(figures, name, "claimed_gain") for name in ("effects_unshrunken", "effects")
        )
        assert raw > shrunken > 0
        assert value(figures, "patient_only", "claimed_gain") == pytest.approx(0.0)
        assert value(figures, "effects", "claimed_gain_most_praised") <= shrunken + 1e-12

    def test_heads_beat_the_base_rate(self, figures):
        """Knowing the clinician predicts engagement better, and the pairs say so."""
        engage = find_figure(figures, "effects", "engage_log_loss_excess")
        assert engage.value < 0
        assert engage.low < engage.value < engage.high
        difference = value(figures, "effects", "engage_log_loss") - value(
            figures, "base_rate", "engage_log_loss"
        )
        assert engage.value == pytest.approx(difference)
        assert value(figures, "effects", "engage_calibration_slope") > 0.5
        assert find_figure(figures, "base_rate", "engage_log_loss_excess") is None

    def test_safety_is_counted(self, figures):
        """Nobody was ranked who must not be, on ten clinicians for each of sixty intakes."""
        row = find_figure(figures, "mine", "eligibility_violations")
        assert (row.value, row.n) == (0.0, 600)
        assert value(figures, "mine", "red_ranked") == 0.0

    def test_variances_are_told_of_effects_alone(self, figures):
        """A spread of 1 on the logit is about 1/16 of variance; rules and raw effects have none."""
        row = find_figure(figures, "effects", "engage_clinician_variance")
        assert 0.0 < row.low < row.value < row.high
        assert find_figure(figures, "mine", "engage_clinician_variance") is None
        assert find_figure(figures, "effects_unshrunken", "engage_clinician_variance") is None

    def test_intervals_are_held_against_truth(self, figures):
        """Coverage is a share of the ten shown of sixty lists."""
        row = find_figure(figures, "effects", "engage_interval_coverage")
        assert row.n == 600
        assert 0.5 < row.value <= 1.0

    @pytest.mark.slow
    def test_same_seed_same_figures(self, clinic, split, truth, figures):
        """The whole table is reproducible."""
        again = evaluate_matching(
            clinic, {"mine": RuleScorer()}, split=split, truth=truth, seed=1
        )
        assert again == figures

    def test_without_truth(self, clinic, split):
        """Claims are then measured on the lists that screening gives, gains not at all."""
        found = evaluate_matching(clinic, {}, split=split, seed=1)
        assert {row.model for row in found} == BASELINES
        assert find_figure(found, "effects", "claimed_gain").n == 60
        assert find_figure(found, "effects", "gain_share") is None

    def test_an_empty_clinic(self, split):
        """Nothing to measure is None, not an error."""
        found = evaluate_matching({}, {}, split=split, seed=1)
        assert value(found, "rules", "engage_log_loss") is None
        assert value(found, "rules", "claimed_gain") is None
        assert value(found, "rules", "eligibility_violations") == 0.0

    def test_truth_of_strangers_is_passed_over(self, clinic, split, truth):
        """Pairs of unknown intakes or clinicians, or from before the split, do not count."""
        strange = pd.concat(
            [
                truth.head(CLINICIANS),
                truth.tail(1).assign(clinician_id="nobody"),
                truth.tail(1).assign(intake_id="nothing"),
                truth.tail(1).assign(intake_id="i0"),
            ]
        )
        found = evaluate_matching(clinic, {}, split=split, truth=strange, seed=1)
        assert find_figure(found, "oracle", "gain_share").n == 1


class TestGateMetrics:
    def test_every_matching_gate_finds_its_metric(self, figures):
        """What the gates read is what the comparison measures."""
        found = gate_metrics(figures, "effects")
        assert set(found) == {gate.metric for gate in GATES["matching"]}
        assert None not in found.values()

    def test_each_value_is_the_named_part_of_its_figure(self, figures):
        """Counts are values, losses a bound of their interval."""
        found = gate_metrics(figures, "effects")
        for gate, metric, part in GATE_METRICS:
            assert found[gate] == getattr(find_figure(figures, "effects", metric), part)
        assert found["eligibility_violations"] == found["red_ranked"] == 0.0

    def test_what_was_not_measured_is_none(self):
        """A model without figures has no metrics."""
        assert set(gate_metrics([], "effects").values()) == {None}
