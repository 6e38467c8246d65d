"""`rapport db`: the schema of the store."""

import typer

from data.database import open_engine
from data.migrate import check, upgrade
from training.console import Session


def upgrade_database(context: typer.Context) -> None:
    """Bring the schema to the newest revision; safe to run again."""
    session: Session = context.obj
    settings = session.settings
    settings.home.mkdir(parents=True, exist_ok=True)
    revision = upgrade(open_engine(settings.url))
    session.answer({"revision": revision}, f"the schema is at revision {revision}")


def check_database(context: typer.Context) -> None:
    """Check that schema and files of the store are whole."""
    session: Session = context.obj
    revision = check(open_engine(session.settings.url))
    session.answer(
        {"revision": revision, "ok": True}, f"the store is whole, at revision {revision}"
    )


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    group = typer.Typer(help="The schema of the store.", no_args_is_help=True)
    group.command("upgrade")(upgrade_database)
    group.command("check")(check_database)
    app.add_typer(group, name="db")
