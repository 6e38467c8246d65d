from dataclasses import replace

import numpy as np
import pytest

from training.simulator.columns import MISSING
from training.simulator.pairs import (
    accommodation,
    attend_probability,
    own_benefit,
    own_stop,
    pair_effects,
    severity_factor,
    skill_spreads,
)
from training.simulator.parameters import world


def every_pair(clinic, people=40):
    """Row and clinician of the first people with everyone."""
    count = len(clinic.clinicians)
    return np.repeat(np.arange(people), count), np.tile(np.arange(count), people)


class TestSkillSpreads:
    def test_shares_add_up_and_split_by_row_twenty_nine(self, base):
        """Total variance is that of rows 26 and 28; 60 % of it is shared by all domains."""
        shared, specific = skill_spreads(base)
        total = (0.05 + 0.02) / base.outcome.observed_share
        assert shared**2 + specific**2 == pytest.approx(total)
        assert shared**2 / total == pytest.approx(0.60)


class TestSeverityFactor:
    def test_share_grows_tenfold_from_low_to_high(self, base):
        """Row 30: from one to ten per cent, so the spread grows by the root of ten."""
        low, middle, high = severity_factor(base, np.array([0.0, 13.0, 27.0]))
        assert high / low == pytest.approx(np.sqrt(10.0))
        assert middle == pytest.approx(1.0)


class TestAccommodation:
    def test_share_of_stated_preferences_by_hand(self, clinic):
        """Nothing stated is not met; each stated one counts the same."""
        market = clinic.setting.market
        rows, givers = every_pair(clinic)
        met, stated = accommodation(market.patients, market.clinicians, rows, givers)
        patients = market.patients
        silent = (
            (patients.wants_gender == MISSING)
            & (patients.wants_style == MISSING)
            & (patients.wants_modality == MISSING)
            & np.isnan(patients.wants_structure)
        )
        assert np.array_equal(stated, ~silent[rows])
        assert met[~stated].max() == 0.0
        only_gender = (
            (patients.wants_gender != MISSING)
            & (patients.wants_style == MISSING)
            & (patients.wants_modality == MISSING)
            & np.isnan(patients.wants_structure)
        )[rows]
        same = market.clinicians.gender[givers] == patients.wants_gender[rows]
        assert np.array_equal(met[only_gender], same[only_gender].astype(float))


class TestPairEffects:
    def test_null_world_has_no_effect_of_a_pair(self, clinic):
        """Nothing that is known of a pair matters."""
        setting = clinic.setting
        effects = pair_effects(
            world("null"),
            setting.words,
            setting.market.patients,
            setting.market.clinicians,
            every_pair(clinic),
        )
        for name in ("benefit", "stop", "setback", "accept"):
            assert not getattr(effects, name).any(), name

    def test_negative_controls_carry_only_what_the_table_says(self, clinic):
        """With all else off, benefit is -.005 a year of experience."""
        setting = clinic.setting
        bare = world("null")
        bare = replace(bare, outcome=replace(bare.outcome, experience_benefit=-0.005))
        pairs = every_pair(clinic)
        effects = pair_effects(
            bare, setting.words, setting.market.patients, setting.market.clinicians, pairs
        )
        years = setting.market.clinicians.experience_years[pairs[1]]
        assert effects.benefit == pytest.approx(-0.005 * (years - 12.0))

    def test_negative_controls_act_where_a_world_gives_them_weight(self, clinic):
        """Gender concordance and CBT move benefit by their size."""
        setting, bare = clinic.setting, world("null")
        bare = replace(
            bare, outcome=replace(bare.outcome, gender_benefit=0.4, modality_benefit=0.2)
        )
        market = setting.market
        rows, givers = every_pair(clinic)
        effects = pair_effects(
            bare, setting.words, market.patients, market.clinicians, (rows, givers)
        )
        same = market.patients.gender[rows] == market.clinicians.gender[givers]
        cbt = market.clinicians.modalities[givers, setting.words.modalities.index("cbt")]
        assert effects.benefit == pytest.approx(0.4 * (same - 0.5) + 0.2 * (cbt - 0.5))

    def test_accommodation_lowers_stopping_by_row_thirty_two(self, clinic):
        """Fully met against not met is an odds ratio of .65."""
        setting, bare = clinic.setting, world("null")
        bare = replace(bare, outcome=replace(bare.outcome, preference_stop_odds=0.65))
        market = setting.market
        pairs = every_pair(clinic)
        effects = pair_effects(bare, setting.words, market.patients, market.clinicians, pairs)
        met, stated = accommodation(market.patients, market.clinicians, *pairs)
        full, none = effects.stop[stated & (met == 1)], effects.stop[stated & (met == 0)]
        assert np.exp(full.max() - none.min()) == pytest.approx(0.65)

    def test_specialties_make_accepting_likelier(self, clinic, base):
        """A top specialty is accepted more readily than an unlisted concern."""
        setting = clinic.setting
        market = setting.market
        rows, givers = every_pair(clinic)
        quiet = replace(base, course=replace(base.course, accept_sd=0.0))
        effects = pair_effects(
            quiet, setting.words, market.patients, market.clinicians, (rows, givers)
        )
        top = market.clinicians.is_top[givers, market.patients.concerns[rows, 0]]
        assert set(effects.accept[top]) == {base.course.accept_specialty}
        assert effects.accept[~top].max() <= 0.0


class TestOwnSides:
    def test_own_benefit_is_centred(self, clinic, base):
        """Case mix shifts people, not the world."""
        patients = clinic.setting.market.patients
        assert abs(own_benefit(base, patients).mean()) < 0.03
        assert abs(own_stop(base, patients).mean()) < 0.03


class TestAttendProbability:
    def test_curve_follows_row_thirty_eight(self, base):
        """.80 at the median wait, odds x .95 a week, and a step after day seven."""
        decile = np.full(4, 5.5)
        chance = attend_probability(base, decile, np.array([9.231, 16.231, 7.0, 7.001]))
        odds = chance / (1 - chance)
        assert chance[0] == pytest.approx(0.80, abs=1e-3)
        assert odds[1] / odds[0] == pytest.approx(0.95, abs=1e-6)
        assert np.log(odds[3] / odds[2]) == pytest.approx(-0.25, abs=1e-3)
