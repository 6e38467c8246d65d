import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.domain import Intake
from data.errors import UsageError
from matching.case_mix import (
    CaseMixConfig,
    CaseMixModel,
    cross_fitted_expectation,
    fit_case_mix,
    time_blocks,
)


def intake(row, **changes):
    """The intake of one day, with only the required columns."""
    known = {
        "intake_id": f"i{row}",
        "patient_id": f"p{row}",
        "requested_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=row),
        "region": "GB-ENG",
        "age_band": "26-35",
        "payer": "nhs",
        "concerns": ("depression",),
    }
    return Intake(**(known | changes))


def severe_and_mild(count, rng):
    """Severe intakes (PHQ-9 24) improve three times in four, mild ones (6) one time in four."""
    totals = rng.choice([6, 24], count)
    intakes = [intake(row, phq9_total=int(total)) for row, total in enumerate(totals)]
    chance = np.where(totals == 24, 0.75, 0.25)
    return intakes, chance, (rng.random(count) < chance).astype(np.float64)


class TestFitCaseMix:
    def test_severity_is_learned(self):
        """With 2,000 cases both groups' probabilities come within .05."""
        intakes, chance, outcomes = severe_and_mild(2_000, np.random.default_rng(0))
        predicted = fit_case_mix(intakes, outcomes).predict(intakes)
        assert np.max(np.abs(predicted - chance)) < 0.05

    def test_mean_prediction_is_the_base_rate(self):
        """Predictions average to the outcomes, half a case aside."""
        intakes, _, outcomes = severe_and_mild(300, np.random.default_rng(1))
        predicted = fit_case_mix(intakes, outcomes).predict(intakes)
        assert predicted.mean() == pytest.approx((outcomes.sum() + 0.5) / 301, abs=1e-6)

    def test_unknown_outcomes_are_left_out(self):
        """Rows without an outcome change nothing."""
        intakes, _, outcomes = severe_and_mild(200, np.random.default_rng(2))
        first = fit_case_mix(intakes, outcomes)
        more = [*intakes, intake(999, phq9_total=27)]
        second = fit_case_mix(more, np.append(outcomes, np.nan))
        assert first.coefficients.tolist() == second.coefficients.tolist()

    def test_nothing_known_says_one_half(self):
        """A new clinic has no outcomes yet."""
        model = fit_case_mix([], np.zeros(0))
        assert model.predict([intake(0)]).tolist() == [0.5]

    @pytest.mark.parametrize("outcomes", [[1.0], [1.0, 2.0]])
    def test_impossible_outcomes_are_refused(self, outcomes):
        """A wrong length or a value above 1 is refused."""
        with pytest.raises(UsageError):
            fit_case_mix([intake(0), intake(1)], np.array(outcomes))


class TestCaseMixModel:
    def test_saved_model_predicts_the_same_bytes(self):
        """Arrays go through a file without pickle and come back equal."""
        intakes, _, outcomes = severe_and_mild(100, np.random.default_rng(3))
        model = fit_case_mix(intakes, outcomes)
        file = io.BytesIO()
        np.savez(file, **model.to_arrays())
        file.seek(0)
        loaded = CaseMixModel.from_arrays(np.load(file, allow_pickle=False))
        assert loaded.predict(intakes).tobytes() == model.predict(intakes).tobytes()

    def test_an_intake_of_new_words_and_nothing_else_is_answered(self):
        """Unknown words and missing numbers give a probability, not an error."""
        intakes, _, outcomes = severe_and_mild(100, np.random.default_rng(4))
        model = fit_case_mix(intakes, outcomes)
        strange = intake(0, concerns=("something new",), age_band="unheard of")
        assert 0.0 < model.predict([strange])[0] < 1.0


class TestCrossFittedExpectation:
    def test_an_outcome_does_not_explain_itself(self):
        """Turning one block's outcomes round leaves that block's expectations as they were."""
        intakes, _, outcomes = severe_and_mild(100, np.random.default_rng(5))
        config = CaseMixConfig(blocks=4)
        first = cross_fitted_expectation(intakes, outcomes, config)
        turned = np.where(np.arange(100) < 25, 1.0 - outcomes, outcomes)
        second = cross_fitted_expectation(intakes, turned, config)
        assert second[:25].tolist() == first[:25].tolist()
        assert second[25:].tolist() != first[25:].tolist()

    def test_pure_chance_is_not_explained(self):
        """Against chance outcomes honest expectations have no positive correlation."""
        rng = np.random.default_rng(6)
        intakes = [intake(row, phq9_total=int(rng.integers(28))) for row in range(400)]
        outcomes = rng.integers(0, 2, 400).astype(np.float64)
        expected = cross_fitted_expectation(intakes, outcomes)
        assert np.corrcoef(expected, outcomes)[0, 1] < 0.08

    def test_unknown_outcomes_get_an_expectation(self):
        """Every intake is answered."""
        intakes, _, outcomes = severe_and_mild(60, np.random.default_rng(7))
        outcomes[::3] = np.nan
        assert np.isfinite(cross_fitted_expectation(intakes, outcomes)).all()

    def test_few_intakes_are_no_problem(self):
        """None gives none; one has nobody to learn from."""
        assert cross_fitted_expectation([], np.zeros(0)).tolist() == []
        assert cross_fitted_expectation([intake(0)], np.ones(1)).tolist() == [0.5]


class TestTimeBlocks:
    def test_blocks_are_even_and_in_order(self):
        """Six distinct times in three blocks are two each, whatever their order."""
        blocks = time_blocks([6.0, 1.0, 2.0, 3.0, 4.0, 5.0], 3)
        assert blocks.tolist() == [2, 0, 0, 1, 1, 2]

    def test_equal_times_stay_together(self):
        """A batch imported at one instant is one block."""
        assert len(set(time_blocks([5.0] * 7, 3).tolist())) == 1
