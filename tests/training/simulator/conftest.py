"""A small clinic of the base world, drawn once."""

import pytest

from training.simulator.care import run_care
from training.simulator.clinic import ANCHOR, draw_clinic, simulate
from training.simulator.parameters import world

SIZES = {"patients": 500, "clinicians": 60, "items": 200, "users": 200}


@pytest.fixture(scope="session")
def base():
    return world("base")


@pytest.fixture(scope="session")
def clinic(base):
    """The people and openings of a clinic."""
    return draw_clinic(base, SIZES, seed=7, anchor=ANCHOR)


@pytest.fixture(scope="session")
def rounds(clinic):
    """What came of their requests."""
    return run_care(clinic.setting)


@pytest.fixture(scope="session")
def simulated(base):
    """The same clinic as tables and truth."""
    return simulate(base, seed=7, **SIZES)
