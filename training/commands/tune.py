"""`rapport tune`: a study of hyperparameters."""

from typing import Annotated, Any

import typer

from training.commands.arguments import MODEL_KINDS, as_of_option, parse_kind, parse_time
from training.console import Session, table_text
from training.store import now, open_store
from training.tuning.study import Tuned, run_study
from training.tuning_job import objective_of


def tune(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=MODEL_KINDS)],
    trials: Annotated[int, typer.Option(min=1, help="How many the study shall have in all.")],
    timeout: Annotated[
        float | None, typer.Option(min=1, help="Seconds after which no trial begins.")
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(help="Where the study is kept; else in the home.", metavar="URL"),
    ] = None,
    as_of: as_of_option = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of the sampler.")] = None,
) -> None:
    """Look for better hyperparameters, and leave them where `train` finds them.

    Every configuration is judged on later time than it was fitted on, at three cuts; who is worse than the
    median after a cut is cut short. The time that `train` measures a recipe on is not looked at. Run it
    again to go on: finished trials stay. Run it in several shells, or with the URL of a shared
    database on several machines, to go faster; `optuna-dashboard URL` shows it.

    Examples:
      rapport tune matching --trials 40

      rapport tune recommender --trials 200 --timeout 3600 --storage postgresql://host/studies
    """
    session: Session = context.obj
    settings = session.settings
    name, draw = parse_kind(kind), settings.seed if seed is None else seed
    moment, engine = parse_time(as_of) if as_of else None, open_store(settings)
    with session.progress() as report:
        report(f"tune {name}", 0, trials)
        objective = objective_of(engine, name, as_of=moment, seed=draw)
        found = run_study(
            storage or settings.studies,
            name,
            objective,
            trials=trials,
            timeout_seconds=timeout,
            seed=draw,
            at=now(),
            on_progress=report,
        )
    document = _document(name, found)
    rows: list[list[Any]] = [["loss", found.loss], ["loss of the defaults", found.default_loss]]
    rows += [[what, value] for what, value in found.values.items()]
    words = f"{found.study}, {found.trials} trials\n\n" + table_text(["what", "value"], rows)
    session.answer(document, words)


def _document(kind: str, found: Tuned) -> dict[str, Any]:
    return {
        "kind": kind,
        "study": found.study,
        "trials": found.trials,
        "loss": found.loss,
        "default_loss": found.default_loss,
        "values": dict(found.values),
    }


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("tune")(tune)
