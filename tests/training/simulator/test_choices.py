from dataclasses import replace

import numpy as np
import pytest

from training.simulator.choices import choose, examination
from training.simulator.columns import MISSING
from training.simulator.streams import Streams


class TestExamination:
    def test_curve_follows_row_forty_seven(self, base):
        """Rank r is looked at with probability 1 / r."""
        assert examination(base, 4) == pytest.approx([1.0, 1 / 2, 1 / 3, 1 / 4])


class TestChoose:
    def test_nobody_books_an_empty_place(self, clinic, base, rounds):
        """What was not shown cannot be chosen."""
        part = rounds[0]
        rank = choose(base, clinic.setting.market, part.asks, part.shown, Streams(4), "c")
        chosen = np.flatnonzero(rank != MISSING)
        assert (part.shown.clinicians[chosen, rank[chosen]] != MISSING).all()

    def test_without_appeal_choices_follow_examination(self, clinic, base, rounds):
        """If all places are alike and better than leaving, only looks matter: rank 1 leads."""
        desk = replace(
            base.desk,
            choice_wait=0.0,
            choice_preference=0.0,
            choice_specialty=0.0,
            choice_experience=0.0,
            choice_concordance=0.0,
            choice_intercept=50.0,
        )
        part = rounds[0]
        alike = replace(base, desk=desk)
        rank = choose(alike, clinic.setting.market, part.asks, part.shown, Streams(4), "c")
        full = (part.shown.clinicians != MISSING).all(axis=1)
        shares = np.bincount(rank[full], minlength=5) / full.sum()
        assert (rank[full] != MISSING).all()
        looks = 1.0 / np.arange(1, 6)
        expected = np.zeros(5)
        for seen in range(32):
            bits = np.array([(seen >> place) & 1 for place in range(5)])
            chance = np.prod(np.where(bits, looks, 1 - looks))
            if bits.sum():
                expected += chance * bits / bits.sum()
        assert shares == pytest.approx(expected, abs=0.07)

    def test_without_any_appeal_patients_leave(self, clinic, base, rounds):
        """Nobody books what is far worse than leaving."""
        bad = replace(base, desk=replace(base.desk, choice_intercept=-60.0))
        part = rounds[0]
        rank = choose(bad, clinic.setting.market, part.asks, part.shown, Streams(4), "c")
        assert (rank == MISSING).all()
