"""A small clinic with known effects, as frames, and homes in which the rules serve as a model."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, insert

from data.bundles import write_bundle
from data.clinic import CLINIC_TABLES
from data.columns import Kind
from data.database import open_engine, transaction
from data.instants import micros_of
from data.registry import promote, register
from data.settings import Settings
from data.signing import open_signing_key
from data.tables import CLINIC
from matching import artifact, golden
from matching.matcher import Matcher
from matching.rules import RuleScorer

START = pd.Timestamp("2025-01-06T09:00:00Z")
CONCERNS = ("anxiety", "depression", "trauma", "ocd")


def _times(days) -> pd.Series:
    return pd.Series(START + pd.to_timedelta(days, unit="D")).astype("datetime64[us, UTC]")


def _clinicians(dice: np.random.Generator, count: int) -> pd.DataFrame:
    top = np.empty(count, dtype=object)
    for row in range(count):
        top[row] = tuple(dice.choice(CONCERNS, 2, replace=False).tolist())

    def alike(*words: str) -> pd.Series:
        return pd.Series([words] * count, dtype="object")

    return pd.DataFrame(
        {
            "clinician_id": [f"Dr {row:03d}" for row in range(count)],
            "licensed_regions": alike("US-CA"),
            "payers": alike("aetna"),
            "languages": alike("en"),
            "formats": alike("video"),
            "specialties_top": pd.Series(top, dtype="object"),
        }
    )


def _visits(firsts: pd.Series, engaged) -> pd.DataFrame:
    rows = [
        {
            "episode_id": f"e{row}",
            "at": first + pd.Timedelta(days=7 * visit),
            "status": "attended",
        }
        for row, first in firsts.dropna().items()
        for visit in range(4 if engaged[row] else 1)
    ]
    frame = pd.DataFrame(rows, columns=["episode_id", "at", "status"])
    frame["at"] = pd.to_datetime(frame["at"], utc=True).astype("datetime64[us, UTC]")
    return frame


@pytest.fixture(scope="session")
def make_clinic():
    """A clinic whose clinicians shift engagement and improvement by normal logits.

    Everyone is accepted nine times in ten and attends eight times in ten; engagement has odds of
    one and improvement of one with an average clinician.
    """

    def make(*, intakes: int, clinicians: int, spread: float, seed: int) -> dict:
        dice = np.random.default_rng(seed)
        who = dice.integers(0, clinicians, intakes)
        skill = dice.normal(0.0, spread, (2, clinicians))
        days = np.sort(dice.uniform(0, 700, intakes))
        accepted = dice.random(intakes) < 0.9
        attended = accepted & (dice.random(intakes) < 0.8)
        chances = 1 / (1 + np.exp(-skill[:, who]))
        engaged = attended & (dice.random(intakes) < chances[0])
        improved = engaged & (dice.random(intakes) < chances[1])
        firsts = _times(days + 10).where(pd.Series(attended))
        ids = pd.Series([f"i{row}" for row in range(intakes)])
        people = pd.Series([f"p{row}" for row in range(intakes)])
        concerns = np.empty(intakes, dtype=object)
        for row in range(intakes):
            concerns[row] = (str(dice.choice(CONCERNS)),)
        measured = np.flatnonzero(engaged)
        return {
            "clinicians": _clinicians(dice, clinicians),
            "intakes": pd.DataFrame(
                {
                    "intake_id": ids,
                    "patient_id": people,
                    "requested_at": _times(days),
                    "region": "US-CA",
                    "age_band": "26-35",
                    "payer": "aetna",
                    "concerns": pd.Series(concerns, dtype="object"),
                    "phq9_total": pd.array([16] * intakes, dtype="Int64"),
                }
            ),
            "episodes": pd.DataFrame(
                {
                    "episode_id": [f"e{row}" for row in range(intakes)],
                    "intake_id": ids,
                    "clinician_id": [f"Dr {row:03d}" for row in who],
                    "booked_at": _times(days + 1),
                    "accepted": pd.array(accepted, dtype="boolean"),
                    "first_attended_at": firsts,
                }
            ),
            "attendance": _visits(firsts, engaged),
            "measures": pd.DataFrame(
                {
                    "patient_id": people[measured].to_numpy(),
                    "instrument": "phq9",
                    "at": _times(days[measured] + 10 + 84),
                    "total": np.where(improved[measured], 8.0, 15.0),
                }
            ),
        }

    return make


def _stored(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A stored row of a clinic table: absent lists are empty, times become microseconds."""
    made: dict[str, Any] = {}
    for column in CLINIC_TABLES[table].columns:
        value = row.get(column.name)
        if column.kind is Kind.WORDS:
            value = "[" + ",".join(f'"{word}"' for word in value or ()) + "]"
        made[column.name] = micros_of(value) if isinstance(value, datetime) else value
    return made


@pytest.fixture(scope="session")
def put_rows():
    """Insert rows of clinic tables, given by table."""

    def put(engine: Engine, **rows: list[dict[str, Any]]) -> None:
        with transaction(engine) as connection:
            for table, given in rows.items():
                connection.execute(
                    insert(CLINIC[table]), [_stored(table, row) for row in given]
                )

    return put


@pytest.fixture
def make_home(tmp_path, migrated_sqlite, put_rows) -> Iterator[Callable[..., Any]]:
    """A home with some rows, in which the rules serve as a model since a time."""
    engines: list[Engine] = []

    def make(at: datetime, **rows: list[dict[str, Any]]) -> tuple[Settings, Engine]:
        folder = tmp_path / "home"
        folder.mkdir()
        shutil.copy(migrated_sqlite, folder / "rapport.db")
        settings = Settings(home=folder)
        engine = open_engine(settings.url)
        engines.append(engine)
        put_rows(engine, **rows)
        scorer = RuleScorer()
        files = {
            **artifact.to_files(scorer),
            golden.FILE: golden.golden_file(Matcher(scorer=scorer)),
        }
        manifest = write_bundle(
            settings.models,
            kind="matching",
            files=files,
            meta={"trained_on": "synthetic"},
            key=open_signing_key(settings.keys),
        )
        register(engine, manifest, metrics={}, at=at)
        promote(engine, manifest.version, at=at, reason="test")
        return settings, engine

    yield make
    for engine in engines:
        engine.dispose()
