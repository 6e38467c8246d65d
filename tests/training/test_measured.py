"""Those whose outcome is measured count for those like them whose is not."""

from dataclasses import replace

import numpy as np
import pytest

from data.directory import UNKNOWN_TIME
from data.instants import MICROS_PER_DAY
from training.matching_cases import Cases
from training.measured import measured_weights

DAY = MICROS_PER_DAY


@pytest.fixture
def cases(make_clinic) -> Cases:
    """Sixty courses: those in even rows attended three visits, the others ten."""
    made = Cases.build(make_clinic(intakes=60, clinicians=6, spread=0.5, seed=3))
    count = len(made.clinician_rows)
    numbers = np.where(np.arange(count) % 2 == 0, 3, 10)
    episodes = np.repeat(np.arange(count), numbers)
    visits = replace(
        made.visits,
        episodes=episodes,
        numbers=np.ones(len(episodes), dtype=np.int64),
        at=np.zeros(len(episodes), dtype=np.int64),
        is_last=np.zeros(len(episodes), dtype=np.bool_),
        stopped_at=np.full(len(episodes), UNKNOWN_TIME),
        is_ended=np.zeros(len(episodes), dtype=np.bool_),
    )
    labels = np.ones((5, count))
    # Of the short courses one in three is measured, of the long ones all.
    labels[3:, (np.arange(count) % 2 == 0) & (np.arange(count) % 6 != 0)] = np.nan
    outcomes = replace(
        made.outcomes,
        labels=labels,
        observed_at=np.zeros((5, count), dtype=np.int64),
        first_visit_at=np.zeros(count, dtype=np.int64),
    )
    return replace(made, visits=visits, outcomes=outcomes)


class TestMeasuredWeights:
    def test_the_rarely_measured_count_for_more(self, cases):
        """Ten of thirty short courses and all long ones, with ten usual courses of two thirds each."""
        episodes = np.flatnonzero(cases.outcomes.known_before("improve", 200 * DAY))
        weights = measured_weights(cases, episodes, as_of=200 * DAY)
        is_short = episodes % 2 == 0
        short, long = (10 + 20 / 3) / 40, (30 + 20 / 3) / 40
        assert weights[is_short] / weights[~is_short][0] == pytest.approx(long / short)
        assert weights.mean() == pytest.approx(1.0)

    def test_open_windows_do_not_count(self, cases):
        """Before any outcome window is over there is nothing to weigh by."""
        episodes = np.arange(4)
        assert measured_weights(cases, episodes, as_of=100 * DAY).tolist() == [1.0] * 4

    def test_nobody(self, cases):
        """No course, no weight."""
        assert len(measured_weights(cases, np.zeros(0, dtype=np.int64), as_of=200 * DAY)) == 0
