import numpy as np
import pytest

from matching.pair_features import PAIR_FEATURES
from matching.predictions import HEADS
from matching.rules import PairPoints, RuleScorer, base_rates, evidence_points, group_shifts
from matching.terms import GROUPS
from matching.utility import UtilityWeights, utility

NEAR = np.array([14.0])


def predict(intake, directory, row=0, days=14.0):
    return RuleScorer().predict(intake, directory, np.array([row]), wait_days=np.array([days]))


class TestEvidencePoints:
    def test_only_what_is_supported_has_points(self):
        """Wishes move engagement by ln 1/.65; nothing moves acceptance or deterioration."""
        points = evidence_points()
        wishes, engage = PAIR_FEATURES.index("preferences"), HEADS.index("engage")
        assert points.shape == (len(PAIR_FEATURES), len(HEADS))
        assert points[wishes, engage] == pytest.approx(-np.log(0.65), abs=0.005)
        assert not points[:, [0, 4]].any()


class TestPairPoints:
    def test_distance_from_the_centre_counts(self):
        """A fit of 1 with centre .5 adds half the slope; what is not stated adds nothing."""
        points = PairPoints()
        shifts = points.shifts(np.array([[1.0], [np.nan], [np.nan], [np.nan], [np.nan], [1.0]]))
        assert shifts[0, :, 0].tolist() == (0.5 * points.slopes[0]).tolist()
        assert not shifts[1:].any()


class TestGroupShifts:
    def test_each_part_lands_in_its_group(self):
        """Track record is one group; the wait moves attendance alone."""
        shifts = group_shifts(
            np.zeros((len(PAIR_FEATURES), 5, 1)),
            np.ones((5, 1)),
            np.array([0.0]),
            usual_wait_days=7.0,
        )
        assert shifts[GROUPS.index("track_record")].tolist() == [[1.0]] * 5
        wait = shifts[GROUPS.index("availability"), :, 0]
        assert np.flatnonzero(wait).tolist() == [HEADS.index("attend")]
        assert wait[1] == pytest.approx(-np.log(0.95))


class TestRuleScorer:
    def test_a_bare_request_gets_the_base_rates(self, make_directory, make_intake):
        """With nothing stated and the usual wait, everyone is average."""
        found = predict(make_intake(), make_directory({"clinician_id": "a"}))
        said = [found.p_accept, found.p_attend, found.p_engage, found.p_improve]
        assert np.concatenate([*said, found.p_deteriorate]) == pytest.approx(base_rates())
        assert found.engage_low[0] < 0.6 < found.engage_high[0]
        assert found.cases.tolist() == [0]

    @pytest.mark.parametrize(
        ("better", "worse", "request_"),
        [
            ({"specialties_top": ("ocd",)}, {"also_treats": ("ocd",)}, {"concerns": ("ocd",)}),
            ({"also_treats": ("ocd",)}, {}, {"concerns": ("ocd",)}),
            ({"gender": "female"}, {"gender": "male"}, {"pref_gender": "female"}),
            ({"languages": ("es",)}, {}, {"languages": ("es",)}),
        ],
    )
    def test_what_fits_is_worth_more(
        self, make_directory, make_intake, better, worse, request_
    ):
        """Specialties, also treated concerns, wishes and language each raise the utility."""
        directory = make_directory(
            {"clinician_id": "a", **better}, {"clinician_id": "b", **worse}
        )
        waits = np.array([14.0, 14.0])
        said = RuleScorer().predict(
            make_intake(**request_), directory, np.array([0, 1]), wait_days=waits
        )
        values = utility(said, waits, UtilityWeights())
        assert values[0] > values[1]

    def test_waiting_is_worth_less(self, make_directory, make_intake):
        """Attendance falls with the wait."""
        directory = make_directory({"clinician_id": "a"})
        waits = [
            predict(make_intake(), directory, days=days).p_attend[0] for days in (1, 10, 30)
        ]
        assert waits[0] > waits[1] > waits[2]

    def test_explanations_sum_to_the_utility(self, make_directory, make_intake):
        """The groups of a full request add up."""
        directory = make_directory({"clinician_id": "a", "specialties_top": ("ocd",)})
        intake = make_intake(concerns=("ocd",), pref_gender="female", languages=("en",))
        rows, days, weights = np.array([0]), np.array([3.0]), UtilityWeights()
        said = RuleScorer().predict(intake, directory, rows, wait_days=days)
        why = RuleScorer().explain(intake, directory, rows, wait_days=days, weights=weights)
        assert why.values.sum() == pytest.approx(utility(said, days, weights)[0], abs=1e-12)
