import numpy as np
import pandas as pd
import pytest

from training.simulator.questionnaires import misses_outcome, visits_by


@pytest.fixture(scope="module")
def measures(simulated):
    return simulated.tables["measures"]


@pytest.fixture(scope="module")
def days(simulated, measures):
    """Days of each score since the first visit of its episode."""
    starts = simulated.tables["episodes"].set_index("episode_id")["first_attended_at"]
    start = starts.reindex(measures["episode_id"]).reset_index(drop=True)
    return (measures["at"].reset_index(drop=True) - start).dt.total_seconds() / 86_400


class TestMeasuresFrame:
    def test_instruments_and_ranges(self, measures):
        """Totals lie in the ranges of their instruments."""
        highs = {"phq9": 27, "gad7": 21, "pcl5": 80, "wsas": 40, "srs": 40}
        assert set(measures["instrument"]) == set(highs)
        for code, high in highs.items():
            assert measures.loc[measures["instrument"] == code, "total"].between(0, high).all()

    def test_keys_are_unique(self, measures):
        """One score per person, episode, instrument and instant."""
        assert not measures.duplicated(["patient_id", "episode_id", "instrument", "at"]).any()

    def test_item9_goes_with_the_phq9_alone(self, measures):
        """And never exceeds the total."""
        phq9 = measures["instrument"] == "phq9"
        assert measures["item9"].notna().equals(phq9)
        assert (measures["item9"][phq9] <= measures["total"][phq9]).all()

    def test_every_first_visit_has_a_baseline(self, simulated, measures):
        """PHQ-9 and GAD-7 at the start of each attended course."""
        started = simulated.tables["episodes"].dropna(subset="first_attended_at")
        for code in ("phq9", "gad7"):
            rows = measures[measures["instrument"] == code]
            found = started.merge(
                rows, left_on=["episode_id", "first_attended_at"], right_on=["episode_id", "at"]
            )
            assert len(found) == len(started)

    def test_outcomes_are_not_there_for_everyone(self, simulated, measures, days):
        """Row 45: about two thirds are missing after few visits, a fifth after more."""
        attendance = simulated.tables["attendance"]
        visits = (
            attendance[attendance["status"] == "attended"].groupby("episode_id")["at"].size()
        )
        old = simulated.tables["episodes"].set_index("episode_id")
        limit = pd.Timestamp("2026-03-01", tz="UTC")
        ready = old[old["first_attended_at"] < limit].index
        late = set(measures["episode_id"][((days > 56) & (days < 112)).to_numpy()])
        has = pd.Series([episode in late for episode in ready], index=ready)
        few = visits.reindex(ready) < 4
        assert 1 - has[few].mean() == pytest.approx(0.65, abs=0.12)
        assert 1 - has[~few].mean() == pytest.approx(0.20, abs=0.12)

    def test_alliance_is_asked_early(self, measures, days):
        """The SRS belongs to the first visits."""
        assert days[(measures["instrument"] == "srs").to_numpy()].max() < 60


class TestMissesOutcome:
    def test_stoppers_without_benefit_are_missed_more(self, clinic, rounds):
        """Missingness depends on what is missing, among stoppers alone."""
        part = rounds[0]
        done = part.episodes
        missing = misses_outcome(clinic.setting, part)
        benefit = done.leanings.own + done.leanings.pair
        few = done.courses.visits < 4
        stopped = (done.courses.ending == 1) & few
        low, high = benefit < -0.3, benefit > 0.3
        assert missing[stopped & low].mean() > missing[stopped & high].mean()


class TestVisitsBy:
    def test_visits_by_a_day(self, rounds):
        """Weekly courses reach visit 14 in 95 days, two-weekly ones 7, unless they ended."""
        done = rounds[0].episodes
        seen = visits_by(done, np.full(len(done.ask), 95.0))
        cap = np.where(done.leanings.week_gap == 1, 14, 7)
        assert np.array_equal(seen, np.minimum(done.courses.visits, cap))
