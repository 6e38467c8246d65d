"""The Typer application: global options, all commands, errors to exit codes."""

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, Exit, TyperException

from data.errors import (
    DataRefusedError,
    GateRefusedError,
    RapportError,
    SettingsError,
    StorageError,
    UsageError,
)
from training.commands import (
    assign,
    check,
    config,
    database,
    demo,
    erase,
    evaluate,
    exporting,
    importing,
    keys,
    models,
    prices,
    rank,
    recommend,
    report,
    serve,
    simulate,
    train,
    tune,
)
from training.console import Session, as_json, error_document

EXIT_CODES: tuple[tuple[type[RapportError], int], ...] = (
    (DataRefusedError, 3),
    (GateRefusedError, 4),
    (UsageError, 2),
    (SettingsError, 2),
    (RapportError, 1),
)
INTERRUPTED = 130

app = typer.Typer(
    name="rapport",
    help="Therapist-patient matching and content recommendation for clinics.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(*, wanted: bool) -> None:
    if not wanted:
        return
    try:
        typer.echo(version("rapport"))
    except PackageNotFoundError:
        typer.echo("checkout")
    raise typer.Exit


@app.callback()
def remember_session(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder of database, models and keys.", show_default="var"),
    ] = None,
    *,
    is_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout.")
    ] = False,
    is_quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No words and no progress on stderr.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=lambda value: _show_version(wanted=value)
        ),
    ] = False,
) -> None:
    """Therapist-patient matching and content recommendation for clinics.

    Results go to stdout, words and progress to stderr. Exit codes: 0 ok, 1 failed, 2 usage,
    3 data refused, 4 gate refused, 130 interrupted.
    """
    context.obj = Session(home=home, is_json=is_json, is_quiet=is_quiet)


for add in (
    demo.add_to,
    serve.add_to,
    database.add_to,
    importing.add_to,
    exporting.add_to,
    simulate.add_to,
    check.add_to,
    config.add_to,
    train.add_to,
    tune.add_to,
    evaluate.add_to,
    report.add_to,
    models.add_to,
    rank.add_to,
    assign.add_to,
    prices.add_to,
    recommend.add_to,
    keys.add_to,
    erase.add_to,
):
    add(app)


def with_global_flags_first(arguments: list[str]) -> list[str]:
    """Move `--json` and `--quiet` to the front, so that they work after a command too.

    Example:
        >>> with_global_flags_first(["models", "list", "--json"])
        ['--json', 'models', 'list']
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    flags = [word for word in arguments[:end] if word in {"--json", "--quiet"}]
    rest = [word for word in arguments[:end] if word not in {"--json", "--quiet"}]
    return [*flags, *rest, *arguments[end:]]


def run(arguments: list[str]) -> int:
    """Run one command line.

    Returns:
        The exit code of the contract.
    """
    words = with_global_flags_first(arguments)
    is_json = "--json" in words
    try:
        code = app(words, standalone_mode=False, prog_name="rapport")
        sys.stdout.flush()
    except Exit as stop:
        code = stop.exit_code
    except (Abort, KeyboardInterrupt):
        sys.stderr.write("rapport: interrupted\n")
        code = INTERRUPTED
    except TyperException as error:
        code = _refuse(UsageError(error.format_message()), is_json=is_json)
    except RapportError as error:
        code = _refuse(error, is_json=is_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        code = _refuse(StorageError(_words_of(error)), is_json=is_json)
    return code if isinstance(code, int) else 0


def _words_of(error: OSError) -> str:
    """What the system refused, and the file or folder where it named one."""
    words = (error.strerror or type(error).__name__).lower()
    return f"{error.filename}: {words}" if error.filename else f"the system refused: {words}"


def _refuse(error: RapportError, *, is_json: bool) -> int:
    """Say what went wrong, in the form that was asked for."""
    if is_json:
        sys.stdout.write(as_json(error_document(error)) + "\n")
    sys.stderr.write(f"rapport: {error}\n")
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
