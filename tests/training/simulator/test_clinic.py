import datetime as dt

import numpy as np
import pandas as pd
import pytest

from data.clinic import CLINIC_TABLES
from data.errors import UsageError
from data.frames import DTYPES
from training.outcomes import clinic_outcomes
from training.simulator.clinic import simulate
from training.simulator.parameters import content_hash, world

SMALL = {"patients": 120, "clinicians": 25, "items": 40, "users": 30}


class TestSimulate:
    def test_all_tables_are_canonical(self, simulated):
        """Ten tables with the contract's columns, dtypes and required values."""
        assert tuple(simulated.tables) == tuple(CLINIC_TABLES)
        for name, spec in CLINIC_TABLES.items():
            frame = simulated.tables[name]
            assert tuple(frame.columns) == spec.names, name
            assert not frame.duplicated(list(spec.key)).any(), name
            for column in spec.columns:
                assert frame[column.name].dtype == DTYPES[column.kind], (name, column.name)
                if column.is_required:
                    assert frame[column.name].notna().all(), (name, column.name)

    def test_same_seed_gives_the_same_clinic(self, base):
        """Tables and truth are equal, cell by cell."""
        one, two = (simulate(base, seed=4, **SMALL) for _ in range(2))
        for name, frame in {**one.tables, **one.truth}.items():
            pd.testing.assert_frame_equal(frame, {**two.tables, **two.truth}[name])
        assert one.world == two.world

    def test_other_seed_gives_another_clinic(self, base):
        """Nothing is shared, ids included."""
        one, two = (simulate(base, seed=seed, **SMALL) for seed in (4, 5))
        both = set(one.tables["intakes"]["intake_id"]) & set(two.tables["intakes"]["intake_id"])
        assert not both

    def test_more_users_leave_patients_and_clinicians_as_they_are(self, base):
        """Sizes of one kind do not reshuffle another."""
        one = simulate(base, seed=4, **SMALL)
        two = simulate(base, seed=4, **{**SMALL, "users": 60})
        for name in ("intakes", "clinicians", "offers", "content"):
            pd.testing.assert_frame_equal(one.tables[name], two.tables[name])

    def test_more_patients_leave_clinicians_as_they_are(self, base):
        """The directory does not know who asks."""
        one = simulate(base, seed=4, **SMALL)
        two = simulate(base, seed=4, **{**SMALL, "patients": 150})
        pd.testing.assert_frame_equal(one.tables["clinicians"], two.tables["clinicians"])

    def test_references_between_tables_hold(self, simulated):
        """Every id leads somewhere."""
        tables = simulated.tables
        for name, column, target in (
            ("offers", "intake_id", "intakes"),
            ("offers", "clinician_id", "clinicians"),
            ("episodes", "intake_id", "intakes"),
            ("attendance", "episode_id", "episodes"),
            ("measures", "episode_id", "episodes"),
            ("content_events", "item_id", "content"),
        ):
            known = set(tables[target][column])
            assert set(tables[name][column].dropna()) <= known, (name, column)

    def test_labels_can_be_read_off_the_tables(self, simulated):
        """Each head has both labels, and some are not known."""
        outcomes = clinic_outcomes(simulated.tables)
        for head in ("accept", "attend", "engage", "improve", "deteriorate"):
            labels = outcomes.label(head)
            assert {0.0, 1.0} <= set(labels[np.isfinite(labels)]), head
        assert np.isnan(outcomes.label("improve")).mean() > 0.3

    def test_world_tells_all(self, simulated, base):
        """Seed, sizes, anchor, hash and parameters."""
        told = simulated.world
        assert told["seed"] == 7
        assert told["hash"] == content_hash(base)
        assert told["anchor"] == "2026-06-30T00:00:00Z"
        assert told["sizes"]["clinicians"] == 60
        assert len(told["parameters"]) > 58

    @pytest.mark.parametrize(
        "sizes",
        [
            {"patients": 1, "clinicians": 1, "items": 1, "users": 0},
            {"patients": 30, "clinicians": 1, "items": 2, "users": 3},
            {"patients": 2, "clinicians": 3, "items": 5, "users": 4},
        ],
    )
    def test_tiny_clinics_work(self, base, sizes):
        """Whatever is empty is an empty table."""
        clinic = simulate(base, seed=2, **sizes)
        assert len(clinic.tables["clinicians"]) == sizes["clinicians"]

    def test_another_anchor_moves_the_log(self, base):
        """Nothing happens after it."""
        anchor = dt.datetime(2021, 3, 1, 12, tzinfo=dt.UTC)
        clinic = simulate(base, anchor=anchor, **SMALL)
        assert clinic.tables["episodes"]["booked_at"].max() < pd.Timestamp(anchor)
        assert clinic.tables["content_events"]["at"].max() < pd.Timestamp(anchor)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"patients": 0},
            {"clinicians": 0},
            {"items": 0},
            {"users": -1},
            {"anchor": dt.datetime(2026, 1, 1)},  # noqa: DTZ001 - what is refused
        ],
    )
    def test_impossible_clinics_are_refused(self, base, wrong):
        """A size out of range or an anchor without a zone."""
        with pytest.raises(UsageError):
            simulate(base, **{**SMALL, **wrong})

    def test_users_are_half_the_patients_unless_said(self):
        """The default follows the number of patients."""
        clinic = simulate(world("null"), patients=50, clinicians=20, items=10)
        assert clinic.world["sizes"]["users"] == 25
