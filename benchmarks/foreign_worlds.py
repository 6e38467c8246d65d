"""Does matching hold in clinics that are not the project's own? Worlds with other curves, ids, words and sizes.

Three places (`benchmarks/foreign/places.py`) and one of them without any difference between clinicians. Each is
written as a clinic folder, imported, checked, trained on what was known before the last fifth of its
requests, and evaluated by commands alone; the truth is laid beside the home only once a model is trained.

    python benchmarks/foreign_worlds.py --out FOLDER [--places praxis rede reseau] [--null praxis] [--seed 1]

Printed for each world: share of the achievable gain over a random eligible clinician by recipe, and that of
`rapport rank` with what serves (`rank`), where somebody who may not be offered counts as a breach; the slope of true
on said logits by head; the share of shown pairs whose true chance the 90 % intervals hold; and what is claimed.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.foreign.folder import write_clinic
from benchmarks.foreign.places import PLACES, Place

RAPPORT = (sys.executable, "-m", "training.cli")
BASELINES = ("base_rate", "patient_only", "effects_unshrunken")
HEADS = ("accept", "attend", "engage", "improve", "deteriorate")
CLAIMS = ("claimed_gain", "claimed_gain_most_praised")
TESTED = 0.8  # `evaluate` holds out the requests from this share of them on


@dataclass(frozen=True, kw_only=True)
class World:
    """One clinic on disk."""

    place: Place
    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def truth(self) -> Path:
        return self.folder / "truth.parquet"

    def rapport(self, *words: str, is_refusal_fine: bool = False) -> dict[str, Any]:
        """Run one command and give its document.

        Raises:
            SystemExit: It failed.
        """
        began = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own command
            [*RAPPORT, "--home", str(self.home), "--json", "--quiet", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and not is_refusal_fine:
            raise SystemExit(f"rapport {' '.join(words)}: {done.stderr or done.stdout}")
        print(f"  {words[0]} {time.perf_counter() - began:.0f} s", file=sys.stderr)
        return dict(json.loads(done.stdout))


def make(place: Place, folder: Path, *, seed: int, is_null: bool) -> World:
    world = World(place=place, folder=folder)
    shutil.rmtree(folder, ignore_errors=True)
    world.home.mkdir(parents=True)
    (world.home / "rapport.toml").write_text(f'country = "{place.country}"\n', "utf-8")
    write_clinic(place, folder / "clinic", world.truth, seed=seed, is_null=is_null)
    return world


def measure(world: World, *, seed: int) -> None:
    """Import, check, train and evaluate one world, and print what came out."""
    world.rapport("import", str(world.folder / "clinic"))
    found = world.rapport("check", is_refusal_fine=True)["findings"]
    print(
        "check:", ", ".join(f"{entry['code']} {entry['count']}" for entry in found) or "nothing"
    )
    asked = world.rapport("export", str(world.folder / "export"), "--format", "parquet")
    intakes = pd.read_parquet(world.folder / "export" / "intakes.parquet")
    times = pd.to_datetime(intakes["requested_at"], utc=True).sort_values()
    split = times.iloc[int(np.ceil(TESTED * (len(times) - 1)))].isoformat()
    model = world.rapport("train", "matching", "--as-of", split, "--seed", str(seed))
    (world.home / "truth").mkdir(exist_ok=True)
    shutil.copy(world.truth, world.home / "truth" / "pairs.parquet")
    figures = pd.DataFrame(world.rapport("evaluate", "matching", "--seed", str(seed))["rows"])
    figures["model"] = figures["model"].replace(model["version"], "serves")
    print(f"serves: {model['metrics']['serves']}, state {model['state']}; tables {len(asked)}")
    print(ranked(world, intakes, times.max().isoformat()))
    show(figures)


def ranked(world: World, intakes: pd.DataFrame, at: str) -> str:
    """The true gain of the first of each list of `rapport rank`, and breaches of eligibility."""
    pairs = pd.read_parquet(world.truth)
    asked, out = world.folder / "asked.parquet", world.folder / "ranked.parquet"
    intakes[intakes["intake_id"].isin(pairs["intake_id"])].to_parquet(asked, index=False)
    world.rapport(
        "rank", "--intakes", str(asked), "--out", str(out), "--top", "1", "--as-of", at
    )
    first = pd.read_parquet(out)
    keys = ["intake_id", "clinician_id"]
    worth = pairs.rename(columns={"utility": "worth"})[[*keys, "worth"]]
    first = first[first["rank"].notna()].merge(worth, on=keys, how="left")
    breaches = int(first["worth"].isna().sum())
    lists = worth.groupby("intake_id")["worth"].agg(["mean", "max"])
    found = first.dropna(subset="worth").set_index("intake_id")
    lists = lists.loc[found.index]
    share = (found["worth"] - lists["mean"]).sum() / (lists["max"] - lists["mean"]).sum()
    missing = pairs["intake_id"].nunique() - len(first)
    return f"rank: gain share {share:.3f} of {len(first)} lists, breaches {breaches}, lists missing {missing}"


def show(figures: pd.DataFrame) -> None:
    kept = figures[~figures["model"].isin(BASELINES)]
    gains = kept[kept["metric"] == "gain_share"].set_index("model")
    print("gain share:", _line(gains["value"]))
    serving = figures[figures["model"] == "serves"].set_index("metric")
    spread = serving.loc["gain_share"]
    print(
        f"  of what serves {spread['value']:.3f} ({spread['low']:.3f} to {spread['high']:.3f})"
    )
    for name in ("serves", "course_effects", "logistic"):
        rows = figures[figures["model"] == name].set_index("metric")["value"]
        slopes = rows.reindex([f"{head}_true_slope" for head in HEADS])
        print(f"true slopes, {name}:", _line(slopes.set_axis(HEADS)))
        held = rows.reindex([f"{head}_interval_coverage" for head in ("engage", "improve")])
        print(f"  held by 90 % intervals: {_line(held.set_axis(['engage', 'improve']))}")
    print("claims of what serves:", _line(serving["value"].reindex(CLAIMS)), flush=True)


def _line(values: "pd.Series[Any]") -> str:
    return ", ".join(f"{name} {value:.3f}" for name, value in values.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--places", nargs="*", default=sorted(PLACES), choices=sorted(PLACES))
    parser.add_argument("--null", nargs="*", default=["praxis"], choices=sorted(PLACES))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    wanted = [(name, False) for name in arguments.places] + [
        (name, True) for name in arguments.null
    ]
    for name, is_null in wanted:
        place = PLACES[name]
        print(
            f"\n== {name}{' without differences' if is_null else ''}: {place.country}, {place.clinicians} "
            f"clinicians, {place.intakes} requests, seed {arguments.seed}"
        )
        folder = arguments.out / f"{name}{'-null' if is_null else ''}-{arguments.seed}"
        world = make(place, folder, seed=arguments.seed, is_null=is_null)
        measure(world, seed=arguments.seed)


if __name__ == "__main__":
    main()
