"""`rapport report`: one page with drawings, and the model card."""

from pathlib import Path
from typing import Annotated

import typer

from training.console import Session
from training.report_job import write_report
from training.store import open_store


def report(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="The HTML file that is written.", metavar="FILE")],
    model: Annotated[
        str | None,
        typer.Option(help="A version; else every champion.", metavar="VERSION"),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the intervals.")] = None,
) -> None:
    """Write one self-contained page about a model: gains, reliability, groups, exposure, effects, its card.

    Everything is in the file: no script, no font, no picture from elsewhere. Groups of fewer than 20 people
    are not shown, and no clinician is named.

    Example:
      rapport report --out report.html
    """
    session: Session = context.obj
    settings = session.settings
    with session.progress() as on_progress:
        versions = write_report(
            settings,
            open_store(settings),
            out,
            version=model,
            seed=settings.seed if seed is None else seed,
            on_progress=on_progress,
        )
    document = {"file": str(out), "models": versions}
    session.answer(document, f"{out}: {', '.join(versions)}")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("report")(report)
