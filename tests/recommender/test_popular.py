"""General, contextual and personal popularity."""

import numpy as np
import pytest

from recommender.interactions import HOUR_MICROS, Interactions, Plays, collapse
from recommender.popular import (
    DAYPARTS,
    base_level_activation,
    dayparts,
    fit_popularity,
    people_per_item,
)


def plays_of(*rows: tuple) -> Plays:
    """Plays given as (person, item, weight, hours before 0[, local hour])."""
    return Plays(
        person_row=np.array([row[0] for row in rows], np.int64),
        item_row=np.array([row[1] for row in rows], np.int64),
        weight=np.array([row[2] for row in rows], np.float64),
        at_micros=np.array([-row[3] * HOUR_MICROS for row in rows], np.int64),
        local_hour=np.array([row[4] if len(row) > 4 else -1 for row in rows], np.int64),
    )


def fit(plays: Plays, items: int, **changes: float):
    """Popularity at time 0 without decay and shrinkage unless told otherwise."""
    settings = {"half_life_days": np.inf, "shrinkage": 0.0, "context_shrinkage": 1.0, **changes}
    return fit_popularity(plays, items=items, at=0, **settings)


class TestDayparts:
    def test_every_hour_has_a_part(self):
        """The four parts begin at 5, 11, 17 and 22 o'clock."""
        parts = dayparts(np.arange(24))
        assert np.flatnonzero(np.diff(parts)).tolist() == [4, 10, 16, 21]
        assert [DAYPARTS[parts[hour]] for hour in (5, 11, 17, 22, 4)] == [
            "morning",
            "midday",
            "evening",
            "night",
            "night",
        ]

    def test_an_impossible_hour_is_unknown(self):
        """Hours outside the day belong to no part."""
        assert dayparts(np.array([-1, 24, 99])).tolist() == [-1, -1, -1]


class TestPeoplePerItem:
    def test_each_person_counts_once(self):
        """Many plays of one person are one person, a half play is half a one, a skip none."""
        plays = plays_of((0, 0, 1.0, 0), (0, 0, 1.0, 1), (1, 0, 0.5, 0), (1, 1, -1.0, 0))
        found = people_per_item(plays, items=3, at=0, half_life_days=np.inf)
        assert found.tolist() == [1.5, 0.0, 0.0]

    def test_old_use_counts_less(self):
        """A play of a day ago counts half with a half-life of a day."""
        found = people_per_item(plays_of((0, 0, 1.0, 24)), items=1, at=0, half_life_days=1.0)
        assert found.tolist() == [0.5]


class TestFitPopularity:
    def test_shares_sum_to_one(self):
        """Two people use the first item, one the second."""
        popularity = fit(plays_of((0, 0, 1.0, 0), (1, 0, 1.0, 0), (1, 1, 1.0, 0)), 2)
        assert popularity.general.tolist() == pytest.approx([2 / 3, 1 / 3])

    def test_shrinkage_gives_the_unused_a_share(self):
        """With two people's worth of equal popularity an unused item of two has 1 / 3."""
        popularity = fit(plays_of((0, 0, 1.0, 0)), 2, shrinkage=2.0)
        assert popularity.general.tolist() == pytest.approx([2 / 3, 1 / 3])
        assert popularity.unseen == pytest.approx(1 / 3)

    def test_a_part_of_the_day_is_mixed_with_the_general(self):
        """One person in the morning, one person's worth of general popularity."""
        plays = plays_of((0, 0, 1.0, 0, 7), (1, 1, 1.0, 0, 23))
        popularity = fit(plays, 2)
        assert popularity.by_daypart[0].tolist() == pytest.approx([0.75, 0.25])
        assert popularity.by_daypart[1].tolist() == pytest.approx([0.5, 0.5])

    def test_repeat_share_is_shrunken_to_all_items(self):
        """Item 0 played three times by one person: two of its three plays repeat."""
        plays = plays_of(*[(0, 0, 1.0, hour) for hour in range(3)], (0, 1, 1.0, 0))
        common = (2 + 1) / (4 + 2)
        expected = [(2 + common) / 4, common / 2]
        assert fit(plays, 2).repeat_share.tolist() == pytest.approx(expected)

    def test_no_use_at_all(self, make_events):
        """Without events and items everything is empty; with items all are equal."""
        plays, _ = collapse(Interactions.from_frame(make_events()).events)
        assert fit(plays, 0, shrinkage=1.0).general.shape == (0,)
        assert fit(plays, 2, shrinkage=1.0).general.tolist() == [0.5, 0.5]


class TestBaseLevelActivation:
    def test_the_sum_of_decayed_plays(self):
        """Plays 0 and 3 hours ago: ln(1 + 1 / 2); an item never played has minus infinity."""
        plays = plays_of((0, 0, 1.0, 0), (0, 0, 1.0, 3))
        found = base_level_activation(plays, items=2, at=0)
        assert found.tolist() == [pytest.approx(np.log(1.5)), -np.inf]

    def test_the_same_time_of_day_counts_double(self):
        """A morning play asked for in the morning weighs 2."""
        plays = plays_of((0, 0, 1.0, 0, 8), (0, 1, 1.0, 0, 20))
        found = base_level_activation(plays, items=2, at=0, daypart=0)
        assert np.exp(found).tolist() == pytest.approx([2.0, 1.0])

    def test_skips_do_not_activate(self):
        """A skipped or merely viewed item is not present."""
        found = base_level_activation(plays_of((0, 0, -1.0, 0), (0, 0, 0.05, 0)), items=1, at=0)
        assert found.tolist() == [-np.inf]
