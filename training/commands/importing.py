"""`rapport import`: clinic files into the store."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from data.clinic import CLINIC_TABLES
from data.errors import UsageError
from data.importing import TableCounts, import_folder, import_table
from data.settings import Settings
from training.console import Session, table_text
from training.store import open_store


def import_clinic(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(help="A clinic folder, or the name of one table.", metavar="DIR|TABLE"),
    ],
    file: Annotated[
        Path | None, typer.Argument(help="The file, where a table was named.")
    ] = None,
    max_rejects: Annotated[
        int, typer.Option(min=0, help="How many bad rows are tolerated in all.")
    ] = 0,
) -> None:
    """Import a clinic folder, or one table from a file.

    Everything is read and checked first; if more rows are bad than tolerated, nothing is stored.
    Bad rows are listed in `rejects/` beside the files: file, line, column and cause, never the
    value. Importing the same rows again changes nothing.

    Examples:
      rapport import clinic/

      rapport import clinicians new-clinicians.csv
    """
    session: Session = context.obj
    settings = session.settings
    if file is not None and source not in CLINIC_TABLES:
        raise UsageError(f"{source!r} is no table; known: {', '.join(CLINIC_TABLES)}")
    engine = open_store(settings)
    with session.progress() as report:
        if file is None:
            counts = import_folder(
                engine, Path(source), max_rejects=max_rejects, on_progress=report
            )
            keep_truth(Path(source), settings)
        else:
            counts = {
                source: import_table(
                    engine, source, file, max_rejects=max_rejects, on_progress=report
                )
            }
    _answer(session, counts)


def keep_truth(folder: Path, settings: Settings) -> None:
    """Keep the known truth of a simulated clinic beside the store, for `evaluate`."""
    source = folder / "truth"
    if source.is_dir() and source.resolve() != settings.truth.resolve():
        shutil.rmtree(settings.truth, ignore_errors=True)
        shutil.copytree(source, settings.truth)


def _answer(session: Session, counts: dict[str, TableCounts]) -> None:
    document = {
        name: {
            "read": table.read,
            "written": table.written,
            "unchanged": table.unchanged,
            "rejected": table.rejected,
        }
        for name, table in counts.items()
    }
    rows = [[name, *table.values()] for name, table in document.items()]
    session.answer(
        document, table_text(["table", "read", "written", "unchanged", "rejected"], rows)
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("import")(import_clinic)
