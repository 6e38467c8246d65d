"""Trees are checked before LightGBM reads them, and every damaged text is refused."""

import re

import lightgbm
import numpy as np
import pytest

from data.errors import BundleError
from matching.tree_models import TreeModel, anonymous, check_structure

NAMES = ("a", "b", "c")
QUIET = {"verbose": -1, "num_leaves": 5, "min_data_in_leaf": 5, "num_threads": 1, "seed": 1}


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    """200 rows of three columns, some missing."""
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(200, 3))
    rows[dice.random(rows.shape) < 0.1] = np.nan
    return rows


@pytest.fixture(scope="module")
def text(matrix) -> str:
    """Ten trees."""
    labels = (np.nan_to_num(matrix[:, 0]) + np.nan_to_num(matrix[:, 1]) > 0).astype(float)
    data = lightgbm.Dataset(matrix, label=labels, feature_name=list(NAMES))
    grown = lightgbm.train({"objective": "binary", **QUIET}, data, 10)
    return str(grown.model_to_string())


def line(text: str, name: str, tree: int, change) -> str:
    """The text with one line of one tree changed."""
    head, *blocks = text.split("\nTree=")
    blocks[tree] = re.sub(
        rf"^{name}=(.*)$",
        lambda found: f"{name}=" + " ".join(change(found[1].split(" "))),
        blocks[tree],
        count=1,
        flags=re.MULTILINE,
    )
    return "\nTree=".join([head, *blocks])


class TestRead:
    def test_sound_trees_are_read(self, text, matrix):
        """Margins are the sums of contributions, and the same after the round trip."""
        model = TreeModel.read(text, NAMES)
        margins = model.margins(matrix)
        assert margins == pytest.approx(model.contributions(matrix).sum(axis=1))
        again = TreeModel.read(model.text, NAMES)
        assert np.array_equal(again.margins(matrix), margins)

    def test_ranges_of_training_values_are_taken_out(self, text, matrix):
        """Nobody's lowest or highest score stays in the file, and nothing else changes."""
        model = TreeModel.read(anonymous(text), NAMES)
        infos = next(row for row in model.text.splitlines() if row.startswith("feature_infos"))
        assert set(infos.removeprefix("feature_infos=").split()) == {"[-1e+30:1e+30]"}
        assert np.array_equal(
            model.margins(matrix), TreeModel.read(text, NAMES).margins(matrix)
        )


class TestCheckStructure:
    @pytest.mark.parametrize("share", [0.3, 0.6, 0.8, 0.9])
    def test_a_cut_text(self, text, share):
        """However many trees are there."""
        whole = text.index("\nend of trees\n")
        with pytest.raises(BundleError):
            check_structure(text[: int(whole * share)], NAMES)

    def test_a_cut_text_without_sizes(self, text):
        """LightGBM would load what is left of it."""
        cut = text.split("\nTree=5")[0] + "\nend of trees\n"
        for damaged in (cut, re.sub(r"\ntree_sizes=.*", "", cut)):
            with pytest.raises(BundleError):
                check_structure(damaged, NAMES)

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("split_feature", lambda words: ["9", *words[1:]]),
            ("split_feature", lambda words: ["-1", *words[1:]]),
            ("left_child", lambda words: ["99", *words[1:]]),
            ("left_child", lambda words: ["0", *words[1:]]),
            ("right_child", lambda words: [words[0], *words[:-1]]),
            ("leaf_value", lambda words: ["nan", *words[1:]]),
            ("leaf_value", lambda words: ["1e9", *words[1:]]),
            ("leaf_value", lambda words: words[1:]),
            ("threshold", lambda words: ["nan", *words[1:]]),
            ("threshold", lambda words: ["x", *words[1:]]),
            ("num_leaves", lambda _words: ["999"]),
            ("num_cat", lambda _words: ["1"]),
        ],
        ids=[
            "feature beyond",
            "feature below",
            "child beyond",
            "child goes back",
            "child twice",
            "leaf nan",
            "leaf huge",
            "leaf missing",
            "threshold nan",
            "threshold word",
            "too many leaves",
            "categories",
        ],
    )
    def test_a_damaged_tree(self, text, name, change):
        """Wrong indices, circles, impossible leaves."""
        with pytest.raises(BundleError, match="tree 3"):
            check_structure(line(text, name, 3, change), NAMES)

    def test_trees_out_of_order(self, text):
        """A tree that is named twice hides another."""
        with pytest.raises(BundleError, match="tree 4"):
            check_structure(text.replace("\nTree=4\n", "\nTree=3\n"), NAMES)

    def test_other_features(self, text):
        """Columns have to be ours, in our order."""
        with pytest.raises(BundleError, match="features"):
            TreeModel.read(text, ("b", "a", "c"))
