"""What is known at a level, and what stands in where nothing is."""

import numpy as np
import pytest

from matching.nested_effects import NestedEffects


@pytest.fixture
def effects(make_nested_effects) -> NestedEffects:
    """Of a and b in north."""
    return make_nested_effects()


def told(
    effects: NestedEffects, clinician: str, clinic: str, domain: str
) -> tuple[float, float]:
    found = effects.look_up(np.array([clinician]), np.array([clinic]), domain)
    return round(float(found.means[0]), 6), round(float(found.variances[0]), 6)


class TestLookUp:
    @pytest.mark.parametrize(
        ("clinician", "clinic", "domain", "mean", "variance"),
        [
            ("a", "north", "mood", 0.4, 0.03),
            ("a", "north", "sleep", 0.3, 0.02 + 0.02),
            ("new", "north", "mood", 0.1, 0.005 + 0.04 + 0.02),
            ("new", "south", "mood", 0.0, 0.01 + 0.04 + 0.02),
            ("new", "", "sleep", 0.0, 0.01 + 0.04 + 0.02),
            ("a", "south", "mood", 0.4, 0.03),
        ],
    )
    def test_each_level_stands_in_for_the_one_below(
        self, effects, clinician, clinic, domain, mean, variance
    ):
        """A domain leans on the clinician, a newcomer on the clinic, a stranger on nothing."""
        assert told(effects, clinician, clinic, domain) == pytest.approx((mean, variance))

    def test_cases_are_those_of_the_clinician(self, effects):
        """Strangers have none."""
        found = effects.look_up(np.array(["b", "new"]), np.array(["north", "north"]), "sleep")
        assert found.clinician_cases.tolist() == [50.0, 0.0]
        assert found.cases.tolist() == [0.0, 0.0]

    def test_nobody_at_all(self):
        """Effects of an empty clinic know nobody and are certain of nothing."""
        nothing = np.zeros(0, dtype=np.str_)
        empty = NestedEffects(
            clinic_ids=nothing,
            clinician_ids=nothing,
            domains=nothing,
            prior=np.array([0.0, 0.5, 0.0]),
            clinics=np.zeros((2, 0)),
            clinicians=np.zeros((3, 0)),
            cell_keys=np.zeros(0, dtype=np.int64),
            cells=np.zeros((3, 0)),
        )
        assert told(empty, "a", "north", "mood") == (0.0, 0.5)


class TestArrays:
    def test_they_come_back(self, effects):
        """What is stored says the same."""
        again = NestedEffects.from_arrays(effects.to_arrays())
        assert told(again, "b", "north", "mood") == told(effects, "b", "north", "mood")
