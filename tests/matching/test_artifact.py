import json
from dataclasses import replace

import numpy as np
import pytest

from data.errors import BundleError
from matching.artifact import ARRAYS, DESCRIPTION, from_files, to_files
from matching.calibration import Calibration
from matching.case_mix import fit_case_mix
from matching.course_signals import Signal, slopes_of
from matching.effects import fit_effects
from matching.predictions import HEADS
from matching.rules import RuleScorer, base_rates
from matching.scorers import EffectsScorer, Head


@pytest.fixture
def effects_scorer(make_intake):
    """A scorer of which one head has learned everything."""
    intakes = [make_intake(phq9_total=total) for total in (5, 25)] * 20
    heads = [Head(rate=rate) for rate in base_rates().tolist()]
    heads[2] = Head(
        rate=0.6,
        case_mix=fit_case_mix(intakes, np.array([1.0, 0.0] * 20)),
        effects=fit_effects(
            ["a", "b"] * 20, ["ocd", "sleep"] * 20, np.tile([0.3, -0.3, 0.1, -0.1], 10)
        ),
    )
    return EffectsScorer(heads=tuple(heads), usual_wait_days=9.0)


def predictions(scorer, make_directory, make_intake):
    directory = make_directory({"clinician_id": "a"}, {"clinician_id": "z"})
    return scorer.predict(
        make_intake(concerns=("ocd",), phq9_total=12),
        directory,
        np.array([0, 1]),
        wait_days=np.array([3.0, 20.0]),
    )


class TestFromFiles:
    @pytest.mark.parametrize("name", ["rules", "effects"])
    def test_a_stored_scorer_predicts_the_same(
        self, name, effects_scorer, make_directory, make_intake
    ):
        """Every number survives, to the last bit."""
        scorer = {"rules": RuleScorer(), "effects": effects_scorer}[name]
        read = from_files(to_files(scorer))
        assert read.kind == name
        before = predictions(scorer, make_directory, make_intake)
        after = predictions(read, make_directory, make_intake)
        for column in (
            "p_accept",
            "p_attend",
            "p_engage",
            "engage_low",
            "improve_high",
            "cases",
        ):
            np.testing.assert_array_equal(getattr(before, column), getattr(after, column))

    def test_storing_twice_gives_the_same_bytes(self, effects_scorer):
        """Reading and writing again changes nothing."""
        files = to_files(effects_scorer)
        assert to_files(from_files(files)) == files

    def test_another_version_is_refused(self):
        """Files of another format are not guessed at."""
        files = to_files(RuleScorer())
        description = json.loads(files[DESCRIPTION])
        files[DESCRIPTION] = json.dumps({**description, "format": 99}).encode()
        with pytest.raises(BundleError, match=r"another version .*format 4.*train it again"):
            from_files(files)

    def test_a_calibration_is_kept_and_has_to_rise(self, effects_scorer):
        """Lines come back as they were; one that would turn an order around is refused."""
        line = Calibration.identity()
        line.slopes[1] = 0.8
        files = to_files(replace(effects_scorer, calibration=line))
        assert from_files(files).calibration.slopes.tolist() == line.slopes.tolist()
        line.slopes[1] = -0.8
        with pytest.raises(BundleError, match="calibration"):
            from_files(to_files(replace(effects_scorer, calibration=line)))

    @pytest.mark.parametrize(
        "change",
        [
            {DESCRIPTION: b"not json"},
            {DESCRIPTION: b"[]"},
            {DESCRIPTION: b'{"format": 1, "kind": "oracle"}'},
            {DESCRIPTION: b'{"format": 1, "kind": "effects"}'},
            {ARRAYS: b""},
        ],
    )
    def test_damage_is_refused(self, change):
        """A file that is not what it was gives one clear error."""
        with pytest.raises(BundleError):
            from_files({**to_files(RuleScorer()), **change})

    def test_a_missing_file_is_refused(self):
        """Half a bundle is no bundle."""
        with pytest.raises(BundleError, match="damaged"):
            from_files({})


class TestToFiles:
    def test_other_scorers_have_no_files(self):
        """A scorer that nobody taught to be stored is not stored in part."""

        class Stranger:
            kind = "stranger"

        with pytest.raises(BundleError, match="stranger"):
            to_files(Stranger())


class TestSignals:
    def test_signals_come_back(self, make_nested_effects):
        """A scorer with signals predicts the same after a round trip."""
        signal = Signal(
            name="change",
            effects=make_nested_effects(),
            slopes=slopes_of(improve=1.5),
            replaces=("improve", "deteriorate"),
        )
        scorer = EffectsScorer(heads=tuple(Head(rate=0.5) for _ in HEADS), signals=(signal,))
        again = from_files(to_files(scorer))
        assert to_files(again) == to_files(scorer)
        assert again.signals[0].replaces == signal.replaces
