import numpy as np
import pandas as pd
import pytest

from training.evaluation.group_audit import (
    LEAST_PEOPLE,
    group_rows,
    groups_of_people,
    outcome_columns,
    people_rows,
)
from training.evaluation.held_out_said import HeldOut


@pytest.fixture
def said() -> pd.DataFrame:
    """What three people said of themselves; the third said nothing."""
    return pd.DataFrame(
        {
            "patient_id": ["p1", "p2", "p3"],
            "gender": ["Woman", " man", None],
            "ethnicity": [None] * 3,
            "age_band": ["26-35", None, None],
            "deprivation_decile": [1, None, None],
            "disability": [None] * 3,
            "language": [None, "es", None],
        }
    )


@pytest.fixture
def frames() -> dict:
    """Their requests, which say less and sometimes otherwise."""
    return {
        "intakes": pd.DataFrame(
            {
                "patient_id": ["p1", "p2", "p3"],
                "age_band": ["18-25", "36-45", "46-55"],
                "languages": pd.Series([("en-US", "es"), (), ("vi",)], dtype="object"),
                "deprivation_decile": pd.array([10, 7, None], dtype="Int64"),
            }
        )
    }


class TestGroupsOfPeople:
    def test_what_people_said_counts_before_their_requests(self, said, frames):
        """Own words first, then the request's; who said nothing is in no group."""
        groups = groups_of_people(said, frames)
        assert groups["gender"] == {"p1": "woman", "p2": "man"}
        assert groups["age_band"] == {"p1": "26-35", "p2": "36-45", "p3": "46-55"}
        assert groups["language"] == {"p1": "en", "p2": "es", "p3": "vi"}
        assert groups["deprivation"] == {"p1": "most deprived", "p2": "middle"}
        assert groups["ethnicity"] == {}

    def test_a_clinic_without_any_of_it(self, said):
        """Missing tables give no group at all."""
        groups = groups_of_people(said.iloc[:0], {})
        assert not any(groups.values())


class TestPeopleRows:
    def test_a_group_under_twenty_is_named_and_not_counted(self):
        """Twenty are told with their share of those who said; nineteen are not, whatever is asked."""
        people = [f"p{place}" for place in range(50)]
        words = ["many"] * 20 + ["few"] * 19
        groups = {"gender": dict(zip(people, words, strict=False))}
        assert people_rows(groups, [*people, *people]) == [
            {"attribute": "gender", "group": "few", "n": None, "share": None},
            {"attribute": "gender", "group": "many", "n": 20, "share": round(20 / 39, 4)},
        ]


class TestGroupRows:
    def test_means_are_weighted_and_small_groups_are_silent(self):
        """Twenty people of whom half have 1 with weight 3 have a mean of .75; ten have none."""
        people = [f"p{place}" for place in range(30)]
        groups = {"language": {name: "en" if int(name[1:]) < 20 else "es" for name in people}}
        values = np.tile([1.0, 0.0], 15)
        weights = np.tile([3.0, 1.0], 15)
        small, large = sorted(
            group_rows(groups, people, {"gap": (values, weights)}, seed=1),
            key=lambda row: row["n"] or 0,
        )
        assert (large["group"], large["n"], large["value"]) == ("en", 20, 0.75)
        assert large["low"] < 0.75 < large["high"]
        assert small == {
            "attribute": "language",
            "group": "es",
            "measure": "gap",
            "n": None,
            "value": None,
            "low": None,
            "high": None,
        }

    def test_people_count_and_not_their_courses(self):
        """Forty courses of nineteen people are a group of nineteen."""
        people = [f"p{place % (LEAST_PEOPLE - 1)}" for place in range(40)]
        groups = {"gender": dict.fromkeys(people, "woman")}
        (row,) = group_rows(groups, people, {"gap": (np.zeros(40), np.ones(40))}, seed=1)
        assert row["n"] is None

    def test_unknown_outcomes_count_for_nobody(self):
        """Somebody whose outcome is not known is not among the people of a measure."""
        people = [f"p{place}" for place in range(21)]
        groups = {"gender": dict.fromkeys(people, "woman")}
        values = np.array([np.nan, *np.ones(20)])
        (row,) = group_rows(groups, people, {"gap": (values, np.ones(21))}, seed=1)
        assert (row["n"], row["value"]) == (20, 1.0)


class TestOutcomeColumns:
    def test_a_gap_is_what_was_said_less_what_happened(self):
        """.7 said and 1 happened is a gap of -.3."""
        parts = (np.array([0.7]), np.array([1.0]), np.array([2.0]))
        held = HeldOut(
            people=("p1",),
            clinicians=np.array(["c"]),
            heads={"engage": parts, "improve": parts},
        )
        columns = outcome_columns(held)
        assert columns["engage_gap"][0] == pytest.approx([-0.3])
        assert columns["improve_observed"][0] == pytest.approx([1.0])
        assert columns["engage_gap"][1] == pytest.approx([2.0])
