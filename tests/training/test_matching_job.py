"""Matching is trained from the store as it was at a time."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from data.clinic import CLINIC_TABLES
from data.database import open_engine
from data.exporting import write_frame
from data.frames import complete_frame
from data.importing import import_folder
from data.migrate import upgrade
from training.matching_job import TIMES, train
from training.products import Order

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def trained(make_clinic, tmp_path):
    """Store the rows of a clinic that come before a time, and train on them as of June."""

    def call(until: str):
        folder = tmp_path / until
        folder.mkdir()
        clinic = make_clinic(intakes=300, clinicians=12, spread=1.0, seed=3)
        end = pd.Timestamp(until, tz="UTC")
        for name, frame in clinic.items():
            spec = CLINIC_TABLES[name]
            kept = frame[frame[TIMES[name]] < end] if name in TIMES else frame
            write_frame(complete_frame(spec, kept), spec, folder / f"{name}.parquet")
        engine = open_engine(f"sqlite:///{folder / 'rapport.db'}")
        upgrade(engine)
        import_folder(engine, folder)
        order = Order(kind="matching", as_of=AS_OF, seed=1, budget_seconds=60.0, at=AS_OF)
        return train(engine, order, lambda *_: None)

    return call


@pytest.mark.slow
class TestTrain:
    def test_later_rows_do_not_matter(self, trained):
        """As of June the bundle is the same before and after the rest of the year came in."""
        then, later = trained("2026-06-01"), trained("2027-06-01")
        assert later.meta == then.meta
        assert later.files == then.files
        assert later.metrics == then.metrics
