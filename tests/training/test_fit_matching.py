import itertools
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from data.directory import Directory
from data.domain import Intake
from matching.artifact import to_files
from matching.predictions import HEADS
from training.clinic_frames import table_of
from training.fit_matching import CONFIGS, fit_matching

LATE = datetime(2028, 1, 1, tzinfo=UTC)


def fit(frames, *, as_of=LATE, **changes):
    return fit_matching(frames, as_of=as_of, **{"seed": 1, "budget_seconds": 60.0, **changes})


@pytest.fixture(scope="module")
def clinic(make_clinic):
    """Clinicians who differ, and enough outcomes to see it."""
    return make_clinic(intakes=800, clinicians=10, spread=1.0, seed=2)


@pytest.fixture(scope="module")
def fitted(clinic):
    """Trained on all of it."""
    return fit(clinic)


class TestFitMatching:
    def test_effects_serve_where_they_predict_better(self, fitted):
        """Losses of both are told, and the rules lose more."""
        validation = fitted.facts["validation"]
        assert fitted.scorer.kind == fitted.facts["serves"] == "effects"
        assert validation["losses"]["effects"] < validation["losses"]["rules"]
        assert "effects serve" in fitted.facts["why"]
        assert set(fitted.facts["variance"]) >= {"engage", "improve"}

    @pytest.mark.slow
    def test_same_data_and_seed_same_bytes(self, clinic, fitted):
        """A second training gives the same files."""
        assert to_files(fit(clinic).scorer) == to_files(fitted.scorer)

    @pytest.mark.parametrize(
        "keep", [(), ("clinicians",), ("clinicians", "intakes", "episodes")]
    )
    def test_a_clinic_without_outcomes_is_served_by_rules(self, clinic, keep):
        """Nothing, a directory, or bookings without a known course are no reason to fail."""
        frames = {name: clinic[name] for name in keep}
        if "episodes" in frames:
            columns = ["episode_id", "intake_id", "clinician_id", "booked_at"]
            frames["episodes"] = frames["episodes"].loc[:0, columns]
        found = fit(frames)
        assert found.scorer.kind == "rules"
        assert found.facts["validation"] is None
        assert "fewer than 50 labels" in found.facts["why"]

    def test_a_tiny_clinic(self, make_clinic):
        """Twelve intakes and one clinician."""
        assert (
            fit(make_clinic(intakes=12, clinicians=1, spread=0.0, seed=1)).scorer.kind
            == "rules"
        )

    @pytest.mark.slow
    def test_rules_serve_where_learning_does_not_help(self, make_clinic):
        """Half of the clinicians decline until the turn, and the other half after it."""
        frames = make_clinic(intakes=1_000, clinicians=10, spread=0.0, seed=4)
        is_even = frames["episodes"]["clinician_id"].str[-1].isin(list("02468"))
        is_late = pd.Series(range(1_000)) >= 800
        frames["episodes"]["accepted"] = (is_even == is_late).astype("boolean")
        found = fit(frames)
        assert found.scorer.kind == "rules"
        assert found.facts["validation"]["leads"]["rules_lately"]["is_shown"]
        assert found.facts["calibration"] is None
        assert found.scorer.rates[0] == pytest.approx(0.5, abs=0.05)

    def test_what_serves_is_calibrated_on_later_episodes(self, fitted):
        """Heads with labels enough have a line of their own; every line is told."""
        told = fitted.facts["calibration"]
        slopes = dict(zip(HEADS, fitted.scorer.calibration.slopes.tolist(), strict=True))
        assert {head: line["slope"] for head, line in told.items()} == slopes
        assert slopes["accept"] != 1.0

    def test_nothing_after_the_time_is_used(self, clinic):
        """As of a time before all bookings there is nothing to learn from."""
        found = fit(clinic, as_of=datetime(2020, 1, 1, tzinfo=UTC))
        assert found.scorer.kind == "rules"
        assert set(found.facts["labels"].values()) == {0}

    @pytest.mark.slow
    def test_the_budget_ends_the_search(self, clinic):
        """Without time the first configuration is tried, with time all of them."""
        ticks = itertools.count()
        hurried = fit(clinic, budget_seconds=0.5, clock=lambda: float(next(ticks)))
        assert hurried.facts["validation"]["configurations_tried"] == 1
        assert fit(clinic).facts["validation"]["configurations_tried"] == len(CONFIGS)

    def test_an_unknown_person_and_words(self, clinic, fitted):
        """A stranger from elsewhere with a new concern is scored."""
        stranger = Intake(
            intake_id="x",
            patient_id="y",
            requested_at=LATE,
            region="elsewhere",
            age_band="?",
            payer="?",
            concerns=("something new",),
        )
        directory = Directory.build(table_of(clinic, "clinicians"))
        found = fitted.scorer.predict(
            stranger, directory, np.arange(10), wait_days=np.full(10, 5.0)
        )
        assert np.isfinite(found.p_improve).all()
