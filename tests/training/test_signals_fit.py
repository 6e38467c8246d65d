"""Signals are learned where records allow, vanish where nothing differs, and never look ahead."""

from dataclasses import replace

import numpy as np
import pytest

from data.instants import micros_of
from matching.course_signals import Signal
from matching.rules import PairPoints
from matching.scorers import NO_DOMAIN
from training.matching_cases import Cases
from training.matching_job import moment_after
from training.signals_fit import FittedSignals, fit_signals


@pytest.fixture(scope="module")
def clinic(make_clinic) -> tuple[Cases, int]:
    """3,000 intakes of 20 clinicians who differ."""
    frames = make_clinic(intakes=3_000, clinicians=20, spread=1.2, seed=3)
    return Cases.build(frames), micros_of(moment_after(frames)) + 10**15


def fit(cases: Cases, as_of: int) -> FittedSignals:
    return fit_signals(cases, as_of=as_of, points=PairPoints(), ridge=4.0, slope_sd=0.3)


class TestFitSignals:
    def test_an_empty_clinic_has_none(self) -> None:
        """Without visits and scores the outcomes alone are left."""
        assert fit(Cases.build({}), 0).signals == ()

    def test_nothing_later_counts(self, clinic) -> None:
        """Before the first outcome could be known nothing is learned."""
        cases, _ = clinic
        assert fit(cases, int(cases.requested_at.min())).signals == ()

    def test_change_follows_the_scores(self, clinic) -> None:
        """Clinicians whose patients' scores move more are thought to help more."""
        cases, as_of = clinic
        change = {signal.name: signal for signal in fit(cases, as_of).signals}["change"]
        assert change.slopes[3] > 0.0
        assert change.slopes[4] == 0.0, "nobody there deteriorated, so nothing is known of it"
        assert change.effects.prior[1] > 0.0

    def test_shuffled_clinicians_have_no_effects(self, clinic) -> None:
        """Once clinicians are dealt out anew nothing is left to learn of them."""
        cases, as_of = clinic
        dealt = np.random.default_rng(1).permutation(cases.outcomes.clinician_ids)
        shuffled = replace(cases, outcomes=replace(cases.outcomes, clinician_ids=dealt))
        for before, after in zip(
            fit(cases, as_of).signals,
            fit(shuffled, as_of).signals,
            strict=True,
        ):
            assert _most(after, dealt) < 0.5 * _most(before, dealt)


def _most(signal: Signal, clinicians: np.ndarray) -> float:
    """The largest shift of any clinician."""
    ids = np.unique(clinicians)
    return float(np.abs(signal.shifts(ids, np.full(len(ids), ""), NO_DOMAIN)[0]).max())
