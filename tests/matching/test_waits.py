"""How long each candidate would keep a person waiting."""

from datetime import timedelta

import numpy as np
import pytest

from matching.waits import candidate_waits


@pytest.fixture
def directory(make_directory, monday):
    """Three clinicians who are free in a week, and one who says nothing."""
    soon = {"next_available": monday + timedelta(days=7)}
    names = ("a", "b", "c")
    return make_directory(
        *({"clinician_id": name, **soon} for name in names), {"clinician_id": "d"}
    )


class TestCandidateWaits:
    def test_unknown_appointments_wait_the_usual_time(self, directory, make_intake, monday):
        """Seven days are known, fourteen are usual."""
        waits = candidate_waits(make_intake(), directory, np.array([0, 3]), at=monday)
        assert waits.tolist() == [7.0, 14.0]

    def test_a_replayed_request_waits_beyond_the_soonest(
        self, make_directory, make_intake, monday
    ):
        """A directory of half a year later shifts everyone alike, and nobody by the shift."""
        slots = [monday + timedelta(days=number) for number in range(20)]
        names = [f"{number:02d}" for number in range(20)]
        directory = make_directory(
            *(
                {"clinician_id": n, "next_available": s}
                for n, s in zip(names, slots, strict=True)
            ),
            {"clinician_id": "unknown"},
        )
        past, rows = monday - timedelta(days=180), np.array([0, 3, 20])
        waits = candidate_waits(make_intake(), directory, rows, at=past)
        assert waits.tolist() == [0.0, 3.0, 14.0]

    def test_a_few_clinicians_may_be_booked_out(self, directory, make_intake, monday):
        """Three clinicians who are free in half a year are just that."""
        past = monday - timedelta(days=180)
        waits = candidate_waits(make_intake(), directory, np.array([0]), at=past)
        assert waits.tolist() == [187.0]

    def test_no_appointment_is_known(self, make_directory, make_intake, monday):
        """A clinic that keeps no slots is scored all the same."""
        directory = make_directory({"clinician_id": "a"})
        waits = candidate_waits(make_intake(), directory, np.array([0]), at=monday)
        assert waits.tolist() == [14.0]
