"""The manual of the command line, printed from the commands themselves.

`python -m training.manual > docs/commands.md` writes the page; a test holds it to the code.
"""

import inspect
import sys
from collections.abc import Iterator
from typing import Any

import typer

from training.application import app

HEAD = """# Commands

Printed from the commands themselves by `python -m training.manual`.

`rapport [--home DIR] [--json] [--quiet] COMMAND`. Data goes to stdout, words and progress to stderr; `--json` prints one JSON
document, `--json` and `--quiet` work before and after the command. Exit codes: 0 ok, 1 failed, 2 usage, 3 data refused, 4 gate
refused, 130 interrupted. An error with `--json` is `{"error": {"type", "detail", "file", "line", "column"}}`.
"""


def entries(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below one, with the words that call it, in the order of the help."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, child in inner.items():
        yield from entries(child, (*path, name))


def section(path: tuple[str, ...], command: Any) -> str:
    """One command as a Markdown section."""
    lines = [f"## rapport {' '.join(path)}", "", inspect.cleandoc(command.help or ""), ""]
    rows = []
    for parameter in command.params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            shown = str(parameter.metavar or parameter.name).upper()
        else:
            shown = ", ".join((*parameter.opts, *parameter.secondary_opts))
        rows.append(f"| `{shown.replace('|', ' or ')}` | {parameter.help or ''} |")
    if rows:
        lines += ["| argument or option | meaning |", "| --- | --- |", *rows]
    return "\n".join(lines).rstrip()


def page() -> str:
    """The whole manual as Markdown."""
    command = typer.main.get_command(app)
    sections = [section(path, entry) for path, entry in entries(command)]
    return "\n\n".join([HEAD.rstrip(), *sections]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
