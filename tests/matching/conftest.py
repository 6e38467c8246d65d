"""Builders for requests and directories of a few clinicians."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from data.clinic import CLINICIANS
from data.columns import Kind
from data.directory import Directory
from data.domain import CareLevel, Intake, Safety, Tier
from data.frames import frame_from_storage, storage_from_frame
from matching.nested_effects import NestedEffects

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPEN_TO_ALL = {
    "licensed_regions": ("US-CA",),
    "payers": ("aetna",),
    "languages": ("en",),
    "formats": ("video",),
}


@pytest.fixture(scope="session")
def monday() -> datetime:
    """When the requests of these tests are made."""
    return MONDAY


@pytest.fixture(scope="session")
def make_directory():
    """A directory of clinicians given as dicts; each takes an adult in US-CA with aetna."""

    def make(*clinicians: dict) -> Directory:
        rows = [{**OPEN_TO_ALL, **row} for row in clinicians]
        columns = {}
        for column in CLINICIANS.columns:
            gap = () if column.kind is Kind.WORDS else None
            values = [row.get(column.name, gap) for row in rows]
            if column.kind is Kind.TIME:
                columns[column.name] = pd.to_datetime(pd.Series(values), utc=True)
            else:
                columns[column.name] = pd.Series(values, dtype="object")
        stored = storage_from_frame(CLINICIANS, pd.DataFrame(columns))
        return Directory.build(frame_from_storage(CLINICIANS, stored))

    return make


@pytest.fixture(scope="session")
def make_intake():
    """An adult in US-CA with aetna, unless told otherwise."""

    def make(**values) -> Intake:
        plain = {
            "intake_id": "i1",
            "patient_id": "p1",
            "requested_at": MONDAY,
            "region": "US-CA",
            "age_band": "26-35",
            "payer": "aetna",
        }
        return Intake(**{**plain, **values})

    return make


@pytest.fixture(scope="session")
def green() -> Safety:
    """A person without any worrying answer."""
    return Safety(tier=Tier.GREEN, care_level=CareLevel.OUTPATIENT)


@pytest.fixture(scope="session")
def make_nested_effects():
    """Effects of clinicians a and b of the clinic north, known in the domain mood."""

    def make() -> NestedEffects:
        return NestedEffects(
            clinic_ids=np.array(["north"]),
            clinician_ids=np.array(["a", "b"]),
            domains=np.array(["mood"]),
            prior=np.array([0.01, 0.04, 0.02]),
            clinics=np.array([[0.1], [0.005]]),
            clinicians=np.array([[0.3, -0.3], [0.02, 0.02], [50.0, 50.0]]),
            cell_keys=np.array([0, 1]),
            cells=np.array([[0.4, -0.4], [0.03, 0.03], [50.0, 50.0]]),
        )

    return make
