import numpy as np
import pytest

from data.errors import UsageError
from matching.predictions import Predictions
from matching.utility import UtilityWeights, pairing_value, utility, utility_spread


def one(accept, attend, engage, improve, deteriorate, spread=0.0) -> Predictions:
    columns = {
        "p_accept": accept,
        "p_attend": attend,
        "p_engage": engage,
        "p_improve": improve,
        "p_deteriorate": deteriorate,
    }
    bounds = ("engage_low", "engage_high", "improve_low", "improve_high")
    return Predictions(
        **{name: np.array([value]) for name, value in columns.items()},
        **{name: np.array([0.5]) for name in bounds},
        cases=np.array([0]),
        spreads=np.full((5, 1), spread),
    )


class TestUtility:
    def test_the_signed_off_weights(self):
        """.9 * .8 * (.2 + .3 * .6 + .5 * .6 * .5 - .6 * .1) without a wait is .72 * .47."""
        found = utility(one(0.9, 0.8, 0.6, 0.5, 0.1), np.array([0.0]), UtilityWeights())
        assert found[0] == pytest.approx(0.72 * 0.47)

    def test_a_wait_discounts(self):
        """Twenty-five days at .004 a day leave exp(-.1) of the utility."""
        found = utility(one(1.0, 1.0, 0.0, 0.0, 0.0), np.array([25.0]), UtilityWeights())
        assert found[0] == pytest.approx(0.2 * np.exp(-0.1))

    def test_harm_can_outweigh_all(self):
        """Sure deterioration of the engaged is worth less than nothing."""
        found = utility(one(1.0, 1.0, 1.0, 0.0, 1.0), np.array([0.0]), UtilityWeights())
        assert found[0] == pytest.approx(-0.5)


class TestUtilitySpread:
    def test_one_slope_by_hand(self):
        """Where engagement alone is unsure and counts, .3 * .25 a logit times a spread of .4."""
        weights = UtilityWeights(improve=0.0, harm=0.0)
        found = utility_spread(one(1.0, 1.0, 0.5, 0.5, 0.5, 0.4), np.array([0.0]), weights)
        assert found[0] == pytest.approx(0.3 * 0.25 * 0.4)

    def test_it_is_the_spread_of_drawn_logits(self):
        """100,000 draws of all five logits with a small spread vary as much, within 2 %."""
        chances, spread, waits = np.array([0.9, 0.8, 0.6, 0.5, 0.04]), 0.05, np.array([20.0])
        logits = np.log(chances / (1 - chances))[:, None]
        drawn = logits + spread * np.random.default_rng(1).normal(size=(5, 100_000))
        values = pairing_value(1 / (1 + np.exp(-drawn)), 20.0, UtilityWeights())
        found = utility_spread(one(*chances, spread), waits, UtilityWeights())
        assert found[0] == pytest.approx(values.std(), rel=0.02)


class TestPairingValue:
    def test_any_further_shape(self):
        """Two candidates under three settings give a value each."""
        assert pairing_value(np.full((5, 3, 2), 0.5), 1.0, UtilityWeights()).shape == (3, 2)


class TestUtilityWeights:
    @pytest.mark.parametrize("value", [-0.1, np.nan, np.inf])
    def test_impossible_weights_are_refused(self, value):
        """A weight is finite and not negative."""
        with pytest.raises(UsageError, match="not negative"):
            UtilityWeights(harm=value)
