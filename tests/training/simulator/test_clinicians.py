import numpy as np
import pytest

from training.simulator.clinicians import draw_clinicians
from training.simulator.columns import DAY
from training.simulator.parameters import world
from training.simulator.streams import Streams
from training.simulator.words import Words

ANCHOR = 20_634 * DAY
MANY = 10_000


@pytest.fixture(scope="module")
def words(base):
    return Words.of(base)


@pytest.fixture(scope="module")
def givers(base, words):
    return draw_clinicians(base, words, Streams(5), MANY, ANCHOR)


class TestDrawClinicians:
    def test_payers_follow_rows_nineteen_and_twenty(self, givers, words):
        """Shares of all clinicians; about a third take no insurance at all."""
        shares = dict(zip(words.payers, givers.payers.mean(axis=0), strict=True))
        assert shares["commercial"] == pytest.approx(0.58, abs=0.015)
        assert shares["medicare"] == pytest.approx(0.36, abs=0.015)
        assert shares["medicaid"] == pytest.approx(0.17, abs=0.015)
        assert shares["self_pay"] == 0.0

    def test_who_takes_no_payer_takes_self_pay(self, givers):
        """Everyone can be paid by somebody."""
        assert (givers.payers.any(axis=1) | givers.self_pay).all()

    def test_licences_follow_row_twenty_three(self, givers):
        """70 % have one, and only psychologists have compact authority beyond."""
        count = givers.licensed.sum(axis=1)
        assert (count == 1).mean() == pytest.approx(0.70, abs=0.015)
        assert count.min() == 1
        assert not (givers.licensed & givers.compact).any()
        assert set(np.unique(givers.credential[givers.compact.any(axis=1)])) == {3}

    def test_specialties_follow_row_twenty_four(self, givers):
        """Three different ones, none declined, and others that are also treated."""
        assert givers.top.shape[1] == 3
        assert (givers.is_top.sum(axis=1) == 3).all()
        assert 8 <= givers.also.sum(axis=1).mean() <= 13
        assert not (givers.also & givers.is_top).any()

    def test_nobody_treats_what_they_decline(self, base, words, givers):
        """A declined concern is on neither list."""
        for place, (word, _) in enumerate(base.clinicians.declines):
            if word in words.concerns:
                assert not givers.treats[
                    givers.declines[:, place], words.concerns.index(word)
                ].any()

    def test_newcomers_follow_row_twenty_five(self, givers):
        """A quarter joined in the last months."""
        fresh = givers.joined_at > ANCHOR - 121 * DAY
        assert fresh.mean() == pytest.approx(0.25, abs=0.015)

    def test_claims_follow_skill_a_little(self, words, givers):
        """Those who claim a domain are somewhat better at it."""
        depression = words.concerns.index("depression")
        domain = words.domain_of_concern[depression]
        skill = givers.latents.domain_skill[:, domain]
        claims = givers.is_top[:, depression]
        assert 0.1 < skill[claims].mean() - skill[~claims].mean() < 0.8

    def test_clinics_share_an_effect(self, base, givers):
        """Ten clinicians each have one clinic and one clinic effect."""
        assert (np.bincount(givers.clinic) == base.clinicians.clinicians_per_clinic).all()
        assert len(np.unique(givers.latents.clinic[:10])) == 1

    def test_more_clinicians_leave_the_first_ones_as_they_are(self, base, words):
        """Clinicians do not depend on how many there are."""
        few = draw_clinicians(base, words, Streams(2), 30, ANCHOR)
        more = draw_clinicians(base, words, Streams(2), 90, ANCHOR)
        assert np.array_equal(few.latents.skill, more.latents.skill[:30])
        assert np.array_equal(few.payers, more.payers[:30])
        assert np.array_equal(few.top, more.top[:30])

    def test_null_world_looks_the_same(self, words, givers):
        """What the directory shows does not betray that effects are off."""
        null = draw_clinicians(world("null"), words, Streams(5), MANY, ANCHOR)
        assert np.array_equal(null.top, givers.top)
        assert np.array_equal(null.payers, givers.payers)
