"""`rapport export`: the store out to a clinic folder."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from data.exporting import export_folder
from training.console import Session, table_text
from training.store import open_store


class FileFormat(StrEnum):
    """Formats of a clinic file."""

    PARQUET = "parquet"
    CSV = "csv"
    NDJSON = "ndjson"


def export_clinic(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder to write; made if absent.")],
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="Format of the files.")
    ] = FileFormat.PARQUET,
) -> None:
    """Write every table of the contract as one file each.

    Importing the folder into a fresh home gives equal tables.

    Example:
      rapport export backup-of-clinic/ --format csv
    """
    session: Session = context.obj
    engine = open_store(session.settings)
    with session.progress() as report:
        counts = export_folder(engine, folder, format=file_format.value, on_progress=report)
    document = {name: {"written": rows} for name, rows in counts.items()}
    session.answer(
        document, table_text(["table", "written"], [[*row] for row in counts.items()])
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("export")(export_clinic)
