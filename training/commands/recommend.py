"""`rapport recommend`: many people at once."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.exporting import write_frame
from data.importing import read_file
from training.batch_content import RECOMMENDATIONS, USERS, recommend_to_people
from training.commands.arguments import as_of_option, parse_time, refuse_same_file
from training.console import Session
from training.store import now, open_store


def recommend(
    context: typer.Context,
    users: Annotated[Path, typer.Option(help="File with the column `user_id`.")],
    out: Annotated[Path, typer.Option(help="File to write: .parquet, .csv or .ndjson.")],
    top: Annotated[int, typer.Option(min=1, help="Items per person.")] = 20,
    model: Annotated[
        str | None, typer.Option(help="A version; else the champion.", metavar="VERSION")
    ] = None,
    as_of: as_of_option = None,
    *,
    exclude_seen: Annotated[
        bool, typer.Option("--exclude-seen", help="Leave out what a person has used.")
    ] = False,
) -> None:
    """Recommend content to every person in a file.

    A person never seen before gets what suits newcomers. Whoever safety leaves nothing for (tier
    red on record, or a state for which the catalogue holds no safe item) gets no row; the answer
    counts them.

    Example:
      rapport recommend --users people.csv --out content.csv --top 10
    """
    session: Session = context.obj
    settings = session.settings
    refuse_same_file(users, out)
    people = list(read_file(users, USERS)["user_id"])
    engine = open_store(settings)
    with session.progress() as report:
        rows, version = recommend_to_people(
            settings,
            engine,
            people,
            top=top,
            version=model,
            at=parse_time(as_of) if as_of else now(),
            exclude_seen=exclude_seen,
            on_progress=report,
        )
    write_frame(rows, RECOMMENDATIONS, out)
    _answer(session, people, rows, version, out)


def _answer(
    session: Session, people: list[str], rows: pd.DataFrame, version: str, out: Path
) -> None:
    """Count what was written, and whom safety or the catalogue leaves nothing for."""
    empty = len(set(people) - set(rows["user_id"]))
    document = {
        "users": len(people),
        "rows": len(rows),
        "without_content": empty,
        "model": version,
        "out": str(out),
    }
    session.answer(
        document,
        f"{len(people)} people, {len(rows)} rows by {version} in {out}; safety or the catalogue "
        f"leaves nothing for {empty} of them",
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("recommend")(recommend)
