"""`rapport serve`: the API as a child process."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from data.settings import Settings
from training.console import Session
from training.store import open_store


def server_command(host: str, port: int, workers: int) -> list[str]:
    """The command line of the API's own process."""
    return [
        *(sys.executable, "-P", "-m", "api"),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
    ]


def server_environment(settings: Settings) -> dict[str, str]:
    """The environment of the API's process: this home, and the packages of this checkout."""
    root = str(Path(__file__).resolve().parents[2])
    return {
        **os.environ,
        "RAPPORT_HOME": str(settings.home.resolve()),
        "PYTHONPATH": root,
    }


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes; one per core.")] = 1,
) -> None:
    """Serve the API until interrupted.

    Example:
      rapport serve --port 8000 --workers 2
    """
    session: Session = context.obj
    settings = session.settings
    open_store(settings)
    raise typer.Exit(run_server(settings, host=host, port=port, workers=workers))


def run_server(settings: Settings, *, host: str, port: int, workers: int) -> int:
    """Run the API as a child process, pass signals on, and wait for it.

    Returns:
        The exit code of the server; 0 where it was asked to stop.
    """
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        server_command(host, port, workers), env=server_environment(settings)
    )

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    previous = {name: signal.signal(name, pass_on) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = child.wait()
    finally:
        for name, handler in previous.items():
            signal.signal(name, handler)
    return 0 if code in {0, -signal.SIGINT, -signal.SIGTERM} else 1


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("serve")(serve)
