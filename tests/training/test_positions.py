"""Why no position of a log enters training: without chance in it, place and worth are the same thing."""

import lightgbm
import numpy as np
import pytest
from scipy.stats import spearmanr

from matching.tree_features import COLUMNS
from training import ranker_fit

LISTS, LENGTH = 1_500, 8
SETTINGS = {
    "objective": "lambdarank",
    "num_leaves": 7,
    "learning_rate": 0.1,
    "min_data_in_leaf": 20,
    "lambda_l2": 1.0,
    "num_threads": 1,
    "seed": 1,
    "verbose": -1,
    "lambdarank_position_bias_regularization": 0.0,
}


def learned(seed: int, *, is_random: bool, knows_position: bool) -> float:
    """Rank correlation of what was learned from choices with what is true.

    Whoever stands further up is looked at more often. The desk orders by worth and little else, or by chance.
    """
    dice = np.random.default_rng(seed)
    features = dice.normal(size=(LISTS, LENGTH, 4))
    worth = features @ np.array([1.0, 0.7, -0.5, 0.3])
    scores = (
        dice.normal(size=worth.shape)
        if is_random
        else worth + 0.3 * dice.normal(size=worth.shape)
    )
    places = np.argsort(np.argsort(-scores, axis=1), axis=1)
    chance = 1.0 / (1.0 + places) / (1.0 + np.exp(-worth))
    chosen = (dice.random(worth.shape) < chance).astype(int)
    data = lightgbm.Dataset(
        features.reshape(-1, 4),
        label=chosen.ravel(),
        group=[LENGTH] * LISTS,
        position=places.ravel() if knows_position else None,
    )
    trees = lightgbm.train(SETTINGS, data, 60)
    fresh = dice.normal(size=(3_000, 4))
    said = trees.predict(fresh, num_threads=1)
    return float(spearmanr(said, fresh @ np.array([1.0, 0.7, -0.5, 0.3])).statistic)


class TestPositions:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_positions_take_worth_away_where_the_desk_knew_it(self, seed):
        """In a log without chance the place explains what the clinician is worth."""
        plain = learned(seed, is_random=False, knows_position=False)
        assert learned(seed, is_random=False, knows_position=True) < plain - 0.02

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_with_chance_in_the_log_they_do_no_harm(self, seed):
        """Where the order was drawn, place and worth can be told apart."""
        plain = learned(seed, is_random=True, knows_position=False)
        assert learned(seed, is_random=True, knows_position=True) > plain - 0.02

    def test_nothing_of_ours_sees_a_position(self):
        """No column is a place, and the ranker's settings know none."""
        assert not any("rank" in name or "position" in name for name in COLUMNS)
        assert not any("position" in name for name in ranker_fit._parameters(1))
