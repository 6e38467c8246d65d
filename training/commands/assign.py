"""`rapport assign`: a whole waiting list at once."""

from pathlib import Path
from typing import Annotated

import typer

from data.clinic import INTAKES
from data.exporting import write_frame
from data.frames import intakes_from_frame
from data.importing import read_file
from training.commands.arguments import as_of_option, parse_time, refuse_same_file
from training.console import Session
from training.store import open_store
from training.waiting_list import ASSIGNMENT, assign_intakes


def assign(
    context: typer.Context,
    intakes: Annotated[Path, typer.Option(help="File with the columns of `intakes`.")],
    out: Annotated[Path, typer.Option(help="File to write: .parquet, .csv or .ndjson.")],
    model: Annotated[
        str | None, typer.Option(help="A version; else the champion.", metavar="VERSION")
    ] = None,
    as_of: as_of_option = None,
) -> None:
    """Assign a whole waiting list within the openings of the directory.

    As many people as possible are placed, and among such plans the sum of utilities is largest. The
    answer says how far from the best that can be: `gap` is the share of `bound`, which no plan
    exceeds, that is missing. Nobody in crisis is placed.

    Example:
      rapport assign --intakes waiting.csv --out plan.csv
    """
    session: Session = context.obj
    refuse_same_file(intakes, out)
    requests = intakes_from_frame(read_file(intakes, INTAKES))
    engine = open_store(session.settings)
    with session.progress() as report:
        found = assign_intakes(
            session.settings,
            engine,
            requests,
            version=model,
            at=parse_time(as_of) if as_of else None,
            on_progress=report,
        )
    write_frame(found.table, ASSIGNMENT, out)
    assigned = int(found.table["clinician_id"].notna().sum())
    document = {
        "intakes": len(requests),
        "assigned": assigned,
        "unassigned": len(requests) - assigned,
        "value": round(found.plan.value, 6),
        "bound": round(found.plan.bound, 6),
        "gap": round(found.plan.gap, 6),
        "model": found.version,
        "out": str(out),
    }
    words = (
        f"{assigned} of {len(requests)} assigned by {found.version} in {out}; "
        f"at most {found.plan.gap:.2%} from the best plan"
    )
    session.answer(document, words)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("assign")(assign)
