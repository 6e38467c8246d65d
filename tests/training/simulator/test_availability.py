import numpy as np
import pytest

from training.simulator.availability import WEEK, draw_availability
from training.simulator.columns import DAY, HOUR
from training.simulator.streams import Streams


@pytest.fixture(scope="module")
def openings(clinic):
    return clinic.setting.market.availability


class TestDrawAvailability:
    def test_no_openings_follow_row_twenty_one(self, openings):
        """40 % of clinician-weeks have no opening."""
        assert 1 - openings.is_open.mean() == pytest.approx(0.40, abs=0.05)

    def test_waits_stay_within_the_days_that_count(self, openings, base):
        """No slot is offered that would be too late to count as attended in time."""
        low, high = base.course.wait_bounds_days
        assert openings.wait_days.min() >= low
        assert openings.wait_days.max() <= high
        assert 6.0 < np.median(openings.wait_days) < 13.0

    def test_waits_stay_with_a_clinician(self, openings):
        """A long wait is likely to be long next week too."""
        before, after = openings.wait_days[:-1].ravel(), openings.wait_days[1:].ravel()
        assert np.corrcoef(before, after)[0, 1] > 0.8

    def test_sought_clinicians_have_fewer_openings(self, clinic, openings):
        """Demand closes books."""
        sought = clinic.setting.market.clinicians.sought
        assert np.corrcoef(sought, openings.is_open.mean(axis=0))[0, 1] < -0.3

    def test_same_seed_gives_the_same_weeks(self, base, clinic, openings):
        """Openings are a function of their streams."""
        givers = clinic.setting.market.clinicians
        again = draw_availability(base, Streams(7), givers, clinic.anchor)
        assert np.array_equal(again.is_open, openings.is_open)


class TestSlotsAt:
    def test_slots_are_full_hours_after_the_wait(self, openings):
        """The slot is the first full hour after the wait of that week."""
        times, rows = np.array([openings.start + 3 * DAY + 1]), np.array([0])
        slot = openings.slots_at(times, rows)[0]
        assert slot % HOUR == 0
        late = slot - times[0] - openings.wait_days[0, 0] * DAY
        assert -1 <= late < HOUR

    def test_weeks_end_with_the_log(self, openings):
        """Whatever comes after the last week belongs to it."""
        weeks = len(openings.is_open)
        times = openings.start + np.array([0, WEEK, weeks * WEEK, 9 * weeks * WEEK])
        assert openings.weeks_at(times).tolist() == [0, 1, weeks - 1, weeks - 1]
