"""`rapport config`: the settings of a home, written, checked and explained."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from data.errors import UsageError
from data.settings import FILE_NAME, Settings
from training.config_file import explained, template
from training.console import Session, table_text
from training.training_file import read_training_file


def init(context: typer.Context) -> None:
    """Write `rapport.toml` into the home: every setting with its meaning, commented out at its default.

    An existing file is never touched.

    Example:
      rapport --home clinic config init
    """
    session: Session = context.obj
    settings = session.settings
    settings.home.mkdir(parents=True, exist_ok=True)
    file = settings.home / FILE_NAME
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(template())
    except FileExistsError:
        raise UsageError(f"{file} is there already: edit it, or move it away") from None
    session.answer({"file": str(file)}, f"{file}: every setting, commented out")


def validate(
    context: typer.Context,
    training: Annotated[
        Path | None,
        typer.Option(help="Check a file for `train --config` too.", metavar="FILE"),
    ] = None,
) -> None:
    """Check the settings of the home: the file and the variables of the environment.

    Exit code 2 where something is unknown or impossible; the message says what and where.
    """
    session: Session = context.obj
    settings = session.settings
    if training is not None:
        read_training_file(training)
    file = settings.home / FILE_NAME
    document = {"ok": True, "file": str(file) if file.is_file() else None}
    session.answer(document, "every setting is possible")


def explain(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="One setting; else all.")] = None,
) -> None:
    """Say of each setting what it is, where it comes from, and what it means.

    A database URL may hold a password, so that it is said to be set and not shown.
    """
    session: Session = context.obj
    rows = explained(session.settings, os.environ)
    if name is not None:
        rows = [row for row in rows if row["name"] == name]
        if not rows:
            known = ", ".join(Settings.model_fields)
            raise UsageError(f"there is no setting {name!r}; there are {known}")
    document: dict[str, Any] = {"settings": rows}
    cells = [[row["name"], row["value"], row["source"], row["meaning"]] for row in rows]
    session.answer(document, table_text(["setting", "value", "from", "meaning"], cells))


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    group = typer.Typer(
        help="The settings of a home: written, checked, explained.", no_args_is_help=True
    )
    group.command("init")(init)
    group.command("validate")(validate)
    group.command("explain")(explain)
    app.add_typer(group, name="config")
