from datetime import UTC, datetime, timedelta

import numpy as np

from data.directory import UNKNOWN_TIME
from data.instants import micros_of
from matching.times import waits_in_days

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class TestWaitsInDays:
    def test_days_from_the_request(self):
        """Past appointments wait zero days, unknown ones are NaN."""
        free = np.array(
            [micros_of(NOON + timedelta(days=3)), micros_of(NOON) - 1, UNKNOWN_TIME]
        )
        assert waits_in_days(free, NOON, None)[:2].tolist() == [3.0, 0.0]
        assert np.isnan(waits_in_days(free, NOON, None)[2])

    def test_the_patients_own_delay_is_no_wait(self):
        """Who cannot come before the second day waits one day for the third."""
        free = np.array([micros_of(NOON + timedelta(days=3))])
        assert waits_in_days(free, NOON, NOON + timedelta(days=2)).tolist() == [1.0]
        assert waits_in_days(free, NOON, NOON - timedelta(days=2)).tolist() == [3.0]
