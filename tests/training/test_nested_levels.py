"""Nested effects against the mixed model written out as one matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.nested_levels import Hierarchy, effects_of, levels_of, posterior_of


def hierarchy_of(seed: int, rows: int) -> tuple[Hierarchy, np.ndarray, np.ndarray]:
    """Up to four clinicians in two clinics and three domains, with values and variances."""
    dice = np.random.default_rng(seed)
    who = dice.integers(0, 4, rows)
    clinicians = np.array(["a", "b", "c", "d"])[who]
    clinics = np.array(["north", "north", "south", ""])[who]
    domains = np.array(["mood", "sleep", "ocd"])[dice.integers(0, 3, rows)]
    made = Hierarchy.of(clinicians, clinics, domains)
    return made, dice.normal(size=rows), dice.uniform(0.5, 2.0, rows)


def dense(hierarchy: Hierarchy, variances: np.ndarray, between: np.ndarray):
    """Covariance of the rows, and of the rows with the cells."""
    clinician = hierarchy.owners
    clinic = hierarchy.clinics[clinician]
    cells = (
        between[0] * (clinic[:, None] == clinic)
        + between[1] * (clinician[:, None] == clinician)
        + between[2] * np.eye(len(clinician))
    )
    rows = hierarchy.cells
    return cells[np.ix_(rows, rows)] + np.diag(variances), cells[:, rows], cells


class TestPosterior:
    @given(st.integers(0, 10_000), st.integers(1, 25))
    def test_it_is_that_of_the_mixed_model(self, seed, rows):
        """Means, variances and the likelihood agree with the dense formulas."""
        hierarchy, values, variances = hierarchy_of(seed, rows)
        between = np.array([0.3, 0.5, 0.2])
        covariance, cross, prior = dense(hierarchy, variances, between)
        weights = np.linalg.solve(covariance, cross.T).T
        levels = levels_of(values, variances, hierarchy, between)
        means, spreads = posterior_of(levels, hierarchy)[2]
        assert means == pytest.approx(weights @ values)
        assert spreads == pytest.approx(np.diag(prior - weights @ cross.T))
        likelihood = sum(level.log_likelihood() for level in levels) - 0.5 * np.sum(
            values**2 / variances + np.log(variances)
        )
        sign, determinant = np.linalg.slogdet(covariance)
        assert sign == 1
        assert likelihood == pytest.approx(
            -0.5 * (values @ np.linalg.solve(covariance, values) + determinant)
        )

    def test_one_clinician_by_hand(self):
        """Four cases of variance 1 and mean 1, prior variance 1/4: half of it is believed."""
        hierarchy = Hierarchy.of(["a"] * 4, [""] * 4, ["mood"] * 4)
        levels = levels_of(np.ones(4), np.ones(4), hierarchy, np.array([0.0, 0.25, 0.0]))
        assert posterior_of(levels, hierarchy)[1][0] == pytest.approx([0.5])
        assert posterior_of(levels, hierarchy)[1][1] == pytest.approx([0.125])


class TestHierarchy:
    def test_a_clinician_without_a_clinic_is_alone(self):
        """Two of them share nothing, and no clinic is stored for them."""
        made = Hierarchy.of(["a", "b", "c"], ["", "", "north"], ["mood"] * 3)
        assert made.clinic_ids.tolist() == ["north"]
        assert made.clinic_count == 3
        assert len(set(made.clinics.tolist())) == 3
        assert made.clinics[2] == 0

    def test_the_first_clinic_counts(self):
        """Who is said to be in two is in that of the first row."""
        made = Hierarchy.of(["a", "a"], ["south", "north"], ["mood"] * 2)
        assert made.clinic_ids.tolist() == ["south"]
        assert made.clinics.tolist() == [0]

    def test_levels_that_cannot_be_told_apart_have_no_variance(self):
        """One domain, and every clinician alone: all that differs is the clinician."""
        made = Hierarchy.of(["a", "b"], ["", ""], ["mood"] * 2)
        assert made.is_told_apart.tolist() == [False, True, False]
        found = effects_of(np.array([1.0, -1.0]), np.ones(2), made, np.array([-16, 0.0, -16]))
        assert found.prior[[0, 2]] == pytest.approx(0.0, abs=1e-6)
        assert found.prior[1] > 0.0
