"""Splits by time, with a gap in which labels ripen."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st

from data.errors import UsageError
from data.splits import (
    BASELINE_AFTER,
    BASELINE_BEFORE,
    DISENGAGEMENT,
    ENGAGED_VISITS,
    ENGAGEMENT,
    FIRST_VISIT,
    GRACE,
    MATURITY,
    OUTCOME_FROM,
    OUTCOME_UNTIL,
    SELECTION,
    is_mature,
    rolling_origin,
    split_by_time,
)

DAY = 86_400_000_000
TIMES = numpy_st.arrays(np.int64, st.integers(0, 40), elements=st.integers(-50 * DAY, 50 * DAY))
SHARES = st.sampled_from([0.0, 0.1, 0.25, 0.4])
GAPS = st.integers(0, 20).map(lambda days: timedelta(days=days))


def rows(mask):
    """Where a mask is true."""
    return mask.nonzero()[0].tolist()


class TestConstants:
    def test_clinical_time_windows(self):
        """Days of the labelling rules; a label is ripe after 170."""
        assert [
            window.days
            for window in (
                SELECTION,
                FIRST_VISIT,
                ENGAGEMENT,
                DISENGAGEMENT,
                OUTCOME_FROM,
                OUTCOME_UNTIL,
                BASELINE_BEFORE,
                BASELINE_AFTER,
                GRACE,
                MATURITY,
            )
        ] == [14, 30, 60, 45, 56, 112, 14, 7, 14, 170]
        assert ENGAGED_VISITS == 3


class TestSplitByTime:
    def test_order_of_rows_makes_no_difference(self):
        """Days 9 to 0: the last fifth tests, the fifth before validates, a day is left out."""
        found = split_by_time(
            np.arange(10)[::-1] * DAY,
            validation_share=0.2,
            test_share=0.2,
            gap=timedelta(days=1),
        )
        assert (rows(found.test), rows(found.validation), rows(found.train)) == (
            [0, 1],
            [3],
            [5, 6, 7, 8, 9],
        )

    def test_dates_are_times_too(self):
        """Whatever their unit."""
        days = np.array(
            ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"], "datetime64[D]"
        )
        found = split_by_time(days, validation_share=0, test_share=0.25, gap=timedelta(days=1))
        assert (rows(found.train), rows(found.validation), rows(found.test)) == (
            [0, 1],
            [],
            [3],
        )

    def test_a_row_without_time_belongs_nowhere(self):
        """It can neither be learned from nor judged on."""
        days = np.array(["2026-01-01", "NaT", "2026-01-03"], "datetime64[us]")
        found = split_by_time(days, validation_share=0, test_share=0.5, gap=timedelta(0))
        assert (rows(found.train), rows(found.test)) == ([0], [2])

    def test_equal_times_stay_together(self):
        """What happened at once is not split."""
        found = split_by_time(
            np.array([0, 1, 1, 1]), validation_share=0, test_share=0.25, gap=timedelta(0)
        )
        assert (rows(found.train), rows(found.test)) == ([0], [1, 2, 3])

    @given(TIMES, SHARES, SHARES, GAPS)
    def test_parts_never_touch(self, times, validation_share, test_share, gap):
        """No row is in two parts, and the gap lies between any two of them."""
        found = split_by_time(
            times, validation_share=validation_share, test_share=test_share, gap=gap
        )
        parts = [found.train, found.validation, found.test]
        assert (np.sum(parts, axis=0) <= 1).all()
        width = gap // timedelta(microseconds=1)
        for earlier, later in ((0, 1), (0, 2), (1, 2)):
            if parts[earlier].any() and parts[later].any():
                assert times[parts[later]].min() - times[parts[earlier]].max() >= width

    @pytest.mark.parametrize(
        ("validation", "test", "days"), [(0.5, 0.5, 0), (-0.1, 0.2, 0), (0.1, 0.2, -1)]
    )
    def test_impossible_parts_are_refused(self, validation, test, days):
        """Nothing to train on, or a gap into the past."""
        with pytest.raises(UsageError):
            split_by_time(
                np.arange(3),
                validation_share=validation,
                test_share=test,
                gap=timedelta(days=days),
            )


class TestRollingOrigin:
    def test_stretches_worked_by_hand(self):
        """Nine days in three stretches, a day of gap."""
        folds = rolling_origin(np.arange(9) * DAY, 2, timedelta(days=1))
        assert [(rows(train), rows(test)) for train, test in folds] == [
            ([0, 1], [3, 4, 5]),
            ([0, 1, 2, 3, 4], [6, 7, 8]),
        ]

    @given(TIMES, st.integers(1, 5), GAPS)
    def test_every_late_row_is_tested_once(self, times, folds, gap):
        """Training lies before its test, and only grows."""
        found = rolling_origin(times, folds, gap)
        assert len(found) == folds
        assert (np.sum([test for _, test in found], axis=0) <= 1).all()
        for (train, test), (more, _) in zip(found, [*found[1:], found[-1]], strict=True):
            assert (more | ~train).all()
            if train.any() and test.any():
                assert (
                    times[train].max() + gap // timedelta(microseconds=1) <= times[test].min()
                )

    def test_no_folds_are_refused(self):
        """There is nothing to judge."""
        with pytest.raises(UsageError, match="at least one"):
            rolling_origin(np.arange(3), 0, timedelta(0))


class TestIsMature:
    def test_the_day_itself_is_ripe(self):
        """After 170 days, not after 169; a missing time never."""
        times = np.array(["2026-01-01", "2026-01-02", "NaT"], "datetime64[us]")
        as_of = np.datetime64("2026-01-01") + np.timedelta64(170, "D")
        assert is_mature(times, as_of).tolist() == [True, False, False]

    def test_microseconds_work_too(self):
        """With a maturity of one's own."""
        assert is_mature(np.array([0, DAY]), DAY, timedelta(days=1)).tolist() == [True, False]
