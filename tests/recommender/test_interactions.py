"""Events, plays, opinions and weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.interactions import (
    DAY_MICROS,
    EVENT_CODES,
    HOUR_MICROS,
    UNKNOWN_HOUR,
    Events,
    Interactions,
    collapse,
    decay,
    pair_weights,
    play_weights,
    spread,
)


def events_of(*rows: tuple) -> Events:
    """Events of one person given as (item, type, hour of happening[, fraction])."""
    return Events(
        person_row=np.zeros(len(rows), np.int64),
        item_row=np.array([row[0] for row in rows], np.int64),
        kind=np.array([EVENT_CODES[row[1]] for row in rows], np.int64),
        fraction=np.array([row[3] if len(row) > 3 else np.nan for row in rows], np.float64),
        at_micros=np.array([row[2] * HOUR_MICROS for row in rows], np.int64),
        local_hour=np.full(len(rows), 7),
    )


def weigh(*rows: tuple, at: int = 0, half_life_days: float = np.inf) -> list[float]:
    """Weights of the pairs of one person, by item."""
    plays, opinions = collapse(events_of(*rows))
    pairs = pair_weights(
        plays, opinions, items=10, at=at * HOUR_MICROS, half_life_days=half_life_days
    )
    return pytest.approx(pairs.weight.tolist())


class TestInteractions:
    def test_ids_become_rows_in_sorted_order(self, make_events):
        """Rows of people and items follow the order of their ids."""
        found = Interactions.from_frame(
            make_events(("b", "y", "start", 1), ("a", "z", "like", 2))
        )
        assert (found.person_ids, found.item_ids) == (("a", "b"), ("y", "z"))
        assert found.events.person_row.tolist() == [1, 0]
        assert found.events.item_row.tolist() == [0, 1]

    def test_unknown_types_are_left_out(self, make_events):
        """An event of another kind leaves no trace, not even its ids."""
        frame = make_events(("a", "y", "start", 1), ("b", "z", "booked", 2))
        assert Interactions.from_frame(frame).person_ids == ("a",)

    def test_optional_columns_may_be_absent(self, make_events):
        """Without fraction and hour both are unknown."""
        frame = make_events(("a", "y", "start", 1))[["user_id", "item_id", "type", "at"]]
        events = Interactions.from_frame(frame).events
        assert np.isnan(events.fraction).all()
        assert events.local_hour.tolist() == [UNKNOWN_HOUR]

    def test_no_events_are_fine(self, make_events):
        """An empty frame has no people and no items."""
        found = Interactions.from_frame(make_events())
        assert (found.person_ids, found.item_ids) == ((), ())


class TestPlayWeights:
    @pytest.mark.parametrize(
        ("kind", "fraction", "weight"),
        [
            ("view", np.nan, 0.05),
            ("start", np.nan, 0.1),
            ("progress", 0.4, 0.4),
            ("progress", 0.8, 0.8),
            ("progress", 0.95, 0.8),
            ("progress", 0.02, 0.1),
            ("complete", np.nan, 1.0),
            ("skip", np.nan, -1.0),
            ("skip", 0.75, -0.25),
            ("skip", 0.9, 0.8),
        ],
    )
    def test_the_table_of_weights(self, kind, fraction, weight):
        """Each type and share has its weight."""
        found = play_weights(np.array([EVENT_CODES[kind]]), np.array([fraction]))
        assert found[0] == pytest.approx(weight)


class TestCollapse:
    def test_start_progress_and_end_are_one_play(self):
        """One stretch of use counts once, by its furthest event."""
        plays, _ = collapse(
            events_of((0, "start", 0), (0, "progress", 1, 0.5), (0, "complete", 2))
        )
        assert plays.weight.tolist() == [1.0]
        assert plays.at_micros.tolist() == [2 * HOUR_MICROS]

    def test_an_end_ends_a_play(self):
        """Two completions in a row are two plays."""
        plays, _ = collapse(events_of((0, "complete", 0), (0, "complete", 1)))
        assert plays.weight.tolist() == [1.0, 1.0]

    def test_a_new_start_is_a_new_play(self):
        """Starting again, even without an end between, is another play; a view before is not."""
        plays, _ = collapse(events_of((0, "view", 0), (0, "start", 1), (0, "start", 2)))
        assert plays.weight.tolist() == [0.1, 0.1]

    def test_a_long_pause_is_a_new_play(self):
        """Progress more than eight hours later belongs to another play."""
        plays, _ = collapse(
            events_of(
                (0, "progress", 0, 0.3), (0, "progress", 8, 0.5), (0, "progress", 17, 0.6)
            )
        )
        assert plays.weight.tolist() == [0.5, 0.6]

    def test_a_skip_makes_the_play_negative(self):
        """A play that ends in an early skip says no."""
        plays, _ = collapse(events_of((0, "start", 0), (0, "skip", 0.01)))
        assert plays.weight.tolist() == [-1.0]

    def test_only_the_latest_opinion_stays(self):
        """A change of mind replaces what was said before."""
        _, opinions = collapse(
            events_of((0, "like", 0), (0, "dislike", 5), (1, "favourite", 3))
        )
        assert opinions.kind.tolist() == [EVENT_CODES["dislike"], EVENT_CODES["favourite"]]
        assert opinions.weight.tolist() == [-2.0, 2.0]

    def test_no_events(self):
        """Nothing collapses to nothing."""
        plays, opinions = collapse(events_of())
        assert len(plays.weight) == len(opinions.kind) == 0

    @given(st.permutations(range(6)))
    def test_the_order_of_events_makes_no_difference(self, order):
        """Any order of the same events gives the same plays."""
        rows = [
            (0, "start", 0),
            (0, "complete", 1),
            (1, "view", 1),
            (0, "skip", 2),
            (0, "like", 3),
            (0, "dislike", 3),
        ]
        one, said = collapse(events_of(*rows))
        other, also_said = collapse(events_of(*[rows[place] for place in order]))
        assert one.weight.tolist() == other.weight.tolist()
        assert said.kind.tolist() == also_said.kind.tolist()


class TestDecay:
    def test_half_is_left_after_a_half_life(self):
        """Now, one and two half-lives; the future counts as now."""
        ages = np.array([0, 1, 2, -3]) * DAY_MICROS
        assert decay(ages, 1.0).tolist() == [1.0, 0.5, 0.25, 1.0]

    def test_an_infinite_half_life_never_decays(self):
        """Without decay age makes no difference."""
        assert decay(np.array([0, 10**15]), np.inf).tolist() == [1.0, 1.0]


class TestSpread:
    @given(st.floats(-5, 50), st.floats(0, 5))
    def test_more_plays_never_count_less(self, plays, more):
        """The spread rises with the number of plays."""
        low, high = spread(np.array([plays, plays + more]))
        assert low <= high + 1e-12


class TestPairWeights:
    def test_replays_count_on_a_log_scale(self):
        """One play is 1, two are 1.3, four are 1.6."""
        four = [(2, "complete", hour) for hour in range(4)]
        two = [(1, "complete", hour) for hour in range(2)]
        assert weigh((0, "complete", 0), *two, *four) == [1.0, 1.3, 1.6]

    def test_opinions_add_to_plays(self):
        """A favourite adds 2, not for me takes 5 away, an opinion alone is enough."""
        rows = [(0, "complete", 0), (0, "favourite", 0), (1, "complete", 0)]
        assert weigh(*rows, (1, "not_for_me", 0), (2, "like", 0)) == [3.0, -4.0, 1.0]

    def test_plays_and_opinions_decay(self):
        """A day later with a half-life of a day half of both is left."""
        found = weigh((0, "complete", 0), (0, "like", 0), at=24, half_life_days=1.0)
        assert found == [1.0]

    def test_no_items_no_pairs(self):
        """Without events there are no pairs, even without items."""
        plays, opinions = collapse(events_of())
        pairs = pair_weights(plays, opinions, items=0, at=0, half_life_days=1.0)
        assert len(pairs.weight) == 0
