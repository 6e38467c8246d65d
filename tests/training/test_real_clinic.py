import pytest

from data.clinic import CLINIC_TABLES
from data.frames import intakes_from_frame
from data.importing import read_file
from training.real.clinic import clinic_frames, real_clinic, real_tables, show
from training.real.counselchat import NAME, read_answers
from training.real.results import ResultRow, ResultTable, find_shipped


@pytest.fixture(scope="module")
def frames():
    """The forum as frames of a clinic."""
    return clinic_frames(read_answers(find_shipped(NAME)))


class TestClinicFrames:
    def test_every_required_value_is_there(self, frames):
        """Required columns hold no gap, and no column is unknown to the contract."""
        for name, frame in frames.items():
            spec = CLINIC_TABLES[name]
            assert list(frame.columns) == list(spec.names)
            required = [column.name for column in spec.columns if column.is_required]
            assert not frame[required].isna().any().any()

    def test_ids_hold_together(self, frames):
        """Every offer names an intake and a clinician that exist, once."""
        offers = frames["offers"]
        assert set(offers["intake_id"]) == set(frames["intakes"]["intake_id"])
        assert set(offers["clinician_id"]) == set(frames["clinicians"]["clinician_id"])
        assert not offers.duplicated(["request_id", "clinician_id"]).any()

    def test_nothing_is_made_up(self, frames):
        """No outcome, measure or episode comes out, and scores and risks stay missing."""
        assert set(frames) == {"clinicians", "intakes", "offers"}
        intake = intakes_from_frame(frames["intakes"])[0]
        assert (intake.phq9_total, intake.cssrs, intake.psychosis) == (None, None, None)

    def test_order_in_time_is_that_of_questions(self, frames):
        """Pseudo-times rise with the question's number."""
        assert frames["intakes"]["requested_at"].is_monotonic_increasing


class TestRealClinic:
    def test_the_folder_can_be_read_as_a_clinic(self, tmp_path, frames):
        """Each file passes the contract's checks and gives back what was written."""
        real_clinic(tmp_path / "clinic")
        names = sorted(path.stem for path in (tmp_path / "clinic").iterdir())
        assert names == ["clinicians", "intakes", "offers"]
        for name in names:
            spec = CLINIC_TABLES[name]
            found = read_file(tmp_path / "clinic" / f"{name}.csv", spec)
            key = spec.key[0]
            assert found[key].tolist() == frames[name][key].tolist()


class TestShow:
    def test_missing_figures_are_dashes(self):
        """A method without a figure has a dash, and n is that of its first figure."""
        rows = (
            ResultRow(
                test="t", method="a", metric="log_loss", value=0.5, low=0.4, high=0.6, n=3
            ),
            ResultRow(test="t", method="b", metric="rmse", value=0.1, low=0.0, high=0.2, n=4),
        )
        shown = show(ResultTable(title="T", source="s", caution="c", rows=rows, notes=("n",)))
        assert shown.header == ("test", "method", "log loss", "rmse", "n")
        assert shown.rows == (
            ("t", "a", "0.5000 [0.4000, 0.6000]", "-", "3"),
            ("t", "b", "-", "0.1000 [0.0000, 0.2000]", "4"),
        )
        assert shown.note == "n\nSource: s.\nCaution: c."


class TestRealTables:
    @pytest.mark.slow
    def test_both_data_sets_are_shown(self):
        """Two tables with a header, rows of that width and a caution."""
        tables = real_tables()
        assert len(tables) == 2
        for table in tables:
            assert {len(row) for row in table.rows} == {len(table.header)}
            assert "Caution" in table.note
