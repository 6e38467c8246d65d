"""From shelves to one list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.blend import default_blend
from recommender.request import Shelf
from recommender.slate import Slot, compose, own_repeat_share, varied, with_promotions


def fill(again: int, new: int, steps: int = 0, *, limit: int, share: float) -> list[Slot]:
    """A list from shelves of some lengths: rows from 0 again, from 100 new, from 200 steps."""
    shelves = {
        Shelf.AGAIN: np.arange(again),
        Shelf.NEW: 100 + np.arange(new),
        Shelf.NEXT_STEP: 200 + np.arange(steps),
    }
    return compose(shelves, default_blend(), limit=limit, repeat_share=share)


def repeats(slots: list[Slot]) -> int:
    """How many slots repeat."""
    return sum(slot.shelf is Shelf.AGAIN for slot in slots)


class TestOwnRepeatShare:
    def test_a_new_person_has_the_common_share(self):
        """Nothing is known but what everybody does."""
        assert own_repeat_share(0, 0, 0.4) == pytest.approx(0.4)


class TestVaried:
    def test_the_third_of_a_kind_waits(self):
        """Of five places two may have the same topics before others come."""
        groups = np.array([0, 0, 0, 1, 2])
        assert varied(np.arange(5), groups, limit=5).tolist() == [0, 1, 3, 4, 2]

    def test_alike_items_keep_their_order(self):
        """Where all are alike nothing changes."""
        assert varied(np.array([3, 1, 2]), np.zeros(4, int), limit=3).tolist() == [3, 1, 2]


class TestCompose:
    @given(
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(0, 4),
        st.integers(1, 20),
        st.floats(0, 1),
    )
    def test_the_list_is_full_and_close_to_the_share(self, again, new, steps, limit, share):
        """As long as can be, no item twice, falling scores, repeats within a tenth of the share."""
        slots = fill(again, new, steps, limit=limit, share=share)
        fresh = new + min(steps, 2)
        assert len(slots) == min(limit, again + fresh)
        assert len({slot.row for slot in slots}) == len(slots)
        scores = [slot.score for slot in slots]
        assert scores == sorted(scores, reverse=True)
        if again >= limit and fresh >= limit:
            assert abs(repeats(slots) - share * limit) <= max(0.1 * limit, 0.5) + 1e-6

    def test_the_shelves_keep_their_order(self):
        """Within a shelf the best comes first."""
        slots = fill(5, 5, limit=10, share=0.5)
        for shelf in (Shelf.AGAIN, Shelf.NEW):
            rows = [slot.row for slot in slots if slot.shelf is shelf]
            assert rows == sorted(rows)

    def test_at_most_two_next_steps(self):
        """A person with many programs under way sees two of them."""
        slots = fill(0, 9, 5, limit=9, share=0.0)
        assert sum(slot.shelf is Shelf.NEXT_STEP for slot in slots) == 2

    def test_one_shelf_fills_for_the_other(self):
        """Without new items a list of repeats is longer than the share asks for."""
        assert repeats(fill(9, 1, limit=5, share=0.2)) == 4
        assert repeats(fill(1, 9, limit=5, share=0.8)) == 1


class TestWithPromotions:
    def promoted(self, *rows: int) -> list[Slot]:
        """Slots that may be promoted."""
        return [Slot(row=row, shelf=Shelf.NEW, score=0.01) for row in rows]

    def rows(self, slots: list[Slot]) -> list[int]:
        """The rows of slots."""
        return [slot.row for slot in slots]

    def test_promotions_take_their_share_spread_evenly(self):
        """Two of four places, the last of each half; the lowest others make room."""
        slots = fill(0, 4, limit=4, share=0.0)
        found = with_promotions(slots, self.promoted(7, 8, 9), limit=4, share=0.5)
        assert self.rows(found) == [100, 7, 101, 8]
        assert [slot.is_promoted for slot in found] == [False, True, False, True]

    def test_what_is_there_already_counts(self):
        """An item that is in the list by itself is marked and takes a promoted place."""
        slots = fill(0, 4, limit=4, share=0.0)
        found = with_promotions(slots, self.promoted(102, 7), limit=4, share=0.25)
        assert self.rows(found) == [100, 101, 102, 103]
        assert found[2].is_promoted

    @pytest.mark.parametrize("share", [0.0, 0.1, -1.0])
    def test_a_small_share_of_a_short_list_is_nothing(self, share):
        """A tenth of four places is no place."""
        slots = fill(0, 4, limit=4, share=0.0)
        found = with_promotions(slots, self.promoted(7), limit=4, share=share)
        assert self.rows(found) == [100, 101, 102, 103]

    def test_a_short_list_only_grows(self):
        """Where there is room nothing has to go."""
        slots = fill(0, 1, limit=4, share=0.0)
        found = with_promotions(slots, self.promoted(7, 8), limit=4, share=0.5)
        assert sorted(self.rows(found)) == [7, 8, 100]

    def test_a_whole_share_may_fill_the_list(self):
        """With a share of one the promoted items are the list."""
        slots = fill(0, 3, limit=3, share=0.0)
        found = with_promotions(slots, self.promoted(7, 8, 9, 10), limit=3, share=1.0)
        assert self.rows(found) == [7, 8, 9]
