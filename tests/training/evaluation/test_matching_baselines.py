import numpy as np
import pytest

from training.evaluation.matching_baselines import base_rate, matching_baselines, unshrunken
from training.matching_cases import Cases

LATE = np.iinfo(np.int64).max


@pytest.fixture(scope="module")
def cases(make_clinic):
    """Four clinicians who differ."""
    return Cases.build(make_clinic(intakes=400, clinicians=4, spread=1.0, seed=6))


@pytest.fixture(scope="module")
def models(cases):
    """All baselines."""
    return matching_baselines(cases, as_of=LATE)


def engage(scorer, cases):
    rows = np.arange(4)
    found = scorer.predict(cases.intakes[0], cases.directory, rows, wait_days=np.full(4, 10.0))
    return found.p_engage


class TestMatchingBaselines:
    def test_who_knows_what(self, models, cases):
        """Base rate and patient-only say the same of everyone, effects do not."""
        assert np.ptp(engage(models["base_rate"], cases)) == 0.0
        assert np.ptp(engage(models["patient_only"], cases)) == 0.0
        assert np.ptp(engage(models["effects"], cases)) > 0.05

    def test_the_base_rate_is_the_clinics(self, models, cases):
        """The mean of the labels, but for twenty usual ones."""
        labels = cases.outcomes.label("engage")
        mean = np.nanmean(labels)
        assert engage(models["base_rate"], cases)[0] == pytest.approx(mean, abs=0.02)


class TestUnshrunken:
    def test_effects_are_the_raw_means(self, models):
        """The estimate of a cell is the mean of its residuals."""
        effects = unshrunken(models["effects"]).heads[2].effects
        found = effects.look_up([str(effects.clinician_ids[0])], [str(effects.domains[0])])
        assert found.means[0] == pytest.approx(effects.cells.means[0], rel=1e-3)

    def test_heads_without_effects_stay(self, make_clinic):
        """A tiny clinic has none to lay bare."""
        small = Cases.build(make_clinic(intakes=10, clinicians=2, spread=0.0, seed=1))
        models = matching_baselines(small, as_of=LATE)
        assert all(head.effects is None for head in models["effects_unshrunken"].heads)


class TestBaseRate:
    def test_nothing_is_uncertain(self, models):
        """A rate without clinicians has no spread between them."""
        assert not base_rate(models["effects"]).spreads.any()
