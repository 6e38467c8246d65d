import numpy as np
import pytest

from data.errors import UsageError
from training.real import crossed_effects
from training.real.crossed_effects import Factor, fit_crossed


def crossed_world(seed, students=300, lecturers=60, each=12):
    """Ratings with student SD .3, lecturer SD .4 and chance SD 1."""
    rng = np.random.default_rng(seed)
    student = np.repeat(np.arange(students), each)
    lecturer = rng.integers(0, lecturers, students * each)
    ratings = (
        rng.normal(0, 0.3, students)[student]
        + rng.normal(0, 0.4, lecturers)[lecturer]
        + rng.normal(0, 1, students * each)
    )
    return student.astype(str).tolist(), lecturer.astype(str).tolist(), ratings


class TestFitCrossed:
    def test_both_variances_are_found(self):
        """Estimates of .09 and .16 are within a third."""
        students, lecturers, ratings = crossed_world(1)
        fit = fit_crossed(
            Factor.plain(students), Factor.plain(lecturers), ratings - ratings.mean()
        )
        assert fit.first.components.clinician.value == pytest.approx(0.09, rel=0.34)
        assert fit.second.components.clinician.value == pytest.approx(0.16, rel=0.34)

    def test_a_lecturer_is_not_blamed_for_harsh_students(self):
        """Two equal lecturers, one rated by harsh students: crossed effects lie closer together."""
        students, lecturers, ratings = crossed_world(2)
        harsh = np.array([int(name) < 60 for name in students])
        lecturers = [
            ("hard" if is_harsh else "easy") if row % 6 == 0 else name
            for row, (name, is_harsh) in enumerate(zip(lecturers, harsh, strict=True))
        ]
        ratings = ratings - 1.5 * harsh
        residuals = ratings - ratings.mean()
        fit = fit_crossed(Factor.plain(students), Factor.plain(lecturers), residuals)
        alone = fit_crossed(
            Factor.plain(["all"] * len(students)), Factor.plain(lecturers), residuals
        )

        def gap(fitted):
            means = fitted.second.look_up(["easy", "hard"], [""]).means
            return means[0] - means[1]

        assert abs(gap(fit)) < 0.35 * gap(alone)

    def test_the_unknown_adds_nothing(self):
        """New students and new lecturers are foretold the mean."""
        students, lecturers, ratings = crossed_world(3)
        fit = fit_crossed(Factor.plain(students), Factor.plain(lecturers), ratings)
        assert fit.means(Factor.plain(["new"]), Factor.plain(["new"])).tolist() == [0.0]

    def test_fitting_in_turn_ends(self, monkeypatch):
        """Where the rounds run out the last fit stands."""
        monkeypatch.setattr(crossed_effects, "ROUNDS", 1)
        students, lecturers, ratings = crossed_world(4)
        fit = fit_crossed(Factor.plain(students), Factor.plain(lecturers), ratings)
        assert np.isfinite(fit.means(Factor.plain(students), Factor.plain(lecturers))).all()

    def test_uneven_columns_are_refused(self):
        """Every rating has one student and one lecturer."""
        with pytest.raises(UsageError):
            fit_crossed(Factor.plain(["a"]), Factor.plain(["b", "c"]), np.zeros(2))
