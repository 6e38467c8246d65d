from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.domain import CareLevel, Safety, Tier
from data.errors import UsageError
from matching.exploration import Exploration, arrange, best_first, may_vary
from matching.exposure import rank_probabilities

POLICY = Exploration(temperature=0.01, band=0.05)
SCORES = np.array([0.30, 0.42, 0.39, 0.41, 0.10])
"""Places 1, 3 and 2 lie within the band; 0 and 4 follow."""


class TestArrange:
    def test_without_a_policy_the_best_are_shown_for_certain(self):
        """Highest score first, ties by place; who is not shown has no chance."""
        found = arrange(None, np.array([0.1, 0.3, 0.3]), limit=2, seed=1)
        assert found.order.tolist() == [1, 2, 0]
        assert found.exposures.tolist() == [0.0, 1.0, 1.0]
        assert found.drawn == 0

    def test_only_the_band_is_drawn_among(self):
        """Over many seeds every order of the three best comes up, and the rest never moves."""
        heads = set()
        for seed in range(300):
            found = arrange(POLICY, SCORES, limit=2, seed=seed)
            heads.add(tuple(found.order[:3].tolist()))
            assert found.order[3:].tolist() == [0, 4]
            assert found.drawn == 3
        assert len(heads) == 6

    def test_the_same_seed_gives_the_same_order(self):
        """A stored seed replays the list."""
        orders = [arrange(POLICY, SCORES, limit=2, seed=5).order.tolist() for _ in range(2)]
        assert orders[0] == orders[1]

    def test_exposures_are_the_chances_of_a_place(self):
        """They are exact, whatever the seed, and as often in 4,000 draws within 4 errors."""
        chances = rank_probabilities(np.array([0.42, 0.41, 0.39]) / 0.01, 2).sum(axis=1)
        found = arrange(POLICY, SCORES, limit=2, seed=1).exposures
        assert found[[1, 3, 2]] == pytest.approx(chances, abs=1e-9)
        assert found[[0, 4]].tolist() == [0.0, 0.0]
        often = np.zeros(5)
        for seed in range(4000):
            often[arrange(POLICY, SCORES, limit=2, seed=seed).order[:2]] += 1 / 4000
        assert (np.abs(often - found) <= 4 * np.sqrt(found * (1 - found) / 4000) + 1e-9).all()

    def test_a_long_list_shows_the_band_for_certain(self):
        """Where there is room for all of the band, chance decides on ranks alone."""
        found = arrange(POLICY, SCORES, limit=4, seed=1)
        assert found.exposures.tolist() == [1.0, 1.0, 1.0, 1.0, 0.0]

    @given(
        st.lists(st.floats(-1, 1), min_size=1, max_size=30),
        st.integers(0, 5),
        st.integers(0, 2**63 - 1),
    )
    def test_a_draw_costs_no_more_than_the_band(self, scores, limit, seed):
        """No rank shows a score further below its best than the band; nobody is lost."""
        scores = np.array(scores)
        found = arrange(Exploration(), scores, limit=limit, seed=seed)
        lost = scores[best_first(scores)] - scores[found.order]
        assert lost.max() <= Exploration().band + 1e-12
        assert sorted(found.order.tolist()) == list(range(len(scores)))
        assert found.exposures.sum() == pytest.approx(min(limit, len(scores)), abs=1e-6)
        assert ((found.exposures >= 0) & (found.exposures <= 1)).all()

    def test_the_expected_cost_is_a_percent_of_a_usual_utility(self):
        """Twenty candidates evenly spaced over the band lose about the temperature at the top."""
        policy, scores = Exploration(), 0.4 - np.linspace(0, 0.02, 20)
        chances = rank_probabilities(scores / policy.temperature, 1)[:, 0]
        assert chances @ (0.4 - scores) < 0.0045

    def test_no_more_than_so_many_are_drawn_among(self):
        """A directory of equals keeps the work of a request bounded."""
        found = arrange(Exploration(most_candidates=3), np.zeros(50), limit=2, seed=1)
        assert found.drawn == 3
        assert found.exposures[:3] == pytest.approx(np.full(3, 2 / 3))
        assert found.exposures[3:].sum() == 0.0

    def test_one_and_nobody(self):
        """Who is alone is shown for certain; nobody at all is fine."""
        assert arrange(POLICY, np.array([0.2]), limit=3, seed=1).exposures.tolist() == [1.0]
        assert arrange(POLICY, np.zeros(0), limit=3, seed=1).order.tolist() == []


class TestMayVary:
    def test_a_calm_request(self, make_intake, green, monday):
        """Green, adult, in no hurry, with wishes that are no musts."""
        intake = make_intake(pref_gender="female", pref_gender_strength="prefer")
        assert may_vary(intake, green, at=monday)

    @pytest.mark.parametrize(
        "values",
        [
            {"pref_gender": "female", "pref_gender_strength": "must"},
            {"languages": ("es",), "pref_language_strength": "must"},
            {"age_band": "13-17"},
        ],
    )
    def test_musts_and_minors(self, make_intake, green, monday, values):
        """Where something was required, or the patient is a child, nothing is tried out."""
        assert not may_vary(make_intake(**values), green, at=monday)

    def test_a_hurry(self, make_intake, green, monday):
        """A last day within a week or a first day within one is urgent; later ones are not."""
        for name, days in (("latest", 7), ("earliest", 1)):
            soon, later = (monday + timedelta(days=days + more) for more in (0, 1))
            assert not may_vary(make_intake(**{name: soon}), green, at=monday)
            assert may_vary(make_intake(**{name: later}), green, at=monday)

    @pytest.mark.parametrize(
        ("tier", "level"),
        [
            (Tier.AMBER, CareLevel.OUTPATIENT),
            (Tier.RED, CareLevel.CRISIS),
            (Tier.GREEN, CareLevel.PSYCHIATRIC),
        ],
    )
    def test_risk_and_acuity(self, make_intake, monday, tier, level):
        """Above green, and in psychiatric or crisis care, the list is by utility alone."""
        assert not may_vary(make_intake(), Safety(tier=tier, care_level=level), at=monday)


class TestBestFirst:
    def test_ties_keep_their_place(self):
        """Equals stand in the order of their places."""
        assert best_first(np.array([0.1, 0.2, 0.2])).tolist() == [1, 2, 0]


class TestExploration:
    @pytest.mark.parametrize(
        "changes",
        [{"temperature": 0.0}, {"band": -0.1}, {"band": np.nan}, {"most_candidates": 0}],
    )
    def test_impossible_numbers_are_refused(self, changes):
        """A temperature is above 0, a band not negative, and somebody is drawn among."""
        with pytest.raises(UsageError, match="exploration"):
            Exploration(**changes)
