import numpy as np
import pytest

from training.simulator.acceptance import BANDS, Scored, acceptance, clinician_share
from training.simulator.clinic import ANCHOR, draw_clinic
from training.simulator.parameters import world

SIZES = {"patients": 20_000, "clinicians": 400, "items": 20, "users": 0}


@pytest.fixture(scope="module")
def figures():
    return acceptance(draw_clinic(world("base"), SIZES, seed=0, anchor=ANCHOR))


@pytest.mark.slow
class TestAcceptance:
    @pytest.mark.parametrize("name", sorted(BANDS))
    def test_base_world_lies_in_the_band(self, figures, name):
        """What the table's authors expect of a clinic."""
        assert BANDS[name].low <= figures[name] <= BANDS[name].high

    def test_null_world_has_no_clinician_share_and_no_gain(self):
        """The interval of the estimate holds zero, and no assignment helps."""
        figures = acceptance(draw_clinic(world("null"), SIZES, seed=1, anchor=ANCHOR))
        assert abs(figures["clinician_share"]) < 1.96 * figures["clinician_share_error"] + 1e-9
        for name in ("oracle_gain", "capacity_gain", "shuffled_gain"):
            assert figures[name] == 0.0

    def test_base_world_share_is_surely_above_zero(self, figures):
        """The log is enough to see that clinicians differ."""
        assert figures["clinician_share"] > 4 * figures["clinician_share_error"]


class TestClinicianShare:
    def test_known_share_is_recovered(self):
        """A tenth between 400 clinicians of very different size."""
        rng = np.random.default_rng(2)
        cases = rng.integers(2, 90, 400)
        group = np.repeat(np.arange(400), cases)
        effects = rng.normal(0, np.sqrt(0.1), 400)
        before = rng.uniform(5, 25, len(group))
        gain = effects[group] + rng.normal(0, np.sqrt(0.9), len(group))
        scored = Scored(
            before=before,
            after=before - gain,
            alliance=np.full(len(group), np.nan),
            clinician=group,
        )
        share, error = clinician_share(scored)
        assert share == pytest.approx(0.1, abs=3 * error)
        assert error < 0.015
