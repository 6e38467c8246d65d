import numpy as np
import pytest

from matching.predictions import HEADS
from matching.terms import AVAILABILITY
from matching.tree_features import COLUMNS
from matching.utility import UtilityWeights, utility
from training.boosted_fit import TreeRows
from training.effects_fit import EffectsConfig, fit_effects_scorer
from training.evaluation.matching_logistic import fit_logistic_scorer
from training.matching_cases import Cases

LATER = np.iinfo(np.int64).max


@pytest.fixture(scope="module")
def clinic(make_clinic):
    """A clinic, and rows in which one column alone says who engages."""
    cases = Cases.build(make_clinic(intakes=600, clinicians=6, spread=0.5, seed=3))
    scorer = fit_effects_scorer(cases, as_of=LATER, config=EffectsConfig())
    known = cases.outcomes.known_before("engage", LATER)
    episodes = np.flatnonzero(known & (cases.clinician_rows >= 0))
    matrix = np.full((len(episodes), len(COLUMNS)), np.nan)
    matrix[:, COLUMNS.index("cases")] = 100.0 * cases.outcomes.label("engage")[episodes]
    rows = TreeRows(
        episodes=episodes, matrix=matrix, logits=np.zeros((len(HEADS), len(episodes)))
    )
    return cases, scorer, rows


class TestFitLogisticScorer:
    def test_it_learns_what_a_column_says(self, clinic):
        """The telling column has the largest coefficient, empty ones have none."""
        cases, scorer, rows = clinic
        found = fit_logistic_scorer(cases, scorer, rows, as_of=LATER).coefficients["engage"]
        told = 1 + COLUMNS.index("cases")
        assert found[told] > 1.0
        assert np.delete(found[1:], told - 1) == pytest.approx(0.0, abs=1e-6)

    def test_without_labels_it_is_the_effects(self, clinic):
        """Nothing was known at the beginning of time."""
        cases, scorer, rows = clinic
        found = fit_logistic_scorer(cases, scorer, rows, as_of=0)
        assert found.coefficients == {}
        intake, everybody = cases.intakes[0], np.arange(len(cases.directory))
        waits = np.full(len(everybody), 14.0)
        mine, its = (
            model.predict(intake, cases.directory, everybody, wait_days=waits)
            for model in (found, scorer)
        )
        assert mine.p_engage == pytest.approx(its.p_engage)


class TestLogisticScorer:
    def test_contributions_sum_to_the_utility(self, clinic):
        """As with every scorer, and the wait is told apart."""
        cases, scorer, rows = clinic
        model = fit_logistic_scorer(cases, scorer, rows, as_of=LATER)
        intake, everybody = cases.intakes[0], np.arange(len(cases.directory))
        waits = np.linspace(1.0, 40.0, len(everybody))
        said = model.predict(intake, cases.directory, everybody, wait_days=waits)
        told = model.explain(
            intake, cases.directory, everybody, wait_days=waits, weights=UtilityWeights()
        )
        values = utility(said, waits, UtilityWeights())
        assert told.values.sum(axis=0) == pytest.approx(values)
        place = told.groups.index(AVAILABILITY)
        assert told.values[place, 0] > told.values[place, -1]
