"""A simulated clinic as a folder of files."""

import json
from pathlib import Path

from data.clinic import CLINIC_TABLES
from data.exporting import write_frame
from training.simulator.clinic import SimulatedClinic

TRUTH = "truth"


def write_clinic(
    clinic: SimulatedClinic, folder: Path, *, file_format: str = "parquet"
) -> None:
    """Write every table, and beside them `truth/` with its tables and `world.json`.

    Args:
        clinic: What to write.
        folder: Made if absent; files of the same names are replaced.
        file_format: `parquet`, `csv` or `ndjson`, for the tables; truth is always Parquet.

    Raises:
        UsageError: The format is unknown.
        RapportError: A file cannot be written.
    """
    truth = folder / TRUTH
    truth.mkdir(parents=True, exist_ok=True)
    for name, frame in clinic.tables.items():
        write_frame(frame, CLINIC_TABLES[name], folder / f"{name}.{file_format}")
    for name, frame in clinic.truth.items():
        frame.to_parquet(truth / f"{name}.parquet", index=False)
    told = json.dumps(clinic.world, indent=1, sort_keys=True)
    (truth / "world.json").write_text(told + "\n", encoding="utf-8")
