"""What screening and ranking cost without HTTP, on one core: medians with intervals over many requests.

.venv/bin/python -m benchmarks.matching_engine
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

os.environ.setdefault("OMP_NUM_THREADS", "1")

from data.clinic import CLINICIANS
from data.columns import Kind
from data.directory import Directory
from data.domain import Intake
from data.frames import frame_from_storage
from data.instants import micros_of
from matching.course_signals import CHANGE, STOP, Signal, slopes_of
from matching.eligibility import screen
from matching.matcher import Matcher
from matching.nested_effects import NestedEffects
from matching.ordering import SERVED
from matching.scorers import EffectsScorer, Head
from matching.triage import assess

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGIONS = tuple(
    f"US-{code}" for code in ("CA", "NY", "TX", "FL", "WA", "IL", "OH", "GA", "NC", "MI")
)
PAYERS = ("aetna", "cigna", "bcbs", "medicare", "medicaid", "self_pay")
CONCERNS = ("anxiety", "depression", "trauma", "ocd", "sleep", "substance", "eating", "grief")
REPEATS = 300


def make_clinicians(count: int, seed: int, regions: tuple[str, ...] = REGIONS) -> pd.DataFrame:
    """Clinicians with a few words each in every column that screening reads."""
    dice = np.random.default_rng(seed)

    def some(words: tuple[str, ...], most: int) -> list[tuple[str, ...]]:
        sizes = dice.integers(1, most + 1, count)
        return [tuple(dice.choice(words, size, replace=False).tolist()) for size in sizes]

    known: dict[str, list[Any]] = {
        "clinician_id": [f"c{row:06d}" for row in range(count)],
        "licensed_regions": some(regions, 3),
        "payers": some(PAYERS, 3),
        "languages": [("en", "es") if draw < 0.2 else ("en",) for draw in dice.random(count)],
        "formats": some(("video", "phone", "in_person"), 3),
        "specialties_top": some(CONCERNS, 3),
        "also_treats": some(CONCERNS, 5),
        "not_accepted": [("substance",) if draw < 0.1 else () for draw in dice.random(count)],
        "gender": dice.choice(["female", "male"], count).tolist(),
        "accepts_new": (dice.random(count) < 0.9).tolist(),
        "open_slots": dice.integers(0, 5, count).tolist(),
        "next_available": [
            NOW + timedelta(days=float(day)) for day in dice.uniform(1, 28, count)
        ],
    }
    stored = {
        column.name: _stored(column.kind, known.get(column.name, [None] * count))
        for column in CLINICIANS.columns
    }
    return frame_from_storage(CLINICIANS, stored)


def make_directory(count: int, seed: int, regions: tuple[str, ...] = REGIONS) -> Directory:
    """The snapshot of such clinicians."""
    return Directory.build(make_clinicians(count, seed, regions))


def _stored(kind: Kind, values: list[Any]) -> list[Any]:
    """Values as the database keeps them."""
    if kind is Kind.WORDS:
        return [json.dumps(list(value or ())) for value in values]
    if kind is Kind.TIME:
        return [None if value is None else micros_of(value) for value in values]
    return values


def make_scorer(directory: Directory, seed: int) -> EffectsScorer:
    """Effects of every clinician in every domain, as a large clinic would have them."""
    dice = np.random.default_rng(seed)
    ids = np.array(directory.clinician_ids, dtype=np.str_)
    domains = np.array(sorted(CONCERNS), dtype=np.str_)

    def effects() -> NestedEffects:
        count = len(ids) * len(domains)
        return NestedEffects(
            clinic_ids=np.zeros(0, dtype=np.str_),
            clinician_ids=ids,
            domains=domains,
            prior=np.array([0.0, 0.2, 0.05]),
            clinics=np.zeros((2, 0)),
            clinicians=np.stack(
                [dice.normal(size=len(ids)), np.full(len(ids), 0.1), np.full(len(ids), 40.0)]
            ),
            cell_keys=np.arange(count),
            cells=np.stack([dice.normal(size=count), np.full(count, 0.1), np.full(count, 5.0)]),
        )

    signals = (
        Signal(
            name=STOP, effects=effects(), slopes=slopes_of(engage=-1.0), replaces=("engage",)
        ),
        Signal(
            name=CHANGE,
            effects=effects(),
            slopes=slopes_of(improve=0.9, deteriorate=-0.9),
            replaces=("improve", "deteriorate"),
        ),
    )
    return EffectsScorer(
        heads=tuple(Head(rate=rate) for rate in (0.9, 0.8, 0.6, 0.5, 0.05)), signals=signals
    )


def make_intakes(count: int, seed: int, regions: tuple[str, ...] = REGIONS) -> list[Intake]:
    """Requests of several regions, payers and wishes."""
    dice = np.random.default_rng(seed)
    return [
        Intake(
            intake_id=f"i{row}",
            patient_id=f"p{row}",
            requested_at=NOW,
            region=str(dice.choice(regions)),
            age_band="26-35",
            payer=str(dice.choice(PAYERS)),
            languages=("en",),
            formats=("video", "phone"),
            concerns=tuple(dice.choice(CONCERNS, 2, replace=False).tolist()),
            phq9_total=12,
            phq9_item9=0,
            gad7_total=10,
            pref_gender="female" if row % 3 == 0 else None,
            pref_gender_strength="prefer" if row % 3 == 0 else None,
        )
        for row in range(count)
    ]


def timed(run: Callable[[Intake], object], intakes: list[Intake]) -> np.ndarray:
    """Milliseconds of each request."""
    times = []
    for intake in intakes:
        begin = time.perf_counter()
        run(intake)
        times.append((time.perf_counter() - begin) * 1e3)
    return np.array(times)


def told(name: str, times: np.ndarray) -> str:
    """Median with the interval that order statistics give it, and the 99th percentile."""
    ordered, count = np.sort(times), len(times)
    reach = 0.98 * np.sqrt(count)
    low, high = (
        ordered[int(np.clip(count / 2 + sign * reach, 0, count - 1))] for sign in (-1, 1)
    )
    return f"{name:44} median {np.median(times):.3f} ms [{low:.3f}, {high:.3f}], p99 {np.quantile(times, 0.99):.3f}"


def main(arguments: list[str]) -> None:
    """Print what a request costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args(arguments).seed
    intakes = make_intakes(REPEATS, seed)
    large = make_directory(50_000, seed)
    for _ in range(2):  # the first round warms caches of words
        screened = timed(
            lambda intake: screen(intake, large, safety=assess(intake), at=NOW), intakes
        )
    eligible = np.mean(
        [
            len(screen(entry, large, safety=assess(entry), at=NOW).eligible_rows)
            for entry in intakes[:20]
        ]
    )
    print(told(f"screen 50,000 clinicians ({eligible:.0f} eligible)", screened))
    middle = make_directory(5_000, seed, REGIONS[:4])
    wide = [
        Intake(**{**_fields(entry), "payer": "self_pay", "in_network_only": False})
        for entry in make_intakes(REPEATS, seed, REGIONS[:4])
    ]
    matcher = Matcher(scorer=make_scorer(middle, seed), policy=SERVED)

    def rank(intake: Intake) -> object:
        return matcher.match(intake, middle, safety=assess(intake), at=NOW, limit=10, seed=1)

    for _ in range(2):
        ranked = timed(rank, wide)
    eligible = np.mean(
        [
            len(screen(entry, middle, safety=assess(entry), at=NOW).eligible_rows)
            for entry in wide[:20]
        ]
    )
    print(told(f"rank and explain 5,000 ({eligible:.0f} eligible)", ranked))


def _fields(intake: Intake) -> dict[str, object]:
    return {name: getattr(intake, name) for name in Intake.__slots__}


if __name__ == "__main__":
    main(sys.argv[1:])
