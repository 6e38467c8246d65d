"""`rapport keys`: the clients of the API."""

from typing import Annotated

import typer

from data.clients import create_key, list_keys, revoke_key
from training.console import Session, table_text
from training.store import now, open_store


def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which client this is.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What the key may do; repeat for more.")
    ] = None,
) -> None:
    """Make a key; it is shown once and only its hash is kept.

    Example:
      rapport keys create intake-desk --scope match --scope events
    """
    session: Session = context.obj
    made = create_key(open_store(session.settings), name, scope or [], at=now())
    document = {
        "key_id": made.key_id,
        "key": made.key,
        "name": made.name,
        "scopes": list(made.scopes),
    }
    session.say("Keep this key now: it is not shown again.")
    session.answer(document, made.key)


def listing(context: typer.Context) -> None:
    """List all keys, the revoked too; never a secret."""
    session: Session = context.obj
    keys = list_keys(open_store(session.settings))
    document = {
        "keys": [
            {
                "key_id": key.key_id,
                "name": key.name,
                "scopes": list(key.scopes),
                "created_at": key.created_at,
                "revoked_at": key.revoked_at,
            }
            for key in keys
        ]
    }
    rows = [
        [key.key_id, key.name, " ".join(key.scopes), "revoked" if key.revoked_at else "active"]
        for key in keys
    ]
    session.answer(document, table_text(["key_id", "name", "scopes", "state"], rows))


def revoke(
    context: typer.Context,
    key_id: Annotated[str, typer.Argument(help="The id that `keys list` shows.")],
) -> None:
    """End a key at once."""
    session: Session = context.obj
    revoke_key(open_store(session.settings), key_id, at=now())
    session.answer({"key_id": key_id, "revoked": True}, f"{key_id} is revoked")


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    group = typer.Typer(help="The clients of the API.", no_args_is_help=True)
    group.command("create")(create)
    group.command("list")(listing)
    group.command("revoke")(revoke)
    app.add_typer(group, name="keys")
