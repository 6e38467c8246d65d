import numpy as np

from data.clinic import CLINICIANS
from data.codes.npi import is_valid
from data.directory import UNKNOWN_TIME, Directory
from training.simulator.directory import always_open, array_rows


class TestCliniciansFrame:
    def test_frame_is_a_directory(self, clinic):
        """The serving snapshot can be built from it."""
        assert tuple(clinic.clinicians.columns) == CLINICIANS.names
        assert len(Directory.build(clinic.clinicians)) == 60

    def test_npis_are_well_formed_and_differ(self, clinic):
        """Check digits are right."""
        npis = clinic.clinicians["npi"]
        assert npis.is_unique
        assert all(map(is_valid, npis))

    def test_who_has_no_opening_names_no_appointment(self, clinic):
        """Open slots and the next appointment agree, and it lies ahead."""
        frame = clinic.clinicians
        is_open = frame["open_slots"] > 0
        assert (frame["next_available"].notna() == is_open).all()
        ahead = frame["next_available"][is_open] > frame["verified_at"].max()
        assert ahead.all()
        assert frame["accepts_new"][is_open].all()

    def test_best_specialty_comes_first(self, clinic):
        """The order of the top specialties is kept."""
        words, givers = clinic.setting.words, clinic.setting.market.clinicians
        first = [words.concerns[row] for row in givers.top[:, 0]]
        assert [line[0] for line in clinic.clinicians["specialties_top"]] == first


class TestAlwaysOpen:
    def test_openings_are_taken_for_granted(self, clinic):
        """Nobody is closed, and nobody names an appointment."""
        directory = Directory.build(always_open(clinic.clinicians))
        assert directory.accepts_new.all()
        assert (directory.open_slots > 0).all()
        assert (directory.next_available == UNKNOWN_TIME).all()


class TestArrayRows:
    def test_rows_lead_from_the_directory_to_the_arrays(self, clinic):
        """The snapshot is sorted by id; the rows undo that."""
        directory = Directory.build(clinic.clinicians)
        ids = clinic.clinicians["clinician_id"].to_numpy(object)
        assert np.array_equal(ids[array_rows(clinic.clinicians)], directory.clinician_ids)
