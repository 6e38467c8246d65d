"""`rapport models`: the registry."""

from typing import Annotated

import typer

from data.registry import get_model, list_models, promote, rollback
from training.commands.arguments import MODEL_KINDS, parse_kind
from training.console import Session, table_text
from training.gates import override_of, require_gates
from training.jobs import verify_model
from training.store import now, open_store


def listing(context: typer.Context) -> None:
    """List all models, newest first."""
    session: Session = context.obj
    models = list_models(open_store(session.settings))
    document = {
        "models": [
            {
                "version": model.version,
                "kind": model.kind,
                "state": model.state,
                "created_at": model.created_at.isoformat().replace("+00:00", "Z"),
            }
            for model in models
        ]
    }
    rows = [list(entry.values()) for entry in document["models"]]
    session.answer(document, table_text(["version", "kind", "state", "created_at"], rows))


def show(
    context: typer.Context, version: Annotated[str, typer.Argument(help="A model version.")]
) -> None:
    """Show one model with what was measured when it was trained."""
    session: Session = context.obj
    model = get_model(open_store(session.settings), version)
    document = {
        "version": model.version,
        "kind": model.kind,
        "state": model.state,
        "created_at": model.created_at.isoformat().replace("+00:00", "Z"),
        "trained_on": model.trained_on,
        "bundle_hash": model.bundle_hash,
        "metrics": model.metrics,
    }
    rows = [[name, value] for name, value in {**document, **model.metrics}.items()]
    session.answer(
        document, table_text(["what", "value"], [row for row in rows if row[0] != "metrics"])
    )


def promote_model(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="The model that shall serve.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the trail.")] = "promoted by hand",
    override: Annotated[
        str | None,
        typer.Option(
            help="Why it shall serve past a gate about quality; printed in its card for ever. "
            "Gates about safety have no override.",
            metavar="REASON",
        ),
    ] = None,
) -> None:
    """Let a model serve, if it passes the gates."""
    session: Session = context.obj
    engine = open_store(session.settings)
    model = get_model(engine, version)
    verify_model(session.settings, engine, version)
    past = None
    if override is None:
        require_gates(model.kind, model.metrics)
    else:
        past = override_of(model.kind, model.metrics, override)
    promote(engine, version, at=now(), reason=reason, overridden=past)
    session.answer({"version": version, "state": "champion"}, f"{version} serves")


def rollback_model(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=MODEL_KINDS)],
    reason: Annotated[
        str, typer.Option(help="Why; kept in the trail.")
    ] = "rolled back by hand",
) -> None:
    """Let the model serve again that served before."""
    session: Session = context.obj
    version = rollback(open_store(session.settings), parse_kind(kind), at=now(), reason=reason)
    session.answer({"version": version, "state": "champion"}, f"{version} serves again")


def verify(
    context: typer.Context, version: Annotated[str, typer.Argument(help="A model version.")]
) -> None:
    """Check signature, hashes and golden answers of a model's bundle."""
    session: Session = context.obj
    verify_model(session.settings, open_store(session.settings), version)
    session.answer({"version": version, "ok": True}, f"{version} is whole")


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    group = typer.Typer(
        help="The registry: what serves, what could, what did.", no_args_is_help=True
    )
    group.command("list")(listing)
    group.command("show")(show)
    group.command("promote")(promote_model)
    group.command("rollback")(rollback_model)
    group.command("verify")(verify)
    app.add_typer(group, name="models")
