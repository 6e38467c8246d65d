"""Recovery, improvement and deterioration by the published definitions."""

import pytest

from data.codes.course import FINISHED_AFTER_VISITS, judge_course


def verdicts(first, last):
    """Case at start, recovered, improved, deteriorated, reliably recovered."""
    course = judge_course(first, last)
    return (
        course.is_case_at_start,
        course.is_recovered,
        course.is_improved,
        course.is_deteriorated,
        course.is_reliably_recovered,
    )


class TestJudgeCourse:
    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            # improves on one, the other stands still: improvement is "or", not "and"
            ((16, 12), (10, 12), (True, False, True, False, False)),
            # improves on one, worsens on the other: neither
            ((16, 8), (10, 12), (True, False, False, False, False)),
            # worsens on one
            ((10, 8), (16, 8), (True, False, False, True, False)),
            # below both cuts by a small step: recovered, not reliably
            ((10, 7), (9, 7), (True, True, False, False, False)),
            # below both cuts by a large step
            ((15, 12), (9, 7), (True, True, True, False, True)),
            # below one cut only
            ((15, 12), (9, 8), (True, False, True, False, False)),
            # never a case: cannot recover
            ((9, 7), (1, 1), (False, False, True, False, False)),
        ],
    )
    def test_phq9_and_gad7(self, first, last, expected):
        """The table of definitions with totals worked by hand."""
        found = verdicts(
            dict(zip(("phq9", "gad7"), first, strict=True)),
            dict(zip(("phq9", "gad7"), last, strict=True)),
        )
        assert found == expected

    def test_nothing_measured_is_unknown(self):
        """Missing is never failure."""
        assert verdicts({}, {}) == (None, None, None, None, None)

    def test_a_missing_end_leaves_change_unknown(self):
        """The start alone tells caseness and nothing more."""
        assert verdicts({"phq9": 15}, {}) == (True, None, None, None, None)

    def test_a_case_without_an_end_leaves_recovery_unknown(self):
        """Below one cut is not below all."""
        assert verdicts({"phq9": 15, "gad7": 12}, {"phq9": 5}) == (
            True,
            None,
            True,
            False,
            None,
        )

    def test_a_case_at_the_end_rules_recovery_out(self):
        """Whatever the other instrument would say."""
        assert verdicts({"phq9": 15, "gad7": 12}, {"phq9": 12})[1] is False

    def test_other_instruments_count_and_the_alliance_does_not(self):
        """PCL-5 and ORS are outcomes; SRS and unknown words are not."""
        assert verdicts({"ors": 20}, {"ors": 26}) == (True, True, True, False, True)
        assert verdicts({"srs": 10, "x": 1}, {"srs": 40, "x": 9}) == (None,) * 5

    def test_a_finished_course_has_two_contacts(self):
        """One contact is an assessment."""
        assert FINISHED_AFTER_VISITS == 2
