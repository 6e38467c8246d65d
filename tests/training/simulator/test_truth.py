from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matching.utility import UtilityWeights, pairing_value
from training.outcomes import clinic_outcomes
from training.simulator.care import Round
from training.simulator.care_tables import attendance_frame, episodes_frame
from training.simulator.clinic import ANCHOR, draw_clinic, simulate
from training.simulator.columns import MISSING
from training.simulator.desk import Asks, ShownLists
from training.simulator.episodes import book
from training.simulator.pairs import attend_probability
from training.simulator.parameters import world
from training.simulator.questionnaires import measures_frame
from training.simulator.requests import eligible
from training.simulator.truth import held_out_rows, pair_chances

FOREVER = 2**62
REPEATS = 250


@pytest.fixture(scope="module")
def pairs(simulated):
    return simulated.truth["pairs"]


class TestPairsFrame:
    def test_pairs_are_those_that_ranking_meets(self, simulated, clinic):
        """Every eligible clinician of the exported directory, for each test intake."""
        rows = held_out_rows(clinic.setting)
        some = clinic.intakes.take(rows).reset_index(drop=True)
        found = eligible(some, clinic.clinicians)
        assert len(simulated.truth["pairs"]) == found.sum()

    def test_test_intakes_are_the_last_by_time(self, simulated, pairs):
        """A fifth of the intakes, and none of them before any other."""
        intakes = simulated.tables["intakes"]
        last = set(intakes["intake_id"].tail(round(0.2 * len(intakes))))
        assert set(pairs["intake_id"]) <= last

    def test_probabilities_are_probabilities(self, pairs):
        """Strictly between 0 and 1."""
        for name in ("p_accept", "p_attend", "p_engage", "p_improve", "p_deteriorate"):
            assert pairs[name].between(0, 1, inclusive="neither").all(), name
        assert (pairs["p_improve"] + pairs["p_deteriorate"] < 1).all()

    def test_utility_is_the_formula_with_the_wait_of_the_directory(self, simulated, pairs):
        """Anyone can compute it from the exported files."""
        free = simulated.tables["clinicians"].set_index("clinician_id")["next_available"]
        wait = free.reindex(pairs["clinician_id"]).reset_index(drop=True) - ANCHOR
        names = ["p_accept", "p_attend", "p_engage", "p_improve", "p_deteriorate"]
        days = wait.dt.total_seconds().to_numpy() / 86_400
        value = pairing_value(pairs[names].to_numpy().T, days, UtilityWeights())
        assert pairs["utility"].to_numpy() == pytest.approx(value)

    def test_null_world_pairs_differ_by_the_wait_alone(self):
        """No outcome of an intake depends on the clinician."""
        null = simulate(world("null"), patients=400, clinicians=50, items=20, users=10, seed=3)
        pairs = null.truth["pairs"]
        spread = pairs.groupby("intake_id")[
            ["p_accept", "p_engage", "p_improve", "p_deteriorate"]
        ].agg(np.ptp)
        assert spread.to_numpy().max() < 1e-9
        assert pairs.groupby("intake_id")["p_attend"].agg(np.ptp).max() > 0.01


@pytest.fixture(scope="module")
def repeated():
    """Labels of many repeats of some pairs, with their true probabilities.

    The log is complete: no reason from outside, and every outcome is measured.
    """
    base = world("base")
    whole = replace(
        base,
        course=replace(base.course, censor_hazard=0.0, missing_early=1e-9, missing_late=1e-9),
    )
    sizes = {"patients": 900, "clinicians": 60, "items": 30, "users": 100}
    clinic = draw_clinic(whole, sizes, seed=5, anchor=ANCHOR)
    setting = clinic.setting
    rows, givers = np.nonzero(setting.market.eligible)
    some = np.sort(np.random.default_rng(1).choice(len(rows), 60, replace=False))
    chances = pair_chances(setting, rows[some], givers[some])
    intake, giver = np.repeat(rows[some], REPEATS), np.repeat(givers[some], REPEATS)
    asks = Asks(
        intake=intake,
        asked_at=setting.market.patients.requested_at[intake],
        without=np.full(len(intake), MISSING),
    )
    starts = setting.market.patients.severity.scores[intake]
    done = book(setting, asks, giver, starts, "repeats")
    part = Round(asks=asks, shown=_nothing(len(intake)), episodes=done, number=0)
    return chances, _labels(clinic, part), _waits(setting, done, asks)


@pytest.mark.slow
class TestPairChances:
    def test_accept_and_engage_happen_as_often_as_the_truth_says(self, repeated):
        """Within binomial error over all pairs."""
        chances, labels, _ = repeated
        assert _score(chances[0], labels["accept"]) == pytest.approx(1.0, abs=0.4)
        assert _score(chances[2], labels["engage"]) == pytest.approx(1.0, abs=0.4)

    def test_outcomes_happen_as_often_as_the_truth_says(self, repeated):
        """As the label definitions read them off the tables, noise included."""
        chances, labels, _ = repeated
        assert _score(chances[3], labels["improve"]) == pytest.approx(1.0, abs=0.4)
        assert _score(chances[4], labels["deteriorate"]) == pytest.approx(1.0, abs=0.4)

    def test_attendance_follows_its_curve(self, repeated):
        """Given acceptance and the wait."""
        _, labels, chance = repeated
        known = np.isfinite(labels["attend"])
        error = np.sqrt((chance * (1 - chance))[known].sum())
        assert abs(labels["attend"][known].sum() - chance[known].sum()) < 4 * error


def _nothing(count):
    shape = (count, 1)
    return ShownLists(clinicians=np.full(shape, MISSING), exposure=np.zeros(shape))


def _labels(clinic, part):
    """Labels of every repeat by head, through the tables; each repeat is an intake of its own."""
    setting, count = clinic.setting, len(part.asks)
    own = replace(part, asks=replace(part.asks, intake=np.arange(count)))
    ids = pd.Series([f"r{row}" for row in range(count)], dtype="str")
    intakes = clinic.intakes.take(part.asks.intake).reset_index(drop=True)
    intakes = intakes.assign(intake_id=ids, patient_id=ids)
    episodes = episodes_frame(setting.streams, own, intakes, clinic.clinicians, FOREVER)
    frames = {
        "intakes": intakes,
        "episodes": episodes.assign(intake_id=ids),
        "attendance": attendance_frame(setting.world, setting.streams, own, count, FOREVER),
        "measures": measures_frame(setting, own, intakes, FOREVER),
    }
    outcomes = clinic_outcomes(frames)
    return {
        head: outcomes.label(head)
        for head in ("accept", "attend", "engage", "improve", "deteriorate")
    }


def _waits(setting, done, asks):
    """True chance of attending for every repeat."""
    wait = (done.slot - asks.asked_at[done.ask]) / 86_400_000_000
    return attend_probability(
        setting.world, setting.market.patients.deprivation[done.intake], wait
    )


def _score(chances, labels):
    """Root mean square of standardised differences between frequency and probability; about 1."""
    values = labels.reshape(-1, REPEATS)
    count = np.isfinite(values).sum(axis=1)
    found = np.nansum(values, axis=1)
    known = count > 20
    error = np.sqrt(count * chances * (1 - chances))
    return float(np.sqrt((((found - count * chances) / error)[known] ** 2).mean()))


class TestOtherTruths:
    def test_latent_effects_are_kept_for_ceilings(self, simulated):
        """One row per clinician and per intake, with effects in their units."""
        givers, intakes = simulated.truth["clinicians"], simulated.truth["patients"]
        assert set(givers["clinician_id"]) == set(
            simulated.tables["clinicians"]["clinician_id"]
        )
        assert givers["stop_logit"].std() == pytest.approx(0.69, abs=0.2)
        assert givers.filter(like="domain_").shape[1] == 17
        assert set(intakes["intake_id"]) == set(simulated.tables["intakes"]["intake_id"])
        assert intakes["phq9_true"].between(0, 27).all()
