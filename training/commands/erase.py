"""`rapport erase`: everything that is stored of a person."""

from typing import Annotated

import typer

from data.erasure import erase_person
from data.errors import UsageError
from training.console import Session, table_text
from training.store import now, open_store


def erase(
    context: typer.Context,
    patient: Annotated[str, typer.Argument(help="`patient_id`, which is the `user_id` too.")],
    is_sure: Annotated[bool, typer.Option("--yes", help="It cannot be undone.")] = False,
) -> None:
    """Erase a person: requests, courses, questionnaires, events, logged decisions, kept answers.

    Booked places stay taken, under a name that leads nowhere. The certificate says how many rows of which
    tables went, and names nobody. Backups and exported files are yours to erase; models hold no row
    of anyone, and forget what they learned with the next training.

    Example:
      rapport erase patient-17 --yes
    """
    session: Session = context.obj
    if not is_sure:
        raise UsageError("erasing cannot be undone: say --yes")
    found = erase_person(open_store(session.settings), patient, at=now())
    document = {
        "certificate_id": found.certificate_id,
        "erased_at": found.erased_at.isoformat().replace("+00:00", "Z"),
        "rows": found.rows,
        "total": sum(found.rows.values()),
    }
    rows = [[*row] for row in found.rows.items()]
    words = f"certificate {found.certificate_id}\n" + table_text(["table", "rows"], rows)
    session.answer(document, words)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("erase")(erase)
