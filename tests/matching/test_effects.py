import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import UsageError
from matching.effects import Effects, fit_effects, pooled_variance
from matching.shrinkage import Components
from matching.variance_components import VarianceComponent

KNOWN = Components(
    case=1.0, clinician=VarianceComponent(value=0.5), domain=VarianceComponent(value=0.25)
)


def world(*, clinician_sd, domain_sd, seed, cases=6_000, clinicians=60, domains=5):
    """Clinicians, domains and 0/1 outcomes minus their expectation of one half."""
    rng = np.random.default_rng(seed)
    owners = rng.integers(0, clinicians, cases)
    topics = rng.integers(0, domains, cases)
    means = rng.normal(0.0, clinician_sd, clinicians)
    matches = rng.normal(0.0, domain_sd, (clinicians, domains))
    chance = np.clip(0.5 + means[owners] + matches[owners, topics], 0.0, 1.0)
    outcomes = (rng.random(cases) < chance).astype(np.float64)
    names = np.array([f"t{row:03}" for row in range(clinicians)])
    words = np.array([f"d{row}" for row in range(domains)])
    return names[owners], words[topics], outcomes - 0.5


def mixed_model(owners, topics, residuals, variances, components):
    """Posterior of clinician-plus-domain effects by dense linear algebra, for comparison."""
    same_owner = owners[:, None] == owners[None, :]
    same_cell = same_owner & (topics[:, None] == topics[None, :])
    prior = components.clinician.value * same_owner + components.domain.value * same_cell
    inverse = np.linalg.inv(prior + np.diag(variances))
    means = prior @ inverse @ residuals
    return means, np.diag(prior - prior @ inverse @ prior)


class TestFitEffects:
    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 3), st.integers(0, 2), st.floats(-1, 1), st.sampled_from([0.5])
            ),
            min_size=1,
            max_size=12,
        )
    )
    def test_posterior_is_that_of_the_mixed_model(self, rows):
        """Means and variances equal those of the nested linear mixed model."""
        owners, topics, residuals, variances = (
            np.array(column) for column in zip(*rows, strict=True)
        )
        names, words = owners.astype(str), topics.astype(str)
        effects = fit_effects(names, words, residuals, variances=variances, components=KNOWN)
        found = effects.look_up(names, words)
        means, posterior = mixed_model(owners, topics, residuals, variances, KNOWN)
        assert found.means == pytest.approx(means, abs=1e-9)
        assert found.variances == pytest.approx(posterior, abs=1e-9)

    def test_cells_of_many_cases_equal_the_cases_one_by_one(self):
        """A row that stands for three cases gives what three rows give."""
        single = fit_effects(
            ["a"] * 3 + ["b"],
            ["x"] * 4,
            np.array([0.3, 0.3, 0.3, 0.1]),
            variances=np.full(4, 0.2),
            components=KNOWN,
        )
        counted = fit_effects(
            ["a", "b"],
            ["x", "x"],
            np.array([0.3, 0.1]),
            variances=np.full(2, 0.2),
            cases=np.array([3.0, 1.0]),
            components=KNOWN,
        )
        assert single.look_up(["a"], ["x"]).means == pytest.approx(
            counted.look_up(["a"], ["x"]).means
        )
        assert counted.look_up(["a"], ["x"]).cases.tolist() == [3.0]

    def test_null_world_has_no_clinician_variance(self):
        """Without differences the variance is zero or its interval holds zero, and shares are tiny."""
        for seed in range(5):
            names, words, residuals = world(clinician_sd=0.0, domain_sd=0.0, seed=seed)
            components = fit_effects(names, words, residuals).components
            assert components.clinician.low == 0.0
            assert components.clinician_share < 0.006

    def test_true_variances_are_found(self):
        """Standard deviations of .12 and .08 are within the intervals and near the estimates."""
        names, words, residuals = world(clinician_sd=0.12, domain_sd=0.08, seed=1, cases=20_000)
        components = fit_effects(names, words, residuals).components
        assert components.clinician.low <= 0.12**2 <= components.clinician.high
        assert components.domain.low <= 0.08**2 <= components.domain.high
        assert components.clinician.value == pytest.approx(0.12**2, rel=0.5)

    def test_shuffled_outcomes_leave_no_effect(self):
        """Give each outcome to another case and the effects vanish: a leak would survive."""
        names, words, residuals = world(clinician_sd=0.2, domain_sd=0.1, seed=3)
        true = fit_effects(names, words, residuals)
        shuffled = np.random.default_rng(7).permutation(residuals)
        null = fit_effects(names, words, shuffled)
        assert null.components.clinician.low == 0.0
        spread = np.std(null.look_up(names, words).means)
        assert spread < 0.15 * np.std(true.look_up(names, words).means)

    def test_shrunken_effects_predict_better_than_raw_means_and_than_none(self):
        """On fresh cases the squared error of shrunken effects is the least of the three."""
        names, words, residuals = world(clinician_sd=0.08, domain_sd=0.05, seed=4, cases=2_400)
        half = len(residuals) // 2
        effects = fit_effects(names[:half], words[:half], residuals[:half])
        found = effects.look_up(names[half:], words[half:])
        rows = effects.clinician_rows(names[half:]) * 5 + effects.domain_rows(words[half:])
        places = np.searchsorted(effects.cell_keys, rows)
        raw = effects.cells.means[np.minimum(places, len(effects.cell_keys) - 1)]
        fresh = residuals[half:]
        errors = [np.mean((fresh - guess) ** 2) for guess in (found.means, raw, 0.0 * fresh)]
        assert errors[0] < min(errors[1:])

    def test_one_clinician_alone_gets_no_effect_of_his_own(self):
        """With a single clinician and domain nothing can be told apart, so the effect is 0."""
        effects = fit_effects(["a"] * 4, ["x"] * 4, np.array([0.5, 0.5, -0.5, 0.5]))
        assert effects.look_up(["a"], ["x"]).means.tolist() == [0.0]

    def test_outcomes_without_any_variance_give_zero(self):
        """All residuals 0: all variances and effects are 0."""
        effects = fit_effects(["a", "a", "b"], ["x", "x", "x"], np.zeros(3))
        assert effects.components.prior_variance == 0.0
        assert effects.look_up(["a"], ["x"]).means.tolist() == [0.0]

    def test_no_cases_give_an_empty_model(self):
        """An empty history answers 0 with the prior for everyone."""
        effects = fit_effects([], [], np.zeros(0))
        found = effects.look_up(["a"], ["x"])
        assert (found.means[0], found.variances[0], found.cases[0]) == (0.0, 0.0, 0.0)

    def test_empty_history_keeps_known_variances(self):
        """With known components an unknown clinician has the prior variance."""
        effects = fit_effects([], [], np.zeros(0), components=KNOWN)
        assert effects.look_up(["a"], ["x"]).variances.tolist() == [0.75]

    @pytest.mark.parametrize(
        ("residuals", "cases"),
        [([0.1], None), ([0.1, np.nan], None), ([0.1, 0.2], [1.0, 0.0])],
    )
    def test_impossible_rows_are_refused(self, residuals, cases):
        """Another length, an unknown outcome and a row without cases are refused."""
        counts = None if cases is None else np.array(cases)
        with pytest.raises(UsageError):
            fit_effects(["a", "b"], ["x", "x"], np.array(residuals), cases=counts)

    def test_a_wrong_number_of_variances_is_refused(self):
        """Variances have one entry per row."""
        with pytest.raises(UsageError):
            fit_effects(["a", "b"], ["x", "x"], np.zeros(2), variances=np.ones(3))


class TestPooledVariance:
    def test_squares_are_around_cell_means(self):
        """Cells {0, 2} and {5}: squares 1 + 1 over one degree of freedom."""
        residuals = np.array([0.0, 2.0, 5.0])
        assert pooled_variance(residuals, np.ones(3), np.array([0, 0, 1])) == 2.0

    def test_single_cases_fall_back_to_the_mean_square(self):
        """Without a cell of two the mean square stands in: (1 + 9) / 2."""
        assert pooled_variance(np.array([1.0, 3.0]), np.ones(2), np.array([0, 1])) == 5.0


class TestEffects:
    def fitted(self):
        """Two clinicians; a has three cases in x and one in y, b one in x."""
        return fit_effects(
            ["a", "a", "a", "a", "b"],
            ["x", "x", "x", "y", "x"],
            np.array([0.5, 0.5, 0.2, -0.1, -0.5]),
            variances=np.full(5, 0.25),
            components=KNOWN,
        )

    def test_unknown_clinician_gets_the_prior(self):
        """Mean 0, the prior variance, no reliability, no cases."""
        found = self.fitted().look_up(["nobody"], ["x"])
        assert (found.means[0], found.variances[0]) == (0.0, 0.75)
        assert (found.reliabilities[0], found.cases[0], found.clinician_cases[0]) == (0, 0, 0)

    def test_unknown_domain_gets_the_clinician(self):
        """The mean is the clinician's own, less certain by the variance between domains."""
        effects = self.fitted()
        found = effects.look_up(["a"], ["never seen"])
        assert found.means[0] > 0.0
        assert 0.25 < found.variances[0] < 0.75
        assert (found.cases[0], found.clinician_cases[0]) == (0.0, 4.0)

    def test_more_cases_are_more_reliable(self):
        """Three cases in x tell more than one in y, and that more than none."""
        found = self.fitted().look_up(["a", "a", "a"], ["x", "y", "z"])
        assert found.reliabilities[0] > found.reliabilities[1] > found.reliabilities[2] > 0.0
        assert found.cases.tolist() == [3.0, 1.0, 0.0]

    def test_one_domain_serves_many_clinicians(self):
        """A single domain is asked of all candidates at once."""
        effects = self.fitted()
        found = effects.look_up(["a", "b", "c"], ["x"])
        each = [effects.look_up([name], ["x"]).means[0] for name in ("a", "b", "c")]
        assert found.means.tolist() == each

    def test_saved_effects_answer_the_same_bytes(self):
        """Arrays go through a file without pickle and come back equal."""
        effects = self.fitted()
        file = io.BytesIO()
        np.savez(file, **effects.to_arrays())
        file.seek(0)
        loaded = Effects.from_arrays(np.load(file, allow_pickle=False))
        names, words = ["a", "b", "c"], ["x", "y", "x"]
        before, after = effects.look_up(names, words), loaded.look_up(names, words)
        assert after.means.tobytes() == before.means.tobytes()
        assert after.variances.tobytes() == before.variances.tobytes()
        assert loaded.components == effects.components

    def test_missing_array_is_an_error(self):
        """A damaged bundle does not load."""
        arrays = self.fitted().to_arrays()
        del arrays["cell_cases"]
        with pytest.raises(KeyError):
            Effects.from_arrays(arrays)

    def test_order_of_rows_does_not_matter(self):
        """The same cases in another order give the same effects."""
        names, words, residuals = world(clinician_sd=0.1, domain_sd=0.1, seed=9, cases=300)
        order = np.random.default_rng(0).permutation(300)
        first = fit_effects(names, words, residuals).look_up(names, words)
        second = fit_effects(names[order], words[order], residuals[order]).look_up(names, words)
        assert second.means == pytest.approx(first.means, abs=1e-9)
