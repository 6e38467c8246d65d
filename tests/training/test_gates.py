"""Promotion has to be earned."""

import pytest

from data.errors import GateRefusedError, UsageError
from training.gates import failed_gates, judge, override_of, require_gates

GOOD = {
    "eligibility_violations": 0,
    "red_ranked": 0,
    "engage_log_loss_excess_low": -0.01,
    "improve_log_loss_excess_low": 0.001,
}


class TestJudge:
    def test_a_good_model_passes_every_gate(self):
        """Nothing stands between it and serving."""
        assert all(verdict.is_passed for verdict in judge("matching", GOOD))

    @pytest.mark.parametrize(
        ("metric", "value", "gate"),
        [
            ("eligibility_violations", 1, "eligibility"),
            ("eligibility_violations", None, "eligibility"),
            ("red_ranked", 1, "safety"),
            ("engage_log_loss_excess_low", 0.0021, "engage_log_loss"),
            ("improve_log_loss_excess_low", 0.5, "improve_log_loss"),
        ],
    )
    def test_each_gate_can_refuse(self, metric, value, gate):
        """One fault, one named gate."""
        failed = failed_gates("matching", {**GOOD, metric: value})
        assert [words.split(" ")[0] for words in failed] == [gate]

    def test_quality_that_could_not_be_measured_passes(self):
        """A clinic without outcomes is served by rules; safety is still measured."""
        safety = {"eligibility_violations": 0, "red_ranked": 0}
        assert failed_gates("matching", safety) == []

    @pytest.mark.parametrize(
        ("metric", "value", "gate"),
        [
            ("withheld_shown", 1, "safety"),
            ("red_recommended", 2, "crisis"),
            ("ndcg_over_popularity_high", -0.01, "popularity"),
        ],
    )
    def test_content_has_its_gates_too(self, metric, value, gate):
        """One fault, one named gate, for content."""
        good = {"withheld_shown": 0, "red_recommended": 0, "ndcg_over_popularity_high": 0.1}
        assert failed_gates("recommender", good) == []
        failed = failed_gates("recommender", {**good, metric: value})
        assert [words.split(" ")[0] for words in failed] == [gate]


class TestRequireGates:
    def test_the_error_names_gate_value_and_bound(self):
        """Whoever is refused can read why."""
        with pytest.raises(
            GateRefusedError, match=r"safety \(red_ranked is 1, needs at most 0\)"
        ):
            require_gates("matching", {**GOOD, "red_ranked": 1})

    def test_a_good_model_is_let_through(self):
        """No error where nothing failed."""
        require_gates("matching", GOOD)


class TestOverrideOf:
    def test_quality_can_be_overridden_with_a_reason(self):
        """The trail names the gates and the reason."""
        found = override_of(
            "matching", {**GOOD, "improve_log_loss_excess_low": 1.0}, " a pilot "
        )
        assert found == "improve_log_loss: a pilot"

    @pytest.mark.parametrize("metric", ["eligibility_violations", "red_ranked"])
    @pytest.mark.parametrize("value", [1, None])
    def test_safety_has_no_override(self, metric, value):
        """No reason lets a model past a gate about safety, not measured or not passed."""
        with pytest.raises(GateRefusedError, match="whatever the reason"):
            override_of("matching", {**GOOD, metric: value}, "because")

    def test_a_good_model_needs_none(self):
        """Nothing is written where nothing was overridden."""
        assert override_of("matching", GOOD, "just in case") is None

    def test_a_reason_says_something(self):
        """Blanks are no reason."""
        with pytest.raises(UsageError):
            override_of("matching", GOOD, "  ")
