"""Boosted trees as text that is checked before LightGBM reads it.

LightGBM trusts its text format: a wrong index ends the process, and a file that was cut may load with fewer
trees (GHSA-wvg4-4w35-4jc9). So the structure is checked here first, node by node.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import lightgbm
import numpy as np
from numpy.typing import NDArray

from data.errors import BundleError

Floats = NDArray[np.float64]

LARGEST_LEAF = 1e3
"""No leaf of ours is near this."""
_NUMBERS = ("split_feature", "left_child", "right_child", "leaf_value")


@dataclass(frozen=True, slots=True, eq=False)
class TreeModel:
    """A checked model of boosted trees."""

    text: str
    booster: Any

    @classmethod
    def read(cls, text: str, features: Sequence[str]) -> Self:
        """A model from its text.

        Args:
            text: As `train` of LightGBM saves it.
            features: Names of the columns it has to be about.

        Raises:
            BundleError: The text is damaged or about other features.
        """
        check_structure(text, features)
        try:
            return cls(text, lightgbm.Booster(model_str=text))
        except lightgbm.basic.LightGBMError as error:
            raise BundleError("the trees are damaged: train or fetch them again") from error

    def margins(self, matrix: Floats) -> Floats:
        """Sums of the leaves.

        Args:
            matrix: Shape (rows, features).

        Returns:
            Shape (rows,).
        """
        found = self.booster.predict(matrix, raw_score=True, num_threads=1)
        return np.asarray(found, np.float64)

    def contributions(self, matrix: Floats) -> Floats:
        """What each feature adds to the margin (SHAP), and last what every row has.

        Args:
            matrix: Shape (rows, features).

        Returns:
            Shape (rows, features + 1); sums to the margins.
        """
        found = self.booster.predict(matrix, pred_contrib=True, num_threads=1)
        return np.asarray(found, np.float64)


def anonymous(text: str) -> str:
    """The text without the smallest and largest values that were seen in training."""
    return re.sub(
        r"^feature_infos=.*$",
        lambda found: (
            "feature_infos=" + " ".join(["[-1e+30:1e+30]"] * len(found[0].split(" ")))
        ),
        text,
        count=1,
        flags=re.MULTILINE,
    )


def check_structure(text: str, features: Sequence[str]) -> None:
    """Refuse a text that LightGBM would read past its end, in circles, or in part.

    Args:
        text: The model.
        features: Names of the columns.

    Raises:
        BundleError: It is such a text.
    """
    head, *blocks = text.split("\nTree=")
    facts = _facts(head)
    sizes = facts.get("tree_sizes", "").split()
    if "\nend of trees\n" not in text or len(sizes) != len(blocks):
        raise BundleError("the trees are cut short")
    if facts.get("feature_names", "").split() != list(features):
        raise BundleError("the trees are about other features")
    for place, block in enumerate(blocks):
        number, _, rest = block.partition("\n")
        if number != str(place):
            raise BundleError(f"tree {place} is missing")
        _check_tree(_facts(rest.split("\nend of trees", maxsplit=1)[0]), place, len(features))


def _facts(block: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in block.splitlines())
    return {name: value for name, sign, value in pairs if sign}


def _check_tree(facts: Mapping[str, str], place: int, features: int) -> None:
    try:
        leaves = int(facts["num_leaves"])
        if int(facts.get("num_cat", "0")):
            raise BundleError(f"tree {place} has categories")
        values = [float(word) for word in facts["leaf_value"].split()]
        splits, left, right = (
            [int(word) for word in facts.get(name, "").split()] for name in _NUMBERS[:3]
        )
        thresholds = [float(word) for word in facts.get("threshold", "").split()]
    except (KeyError, ValueError) as error:
        raise BundleError(f"tree {place} is damaged") from error
    counts = {len(splits), len(left), len(right), len(thresholds)}
    is_whole = (
        len(values) == leaves
        and counts == {leaves - 1}
        and all(abs(value) <= LARGEST_LEAF for value in values)
        and all(0 <= feature < features for feature in splits)
        and not np.isnan(thresholds).any()  # a split on missing values alone is at infinity
        and _reaches_all(left, right, leaves)
    )
    if not is_whole:
        raise BundleError(f"tree {place} is damaged")


def _reaches_all(left: Sequence[int], right: Sequence[int], leaves: int) -> bool:
    """Whether every node and leaf is reached once; a child below 0 is leaf `-child - 1`."""
    reached = sorted([*left, *right])
    if leaves == 1:
        return not reached
    if reached != sorted([*(-leaf - 1 for leaf in range(leaves)), *range(1, leaves - 1)]):
        return False
    # Children come after their parent, so that no path can go round.
    return all(
        child < 0 or child > node
        for node, pair in enumerate(zip(left, right, strict=True))
        for child in pair
    )
