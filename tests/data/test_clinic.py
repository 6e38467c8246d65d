"""The contract's tables, pinned against accidental change."""

import pytest

from data.clinic import CLINIC_TABLES, CONTENT_EVENTS, INTAKES
from data.columns import Kind
from data.domain import Intake

REQUIRED = {
    "clinicians": "clinician_id licensed_regions payers languages formats",
    "intakes": "intake_id patient_id requested_at region age_band payer concerns",
    "offers": "request_id intake_id offered_at clinician_id rank",
    "episodes": "episode_id intake_id clinician_id booked_at",
    "attendance": "episode_id at status",
    "measures": "patient_id instrument at total",
    "demographics": "patient_id",
    "programs": "program_id title",
    "content": "item_id title kind minutes reviewed_at",
    "content_events": "event_id user_id item_id type at",
}


class TestClinicTables:
    @pytest.mark.parametrize("name", REQUIRED)
    def test_required_columns_are_those_of_the_contract(self, name):
        """What a clinic must deliver does not grow by accident."""
        required = [column.name for column in CLINIC_TABLES[name].columns if column.is_required]
        assert " ".join(required) == REQUIRED[name]

    def test_there_are_ten_tables(self):
        """No table is missing, none is extra."""
        assert set(CLINIC_TABLES) == set(REQUIRED)

    def test_keys_are_columns(self):
        """Every key names columns of its table, and no column name stands twice."""
        for spec in CLINIC_TABLES.values():
            assert set(spec.key) <= set(spec.names)
            assert len(set(spec.names)) == len(spec.names)

    def test_an_unknown_column_is_a_key_error(self):
        """Asking a table for a column it lacks fails by name."""
        with pytest.raises(KeyError, match="mood"):
            INTAKES.column("mood")

    def test_instrument_ranges_are_pinned(self):
        """The ranges of the questionnaires are those of their authors."""
        ranges = {
            "phq9_total": 27,
            "phq9_item9": 3,
            "gad7_total": 21,
            "pcl5_total": 80,
            "wsas_total": 40,
        }
        for name, high in ranges.items():
            column = INTAKES.column(name)
            assert (column.kind, column.low, column.high) == (Kind.INTEGER, 0, high)
        assert CONTENT_EVENTS.column("fraction").high == 1


class TestIntake:
    def test_the_domain_object_has_the_columns_of_the_table(self):
        """An intake in memory and an intake on file name the same things."""
        assert set(Intake.__dataclass_fields__) == set(INTAKES.names)
