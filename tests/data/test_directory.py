"""The snapshot of all clinicians."""

import numpy as np
import pandas as pd
import pytest

from data.clinic import CLINICIANS
from data.directory import UNKNOWN_SLOTS, UNKNOWN_TIME, Directory
from data.domain import Tier
from data.frames import complete_frame, empty_frame


def frame(**columns):
    """A complete clinicians frame of two rows, `b` before `a`, with some columns replaced."""
    start = {
        "clinician_id": ["b", "a"],
        "licensed_regions": [("US-CA",), ("US-NY",)],
        "payers": [("aetna",), ()],
        "languages": [("en-US",), ("es",)],
        "formats": [("video",), ("phone",)],
    }
    return complete_frame(CLINICIANS, pd.DataFrame({**start, **columns}))


class TestDirectory:
    def test_rows_follow_the_ids(self):
        """The order of the directory does not depend on the order of the table."""
        directory = Directory.build(frame(), revision=7)
        assert directory.clinician_ids == ("a", "b")
        assert directory.rows == {"a": 0, "b": 1}
        assert directory.payers.having("aetna").tolist() == [False, True]
        assert directory.revision == 7

    @pytest.mark.parametrize("npi", ["1234567893", " 1234567893 ", "1234567890"])
    def test_an_equal_npi_is_one_person(self, npi):
        """Both rows are found by either id; a typing error in both is still one person."""
        directory = Directory.build(frame(npi=[npi, npi.strip()]))
        assert directory.rows_of_people(["a"]) == [0, 1]
        assert directory.rows_of_people(["b", "unknown"]) == [0, 1]

    @pytest.mark.parametrize("npi", ["", "none", "0000000000", "9999999999", "123456789"])
    def test_what_stands_for_nothing_makes_nobody_one(self, npi):
        """A placeholder in many rows would else take all of them away at once."""
        directory = Directory.build(frame(npi=[npi, npi]))
        assert directory.rows_of_people(["a"]) == [0]

    def test_licence_and_compact_regions_are_one(self):
        """Compact authority counts like a licence."""
        directory = Directory.build(frame(compact_regions=[("US-TX",), ()]))
        assert directory.regions.having("us-tx").tolist() == [False, True]
        assert directory.regions.having("us-ca").tolist() == [False, True]

    def test_what_is_missing_restricts_nothing(self):
        """Absent optional columns read as unknown or as no restriction."""
        directory = Directory.build(frame())
        assert directory.accepts_new.tolist() == [True, True]
        assert directory.open_slots.tolist() == [UNKNOWN_SLOTS, UNKNOWN_SLOTS]
        assert directory.next_available.tolist() == [UNKNOWN_TIME, UNKNOWN_TIME]
        assert directory.acuity_ceiling.tolist() == [Tier.AMBER, Tier.AMBER]
        assert not directory.accepts_self_pay.any()
        assert np.isnan(directory.years_experience).all()
        assert directory.clinic_ids == ("", "")

    def test_given_values_are_kept(self):
        """Numbers, flags and times arrive in their units."""
        directory = Directory.build(
            frame(
                open_slots=[3, 0],
                accepts_new=[None, False],
                acuity_ceiling=["green", "amber"],
                next_available=[pd.Timestamp(5, unit="us", tz="UTC"), None],
                credential=["MD", "LCSW"],
                gender=["woman", None],
            )
        )
        assert directory.open_slots.tolist() == [0, 3]
        assert directory.accepts_new.tolist() == [False, True]
        assert directory.acuity_ceiling.tolist() == [Tier.AMBER, Tier.GREEN]
        assert directory.next_available.tolist() == [UNKNOWN_TIME, 5]
        assert directory.is_prescriber.tolist() == [False, True]
        assert directory.genders.having("woman").tolist() == [False, True]

    def test_an_empty_clinic_has_an_empty_directory(self):
        """No clinicians is a directory of length zero."""
        assert len(Directory.build(empty_frame(CLINICIANS))) == 0
