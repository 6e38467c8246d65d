"""`rapport demo`: a clinic comes alive, from nothing, in one command."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from data.clients import create_key
from data.database import Engine
from data.importing import import_folder
from data.settings import Settings
from training.commands.importing import keep_truth
from training.commands.serve import run_server
from training.console import ReportProgress, Session, table_text
from training.demo_clinic import (
    DEMO_SCOPES,
    example_intake,
    example_item,
    example_person,
    fresh_home,
    simulated_clinic,
)
from training.jobs import Trained, train_model
from training.products import Order
from training.real.clinic import real_clinic, real_tables
from training.store import now, open_store

BUDGET_SECONDS = 10.0
"""What tuning may take in the demo; a real `train` has ten minutes."""


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port of the API.")] = 8000,
    *,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="Stop when both models are promoted.")
    ] = False,
    real: Annotated[
        bool, typer.Option("--real", help="Use the real data that the repository ships.")
    ] = False,
) -> None:
    """Build a clinic in a fresh home, train and promote both models, and serve them.

    Without `--real` the clinic is simulated and its truth is known. With `--real` it is made from
    CounselChat, and two tables show how the methods do on real data. A home that holds anything
    but an earlier demo is refused.

    Examples:
      rapport demo

      rapport demo --real --no-serve
    """
    session: Session = context.obj
    settings = session.settings
    fresh_home(settings)
    engine = open_store(settings)
    document = _build(session, settings, engine, is_real=real)
    if real:
        document["real"] = _show_real(session)
    if no_serve:
        session.answer(document, f"the clinic stands in {settings.home}")
        return
    _introduce(session, settings, engine, port)
    raise typer.Exit(run_server(settings, host="127.0.0.1", port=port, workers=1))


def _build(
    session: Session, settings: Settings, engine: Engine, *, is_real: bool
) -> dict[str, object]:
    """Make the clinic, import it, train both models; the document says what came of it."""
    clinic = settings.home / "clinic"
    with session.progress() as report:
        report("make the clinic", 0, 1)
        if is_real:
            real_clinic(clinic)
        else:
            simulated_clinic(clinic, seed=settings.seed, at=now())
        report("make the clinic", 1, 1)
        counts = import_folder(engine, clinic, on_progress=report)
        keep_truth(clinic, settings)
        trained = [
            _train(settings, engine, kind, report) for kind in ("matching", "recommender")
        ]
    for model in trained:
        session.say(f"{model.kind}: {model.version} is {model.state}")
        session.say(table_text(["metric", "value"], [[*row] for row in model.metrics.items()]))
    return {
        "home": str(settings.home),
        "rows": {name: table.written for name, table in counts.items()},
        "models": [
            {"version": model.version, "kind": model.kind, "state": model.state}
            for model in trained
        ],
    }


def _train(settings: Settings, engine: Engine, kind: str, report: ReportProgress) -> Trained:
    order = Order(
        kind=kind,
        as_of=None,
        seed=settings.seed,
        budget_seconds=BUDGET_SECONDS,
        at=now(),
    )
    return train_model(settings, engine, order, on_progress=report)


def _show_real(session: Session) -> list[dict[str, object]]:
    tables = real_tables()
    for table in tables:
        session.say(f"\n{table.title}")
        session.say(table_text(list(table.header), [list(row) for row in table.rows]))
        session.say(table.note)
    return [
        {"title": table.title, "header": table.header, "rows": table.rows, "note": table.note}
        for table in tables
    ]


def _introduce(session: Session, settings: Settings, engine: Engine, port: int) -> None:
    """Print a key and three lines that work when pasted, on stdout."""
    key = create_key(engine, "demo", list(DEMO_SCOPES), at=now()).key
    at = f"http://127.0.0.1:{port}"
    person = example_person(engine)
    recommendation = {"person_id": person, "limit": 5, "context": {"minutes": 10}}
    event = {
        "events": [
            {
                "event_id": "demo-event-1",
                "type": "complete",
                "user_id": person,
                "item_id": example_item(engine),
                "at": now().isoformat().replace("+00:00", "Z"),
            }
        ]
    }
    lines = [
        _curl(at, key, "/v1/matches", {"intake": example_intake(engine), "limit": 3}),
        _curl(at, key, "/v1/recommendations", recommendation),
        _curl(at, key, "/v1/events", event),
    ]
    document = {
        "key": key,
        "address": at,
        "openapi": f"{at}/openapi.json",
        "page": f"{at}/desk",
        "curl": lines,
    }
    text = "\n\n".join(
        [
            f"key: {key}",
            *lines,
            f"the API and its description: {at}/openapi.json",
            f"the intake desk's page, opened with the key: {at}/desk",
        ]
    )
    session.answer(document, text)
    session.say(f"home: {Path(settings.home).resolve()}; Ctrl-C stops the server")


def _curl(at: str, key: str, path: str, body: Mapping[str, object]) -> str:
    words = json.dumps(body, ensure_ascii=True).replace("'", "\\u0027")
    return (
        f"curl -s {at}{path} -H 'Authorization: Bearer {key}' "
        f"-H 'Content-Type: application/json' -d '{words}'"
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("demo")(demo)
