import numpy as np
import pytest

from matching.rules import RuleScorer
from training.effects_fit import fit_effects_scorer
from training.evaluation.held_out_said import held_out_said
from training.matching_cases import Cases
from training.report.measures import (
    effect_panels,
    exposure_lines,
    reliability_bins,
    reliability_panels,
)


@pytest.fixture(scope="module")
def cases(make_clinic):
    """Six clinicians who differ, and 400 intakes."""
    return Cases.build(make_clinic(intakes=400, clinicians=6, spread=1.0, seed=4))


@pytest.fixture(scope="module")
def since(cases) -> int:
    """When the last hundred intakes began."""
    return int(np.sort(cases.requested_at)[-100])


class TestReliabilityBins:
    def test_bins_have_equal_numbers_and_weighted_means(self):
        """Forty outcomes are two bins of twenty; a weight of 3 makes a half three quarters."""
        said = np.linspace(0.0, 1.0, 40)
        observed = np.tile([0.0, 1.0], 20)
        weights = np.tile([1.0, 3.0], 20)
        first, last = reliability_bins(said, observed, weights)
        assert first["n"] == last["n"] == 20
        assert first["happened"] == pytest.approx(0.75)
        assert first["said"] < 0.5 < last["said"]
        assert first["low"] < 0.75 < first["high"]

    def test_uneven_weights_widen_the_interval(self):
        """One course that counts for nearly all is little evidence."""
        said, observed = np.full(20, 0.5), np.tile([0.0, 1.0], 10)
        heavy = np.ones(20)
        heavy[1] = 100.0
        (even,) = reliability_bins(said, observed, np.ones(20))
        (uneven,) = reliability_bins(said, observed, heavy)
        assert uneven["high"] - uneven["low"] > even["high"] - even["low"]


class TestReliabilityPanels:
    def test_heads_without_outcomes_have_no_panel(self, cases, since):
        """Nobody deteriorated measurably often enough here to be drawn; engagement is."""
        held = held_out_said(RuleScorer(), cases, since=since)
        panels = reliability_panels(held)
        known = {head for head in held.heads if np.isfinite(held.heads[head][1]).sum() >= 20}
        assert set(panels) == known
        assert "engage" in panels


class TestExposureLines:
    def test_places_add_up(self, cases, since):
        """A hundred lists of three places: the model gives them all, chance gives each the same."""
        lines = exposure_lines(RuleScorer(), cases, since=since, seed=1)
        assert lines["model"].sum() == pytest.approx(300.0)
        assert lines["at random"] == pytest.approx(np.full(6, 50.0))
        assert lines["booked"].sum() == 100.0

    def test_nobody_after_the_end(self, cases):
        """Without intakes there is nothing to draw."""
        lines = exposure_lines(RuleScorer(), cases, since=2**62, seed=1)
        assert all(not len(amounts) for amounts in lines.values())


class TestEffectPanels:
    def test_effects_of_all_clinicians(self, cases, since):
        """One estimate and one half-width above 0 per clinician; rules have none."""
        scorer = fit_effects_scorer(cases, as_of=since)
        panels = effect_panels(scorer, cases)
        assert set(panels) == {"engage", "improve"}
        for values, halves in panels.values():
            assert values.shape == halves.shape == (6,)
            assert (halves > 0).all()
        assert effect_panels(RuleScorer(), cases) == {}
