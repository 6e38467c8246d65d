from dataclasses import replace

from data.codes.concerns import CONCERNS, domain_of
from training.simulator.clinic import simulate
from training.simulator.words import Words


class TestWords:
    def test_concerns_are_words_of_the_code_list(self, base):
        """Every concern is known, and its domain is that of the code list."""
        words = Words.of(base)
        known = {concern.word for concern in CONCERNS}
        assert set(words.concerns) <= known
        for place, concern in enumerate(words.concerns):
            assert words.domains[words.domain_of_concern[place]] == domain_of(concern)

    def test_oldest_band_is_split(self, base):
        """Fifty and over becomes two bands, the last one open."""
        assert Words.of(base).age_bands == ("18-25", "26-35", "36-49", "50-64", "65+")


class TestOtherWorlds:
    def test_a_world_without_trauma_or_cbt_works(self, base):
        """Nothing depends on one word of a vocabulary, and truth is kept of few users at most."""
        concerns = (("anxiety", 0.6), ("bruxism", 0.4))
        other = replace(
            base,
            patients=replace(base.patients, concern_shares=concerns),
            clinicians=replace(
                base.clinicians, modality_shares=(("emdr", 0.5), ("gestalt", 0.5))
            ),
            truth_users=2,
        )
        clinic = simulate(other, patients=150, clinicians=30, items=20, users=40, seed=3)
        assert {w for line in clinic.tables["intakes"]["concerns"] for w in line} == {
            "anxiety",
            "bruxism",
        }
        assert clinic.tables["intakes"]["pcl5_total"].isna().all()
        assert clinic.truth["content"]["user_id"].nunique() == 2
