import numpy as np
import pytest

from data.clinic import INTAKES
from data.codes.instruments import INSTRUMENTS
from data.domain import Tier
from data.frames import intakes_from_frame
from matching.triage import assess
from training.simulator.requests import eligible, has_trauma


class TestIntakesFrame:
    def test_frame_is_canonical_and_in_range(self, clinic):
        """Required values are there, totals are possible."""
        frame = clinic.intakes
        assert tuple(frame.columns) == INTAKES.names
        for column in INTAKES.columns:
            if column.is_required:
                assert frame[column.name].notna().all(), column.name
        for code in ("phq9", "gad7", "pcl5", "wsas"):
            assert frame[f"{code}_total"].dropna().between(0, INSTRUMENTS[code].high).all()

    def test_item9_is_never_above_the_total(self, clinic):
        """A total holds its items."""
        both = clinic.intakes[["phq9_total", "phq9_item9"]].dropna()
        assert (both["phq9_total"] >= both["phq9_item9"]).all()

    def test_pcl5_is_asked_where_trauma_is_a_concern(self, clinic):
        """And nowhere else."""
        trauma = has_trauma(clinic.setting.words, clinic.setting.market.patients)
        asked = clinic.intakes["pcl5_total"].notna().to_numpy()
        assert not (asked & ~trauma).any()
        assert asked[trauma].mean() > 0.6

    def test_some_answers_are_missing(self, clinic):
        """Real intakes have gaps."""
        shares = clinic.intakes[["phq9_total", "cssrs", "wsas_total"]].isna().mean()
        assert shares.between(0.005, 0.6).all()

    def test_a_strength_stands_beside_each_preference(self, clinic):
        """Who states a gender says how strongly."""
        frame = clinic.intakes
        assert (frame["pref_gender"].notna() == frame["pref_gender_strength"].notna()).all()

    def test_foreign_speakers_name_their_language_first(self, clinic):
        """English follows where they speak it."""
        patients = clinic.setting.market.patients
        for row in np.flatnonzero(patients.language != 0):
            spoken = clinic.intakes["languages"][row]
            assert spoken[0] != "en"
            assert ("en" in spoken) == patients.speaks_english[row]


class TestDemographicsFrame:
    def test_one_row_for_each_person_who_told(self, simulated):
        """Persons are not repeated, and not everyone tells."""
        frame = simulated.tables["demographics"]
        people = simulated.tables["intakes"]["patient_id"].nunique()
        assert frame["patient_id"].is_unique
        assert 0.7 < len(frame) / people < 0.9


class TestEligible:
    def test_rules_are_those_that_serve(self, clinic):
        """Nobody is eligible for red; gates are kept for all others."""
        found = eligible(clinic.intakes, clinic.clinicians)
        givers, patients = clinic.setting.market.clinicians, clinic.setting.market.patients
        for row, intake in enumerate(intakes_from_frame(clinic.intakes)):
            if assess(intake).tier is Tier.RED:
                assert not found[row].any()
        rows, who = np.nonzero(found)
        licensed = (givers.licensed | givers.compact)[who, patients.region[rows]]
        assert licensed.all()
        open_now = clinic.clinicians["open_slots"].to_numpy() > 0
        assert open_now[who].all()

    def test_some_requests_are_red(self, clinic):
        """The world has crises, and they get no list."""
        nobody = ~clinic.setting.market.eligible.any(axis=1)
        assert 0.01 < nobody.mean() < 0.12


@pytest.mark.parametrize("flag", ["psychosis", "mania", "violence_risk"])
def test_flags_are_told(clinic, flag):
    """Every risk flag is answered."""
    assert clinic.intakes[flag].notna().all()
