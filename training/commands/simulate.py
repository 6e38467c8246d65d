"""`rapport simulate`: a clinic with known truth."""

from pathlib import Path
from typing import Annotated

import typer

from data.errors import UsageError
from training.console import Session, table_text
from training.simulator.clinic import simulate
from training.simulator.parameters import WORLDS, world
from training.simulator.writing import write_clinic


def simulate_clinic(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder to write; made if absent.")],
    world_name: Annotated[
        str, typer.Option("--world", help=f"One of {', '.join(WORLDS)}.")
    ] = "base",
    clinicians: Annotated[int, typer.Option(min=1, help="How many clinicians.")] = 200,
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 2_000,
    items: Annotated[int, typer.Option(min=1, help="How many content items.")] = 300,
    users: Annotated[
        int | None,
        typer.Option(min=0, help="How many users of content; else half the patients."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Same seed, same clinic.")] = None,
    file_format: Annotated[
        str, typer.Option("--format", help="parquet, csv or ndjson.")
    ] = "parquet",
) -> None:
    """Write a simulated clinic folder with its truth.

    The truth of every eligible pair of the test intakes stands in `truth/`; it says how good a
    ranking could be at best.

    Example:
      rapport simulate --out clinic --patients 2000 --clinicians 200
    """
    session: Session = context.obj
    if world_name not in WORLDS:
        raise UsageError(f"there is no world {world_name!r}; known: {', '.join(WORLDS)}")
    if file_format not in {"parquet", "csv", "ndjson"}:
        raise UsageError("--format is parquet, csv or ndjson")
    clinic = simulate(
        world(world_name),
        patients=patients,
        clinicians=clinicians,
        items=items,
        users=users,
        seed=session.settings.seed if seed is None else seed,
    )
    write_clinic(clinic, out, file_format=file_format)
    counts = {name: len(frame) for name, frame in clinic.tables.items()}
    document = {"world": world_name, "folder": str(out), "rows": counts}
    session.answer(document, table_text(["table", "rows"], [[*row] for row in counts.items()]))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("simulate")(simulate_clinic)
