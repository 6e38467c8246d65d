import numpy as np
import pytest
from scipy.special import expit

from training.pair_slopes import fit_slopes

PRIOR = np.array([0.3, -0.1])


class TestFitSlopes:
    def test_without_rows_the_prior_stands(self):
        """Nothing observed, nothing moved."""
        found = fit_slopes(np.zeros((0, 2)), np.zeros(0), np.zeros(0), prior=PRIOR)
        assert found.tolist() == PRIOR.tolist()

    def test_plenty_of_data_outweigh_the_prior(self):
        """50,000 rows with slope 1 move .3 almost there, and leave the other where it is true."""
        dice = np.random.default_rng(1)
        distances = dice.uniform(-0.5, 0.5, (50_000, 2))
        outcomes = (dice.random(50_000) < expit(distances @ [1.0, -0.1])).astype(float)
        found = fit_slopes(distances, outcomes, np.zeros(50_000), prior=PRIOR)
        assert found == pytest.approx([1.0, -0.1], abs=0.08)

    def test_a_few_rows_hardly_move_it(self):
        """Four agreeing rows stay within the prior's reach."""
        found = fit_slopes(np.full((4, 1), 0.5), np.ones(4), np.zeros(4), prior=np.zeros(1))
        assert 0.0 < found[0] < 0.3

    def test_it_is_the_top_of_the_posterior(self):
        """One row: the gradient (p - 1) d + (s - m) / sd^2 is zero at the answer."""
        found = fit_slopes(
            np.ones((1, 1)), np.ones(1), np.zeros(1), prior=np.zeros(1), prior_sd=1.0
        )
        assert expit(found[0]) - 1.0 + found[0] == pytest.approx(0.0, abs=1e-9)

    def test_extreme_data_do_not_diverge(self):
        """Huge features that separate perfectly still give finite slopes."""
        distances = np.array([[1e3], [-1e3]] * 10)
        found = fit_slopes(
            distances,
            np.array([1.0, 0.0] * 10),
            np.zeros(20),
            prior=np.array([-5.0]),
            prior_sd=9.0,
        )
        assert np.isfinite(found).all()
        assert found[0] > 0
