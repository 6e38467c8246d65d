"""Objectives look at no time that is kept for measuring."""

from dataclasses import fields

import numpy as np
import pytest

from data.errors import DataRefusedError
from data.instants import instant_of, micros_of
from recommender.model import RecommenderConfig
from training.effects_fit import EffectsConfig
from training.tuning.objectives import MatchingObjective
from training.tuning.spaces import SPACES


@pytest.fixture(scope="module")
def clinic(make_clinic):
    """A clinic, and a time of which four fifths of it know."""
    frames = make_clinic(intakes=900, clinicians=8, spread=0.6, seed=4)
    times = np.sort(
        frames["intakes"]["requested_at"].to_numpy("datetime64[us]").astype(np.int64)
    )
    return frames, instant_of(int(times[int(len(times) * 0.8)]))


class TestSpaces:
    def test_names_are_those_of_the_configurations(self):
        """A study cannot find what a model does not know."""
        known = {"matching": EffectsConfig, "recommender": RecommenderConfig}
        for kind, space in SPACES.items():
            assert set(space) <= {entry.name for entry in fields(known[kind])}


class TestMatchingObjective:
    def test_what_comes_later_changes_nothing(self, clinic):
        """The loss is the same without the rows of the time that is kept for measuring."""
        frames, until = clinic
        whole = MatchingObjective.build(frames, known_until=until)
        gone = frames["intakes"]["requested_at"] >= until
        early = {**frames, "intakes": frames["intakes"][~gone]}
        cut = MatchingObjective.build(early, known_until=until)
        assert whole.cuts == cut.cuts
        assert max(end for _, end in whole.cuts) <= micros_of(until)
        for step in range(whole.steps):
            assert whole.loss(whole.defaults, step) == pytest.approx(
                cut.loss(cut.defaults, step)
            )

    def test_the_loss_is_one_of_probabilities(self, clinic):
        """Better than a coin, and the steps are different times."""
        frames, until = clinic
        objective = MatchingObjective.build(frames, known_until=until)
        losses = [objective.loss(objective.defaults, step) for step in range(objective.steps)]
        assert len(set(losses)) == 3
        assert all(0 < loss < np.log(2) for loss in losses)

    def test_too_little_to_tune_on(self, make_clinic):
        """A small clinic is told so."""
        frames = make_clinic(intakes=40, clinicians=3, spread=0.0, seed=1)
        with pytest.raises(DataRefusedError, match="too few outcomes"):
            MatchingObjective.build(frames, known_until=instant_of(2**50))
