import json

import pandas as pd
import pytest

from data.clinic import CLINIC_TABLES
from data.errors import UsageError
from data.readers import open_table
from training.simulator.clinic import simulate
from training.simulator.writing import write_clinic


@pytest.fixture(scope="module")
def small(base):
    return simulate(base, patients=60, clinicians=20, items=20, users=10, seed=1)


class TestWriteClinic:
    @pytest.mark.parametrize("file_format", ["parquet", "csv", "ndjson"])
    def test_folder_holds_every_table_and_the_truth(self, small, tmp_path, file_format):
        """The files are those of the contract, and can be opened as such."""
        write_clinic(small, tmp_path / "clinic", file_format=file_format)
        for name, spec in CLINIC_TABLES.items():
            path = tmp_path / "clinic" / f"{name}.{file_format}"
            rows = sum(len(batch.lines) for batch in open_table(path, spec))
            assert rows == len(small.tables[name])
        truth = tmp_path / "clinic" / "truth"
        for name, frame in small.truth.items():
            assert len(pd.read_parquet(truth / f"{name}.parquet")) == len(frame)
        told = json.loads((truth / "world.json").read_text("utf-8"))
        assert told["name"] == "base"

    def test_same_clinic_gives_the_same_bytes(self, small, tmp_path):
        """Files do not depend on when they are written."""
        for folder in ("one", "two"):
            write_clinic(small, tmp_path / folder)
        for path in (tmp_path / "one").rglob("*.*"):
            other = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert path.read_bytes() == other.read_bytes(), path.name

    def test_unknown_format_is_refused(self, small, tmp_path):
        """Only the contract's formats."""
        with pytest.raises(UsageError):
            write_clinic(small, tmp_path, file_format="xlsx")
