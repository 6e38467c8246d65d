"""Slopes of true chances on said ones, by hand."""

import numpy as np
import pytest
from scipy.special import expit

from matching.predictions import HEADS
from training.evaluation.choices import Choice
from training.evaluation.matching_truth import true_slopes


class Said:
    """A model that says the logits 0 and 1 of every head."""

    def __getattr__(self, name: str) -> np.ndarray:
        return expit(np.array([0.0, 1.0]))


class TestTrueSlopes:
    @pytest.mark.parametrize("steepness", [0.5, 1.0, 2.0])
    def test_truth_that_is_steeper_has_a_steeper_slope(self, steepness):
        """Two candidates one logit apart, the truth as many times as far."""
        truth = {f"p_{head}": expit(steepness * np.array([0.0, 1.0])) for head in HEADS}
        choice = Choice(intake=None, rows=np.array([0, 1]), truth=truth, desk=None)
        found = true_slopes("m", [choice], [Said()])
        assert [entry.metric for entry in found] == [f"{head}_true_slope" for head in HEADS]
        assert [entry.value for entry in found] == pytest.approx([steepness] * len(HEADS))

    def test_without_pairs_there_is_none(self):
        """Nothing to compare."""
        assert all(entry.value is None for entry in true_slopes("m", [], []))
