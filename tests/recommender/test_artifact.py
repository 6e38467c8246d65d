"""What a recommender bundle holds."""

import json

import numpy as np
import pytest

from data.bundles import arrays_to_npz, npz_to_arrays
from data.errors import BundleError
from recommender.artifact import ARRAYS_FILE, MODEL_FILE, from_files, to_files
from recommender.person import Person
from recommender.recommender import Recommender
from recommender.request import RecommendationRequest


@pytest.fixture(scope="module")
def model(make_model, make_events):
    """Fitted on two people with telling ids."""
    return make_model(
        make_events(
            ("secret-person", "a", "complete", 1),
            ("secret-person", "b", "complete", 1),
            ("another", "b", "start", 2),
        )
    )


@pytest.fixture(scope="module")
def files(model):
    """Its files."""
    return to_files(model)


class TestToFiles:
    def test_equal_models_give_equal_bytes(self, model, files):
        """Also after a way through files and back."""
        assert to_files(model) == files == to_files(from_files(files))

    def test_nothing_of_a_person_is_in_it(self, files):
        """No id of a person, no array as long as the people are many."""
        assert all(b"secret-person" not in content for content in files.values())
        lengths = {len(array) for array in npz_to_arrays(files[ARRAYS_FILE]).values()}
        document = json.loads(files[MODEL_FILE])
        assert document["item_ids"] == ["a", "b"]
        assert "person_ids" not in document
        assert lengths <= {0, 2, 3, 4, 6, 100}

    def test_an_empty_model_has_files(self, make_model, make_events):
        """A model without a single event goes into files and back."""
        bare = to_files(make_model(make_events()))
        assert to_files(from_files(bare)) == bare


class TestFromFiles:
    def test_the_same_answers(self, model, files, make_catalogue, noon, make_safety):
        """A loaded model recommends what the saved one did."""
        catalogue = make_catalogue(a={}, b={}, c={})
        first, second = (
            Recommender(one).recommend(
                Person.build("n"),
                catalogue,
                safety=make_safety(),
                request=RecommendationRequest(),
                at=noon,
            )
            for one in (model, from_files(files))
        )
        assert first == second

    @pytest.mark.parametrize("name", [MODEL_FILE, ARRAYS_FILE])
    @pytest.mark.parametrize("content", [None, b"", b"{}", b"no"])
    def test_absent_or_damaged_files(self, files, name, content):
        """Nothing half-read serves."""
        broken = {key: value for key, value in files.items() if key != name}
        if content is not None:
            broken[name] = content
        with pytest.raises(BundleError):
            from_files(broken)

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("engine", "other"),
            ("format", 99),
            ("again_sources", ["plays"]),
            ("new_sources", []),
            ("config", {"neighbours": "many"}),
            ("config", {"unknown": 1}),
            ("item_ids", ["a"]),
            ("extra", 1),
        ],
    )
    def test_another_engine_or_format(self, files, key, value):
        """A document of something else is refused."""
        document = {**json.loads(files[MODEL_FILE]), key: value}
        with pytest.raises(BundleError):
            from_files({**files, MODEL_FILE: json.dumps(document).encode()})

    @pytest.mark.parametrize(
        ("name", "array"),
        [
            ("general", np.zeros(3)),
            ("general", np.array([np.nan, 1.0])),
            ("general", np.zeros(2, np.float32)),
            ("neighbour_row", np.array([0, 7])),
            ("neighbour_row", np.array(1)),
            ("neighbour_starts", np.array([0, 2, 1])),
            ("neighbour_starts", np.array([1, 2, 2])),
            ("extra", np.zeros(1)),
            ("new", None),
        ],
    )
    def test_arrays_that_do_not_fit(self, files, name, array):
        """Wrong shapes, types, rows out of range and numbers that are none are refused."""
        arrays = {**npz_to_arrays(files[ARRAYS_FILE]), name: array}
        if array is None:
            del arrays[name]
        with pytest.raises(BundleError):
            from_files({**files, ARRAYS_FILE: arrays_to_npz(arrays)})
