"""What the recipe that serves is worth in simulated worlds, beside every single recipe and what can be learned.

For each seed a world is simulated; recipes are fitted on what was known before the last fifth of its requests, and
held against the true chances of that fifth: share of the achievable gain over a random eligible clinician, the slope
of truth on what is said by head, and the share of shown pairs whose truth the 90 % intervals hold.

    python benchmarks/base_worlds.py [--seeds 181 182 183] [--world base] [--patients 8000] [--clinicians 150]
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from data.instants import micros_of
from data.settings import Settings
from training.application import run
from training.evaluation.ceiling import truth_with_ceiling
from training.evaluation.choices import choices_with_truth
from training.evaluation.figures import find_figure
from training.evaluation.matching_baselines import matching_baselines
from training.evaluation.matching_gain import claim_figures, gain_figures
from training.evaluation.matching_trees import tree_contenders
from training.fit_matching import fit_matching
from training.matching_cases import Cases
from training.matching_job import moment_after, read_clinic, split_time
from training.store import open_store

SERVES = "serves"
RECIPES = ("rules", "effects", "course_effects", "logistic", "boosted", SERVES)
HEADS = ("accept", "attend", "engage", "improve", "deteriorate")


def measure(
    folder: Path, words: list[str], seed: int, budget_seconds: float
) -> dict[str, float]:
    """The figures of one world by name.

    Raises:
        SystemExit: The world could not be made.
    """
    home = ["--home", str(folder / "home"), "--quiet"]
    clinic = folder / "clinic"
    made = run([*home, "simulate", "--out", str(clinic), "--seed", str(seed), *words])
    if made or run([*home, "import", str(clinic)]):
        raise SystemExit("the world could not be made")
    settings = Settings(home=folder / "home")
    frames = read_clinic(open_store(settings))
    split = split_time(frames, before=moment_after(frames))
    cases, since = Cases.build(frames), micros_of(split)
    fitted = fit_matching(frames, as_of=split, seed=1, budget_seconds=budget_seconds)
    print(fitted.facts["why"])
    print(
        {
            head: round(line["slope"], 2)
            for head, line in (fitted.facts["calibration"] or {}).items()
        }
    )
    baselines = matching_baselines(cases, as_of=since)
    contenders, _ = tree_contenders(cases, baselines, as_of=since, seed=1)
    known = {**baselines, **contenders, SERVES: fitted.scorer}
    models = {name: known[name] for name in RECIPES if name in known}
    truth, _ = truth_with_ceiling(settings.truth, frames, split=split)
    choices = [
        choice
        for choice in choices_with_truth(cases, frames, truth)
        if choice.intake.requested_at >= split
    ]
    figures = [
        *gain_figures(cases, models, choices, seed=1),
        *claim_figures(cases, models, choices, seed=1),
    ]
    wanted = {f"gain {name}": (name, "gain_share") for name in (*models, "learnable")}
    wanted["of learnable"] = (SERVES, "learnable_share")
    wanted |= {f"slope {head}": (SERVES, f"{head}_true_slope") for head in HEADS}
    wanted |= {
        f"held {head}": (SERVES, f"{head}_interval_coverage") for head in ("engage", "improve")
    }
    wanted |= {name: (SERVES, name) for name in ("claimed_gain", "claimed_gain_most_praised")}
    found = {name: find_figure(figures, *pair) for name, pair in wanted.items()}
    return {
        name: np.nan if figure is None or figure.value is None else figure.value
        for name, figure in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[181, 182, 183, 184, 185])
    parser.add_argument("--world", default="base")
    parser.add_argument("--patients", type=int, default=8_000)
    parser.add_argument("--clinicians", type=int, default=150)
    parser.add_argument("--budget", type=float, default=600.0)
    arguments = parser.parse_args()
    sizes = ["--patients", str(arguments.patients), "--clinicians", str(arguments.clinicians)]
    words = ["--world", arguments.world, *sizes, "--items", "50", "--users", "50"]
    table = {}
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            table[seed] = measure(Path(folder), words, seed, arguments.budget)
        print(pd.DataFrame(table).round(3).to_string(), flush=True)
    print(pd.DataFrame(table).mean(axis=1).round(3).to_string())


if __name__ == "__main__":
    main()
