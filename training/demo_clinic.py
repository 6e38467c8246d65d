"""What the demo shows: a fresh home, a simulated clinic, and example requests from its data."""

import shutil
from datetime import datetime
from pathlib import Path

from data.database import Engine
from data.errors import UsageError
from data.queries import read_frame
from data.settings import Settings
from training.simulator.clinic import simulate
from training.simulator.parameters import world
from training.simulator.writing import write_clinic

MARK = "demo"
"""A file in the home that says: this home may be made anew."""
DEMO_SCOPES = ("match", "events", "recommend", "models")
PATIENTS = 2_000
CLINICIANS = 200
ITEMS = 300


def fresh_home(settings: Settings) -> None:
    """Make the home of a demo anew; a home with anything else in it is left alone.

    Raises:
        UsageError: The home holds something that no demo made, or a database is configured.
    """
    home = settings.home
    if settings.database_url:
        raise UsageError("the demo keeps its own database: unset database_url first")
    if home.exists() and any(home.iterdir()) and not (home / MARK).is_file():
        raise UsageError(
            f"{home} is not empty and no demo made it: name another home with --home DIR"
        )
    if home.exists():
        for entry in home.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != "rapport.toml":
                entry.unlink()
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text("made by rapport demo; the next demo replaces it\n")


def simulated_clinic(folder: Path, *, seed: int, at: datetime) -> None:
    """Write the base world at the demo's size into a folder, truth included.

    Args:
        folder: The folder to write.
        seed: Same seed, same people.
        at: The present; the clinic's past ends at its midnight, so that openings lie ahead.
    """
    clinic = simulate(
        world("base"),
        patients=PATIENTS,
        clinicians=CLINICIANS,
        items=ITEMS,
        seed=seed,
        anchor=at.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    write_clinic(clinic, folder)


def example_intake(engine: Engine) -> dict[str, object]:
    """An intake for a person never seen, in the words of this clinic.

    Region, payer, language and concern are those that most intakes name, so that the example
    finds clinicians in any clinic.
    """
    frame = read_frame(engine, "intakes")
    intake: dict[str, object] = {"intake_id": "example-1", "patient_id": "someone-new"}
    for name in ("region", "payer", "age_band"):
        intake[name] = str(frame[name].mode().iloc[0])
    concerns = frame["concerns"].explode().dropna()
    intake["concerns"] = [str(concerns.mode().iloc[0])]
    intake["in_network_only"] = True
    return intake


def example_person(engine: Engine) -> str:
    """The person with the most content events, or a new one where there are none."""
    users = read_frame(engine, "content_events", columns=("user_id",))["user_id"]
    return str(users.mode().iloc[0]) if len(users) else "someone-new"


def example_item(engine: Engine) -> str:
    """The item used most often, or the first of the catalogue."""
    items = read_frame(engine, "content_events", columns=("item_id",))["item_id"]
    if not len(items):
        items = read_frame(engine, "content", columns=("item_id",))["item_id"]
    return str(items.mode().iloc[0]) if len(items) else "none"
