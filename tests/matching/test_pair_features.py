from dataclasses import replace

import numpy as np
import pytest

from matching.pair_features import PAIR_FEATURES, pair_features

ALL = np.array([0, 1, 2])


@pytest.fixture(scope="module")
def directory(make_directory):
    """Three clinicians: a rich profile, another one, and an empty one."""
    return make_directory(
        {
            "clinician_id": "a",
            "specialties_top": ("PTSD", "anxiety"),
            "also_treats": ("sleep",),
            "modalities": ("EMDR",),
            "gender": "female",
            "style_directive": "gentle",
            "style_structured": 0.25,
            "languages": ("en", "es"),
        },
        {
            "clinician_id": "b",
            "specialties_top": ("sleep",),
            "also_treats": ("worry",),
            "modalities": ("CBT",),
            "gender": "male",
            "style_directive": "firm",
            "style_structured": 1.0,
        },
        {"clinician_id": "c"},
    )


def feature(name, intake, directory) -> list[float]:
    return pair_features(intake, directory, ALL).matrix[PAIR_FEATURES.index(name)].tolist()


class TestPairFeatures:
    def test_first_concerns_count_most(self, directory, make_intake):
        """Anxiety counts 1, insomnia .5: a has 1 and .5 * .5, b has .5 and .5, of 1.5."""
        intake = make_intake(concerns=("anxiety", "insomnia"))
        assert feature("concern_fit", intake, directory) == pytest.approx(
            [1.25 / 1.5, 1.0 / 1.5, 0.0]
        )
        assert pair_features(intake, directory, ALL).first_concern.tolist() == [1.0, 0.5, 0.0]

    def test_synonyms_meet(self, directory, make_intake):
        """A person who says trauma is met by who says PTSD; unknown words meet themselves."""
        intake = make_intake(concerns=("trauma",))
        assert feature("concern_fit", intake, directory) == [1.0, 0.0, 0.0]
        assert feature("concern_fit", make_intake(concerns=("x",)), directory) == [0, 0, 0]

    def test_a_fourth_concern_does_not_count(self, directory, make_intake):
        """Only the first three are looked at."""
        three = ("grief", "anger", "ocd")
        intake = make_intake(concerns=(*three, "trauma"))
        assert feature("concern_fit", intake, directory) == [0.0, 0.0, 0.0]

    @pytest.mark.parametrize(
        ("wish", "shares"),
        [
            ({"pref_gender": "F", "pref_gender_strength": "prefer"}, [1.0, 0.0, 0.5]),
            ({"pref_modality": "emdr"}, [1.0, 0.0, 0.5]),
            ({"pref_style_directive": "firm"}, [0.0, 1.0, 0.5]),
            ({"pref_style_structured": 0.5}, [0.75, 0.5, 0.5]),
            ({"pref_gender": "F", "pref_modality": "CBT"}, [0.5, 0.5, 0.5]),
        ],
    )
    def test_wishes_met(self, directory, make_intake, wish, shares):
        """Each wish is met, unmet or, where the profile is silent, half met; wishes average."""
        assert feature("preferences", make_intake(**wish), directory) == shares

    def test_a_shared_language(self, directory, make_intake):
        """Regional tags meet by their primary language."""
        intake = make_intake(languages=("es-MX",))
        assert feature("language", intake, directory) == [1.0, 0.0, 0.0]

    def test_what_is_not_stated_is_unknown(self, directory, make_intake):
        """A bare request has no fit to speak of."""
        found = pair_features(make_intake(), directory, ALL)
        assert np.isnan(found.matrix).all()
        assert np.isnan(found.first_concern).all()

    def test_negative_controls_have_no_feature(self, directory, make_intake):
        """Experience, and gender or modality nobody asked for, change nothing."""
        intake = make_intake(concerns=("anxiety",))
        other = replace(
            directory,
            years_experience=directory.years_experience + 10,
            genders=directory.styles,
            modalities=directory.styles,
        )
        before = pair_features(intake, directory, ALL).matrix
        after = pair_features(intake, other, ALL).matrix
        np.testing.assert_array_equal(before, after)
