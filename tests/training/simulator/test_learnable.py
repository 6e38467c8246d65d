"""The ceiling lies between knowing nothing and knowing everything, and reads nothing that is later."""

import numpy as np
import pytest

from data.errors import UsageError
from training.clinic_frames import times_of
from training.simulator.clinic import SimulatedClinic, simulate
from training.simulator.learnable import learnable_utilities
from training.simulator.parameters import describe, read_world, world


@pytest.fixture(scope="module")
def simulated() -> SimulatedClinic:
    """2,000 people and 40 clinicians of the base world."""
    return simulate(world("base"), patients=2_000, clinicians=40, items=20, users=10, seed=4)


@pytest.fixture(scope="module")
def split(simulated) -> int:
    """When the intakes with truth begin."""
    intakes = simulated.tables["intakes"]
    held_out = intakes["intake_id"].isin(simulated.truth["pairs"]["intake_id"])
    return int(times_of(intakes[held_out].reset_index(drop=True), "requested_at").min())


def captured(simulated: SimulatedClinic, values: np.ndarray) -> float:
    """Share of the achievable gain of choosing by some values."""
    pairs = simulated.truth["pairs"].assign(value=values)
    groups = pairs.groupby("intake_id")
    chosen = pairs.loc[groups["value"].idxmax()].set_index("intake_id")["utility"]
    mean, best = groups["utility"].mean(), groups["utility"].max()
    return float((chosen - mean).sum() / (best - mean).sum())


class TestLearnableUtilities:
    def test_it_learns_from_the_log(self, simulated, split):
        """More is captured with the log than without, and never all of it."""
        pairs = simulated.truth["pairs"]
        nothing = {name: frame.iloc[:0] for name, frame in simulated.tables.items()}
        with_log, without = (
            learnable_utilities(simulated.world, tables, pairs, as_of=split)
            for tables in (simulated.tables, nothing)
        )
        assert captured(simulated, without) < captured(simulated, with_log) < 1.0
        assert captured(simulated, with_log) > 0.5

    def test_it_reads_nothing_later(self, simulated, split):
        """Rows from the split on change nothing."""
        pairs = simulated.truth["pairs"].head(500)
        clocks = {"episodes": "booked_at", "attendance": "at", "measures": "at"}
        early = {
            name: simulated.tables[name][times_of(simulated.tables[name], clock) < split]
            for name, clock in clocks.items()
        }
        whole = learnable_utilities(simulated.world, simulated.tables, pairs, as_of=split)
        cut = learnable_utilities(simulated.world, early, pairs, as_of=split)
        assert np.array_equal(whole, cut)

    def test_strangers_have_no_value(self, simulated, split):
        """An intake that is not of this world is NaN, not an error."""
        pairs = simulated.truth["pairs"].head(3).copy()
        pairs.loc[0, "intake_id"] = "nobody"
        found = learnable_utilities(simulated.world, simulated.tables, pairs, as_of=split)
        assert np.isnan(found[0])
        assert np.isfinite(found[1:]).all()


class TestReadWorld:
    def test_it_comes_back(self):
        """A described world is found by name and hash."""
        assert read_world(describe(world("null"))) == world("null")

    def test_another_version_is_refused(self):
        """A document whose hash does not fit is of another simulator."""
        with pytest.raises(UsageError, match="simulate again"):
            read_world({**describe(world("base")), "hash": "0"})
