"""A model laid onto a catalogue that is not the one it was trained with."""

import numpy as np
import pytest

from recommender.binding import ABSENT, Binding


@pytest.fixture(scope="module")
def model(make_model, make_events):
    """Fitted on use of a, b and gone: a and b go together, and so do b and gone."""
    events = [
        ("p", "a", "complete", 1),
        ("p", "b", "complete", 1),
        ("q", "b", "complete", 1),
        ("q", "gone", "complete", 1),
    ]
    hours = {"context_local_hour": 8}
    return make_model(make_events(*[(*event, hours) for event in events]))


class TestBinding:
    def test_ids_connect_both_sides(self, model, make_catalogue):
        """The catalogue has an item the model does not know, and lacks one it knows."""
        binding = Binding.build(model, make_catalogue(b={}, a={}, fresh={}))
        assert binding.catalogue.item_ids == ("a", "b", "fresh")
        assert binding.model_row_of.tolist() == [0, 1, ABSENT]
        assert binding.model_rows == {"a": 0, "b": 1, "gone": 2}

    def test_an_unused_item_has_the_least_share(self, model, make_catalogue):
        """A new item is not more popular than any that was used."""
        binding = Binding.build(model, make_catalogue(a={}, b={}, fresh={}))
        assert binding.general[2] == binding.general.min() == model.popularity.unseen
        assert binding.general.argmax() == 1
        assert binding.context(0)[2] < binding.context(0)[0]
        assert binding.context(-1) is binding.general

    def test_neighbours_count_in_catalogue_rows(self, model, make_catalogue):
        """A history of an item that is gone still pulls at those that are there."""
        binding = Binding.build(model, make_catalogue(b={}, c={}))
        starts = binding.neighbours.starts
        gone = binding.model_rows["gone"]
        assert binding.neighbours.neighbour_row[starts[gone] : starts[gone + 1]].tolist() == [0]
        b_row = binding.model_rows["b"]
        assert starts[b_row] == starts[b_row + 1]

    def test_items_with_the_same_topics_are_a_group(self, model, make_catalogue):
        """Order of topics makes no difference; no topics are a group too."""
        catalogue = make_catalogue(
            a={"topics": ("x", "y")}, b={"topics": ("y", "x")}, c={"topics": ("x",)}, d={}
        )
        group = Binding.build(model, catalogue).topic_group
        assert group[0] == group[1]
        assert len(set(group.tolist())) == 3

    def test_an_empty_catalogue_or_model(self, model, make_model, make_events, make_catalogue):
        """Neither needs the other to have anything."""
        assert len(Binding.build(model, make_catalogue()).general) == 0
        bare = Binding.build(make_model(make_events()), make_catalogue(a={}))
        assert bare.general.shape == (1,)
        assert np.isfinite(bare.general).all()
