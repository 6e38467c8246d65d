"""`rapport rank`: many intakes at once."""

from pathlib import Path
from typing import Annotated

import typer

from data.clinic import INTAKES
from data.exporting import write_frame
from data.frames import intakes_from_frame
from data.importing import read_file
from training.batch import RANKING, rank_intakes
from training.commands.arguments import as_of_option, parse_time, refuse_same_file
from training.console import Session
from training.store import now, open_store

explore_option = Annotated[
    bool,
    typer.Option(
        "--explore",
        help="As in the service: earlier courses count, newcomers get a chance, equals are drawn among.",
    ),
]

prices_option = Annotated[
    bool,
    typer.Option(
        "--prices",
        help="Take off what a place is worth to others, by the prices of `rapport prices` now.",
    ),
]


def rank(
    context: typer.Context,
    intakes: Annotated[Path, typer.Option(help="File with the columns of `intakes`.")],
    out: Annotated[Path, typer.Option(help="File to write: .parquet, .csv or .ndjson.")],
    top: Annotated[int, typer.Option(min=1, help="Clinicians per intake.")] = 10,
    model: Annotated[
        str | None, typer.Option(help="A version; else the champion.", metavar="VERSION")
    ] = None,
    as_of: as_of_option = None,
    explore: explore_option = False,
    prices: prices_option = False,
) -> None:
    """Rank the eligible clinicians of every intake in a file, by utility alone.

    One row per intake and rank; an intake that may not be ranked has one row whose rank is empty
    and whose pathway says why (`crisis`, `navigator`). Each intake is ranked as of the time it was
    requested unless `--as-of` says otherwise, and knows what was known of the person by then: whom
    they had left for good is not ranked. With `--explore` lists are ordered as the service orders
    them, and `score` holds what newcomers and known clinicians get beside the utility. With
    `--prices` it is less what a place is worth to others.

    Example:
      rapport rank --intakes new.csv --out ranked.csv --top 5
    """
    session: Session = context.obj
    refuse_same_file(intakes, out)
    requests = intakes_from_frame(read_file(intakes, INTAKES))
    engine = open_store(session.settings)
    at = parse_time(as_of) if as_of else None
    with session.progress() as report:
        ranking, version = rank_intakes(
            session.settings,
            engine,
            requests,
            top=top,
            version=model,
            at=at,
            explore=explore,
            priced_at=(at or now()) if prices else None,
            on_progress=report,
        )
    write_frame(ranking, RANKING, out)
    ranked = int(ranking["rank"].notna().sum())
    counts = {"intakes": len(requests), "rows": len(ranking), "ranked": ranked}
    words = f"{len(requests)} intakes, {ranked} ranked rows by {version} in {out}"
    session.answer({**counts, "model": version, "out": str(out)}, words)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("rank")(rank)
