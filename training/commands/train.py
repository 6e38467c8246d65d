"""`rapport train`: a new model from what the store holds."""

from pathlib import Path
from typing import Annotated

import typer

from training.commands.arguments import MODEL_KINDS, as_of_option, parse_kind, parse_time
from training.console import Session, table_text
from training.jobs import Trained, train_model
from training.products import Order
from training.store import now, open_store
from training.training_file import BUDGET_SECONDS, TrainingFile, read_training_file

config_option = Annotated[
    Path | None,
    typer.Option(
        help="TOML: `seed`, `budget`, `as_of`, and hyperparameters under the kind. Options win over it.",
        metavar="FILE",
    ),
]


def train(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=MODEL_KINDS)],
    config: config_option = None,
    as_of: as_of_option = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Same data and seed, same model, byte for byte.")
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(min=1, help="Seconds that tuning itself may take.", show_default="600"),
    ] = None,
    studies: Annotated[
        str | None,
        typer.Option("--storage", help="Where `tune` kept its studies.", metavar="URL"),
    ] = None,
) -> None:
    """Train a model on what was known at a time, and register it.

    It takes the best configuration of a `tune` study that knew nothing of the held-out time, else tunes
    itself on later data than it learns from; is measured on later data still, and is
    promoted by itself only where nothing of its kind serves yet and the gates pass; otherwise it
    stays a candidate.

    Examples:
      rapport train matching

      rapport train recommender --as-of 2026-06-30T00:00:00Z --budget 120
    """
    session: Session = context.obj
    settings = session.settings
    wanted = parse_kind(kind)
    given = TrainingFile() if config is None else read_training_file(config)
    until = as_of or given.as_of
    seeds = (value for value in (seed, given.seed, settings.seed) if value is not None)
    order = Order(
        kind=wanted,
        as_of=parse_time(until) if until else None,
        seed=next(seeds),
        budget_seconds=budget or given.budget or BUDGET_SECONDS,
        at=now(),
        studies=studies or settings.studies,
        values=given.values(wanted),
    )
    engine = open_store(settings)
    with session.progress() as report:
        trained = train_model(settings, engine, order, on_progress=report)
    _tell(session, trained)


def _tell(session: Session, trained: Trained) -> None:
    for words in trained.remarks:
        session.say(words)
    names = ("version", "kind", "state", "metrics")
    document = {name: getattr(trained, name) for name in names}
    rows = [[name, value] for name, value in trained.metrics.items()]
    session.answer(
        document,
        f"{trained.version} ({trained.kind}) is {trained.state}\n\n"
        + table_text(["metric", "value"], rows),
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("train")(train)
