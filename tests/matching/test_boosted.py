"""Trees on top of effects: what they add is told, and everything still sums."""

import lightgbm
import numpy as np
import pytest

from matching.artifact import from_files, to_files
from matching.boosted import BoostedScorer
from matching.predictions import HEADS
from matching.ranker import RANK_COLUMNS, Ranker
from matching.scorers import EffectsScorer, Head
from matching.tree_features import COLUMNS, directions, tree_features
from matching.tree_models import TreeModel, anonymous
from matching.utility import UtilityWeights, utility

ROWS, WAITS = np.array([0, 1, 2]), np.array([3.0, 14.0, 20.0])


def grow(columns, of: str, sign: float = 1.0) -> TreeModel:
    """Trees that follow one column."""
    dice = np.random.default_rng(1)
    matrix = dice.normal(size=(400, len(columns)))
    labels = (sign * matrix[:, columns.index(of)] > 0).astype(float)
    quiet = {"objective": "binary", "verbose": -1, "num_leaves": 4, "num_threads": 1}
    data = lightgbm.Dataset(matrix, label=labels, feature_name=list(columns))
    text = lightgbm.train({**quiet, "learning_rate": 0.02}, data, 20).model_to_string()
    return TreeModel.read(anonymous(text), columns)


@pytest.fixture(scope="module")
def directory(make_directory):
    """Three clinicians with different specialties."""
    return make_directory(
        {"clinician_id": "a", "specialties_top": ("anxiety",)},
        {"clinician_id": "b", "also_treats": ("anxiety",)},
        {"clinician_id": "c", "specialties_top": ("ocd",)},
    )


@pytest.fixture(scope="module")
def intake(make_intake):
    """A request about anxiety."""
    return make_intake(concerns=("anxiety",), phq9_total=12)


@pytest.fixture(scope="module")
def base() -> EffectsScorer:
    """Everybody is average."""
    return EffectsScorer(heads=tuple(Head(rate=0.5) for _ in HEADS))


@pytest.fixture(scope="module")
def boosted(base) -> BoostedScorer:
    """Engagement follows the fit of concerns, improvement severity."""
    trees = {
        "engage": grow(COLUMNS, "concern_fit"),
        "improve": grow(COLUMNS, "phq9_total", -1.0),
    }
    return BoostedScorer(base=base, trees=trees)


class TestBoostedScorer:
    def test_trees_move_their_own_head(self, boosted, base, directory, intake):
        """Whose concerns fit is more engaging; acceptance stays that of the effects."""
        said = boosted.predict(intake, directory, ROWS, wait_days=WAITS)
        plain = base.predict(intake, directory, ROWS, wait_days=WAITS)
        assert said.p_engage[0] > said.p_engage[2]
        assert said.p_accept.tolist() == plain.p_accept.tolist()
        assert np.all((said.engage_low < said.p_engage) & (said.p_engage < said.engage_high))

    def test_explanations_sum_to_the_utility(self, boosted, directory, intake):
        """Columns are told under their groups, the patient's own in the baseline."""
        weights = UtilityWeights()
        found = boosted.explain(intake, directory, ROWS, wait_days=WAITS, weights=weights)
        said = boosted.predict(intake, directory, ROWS, wait_days=WAITS)
        assert found.values.sum(axis=0) == pytest.approx(utility(said, WAITS, weights))

    def test_without_trees_it_is_the_effects(self, base, directory, intake):
        """Nothing is added."""
        bare = BoostedScorer(base=base, trees={})
        said = bare.predict(intake, directory, ROWS, wait_days=WAITS)
        assert np.array_equal(
            said.p_improve, base.predict(intake, directory, ROWS, wait_days=WAITS).p_improve
        )

    def test_it_comes_back_from_its_files(self, boosted, directory, intake):
        """Same files, same numbers."""
        files = to_files(boosted)
        assert {"trees-engage.txt", "trees-improve.txt"} < set(files)
        again = from_files(files)
        assert to_files(again) == files
        first, second = (
            scorer.predict(intake, directory, ROWS, wait_days=WAITS)
            for scorer in (boosted, again)
        )
        assert np.array_equal(first.p_engage, second.p_engage)


class TestTreeFeatures:
    def test_one_column_per_name(self, base, directory, intake):
        """What is not known is missing, not 0."""
        terms = base.terms(intake, directory, ROWS, WAITS)
        matrix = tree_features(intake, terms, np.full((6, 3), np.nan))
        assert matrix.shape == (3, len(COLUMNS))
        assert matrix[:, COLUMNS.index("phq9_total")].tolist() == [12.0] * 3
        assert np.isnan(matrix[:, COLUMNS.index("gad7_total")]).all()

    def test_a_record_never_counts_against_its_own_head(self):
        """Monotone where the meaning is known; nothing pushes deterioration by fit."""
        assert directions("engage")[COLUMNS.index("record_engage")] == 1
        assert directions("engage")[COLUMNS.index("record_improve")] == 0
        assert directions("deteriorate")[COLUMNS.index("concern_fit")] == 0


class TestRanker:
    def test_scores_order_by_what_was_learned(self, base, directory, intake):
        """Who can begin sooner comes first, where that is what was learned."""
        ranker = Ranker(base=base, trees=grow(RANK_COLUMNS, "wait_days", -1.0))
        scores = ranker.scores(intake, directory, ROWS, wait_days=np.array([-2.0, 0.0, 2.0]))
        assert scores[0] > scores[2]
