import numpy as np
import pytest

from matching.predictions import Predictions
from training.evaluation.figures import find_figure
from training.evaluation.matching_heads import head_figures
from training.matching_cases import Cases


class Coin:
    """A scorer that says one number of everything."""

    kind = "coin"

    def __init__(self, chance: float) -> None:
        self.chance = chance

    def predict(self, intake, directory, rows, *, wait_days):  # noqa: ARG002 - a scorer's signature
        """The same probability throughout."""
        said = np.full(len(rows), self.chance)
        names = [name for name in Predictions.__dataclass_fields__ if name != "cases"]
        return Predictions(
            **dict.fromkeys(names, said), cases=np.zeros(len(rows), dtype=np.int64)
        )


class TestHeadFigures:
    def test_a_coin_loses_log_two(self, make_clinic):
        """Chance .5 costs log 2 on every label; the differences are from the references."""
        cases = Cases.build(make_clinic(intakes=80, clinicians=4, spread=0.0, seed=1))
        models = {"base_rate": Coin(0.9), "patient_only": Coin(0.5), "mine": Coin(0.5)}
        found = head_figures(cases, models, since=0, seed=1)
        row = find_figure(found, "mine", "engage_log_loss")
        assert row.value == pytest.approx(np.log(2))
        assert row.n == np.isfinite(cases.outcomes.label("engage")).sum()
        assert find_figure(found, "mine", "accept_brier").value == pytest.approx(0.25)
        assert find_figure(found, "mine", "engage_log_loss_over_patient_only").value == 0.0
        assert find_figure(found, "mine", "accept_log_loss_excess").value > 0
        assert find_figure(found, "mine", "engage_calibration_slope").value is None
