import re

import numpy as np
import pytest

from training.report.pictures import (
    caterpillar,
    group_dots,
    history,
    interval_dots,
    reliability,
    shares,
)

ROWS = [
    {"model": "rules", "value": 0.1, "low": 0.0, "high": 0.2},
    {"model": "m-1", "value": 0.6, "low": 0.5, "high": 0.7},
    {"model": "random", "value": 0.0, "low": None, "high": None},
]
BIN = {"said": 0.5, "happened": 0.4, "low": 0.3, "high": 0.5, "n": 30}
GROUP = {"attribute": "language", "n": 40, "value": 0.1, "low": 0.0, "high": 0.2}


def dots() -> str:
    return interval_dots(ROWS, ours=frozenset({"m-1"}), label="gain", zero="chance")


DRAWINGS = {
    "interval_dots": dots,
    "reliability": lambda: reliability({"engage": [BIN], "improve": [BIN, BIN]}),
    "group_dots": lambda: group_dots([{**GROUP, "group": "es"}], label="gap", centre=0.0),
    "shares": lambda: shares({"model": np.array([0.0, 1.0, 3.0])}, label="clinicians"),
    "caterpillar": lambda: caterpillar({"engage": (np.array([0.1, -0.2]), np.ones(2))}),
    "history": lambda: history([(0, 0.5), (2, 0.4)], label="loss"),
}


class TestDrawings:
    @pytest.mark.parametrize("name", DRAWINGS)
    def test_the_same_numbers_give_the_same_text(self, name):
        """No clock and no random name goes into a drawing."""
        assert DRAWINGS[name]() == DRAWINGS[name]()

    @pytest.mark.parametrize("name", DRAWINGS)
    def test_it_is_svg_that_asks_nobody(self, name):
        """One element, no head of its own, no picture or style from elsewhere."""
        text = DRAWINGS[name]()
        assert text.startswith("<svg")
        assert text.rstrip().endswith("</svg>")
        assert not re.findall(r'(?:href|src)="(?!#)', text)
        assert "@import" not in text

    def test_models_are_in_the_order_of_their_value(self):
        """The best stands on top: last in the order of the axis."""
        found = re.findall(r">(rules|m-1|random)<", dots())
        assert found == ["random", "rules", "m-1"]

    def test_of_losses_the_least_is_best(self):
        """The order turns round where less is better."""
        text = interval_dots(ROWS, ours=frozenset(), label="loss", is_loss=True)
        assert re.findall(r">(rules|m-1|random)<", text) == ["m-1", "rules", "random"]

    def test_a_group_that_is_not_told_is_not_drawn(self):
        """Neither its name nor a mark."""
        hidden = {**GROUP, "group": "vi", "n": None, "value": None, "low": None, "high": None}
        text = group_dots([{**GROUP, "group": "es"}, hidden], label="gap", centre=None)
        assert "language: es (n = 40)" in text
        assert "vi" not in re.findall(r">([^<>]*)<", text)

    @pytest.mark.parametrize("word", ["$\\frac{", "<script>", "&", "Tiếng Việt", "日本", "_x_"])
    def test_words_of_a_clinic_are_only_words(self, word):
        """No formula, no markup, no letter that stops the drawing."""
        text = group_dots([{**GROUP, "group": word}], label=word, centre=0.0)
        assert "<script>" not in text
        shown = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        assert shown in text
