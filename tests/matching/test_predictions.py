from dataclasses import fields

import numpy as np

from matching.predictions import HEADS, Predictions


class TestPredictions:
    def test_take_keeps_some_candidates(self):
        """Every array is taken at the same places, in their order."""
        whole = Predictions(**{entry.name: np.arange(3) / 10 for entry in fields(Predictions)})
        part = whole.take(np.array([2, 0]))
        assert len(whole) == 3
        assert len(part) == 2
        assert all(
            getattr(part, entry.name).tolist() == [0.2, 0.0] for entry in fields(Predictions)
        )

    def test_every_head_has_a_probability(self):
        """The names of the heads are those of the arrays."""
        names = {entry.name for entry in fields(Predictions)}
        assert {f"p_{head}" for head in HEADS} <= names
