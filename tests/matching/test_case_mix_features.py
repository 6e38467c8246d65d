from dataclasses import fields, replace
from datetime import UTC, datetime

import numpy as np
import pytest

from data.domain import Intake
from matching.case_mix_features import CaseMixFeatures, problem_of


def intake(**changes):
    """An intake of which only the required columns are known."""
    known = {
        "intake_id": "i1",
        "patient_id": "p1",
        "requested_at": datetime(2026, 1, 1, tzinfo=UTC),
        "region": "US-CA",
        "age_band": "26-35",
        "payer": "aetna",
        "concerns": ("depression",),
    }
    return Intake(**(known | changes))


class TestProblemOf:
    def test_synonyms_share_a_domain_and_new_words_stay(self):
        """PTSD is trauma; an unknown word is its own domain; no concern is the empty word."""
        asked = [("PTSD", "sleep"), ("Bruxism",), ()]
        assert [problem_of(intake(concerns=words)) for words in asked] == [
            "trauma",
            "bruxism",
            "",
        ]


class TestCaseMixFeatures:
    def test_numbers_are_standardised_and_missing_ones_flagged(self):
        """PHQ-9 of 8 and 12: centre 10, scale 2; a missing one is 0 with its flag up."""
        rows = [intake(phq9_total=8), intake(phq9_total=12), intake()]
        features = CaseMixFeatures.fit(rows, least_cases=1)
        matrix = features.matrix(rows)
        place = features.names.index
        assert matrix[:, place("phq9_total")].tolist() == [-1.0, 1.0, 0.0]
        assert matrix[:, place("phq9_total_missing")].tolist() == [0.0, 0.0, 1.0]

    def test_flags_tell_true_false_and_missing_apart(self):
        """True, False and None have three different rows."""
        rows = [intake(prior_treatment=state) for state in (True, False, None)]
        features = CaseMixFeatures.fit(rows, least_cases=1)
        columns = [
            features.names.index(f"prior_treatment_{state}") for state in ("true", "missing")
        ]
        assert features.matrix(rows)[:, columns].tolist() == [[1, 0], [0, 0], [0, 1]]

    def test_rare_and_new_words_share_a_column(self):
        """With two cases needed, grief (once) and a word never seen are pooled."""
        rows = [intake(), intake(), intake(concerns=("grief",))]
        features = CaseMixFeatures.fit(rows, least_cases=2)
        assert features.domains.tolist() == ["depression"]
        pooled = features.names.index("domain_pooled")
        asked = [intake(concerns=("grief",)), intake(concerns=("newword",)), intake()]
        assert features.matrix(asked)[:, pooled].tolist() == [1.0, 1.0, 0.0]

    def test_there_is_one_column_per_name(self):
        """Names and columns agree, without intakes too."""
        for rows in ([], [intake(), intake(concerns=())]):
            features = CaseMixFeatures.fit(rows, least_cases=1)
            assert features.matrix(rows).shape == (len(rows), len(features.names))

    @pytest.mark.parametrize(
        "changes",
        [
            {"pref_gender": "female", "pref_gender_strength": "must"},
            {"languages": ("es",), "needs_interpreter": True, "pref_language_strength": "must"},
            {"payer": "medicaid", "in_network_only": True, "region": "US-TX"},
            {"referral_source": "court", "latitude": 1.0, "longitude": 2.0},
            {"intake_id": "other", "patient_id": "other"},
        ],
    )
    def test_what_may_not_matter_does_not(self, changes):
        """Gender, language, payer, place and identity leave every feature as it was."""
        features = CaseMixFeatures.fit([intake()], least_cases=1)
        matrix = features.matrix([intake(), replace(intake(), **changes)])
        assert matrix[0].tolist() == matrix[1].tolist()

    def test_only_declared_columns_are_read(self):
        """No feature is named after race, ethnicity, gender or language."""
        names = " ".join(CaseMixFeatures.fit([intake()], least_cases=1).names)
        assert not any(word in names for word in ("race", "ethnic", "gender", "language"))
        assert "ethnicity" not in {field.name for field in fields(Intake)}

    def test_arrays_return_the_same_features(self):
        """Saving and loading changes no number."""
        rows = [intake(phq9_total=8), intake(concerns=("grief", "sleep"))]
        features = CaseMixFeatures.fit(rows, least_cases=1)
        loaded = CaseMixFeatures.from_arrays(features.to_arrays())
        assert np.array_equal(loaded.matrix(rows), features.matrix(rows))
