from dataclasses import replace

import numpy as np
import pytest

from training.simulator.columns import MISSING
from training.simulator.desk import Asks, show
from training.simulator.streams import Streams


def asks_of(clinic, rows, without=MISSING):
    """Requests of some intakes at their own time."""
    rows = np.asarray(rows)
    return Asks(
        intake=rows,
        asked_at=clinic.setting.market.patients.requested_at[rows],
        without=np.full(len(rows), without),
    )


@pytest.fixture(scope="module")
def busy(clinic):
    """An intake with many clinicians to choose from, asked very often."""
    market = clinic.setting.market
    weeks = market.availability.weeks_at(market.patients.requested_at)
    present = market.eligible & market.availability.is_open[weeks]
    present &= market.clinicians.joined_at <= market.patients.requested_at[:, None]
    return int(np.argmax(present.sum(axis=1))), present


class TestShow:
    def test_only_eligible_open_clinicians_are_shown(self, rounds, busy):
        """Lists keep the rules, and nobody stands on one twice."""
        shown = rounds[0].shown.clinicians
        row, rank = np.nonzero(shown != MISSING)
        assert busy[1][rounds[0].asks.intake[row], shown[row, rank]].all()
        for line in shown:
            there = line[line != MISSING]
            assert len(set(there)) == len(there)

    def test_short_lists_end_in_gaps(self, rounds):
        """Places are filled from the top."""
        filled = rounds[0].shown.clinicians != MISSING
        assert (filled[:, :-1] >= filled[:, 1:]).all()

    def test_lists_are_as_long_as_there_are_clinicians(self, rounds, busy):
        """Five, or all there are."""
        filled = (rounds[0].shown.clinicians != MISSING).sum(axis=1)
        assert np.array_equal(filled, np.minimum(busy[1].sum(axis=1), 5))

    def test_propensities_are_the_frequencies_of_what_is_shown(self, clinic, base, busy):
        """Without unrecorded noise, places are filled as often as the log says."""
        quiet = replace(base, desk=replace(base.desk, noise=0.0, exploration=0.3))
        asks = asks_of(clinic, np.full(6_000, busy[0]))
        shown = show(quiet, clinic.setting.market, asks, Streams(3), "again")
        for rank in (0, 1, 4):
            who, times = np.unique(shown.clinicians[:, rank], return_counts=True)
            told = np.array(
                [
                    shown.exposure[shown.clinicians[:, rank] == clinician, rank][0]
                    for clinician in who
                ]
            )
            error = np.sqrt(told * (1 - told) / 6_000)
            assert (np.abs(times / 6_000 - told) < 4.5 * error).all()
            assert told.sum() <= 1.0 + 1e-6

    def test_a_barred_clinician_is_not_shown(self, clinic, base, busy):
        """Whoever refused or was left does not come back."""
        first = show(base, clinic.setting.market, asks_of(clinic, [busy[0]]), Streams(3), "a")
        barred = int(first.clinicians[0, 0])
        asks = asks_of(clinic, np.full(50, busy[0]), without=barred)
        again = show(base, clinic.setting.market, asks, Streams(3), "a")
        assert barred not in again.clinicians

    def test_desk_is_confounded_by_severity_and_experience(self, clinic, base):
        """Row 48: the more unwell see the more experienced first."""
        strong = replace(
            base, desk=replace(base.desk, severity_experience_weight=3.0, exploration=0.0)
        )
        market = clinic.setting.market
        asks = asks_of(clinic, np.arange(len(market.patients)))
        shown = show(strong, market, asks, Streams(3), "a").clinicians[:, 0]
        has = shown != MISSING
        years = market.clinicians.experience_years[shown[has]]
        severity = market.patients.severity.scores[asks.intake[has], 0]
        assert np.corrcoef(severity, years)[0, 1] > 0.3
