from dataclasses import dataclass, field

import pytest

from training.simulator.parameters import world
from training.simulator.rows import MARKS, list_parameters, row


@dataclass(frozen=True)
class Inner:
    share: float = row(2, 0.5, unit="share", source="a study", mark="seen+assumed", tested=".4")


@dataclass(frozen=True)
class Outer:
    name: str = "x"
    inner: Inner = field(default_factory=Inner)


class TestRow:
    def test_field_holds_the_value_as_its_default(self):
        """A parameter is an ordinary field."""
        assert Inner().share == 0.5


class TestListParameters:
    def test_parameters_are_told_with_path_and_evidence(self):
        """A nested parameter is named by its path; a plain field is none."""
        (found,) = list_parameters(Outer())
        assert (found.path, found.row, found.value) == ("inner.share", 2, 0.5)
        assert found.marks == ("seen", "assumed")
        assert (found.unit, found.source, found.tested) == ("share", "a study", ".4")

    def test_every_row_of_the_table_is_there(self):
        """The base world has all 58 rows of the parameter table."""
        rows = {entry.row for entry in list_parameters(world("base")) if entry.row}
        assert rows == set(range(1, 59))

    def test_every_parameter_has_evidence(self):
        """Each parameter names a unit, a source and known marks."""
        for entry in list_parameters(world("base")):
            assert entry.unit, entry.path
            assert entry.source, entry.path
            assert set(entry.marks) <= set(MARKS), entry.path

    def test_extensions_claim_no_more_than_they_have(self):
        """A parameter without a row and without a source is marked assumed."""
        for entry in list_parameters(world("base")):
            if entry.row is None and entry.source == "none":
                assert entry.marks == ("assumed",), entry.path

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("patients.phq9_mean", 13.0),
            ("patients.phq9_gad7_correlation", 0.68),
            ("clinicians.no_openings_share", 0.40),
            ("outcome.clinician_share", 0.05),
            ("outcome.stop_sd", 0.69),
            ("course.stop_hazards", (0.27, 0.12, 0.08, 0.06, 0.05, 0.03)),
            ("course.recovery_visits", 4.5),
            ("desk.temperature", 0.5),
            ("content.completion_guided", 0.65),
        ],
    )
    def test_values_are_those_of_the_table(self, path, value):
        """Defaults are pinned to the table."""
        found = {entry.path: entry.value for entry in list_parameters(world("base"))}
        assert found[path] == value
