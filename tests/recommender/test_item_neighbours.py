"""Item-item similarities."""

import numpy as np
import pytest

from recommender import item_neighbours
from recommender.interactions import Pairs
from recommender.item_neighbours import ItemNeighbours, fit_item_neighbours, user_item_matrix


def pairs_of(table: list[list[float]]) -> Pairs:
    """Pairs of a dense table of people by items; zeros are no pairs."""
    dense = np.array(table, np.float64)
    person, item = np.nonzero(dense)
    return Pairs(person_row=person, item_row=item, weight=dense[person, item])


def fit(table: list[list[float]], **changes: float) -> ItemNeighbours:
    """Neighbours of a dense table, all of them unless told otherwise."""
    settings = {"neighbours": 100, "shrinkage": 0.0, "activity_power": 0.0, **changes}
    return fit_item_neighbours(pairs_of(table), items=len(table[0]), **settings)


class TestUserItemMatrix:
    def test_only_positive_weights_count(self):
        """A disliked item is not there."""
        found = user_item_matrix(pairs_of([[1.0, -2.0]]), items=2)
        assert found.toarray().tolist() == [[1.0, 0.0]]

    def test_busy_people_are_weighed_down(self):
        """With power 1 a person with two items has half weights."""
        found = user_item_matrix(
            pairs_of([[1.0, 1.0], [1.0, 0.0]]), items=2, activity_power=1.0
        )
        assert found.toarray().tolist() == [[0.5, 0.5], [1.0, 0.0]]

    def test_one_person_counts_up_to_a_limit(self, monkeypatch):
        """Beyond the limit the weakest items of a person are left out."""
        monkeypatch.setattr(item_neighbours, "PERSON_LIMIT", 2)
        found = user_item_matrix(pairs_of([[1.0, 3.0, 2.0]]), items=3)
        assert found.toarray().tolist() == [[0.0, 3.0, 2.0]]


class TestFitItemNeighbours:
    def test_cosine_of_two_items(self):
        """Items 0 and 1 share one of two people each: 1 / 2; item 2 stands alone."""
        found = fit([[1, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).matrix().toarray()
        assert found == pytest.approx(np.array([[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]]))

    def test_shrinkage_halves_at_its_own_count(self):
        """One person in common and a shrinkage of 1 halve the similarity."""
        table = [[1, 1], [1, 0], [0, 1]]
        assert fit(table, shrinkage=1.0).similarity.tolist() == pytest.approx([0.25, 0.25])

    def test_only_the_best_neighbours_stay(self):
        """With one neighbour each, item 0 keeps item 1, with which it shares more people."""
        found = fit([[1, 1, 0], [1, 1, 1], [1, 0, 1], [1, 1, 0]], neighbours=1)
        assert found.neighbour_row[: found.starts[1]].tolist() == [1]

    def test_a_tilt_counts_the_share_of_the_source(self):
        """All of item 1's one person used item 0, half of item 0's two used item 1."""
        found = fit([[1, 1], [1, 0]], tilt=1.0).matrix().toarray()
        assert found == pytest.approx(np.array([[0.0, 0.5], [1.0, 0.0]]))

    def test_ties_go_to_the_lower_row(self):
        """Of two equally similar items the first one stays."""
        found = fit([[1, 1, 1]], neighbours=1)
        assert found.neighbour_row.tolist() == [1, 0, 0]

    def test_blocks_make_no_difference(self, monkeypatch, dice):
        """Similarities do not depend on how many items are computed at once."""
        table = (dice.random((30, 9)) < 0.4).astype(float).tolist()
        whole = fit(table, neighbours=3, shrinkage=2.0)
        monkeypatch.setattr(item_neighbours, "BLOCK_ITEMS", 2)
        parts = fit(table, neighbours=3, shrinkage=2.0)
        assert whole.starts.tolist() == parts.starts.tolist()
        assert whole.neighbour_row.tolist() == parts.neighbour_row.tolist()
        assert whole.similarity == pytest.approx(parts.similarity)

    @pytest.mark.parametrize("table", [[[]], [[0.0]], [[1.0]], [[-1.0, -1.0]]])
    def test_nothing_to_compare(self, table):
        """No items, no use, one item, or dislikes only: no neighbours."""
        found = fit(table)
        assert len(found.similarity) == 0
        assert found.starts.tolist() == [0] * (len(table[0]) + 1)

    def test_no_neighbours_wanted(self):
        """A limit of zero is allowed."""
        assert len(fit([[1, 1]], neighbours=0).similarity) == 0

    def test_it_is_symmetric_when_nothing_is_cut(self, dice):
        """Similarity goes both ways, is positive and at most 1."""
        found = fit((dice.random((20, 8)) < 0.5).astype(float).tolist()).matrix().toarray()
        assert found == pytest.approx(found.T)
        assert found.min() >= 0
        assert found.max() <= 1


class TestItemNeighbours:
    def test_entries_of_several_items(self):
        """Entries come item by item with the place of their item."""
        neighbours = ItemNeighbours(
            starts=np.array([0, 2, 2, 3]),
            neighbour_row=np.array([1, 2, 0]),
            similarity=np.array([0.5, 0.4, 0.3], np.float32),
        )
        entries, source = neighbours.entries_of(np.array([2, 1, 0]))
        assert entries.tolist() == [2, 0, 1]
        assert source.tolist() == [0, 2, 2]
