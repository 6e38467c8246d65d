import numpy as np
import pytest

from data.instants import micros_of
from matching.predictions import Predictions
from training.evaluation.figures import find_figure
from training.evaluation.matching_heads import END_OF_TIME, head_figures
from training.matching_cases import Cases
from training.measured import measured_weights


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

    def test_the_measured_count_for_those_who_are_not(self, make_clinic):
        """Improvement of who stays briefly is measured of one in two, and counts twice in the mean."""
        cases = Cases.build(make_clinic(intakes=400, clinicians=4, spread=0.0, seed=2))
        known = np.flatnonzero(cases.outcomes.known_before("improve", END_OF_TIME))
        weights = measured_weights(cases, known, as_of=micros_of(cases.recorded_at))
        assert weights.mean() == pytest.approx(1.0)
        models = dict.fromkeys(("base_rate", "patient_only", "mine"), Coin(0.75))
        found = find_figure(
            head_figures(cases, models, since=0, seed=1), "mine", "improve_brier"
        )
        errors = (0.75 - cases.outcomes.label("improve")[known]) ** 2
        assert found.value == pytest.approx(np.average(errors, weights=weights))
