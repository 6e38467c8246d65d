"""`rapport check`: what the data in the store are worth."""

import typer

from data.quality import check_clinic
from training.console import Session, table_text
from training.store import now, open_store


def check(context: typer.Context) -> None:
    """Check the stored clinic: counts, gaps, leaks, overlap, stale licences.

    Exit code 3 where an error was found; warnings and notes pass.
    """
    session: Session = context.obj
    report = check_clinic(open_store(session.settings), at=now())
    document = report.document()
    rows = [
        [entry["severity"], entry["code"], entry["count"], entry["text"]]
        for entry in document["findings"]
    ]
    counts = [[name, count] for name, count in document["counts"].items()]
    text = table_text(["table", "rows"], counts)
    if rows:
        text += "\n\n" + table_text(["severity", "finding", "count", "meaning"], rows)
    session.answer(document, text)
    if any(entry["severity"] == "error" for entry in document["findings"]):
        raise typer.Exit(3)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("check")(check)
