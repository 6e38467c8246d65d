"""`rapport prices`: what the next places are worth to others."""

from typing import Annotated

import typer

from data.errors import UsageError
from data.prices import clear_prices, store_prices
from training.commands.arguments import as_of_option, parse_time
from training.console import Session
from training.prices import Horizon, Solved, solve_price_list
from training.store import now, open_store


def prices(
    context: typer.Context,
    days: Annotated[float, typer.Option(help="How long today's openings must last.")] = 7.0,
    weeks: Annotated[float, typer.Option(help="Requests of this long ago count.")] = 8.0,
    model: Annotated[
        str | None, typer.Option(help="A version; else the champion.", metavar="VERSION")
    ] = None,
    as_of: as_of_option = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Solve, and store nothing.")
    ] = False,
    clear: Annotated[
        bool, typer.Option("--clear", help="Take stored prices away and solve none.")
    ] = False,
) -> None:
    """Solve the prices of capacity for the days ahead; run it every night.

    Where few places are sought by many, the next one is worth more to others than to whoever would take
    it next. Requests of the last weeks are drawn again, as many as the days ahead will bring, and the
    prices are those at which everybody's best choice fits the openings. The service takes them off the
    utility of the model they were solved for, and moves them with every hold and booking; they end
    by themselves after `--days`. Nobody above green, in a hurry, a minor or with a stated must is
    ordered by prices, and whom a person knows costs nothing. `--as-of` is for replays.

    Example:
      rapport prices --days 7
      rapport rank --intakes new.csv --out ranked.csv --prices
    """
    session: Session = context.obj
    if clear and dry_run:
        raise UsageError("give one of --clear and --dry-run")
    engine = open_store(session.settings)
    if clear:
        had = clear_prices(engine)
        words = "prices are taken away" if had else "there were no prices"
        session.answer({"cleared": had}, words)
        return
    horizon = Horizon(
        at=parse_time(as_of) if as_of else now(),
        days=days,
        weeks=weeks,
        seed=session.settings.seed,
    )
    with session.progress() as report:
        found = solve_price_list(
            session.settings, engine, horizon, version=model, on_progress=report
        )
    if not dry_run:
        store_prices(engine, found.prices)
    document = _document(found, stored=not dry_run)
    session.answer(document, _words(document))


def _words(document: dict[str, object]) -> str:
    return (
        "{priced} of {clinicians} clinicians with counted openings have a price, at most {highest:.3f}, "
        "for {expected_requests} requests in {days:g} days and {openings} openings, by {model}"
    ).format_map(document) + ("" if document["stored"] else "; not stored")


def _document(found: Solved, *, stored: bool) -> dict[str, object]:
    values = list(found.prices.prices.values())
    return {
        "model": found.prices.model_version,
        "solved_at": found.prices.solved_at.isoformat(),
        "days": found.prices.days,
        "requests": found.requests,
        "scored": found.scored,
        "expected_requests": round(found.prices.expected_requests),
        "openings": found.openings,
        "clinicians": len(values),
        "priced": sum(value > 0 for value in values),
        "highest": round(max(values, default=0.0), 6),
        "stored": stored,
    }


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("prices")(prices)
