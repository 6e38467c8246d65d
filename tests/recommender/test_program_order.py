"""Prerequisites and next steps."""

import numpy as np
import pytest

from recommender.program_order import ProgramOrder
from recommender.sources import NEVER


@pytest.fixture(scope="module")
def catalogue(make_catalogue):
    """Rows: a0, a1, a2 of program a; b1 of b; free requires a1 and an unknown item."""
    return make_catalogue(
        a0={"program_id": "a", "program_position": 1},
        a1={"program_id": "a", "program_position": 2},
        a2={"program_id": "a", "program_position": 3},
        b1={"program_id": "b", "program_position": 5},
        free={"requires": ("a1", "gone", "free")},
        loose={"program_id": "a"},
    )


@pytest.fixture(scope="module")
def order(catalogue):
    """Its order."""
    return ProgramOrder.build(catalogue)


def mask(catalogue, *ids: str) -> np.ndarray:
    """A mask of items by id."""
    return np.isin(np.array(catalogue.item_ids), ids)


class TestNeeds:
    def needs(self, order, catalogue, finished=(), retired=()):
        """What each item needs, by id."""
        found = order.needs(mask(catalogue, *finished), ~mask(catalogue, *retired))
        return {
            catalogue.item_ids[row]: [catalogue.item_ids[need] for need in needs]
            for row, needs in found.items()
        }

    def test_the_step_before_is_needed(self, order, catalogue):
        """The nearest one alone; items name what they require; what is unknown counts for nothing."""
        assert self.needs(order, catalogue) == {"a1": ["a0"], "a2": ["a1"], "free": ["a1"]}

    def test_what_is_finished_or_retired_is_not(self, order, catalogue):
        """Then the step before that is."""
        expected = {"a1": ["a0"], "a2": ["a0"]}
        assert self.needs(order, catalogue, finished=("a1",)) == expected
        assert self.needs(order, catalogue, retired=("a1",)) == expected

    def test_steps_of_one_position_wait_together(self, make_catalogue):
        """Both are needed by the next; neither needs the other."""
        catalogue = make_catalogue(
            a={"program_id": "p", "program_position": 1},
            b={"program_id": "p", "program_position": 1},
            c={"program_id": "p", "program_position": 2},
        )
        assert self.needs(ProgramOrder.build(catalogue), catalogue) == {"c": ["a", "b"]}


class TestBlocked:
    def blocked(self, order, catalogue, finished=(), retired=()):
        """The ids that something else comes before."""
        live = ~mask(catalogue, *retired)
        found = order.blocked(mask(catalogue, *finished), live)
        return {catalogue.item_ids[row] for row in np.flatnonzero(found)}

    def test_only_first_steps_are_open_to_a_newcomer(self, order, catalogue):
        """Later steps and items with prerequisites wait; an item without a place does not."""
        assert self.blocked(order, catalogue) == {"a1", "a2", "free"}

    def test_finishing_opens_the_next(self, order, catalogue):
        """With two steps finished the third and the item that requires the second are open."""
        assert self.blocked(order, catalogue, finished=("a0",)) == {"a2", "free"}
        assert self.blocked(order, catalogue, finished=("a0", "a1")) == set()

    def test_a_retired_step_blocks_nothing(self, order, catalogue):
        """What nobody can finish any more is passed over."""
        assert self.blocked(order, catalogue, retired=("a0", "a1")) == set()

    def test_equal_positions_are_open_together(self, make_catalogue):
        """Two variants of a step do not wait for each other."""
        twins = make_catalogue(
            x={"program_id": "p", "program_position": 1},
            y={"program_id": "p", "program_position": 1},
        )
        found = ProgramOrder.build(twins).blocked(np.zeros(2, bool), np.ones(2, bool))
        assert found.tolist() == [False, False]


class TestNextSteps:
    def steps(self, order, catalogue, used, candidates, since=0):
        """Next steps by id; `used` maps ids to instants."""
        last = np.array([used.get(item, NEVER) for item in catalogue.item_ids])
        found = order.next_steps(last, mask(catalogue, *candidates), since=since)
        return [catalogue.item_ids[row] for row in found]

    def test_the_first_candidate_of_each_program_under_way(self, order, catalogue):
        """The program used last comes first; one not under way has no next step."""
        used = {"a0": 10, "b1": 20}
        assert self.steps(order, catalogue, used, ("a1", "a2", "b1")) == ["b1", "a1"]
        assert self.steps(order, catalogue, {"a0": 10}, ("a1", "b1")) == ["a1"]

    def test_an_old_program_is_no_longer_under_way(self, order, catalogue):
        """What was not touched since long is left alone."""
        assert self.steps(order, catalogue, {"a0": 10}, ("a1",), since=11) == []

    def test_no_candidate_no_step(self, order, catalogue):
        """A finished program has no next step."""
        assert self.steps(order, catalogue, {"a0": 10}, ()) == []

    def test_a_catalogue_without_programs(self, make_catalogue):
        """Nothing is under way and nothing is blocked."""
        order = ProgramOrder.build(make_catalogue(a={}))
        assert order.next_steps(np.array([5]), np.ones(1, bool), since=0).tolist() == []
        assert order.blocked(np.zeros(1, bool), np.ones(1, bool)).tolist() == [False]
