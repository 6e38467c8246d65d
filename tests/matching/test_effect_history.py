from datetime import timedelta

import numpy as np
import pytest

from data.errors import UsageError
from matching.effect_history import EffectHistory, Outcomes, RunningSums
from matching.effects import fit_effects
from matching.shrinkage import Components
from matching.variance_components import VarianceComponent

KNOWN = Components(
    case=0.25, clinician=VarianceComponent(value=0.02), domain=VarianceComponent(value=0.01)
)
DAY = 86_400_000_000


def outcomes(rows, **changes):
    """Outcomes from rows of clinician, domain, residual and day."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    given = {
        "clinician_ids": columns[0],
        "domains": columns[1],
        "residuals": np.array(columns[2], dtype=np.float64),
        "observed_at": np.array(columns[3], dtype=np.int64) * DAY,
    }
    return Outcomes(**(given | changes))


ROWS = [("a", "x", 0.5, 10), ("a", "x", -0.5, 20), ("a", "y", 0.5, 20), ("b", "x", 0.5, 30)]


class TestRunningSums:
    def test_sums_are_strictly_before_and_per_key(self):
        """Key 0 has 1 at time 5 and 2 at time 7; key 1 has 4 at time 6."""
        sums = RunningSums.build(
            np.array([0, 1, 0]), np.array([7, 6, 5]), np.array([[2.0, 4.0, 1.0]])
        )
        keys, times = np.array([0, 0, 0, 0, 1, -1, 9]), np.array([5, 6, 7, 8, 7, 8, 8])
        assert sums.before(keys, times).tolist() == [[0.0, 1.0, 1.0, 3.0, 4.0, 0.0, 0.0]]


class TestEffectHistory:
    def test_nothing_is_known_before_the_first_outcome(self):
        """Before day 10 everyone has the prior."""
        history = EffectHistory.build(outcomes(ROWS), KNOWN)
        found = history.as_of(["a"], ["x"], np.array([9 * DAY]))
        assert (found.means[0], found.cases[0]) == (0.0, 0.0)
        assert found.variances[0] == pytest.approx(0.03)

    def test_an_outcome_at_the_same_instant_is_not_known(self):
        """Only what was observed strictly before counts."""
        history = EffectHistory.build(outcomes(ROWS), KNOWN)
        found = history.as_of(["a", "a"], ["x", "x"], np.array([10 * DAY, 10 * DAY + 1]))
        assert found.cases.tolist() == [0.0, 1.0]

    def test_reporting_lag_delays_knowledge(self):
        """With a lag of five days the outcome of day 10 is known after day 15."""
        history = EffectHistory.build(outcomes(ROWS), KNOWN, reporting_lag=timedelta(days=5))
        found = history.as_of(["a", "a"], ["x", "x"], np.array([15 * DAY, 15 * DAY + 1]))
        assert found.cases.tolist() == [0.0, 1.0]

    def test_every_row_equals_a_fit_on_what_was_known(self):
        """The sweep gives what fitting anew on the earlier outcomes would give, at every time."""
        rng = np.random.default_rng(2)
        rows = [
            (f"t{rng.integers(4)}", f"d{rng.integers(3)}", rng.normal(), int(rng.integers(40)))
            for _ in range(80)
        ]
        history = EffectHistory.build(outcomes(rows), KNOWN)
        names = [f"t{row % 5}" for row in range(60)]
        words = [f"d{row % 4}" for row in range(60)]
        times = rng.integers(0, 45, 60) * DAY
        found = history.as_of(names, words, times)
        for row, time in enumerate(times):
            seen = [entry for entry in rows if entry[3] * DAY < time]
            known = outcomes(seen)
            fit = fit_effects(
                known.clinician_ids,
                known.domains,
                known.residuals,
                variances=np.full(len(seen), 0.25),
                components=KNOWN,
            )
            expected = fit.look_up([names[row]], [words[row]])
            assert found.means[row] == pytest.approx(expected.means[0], abs=1e-12)
            assert found.variances[row] == pytest.approx(expected.variances[0], abs=1e-12)
            assert found.cases[row] == expected.cases[0]
            assert found.clinician_cases[row] == expected.clinician_cases[0]

    def test_later_outcomes_change_nothing_earlier(self):
        """Turning every later outcome round leaves the earlier effect as it was."""
        turned = [(*row[:2], row[2] if row[3] < 15 else -row[2], row[3]) for row in ROWS]
        asked = (["a", "b"], ["x", "x"], np.array([15 * DAY, 15 * DAY]))
        first = EffectHistory.build(outcomes(ROWS), KNOWN).as_of(*asked)
        second = EffectHistory.build(outcomes(turned), KNOWN).as_of(*asked)
        assert first.means.tolist() == second.means.tolist()

    def test_a_case_does_not_explain_itself(self):
        """Effects as of each outcome's own time do not correlate with pure chance; in-sample they do."""
        rng = np.random.default_rng(11)
        size = 4_000
        names = rng.integers(0, 400, size).astype(str)
        words = rng.integers(0, 4, size).astype(str)
        residuals = rng.choice([-0.5, 0.5], size)
        given = Outcomes(
            clinician_ids=names, domains=words, residuals=residuals, observed_at=np.arange(size)
        )
        honest = EffectHistory.build(given, KNOWN).as_of(names, words, np.arange(size))
        leaky = fit_effects(
            names, words, residuals, variances=np.full(size, 0.25), components=KNOWN
        ).look_up(names, words)
        assert abs(np.corrcoef(honest.means, residuals)[0, 1]) < 0.05
        assert np.corrcoef(leaky.means, residuals)[0, 1] > 0.2

    def test_own_variances_count(self):
        """A case of ten times the variance moves the effect less."""
        exact = EffectHistory.build(outcomes(ROWS[:1], variances=np.array([0.1])), KNOWN)
        noisy = EffectHistory.build(outcomes(ROWS[:1], variances=np.array([1.0])), KNOWN)
        asked = (["a"], ["x"], np.array([11 * DAY]))
        assert exact.as_of(*asked).means[0] > noisy.as_of(*asked).means[0] > 0.0

    def test_an_empty_history_answers_the_prior(self):
        """A new clinic has no outcomes and still gets an answer."""
        found = EffectHistory.build(outcomes([]), KNOWN).as_of(["a"], ["x"], np.array([DAY]))
        assert (found.means[0], found.cases[0]) == (0.0, 0.0)

    def test_unknown_outcomes_are_refused(self):
        """A missing residual does not slip in as a number."""
        with pytest.raises(UsageError):
            EffectHistory.build(outcomes([("a", "x", np.nan, 1)]), KNOWN)

    def test_uneven_columns_are_refused(self):
        """Every case has one variance."""
        with pytest.raises(UsageError):
            EffectHistory.build(outcomes(ROWS, variances=np.ones(1)), KNOWN)
