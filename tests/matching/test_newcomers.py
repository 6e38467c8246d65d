import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UsageError
from matching.newcomers import NewcomerBonus


class TestNewcomerBonus:
    def test_it_fades_with_cases_and_is_gone(self):
        """A whole standard deviation without cases, less with each, nothing when known."""
        cases, everybody = np.array([0, 10, 25, 500]), np.ones(4, dtype=bool)
        found = NewcomerBonus().points(np.full(4, 0.04), cases, everybody)
        assert found == pytest.approx([0.04, 0.024, 0.0, 0.0])

    def test_it_is_capped(self):
        """However little is known, the bonus stays at its most."""
        found = NewcomerBonus().points(
            np.array([9.0, 0.0]), np.array([0, 40]), np.ones(2, dtype=bool)
        )
        assert found.tolist() == [0.05, 0.0]

    def test_a_missed_wish_gets_none(self):
        """Nobody is lifted above those who meet what was asked for."""
        found = NewcomerBonus().points(
            np.full(3, 0.04), np.array([0, 0, 40]), np.array([True, False, True])
        )
        assert found.tolist() == [0.04, 0.0, 0.0]

    def test_nobody_is_new_where_nobody_is_known(self):
        """Rules know no clinician, so that nobody stands back behind another."""
        found = NewcomerBonus().points(np.full(2, 0.04), np.zeros(2), np.ones(2, dtype=bool))
        assert found.tolist() == [0.0, 0.0]

    @given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 500)), min_size=1, max_size=8))
    def test_more_cases_never_bring_more(self, given_):
        """Of equal spreads, whoever has more cases has no larger bonus, and all lie in range."""
        spreads, cases = (np.array(part) for part in zip(*given_, strict=True))
        everybody = np.ones(len(cases), dtype=bool)
        found = NewcomerBonus().points(np.full(len(cases), spreads[0]), cases, everybody)
        assert (np.diff(found[np.argsort(cases)]) <= 0).all()
        assert ((found >= 0) & (found <= 0.05)).all()

    @pytest.mark.parametrize(
        "changes", [{"spreads": -1.0}, {"most": np.inf}, {"known_from": 0.0}, {"most": np.nan}]
    )
    def test_impossible_numbers_are_refused(self, changes):
        """A bonus is finite and never negative."""
        with pytest.raises(UsageError, match="newcomer"):
            NewcomerBonus(**changes)
