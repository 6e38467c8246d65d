"""`rapport evaluate`: the held-out comparison."""

from typing import Annotated

import typer

from training.commands.arguments import MODEL_KINDS, parse_kind
from training.console import Session, table_text
from training.jobs import evaluate_models
from training.store import open_store


def evaluate(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=MODEL_KINDS)],
    model: Annotated[
        str | None, typer.Option(help="A version; else the champion.", metavar="VERSION")
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(help="Another version; repeat for more.", metavar="VERSION"),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the intervals.")] = None,
) -> None:
    """Compare a model with every baseline on data later than it was tuned on.

    All rows come from one run on the same rows of data; low and high are 95 % cluster-bootstrap
    bounds. In a simulated clinic the known truth is used too.

    Example:
      rapport evaluate matching
    """
    session: Session = context.obj
    settings = session.settings
    engine = open_store(settings)
    with session.progress() as report:
        document = evaluate_models(
            settings,
            engine,
            parse_kind(kind),
            versions=[model, *(against or [])],
            seed=settings.seed if seed is None else seed,
            on_progress=report,
        )
    header = list(document["rows"][0]) if document["rows"] else ["model", "metric", "value"]
    rows = [["" if cell is None else cell for cell in row.values()] for row in document["rows"]]
    notes = "".join(f"\n{words}" for words in document["notes"])
    session.answer(document, table_text(header, rows) + notes)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("evaluate")(evaluate)
