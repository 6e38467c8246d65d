import json
from dataclasses import replace

import pytest

from data.errors import UsageError
from training.simulator.parameters import WORLDS, content_hash, describe, world


class TestWorld:
    @pytest.mark.parametrize("name", sorted(WORLDS))
    def test_worlds_know_their_names(self, name):
        """A world is called as it was asked for."""
        assert world(name).name == name

    def test_unknown_world_is_refused_with_the_known_ones(self):
        """The message says what to write instead."""
        with pytest.raises(UsageError, match="base, null"):
            world("mars")

    def test_null_world_has_no_clinician_in_any_outcome(self):
        """Whatever could make pairs differ in an outcome is off."""
        outcome = world("null").outcome
        effects = (
            outcome.clinician_share,
            outcome.clinic_share,
            outcome.match_share,
            outcome.stop_sd,
            outcome.deterioration_sd,
            outcome.preference_benefit,
            outcome.concordance_benefit,
            outcome.gender_benefit,
            outcome.experience_benefit,
            outcome.modality_benefit,
            outcome.fit_benefit,
        )
        assert effects == (0.0,) * 11
        assert outcome.preference_stop_odds == 1.0

    def test_null_world_is_the_base_world_elsewhere(self):
        """Patients, clinicians, desk and content are the same."""
        null, base = world("null"), world("base")
        for part in ("patients", "clinicians", "desk", "content"):
            assert getattr(null, part) == getattr(base, part)


class TestContentHash:
    def test_equal_configurations_have_equal_hashes(self):
        """The hash depends on values alone."""
        assert content_hash(world("base")) == content_hash(world("base"))

    def test_any_parameter_moves_the_hash(self):
        """One changed number is another world."""
        base = world("base")
        other = replace(base, patients=replace(base.patients, phq9_mean=13.1))
        assert content_hash(other) != content_hash(base)


class TestDescribe:
    def test_document_is_json_with_every_parameter(self):
        """What is written can be read back, rows included."""
        told = json.loads(json.dumps(describe(world("base"))))
        assert told["name"] == "base"
        assert len(told["hash"]) == 64
        named = {entry["path"]: entry for entry in told["parameters"]}
        assert named["course.accept_share"]["row"] == 39
        assert named["course.accept_share"]["value"] == 0.9
