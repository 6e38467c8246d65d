"""Signals are learned where records allow, vanish where nothing differs, and never look ahead."""

from dataclasses import replace

import numpy as np
import pytest

from data.instants import micros_of
from matching.scorers import NO_DOMAIN
from training.matching_cases import Cases
from training.matching_job import moment_after
from training.signals_fit import fit_signals


@pytest.fixture(scope="module")
def clinic(make_clinic) -> tuple[Cases, int]:
    """3,000 intakes of 20 clinicians who differ."""
    frames = make_clinic(intakes=3_000, clinicians=20, spread=1.2, seed=3)
    return Cases.build(frames), micros_of(moment_after(frames)) + 10**15


class TestFitSignals:
    def test_an_empty_clinic_has_none(self) -> None:
        """Without visits and scores the outcomes alone are left."""
        assert fit_signals(Cases.build({}), as_of=0, ridge=4.0) == ()

    def test_nothing_later_counts(self, clinic) -> None:
        """Before the first outcome could be known nothing is learned."""
        cases, _ = clinic
        assert fit_signals(cases, as_of=int(cases.requested_at.min()), ridge=4.0) == ()

    def test_change_follows_the_scores(self, clinic) -> None:
        """Clinicians whose patients' scores move more are thought to help more."""
        cases, as_of = clinic
        change = {signal.name: signal for signal in fit_signals(cases, as_of=as_of, ridge=4.0)}[
            "change"
        ]
        assert change.slopes[3] > 0.0
        assert change.slopes[4] == 0.0, "nobody there deteriorated, so nothing is known of it"
        assert change.effects.components.clinician.value > 0.0

    def test_shuffled_clinicians_have_no_effects(self, clinic) -> None:
        """Once clinicians are dealt out anew nothing is left to learn of them."""
        cases, as_of = clinic
        dealt = np.random.default_rng(1).permutation(cases.outcomes.clinician_ids)
        shuffled = replace(cases, outcomes=replace(cases.outcomes, clinician_ids=dealt))
        for before, after in zip(
            fit_signals(cases, as_of=as_of, ridge=4.0),
            fit_signals(shuffled, as_of=as_of, ridge=4.0),
            strict=True,
        ):
            most = np.abs(after.shifts(np.unique(dealt), NO_DOMAIN)[0]).max()
            assert most < 0.5 * np.abs(before.shifts(np.unique(dealt), NO_DOMAIN)[0]).max()
