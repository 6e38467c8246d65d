import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from matching.predictions import HEADS
from matching.terms import AVAILABILITY, BASELINE, GROUPS, Terms, attend_wait_logit
from matching.utility import UtilityWeights, utility

WEIGHTS = UtilityWeights()
SHAPE = (len(GROUPS), len(HEADS), 3)


def random_terms(seed: int) -> Terms:
    dice = np.random.default_rng(seed)
    return Terms(
        base=dice.normal(size=SHAPE[1:]),
        shifts=dice.normal(size=SHAPE),
        spreads=dice.uniform(0, 1, SHAPE[1:]),
        cases=np.array([0, 10, 20]),
        usual_wait_days=14.0,
    )


class TestTerms:
    @given(st.integers(0, 10_000))
    def test_contributions_sum_to_the_utility(self, seed):
        """Whatever the terms, the groups add up to the served score."""
        terms, waits = random_terms(seed), np.random.default_rng(seed).uniform(0, 60, 3)
        found = terms.contributions(waits, WEIGHTS)
        expected = utility(terms.predictions(), waits, WEIGHTS)
        np.testing.assert_allclose(found.values.sum(axis=0), expected, atol=1e-9, rtol=0)

    def test_a_further_group_adds_to_the_sum(self):
        """What comes on top of the utility stands last and leaves the rest as it is."""
        found = random_terms(4).contributions(np.zeros(3), WEIGHTS)
        more = found.with_group("more", np.array([0.0, 0.1, 0.2]))
        assert more.groups == (*found.groups, "more")
        np.testing.assert_array_equal(more.values[:-1], found.values)
        assert more.values[-1].tolist() == [0.0, 0.1, 0.2]

    def test_a_silent_group_adds_nothing(self):
        """Without shifts, and after the usual wait, all is baseline."""
        terms = Terms(
            base=np.zeros(SHAPE[1:]),
            shifts=np.zeros(SHAPE),
            spreads=np.zeros(SHAPE[1:]),
            cases=np.zeros(3, dtype=np.int64),
            usual_wait_days=0.0,
        )
        found = terms.contributions(np.zeros(3), WEIGHTS)
        assert found.groups == (BASELINE, *GROUPS)
        assert found.values[0] == pytest.approx(0.25 * (0.2 + 0.5 * (0.3 + 0.25 - 0.5)))
        assert np.abs(found.values[1:]).max() < 1e-12

    def test_two_groups_share_alike(self):
        """Groups that do the same get the same."""
        terms = random_terms(1)
        shifts = terms.shifts.copy()
        shifts[1] = shifts[0]
        twins = Terms(
            base=terms.base,
            shifts=shifts,
            spreads=terms.spreads,
            cases=terms.cases,
            usual_wait_days=14.0,
        )
        found = twins.contributions(np.zeros(3), WEIGHTS)
        np.testing.assert_allclose(found.values[1], found.values[2], atol=1e-12)

    def test_the_discount_belongs_to_the_wait(self):
        """Without any shift, a wait of 39 days in place of 14 costs exp(-.1) of the baseline."""
        terms = Terms(
            base=np.zeros(SHAPE[1:]),
            shifts=np.zeros(SHAPE),
            spreads=np.zeros(SHAPE[1:]),
            cases=np.zeros(3, dtype=np.int64),
            usual_wait_days=14.0,
        )
        found = terms.contributions(np.full(3, 39.0), WEIGHTS)
        lost = found.values[found.groups.index(AVAILABILITY)]
        assert lost == pytest.approx(found.values[0] * (np.exp(-0.1) - 1))

    def test_intervals_hold_ninety_percent(self):
        """Bounds stand 1.645 standard deviations from the logit, and heads keep their order."""
        terms = random_terms(2)
        found, logits = terms.predictions(), terms.base + terms.shifts.sum(axis=0)
        assert found.p_deteriorate == pytest.approx(expit(logits[4]))
        assert found.engage_low == pytest.approx(
            expit(logits[2] - 1.645 * terms.spreads[2]), rel=1e-3
        )
        assert found.improve_high == pytest.approx(
            expit(logits[3] + 1.645 * terms.spreads[3]), rel=1e-3
        )

    def test_take_keeps_some_candidates(self):
        """What is said of a candidate does not depend on the others."""
        terms = random_terms(3)
        places = np.array([2, 0])
        part = terms.take(places).predictions()
        np.testing.assert_array_equal(part.p_accept, terms.predictions().p_accept[places])
        assert part.cases.tolist() == [20, 0]


class TestAttendWaitLogit:
    def test_longer_waits_are_never_attended_more(self):
        """The shift falls with the wait, and stays where it is after half a year."""
        shifts = attend_wait_logit(np.linspace(0, 400, 801))
        assert (np.diff(shifts) <= 0).all()
        assert shifts[-1] == attend_wait_logit(180.0)
