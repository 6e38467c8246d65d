"""Batches know what a person's record said at the time: whom they left, and whom they know."""

from datetime import UTC, datetime, timedelta

import pytest

from data.domain import Intake
from training.batch import rank_intakes
from training.waiting_list import assign_intakes

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


@pytest.fixture
def home(make_home):
    """A, b, and A2 who is a: p left a for fit two days ago and goes on with nobody else."""
    person = {"licensed_regions": ("US-CA",), "payers": ("aetna",)}
    rows = {
        "clinicians": [
            {**person, "clinician_id": "a", "npi": "1234567893"},
            {**person, "clinician_id": "A2", "npi": "1234567893"},
            {**person, "clinician_id": "b"},
        ],
        "intakes": [
            {
                "intake_id": name,
                "patient_id": name,
                "requested_at": day(-90),
                "region": "US-CA",
                "age_band": "26-35",
                "payer": "aetna",
            }
            for name in ("left", "stays")
        ],
        "episodes": [
            {
                "episode_id": "1",
                "intake_id": "left",
                "clinician_id": "a",
                "booked_at": day(-80),
                "ended_at": day(-2),
                "end_reason": "rematch_fit",
            },
            {
                "episode_id": "2",
                "intake_id": "stays",
                "clinician_id": "b",
                "booked_at": day(-80),
                "first_attended_at": day(-70),
            },
        ],
        "attendance": [{"episode_id": "2", "at": day(-70), "status": "attended"}],
    }
    return make_home(NOW, **rows)


def asks(patient_id: str, **values) -> Intake:
    plain = {
        "intake_id": f"again-{patient_id}",
        "patient_id": patient_id,
        "requested_at": NOW,
        "region": "US-CA",
        "age_band": "26-35",
        "payer": "aetna",
    }
    return Intake(**{**plain, **values})


def rank(home, intake: Intake, *, at: datetime | None = None, explore: bool = False):
    settings, engine = home
    ranking, _ = rank_intakes(
        settings,
        engine,
        [intake],
        top=10,
        version=None,
        at=at,
        explore=explore,
        on_progress=lambda *_: None,
    )
    return ranking.dropna(subset="rank").set_index("clinician_id")


class TestRankIntakes:
    def test_whom_a_person_left_is_not_ranked(self, home):
        """Under no id; others are, and others get the clinician."""
        assert set(rank(home, asks("left")).index) == {"b"}
        assert set(rank(home, asks("stranger")).index) == {"a", "A2", "b"}

    def test_nothing_later_leaks(self, home):
        """Before the ending nobody had left anybody, by the intake's own time or by `--as-of`."""
        early = asks("left", requested_at=day(-3))
        assert set(rank(home, early).index) == {"a", "A2", "b"}
        assert set(rank(home, early, at=NOW).index) == {"b"}
        assert set(rank(home, asks("left"), at=day(-3)).index) == {"a", "A2", "b"}

    def test_the_blocked_are_out_under_every_id(self, home):
        """Blocking one row of a person blocks the other."""
        assert set(rank(home, asks("stranger", blocked_clinicians=("A2",))).index) == {"b"}

    def test_known_clinicians_count_as_in_the_service(self, home):
        """With `--explore` alone, while the course goes on: 70 days after the visit, not after 91."""
        plain = rank(home, asks("stays"))
        assert plain["score"].tolist() == plain["utility"].tolist()
        served = rank(home, asks("stays"), explore=True)
        gained = (served["score"] - served["utility"]).to_dict()
        assert gained == {"A2": 0.0, "a": 0.0, "b": pytest.approx(0.05)}
        later = rank(home, asks("stays"), at=day(21), explore=True)
        assert later["score"].tolist() == later["utility"].tolist()


class TestAssignIntakes:
    def test_whom_a_person_left_is_not_assigned(self, home):
        """Even where the only other place is taken: then a person decides."""
        settings, engine = home
        found = assign_intakes(
            settings,
            engine,
            [asks("left"), asks("stranger", blocked_clinicians=("a",))],
            version=None,
            at=None,
            on_progress=lambda *_: None,
        )
        assigned = found.table["clinician_id"].dropna().tolist()
        assert assigned == ["b"]
        assert found.table["reason"].dropna().tolist() == ["no_opening"]
