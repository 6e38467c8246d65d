import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.courses import CourseRecord, Score
from data.errors import UsageError
from data.instants import MICROS_PER_DAY
from matching.continuity import (
    NOBODY,
    ContinuityBonus,
    Familiar,
    familiar_clinicians,
)

NOW = 1000 * MICROS_PER_DAY


def day(number: float) -> int:
    """Microseconds of a day before now, 0 or less."""
    return NOW + int(number * MICROS_PER_DAY)


def course(clinician_id: str = "a", **values) -> CourseRecord:
    """Booked 400 days ago, three visits in the weeks after."""
    plain = {
        "episode_id": f"e-{clinician_id}",
        "intake_id": "i",
        "request_id": None,
        "clinician_id": clinician_id,
        "booked_at": day(-400),
        "is_declined": False,
        "first_attended_at": day(-390),
        "ended_at": None,
        "end_reason": None,
        "visits": (day(-390), day(-383), day(-376)),
    }
    return CourseRecord(**{**plain, **values})


def phq9(*totals: tuple[float, float], episode_id: str = "e-a") -> tuple[Score, ...]:
    return tuple(Score(day(at), "phq9", total, episode_id) for at, total in totals)


PLANNED = {"ended_at": day(-300), "end_reason": "planned"}
RUNNING = {"visits": (day(-20),), "first_attended_at": day(-20)}
BETTER = phq9((-391, 18.0), (-310, 8.0))
WORSE = phq9((-391, 8.0), (-310, 18.0))


class TestFamiliarClinicians:
    @pytest.mark.parametrize(
        "values",
        [
            PLANNED,
            {**PLANNED, "visits": (day(-390),), "scores": BETTER},
            {**PLANNED, "visits": ()},
            {**PLANNED, "end_reason": "insurance"},
            {**PLANNED, "end_reason": "moved", "visits": (day(-390),), "scores": BETTER},
            {**PLANNED, "scores": phq9((-391, 12.0), (-310, 14.0))},
            {**PLANNED, "scores": phq9((-391, 8.0), (-100, 18.0), episode_id="")},
        ],
    )
    def test_a_course_that_went_well_is_worth_a_return(self, values):
        """Planned, or ended from outside, after three visits or a reliable improvement."""
        assert familiar_clinicians([course(**values)], at=NOW) == Familiar(returning=("a",))

    @pytest.mark.parametrize(
        "values",
        [
            {**PLANNED, "visits": (day(-390), day(-383))},
            {**PLANNED, "scores": WORSE},
            {**PLANNED, "visits": (), "first_attended_at": None},
            {**PLANNED, "is_shared": True},
            {**PLANNED, "is_declined": True},
            {**PLANNED, "end_reason": "dropout"},
            {**PLANNED, "end_reason": "rematch_fit"},
            {**PLANNED, "end_reason": None},
            {**PLANNED, "end_reason": "moved", "visits": (day(-390),)},
            {"end_reason": "planned"},
            {},
            {**RUNNING, "scores": phq9((-21, 8.0), (-1, 18.0))},
            {"visits": (), "first_attended_at": None, "booked_at": day(-3)},
        ],
    )
    def test_others_are_not(self, values):
        """Short, worse, never met, somebody else's, left, ended nobody knows when, lapsed, booked."""
        assert familiar_clinicians([course(**values)], at=NOW) == NOBODY

    def test_a_course_goes_on_for_ninety_days_after_a_visit(self):
        """The same course a day later has lapsed."""
        running = course(visits=(day(-90),), first_attended_at=day(-90))
        assert familiar_clinicians([running], at=NOW) == Familiar(in_care=("a",))
        assert familiar_clinicians([running], at=NOW + MICROS_PER_DAY) == NOBODY

    def test_the_last_course_decides(self):
        """Who left in the second course does not come back to the first."""
        good = course(**PLANNED)
        bad = course(
            episode_id="later",
            booked_at=day(-200),
            ended_at=day(-100),
            end_reason="dropout",
            visits=(day(-190),),
        )
        assert familiar_clinicians([bad, good], at=NOW) == NOBODY
        assert familiar_clinicians([good], at=NOW).returning == ("a",)

    def test_nothing_later_is_known(self):
        """Before its end the course went on; before its first visit and its booking there was none."""
        found = course(**PLANNED)
        times = {-375: Familiar(in_care=("a",)), -395: NOBODY, -401: NOBODY}
        for at, expected in times.items():
            assert familiar_clinicians([found], at=day(at)) == expected

    @given(
        st.lists(
            st.tuples(
                st.integers(-500, -1),
                st.lists(st.integers(-500, 50), max_size=4),
                st.one_of(st.none(), st.integers(-500, 50)),
                st.sampled_from([None, "planned", "moved", "dropout", "rematch_fit"]),
            ),
            max_size=4,
        ),
        st.integers(-500, 0),
    )
    def test_what_happens_later_changes_nothing(self, courses, at):
        """Cut everything at that time away: the answer is the same."""
        whole, cut = [], []
        for place, (booked, visits, ended, reason) in enumerate(courses):
            values = {
                "episode_id": str(place),
                "booked_at": day(booked),
                "first_attended_at": min(map(day, visits), default=None),
                "visits": tuple(sorted(map(day, visits))),
                "ended_at": None if ended is None else day(ended),
                "end_reason": None if ended is None else reason,
            }
            whole.append(course(**values))
            if booked < at:
                early = tuple(visit for visit in values["visits"] if visit < day(at))
                known = ended is not None and ended < at
                over = {} if known else {"ended_at": None, "end_reason": None}
                first = {"first_attended_at": min(early, default=None), "visits": early}
                cut.append(course(**{**values, **first, **over}))
        assert familiar_clinicians(whole, at=day(at)) == familiar_clinicians(cut, at=day(at))


class TestContinuityBonus:
    @pytest.fixture
    def directory(self, make_directory):
        """A and A2 are one person; b and c are others."""
        return make_directory(
            {"clinician_id": "A2", "npi": "1234567893"},
            {"clinician_id": "a", "npi": "1234567893"},
            {"clinician_id": "b"},
            {"clinician_id": "c"},
        )

    def test_every_id_of_a_person_counts_once(self, directory):
        """Who is both gets the points of the course that goes on; strangers get none."""
        familiar = Familiar(in_care=("a",), returning=("A2", "b", "gone"))
        everybody = np.ones(4, dtype=bool)
        bonus = ContinuityBonus(in_care=0.04, returning=0.03)
        found = bonus.points(familiar, directory, np.arange(4), everybody)
        assert {group: points.tolist() for group, points in found.items()} == {
            "in_care": [0.04, 0.04, 0.0, 0.0],
            "returning": [0.0, 0.0, 0.03, 0.0],
        }

    def test_a_missed_wish_gets_none(self, directory):
        """What a person says now counts for more than whom they know."""
        meets = np.array([True, False])
        found = ContinuityBonus().points(
            Familiar(returning=("b", "c")), directory, np.array([2, 3]), meets
        )
        assert found["returning"].tolist() == [0.05, 0.0]
        nobody = np.zeros(2, dtype=bool)
        assert (
            ContinuityBonus().points(
                Familiar(in_care=("b",)), directory, np.array([2, 3]), nobody
            )
            == {}
        )

    @pytest.mark.parametrize("changes", [{"in_care": -0.1}, {"returning": np.inf}])
    def test_impossible_numbers_are_refused(self, changes):
        """Points are finite and never negative."""
        with pytest.raises(UsageError, match="continuity"):
            ContinuityBonus(**changes)
