"""Are the variance components right? Lecturer ratings at ETH Zurich against a REML reference.

InstEval (R package lme4, GPL, not shipped here) has 73,421 ratings `y` by students `s` of lecturers
`d`: two crossed effects, like patients and clinicians. REML for `y ~ 1 + (1 | s) + (1 | d)` gives
lecturers .154 of the variance.

    python benchmarks/effects_insteval.py --data FOLDER      (or RAPPORT_BENCHMARK_DATA)

FOLDER holds `insteval/InstEval.csv`. Without it the benchmark says so and ends with 0.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from matching.effects import fit_effects
from training.real.crossed_effects import CrossedEffects, Factor, fit_crossed

REML_LECTURER_SHARE = 0.154


def measure(ratings: pd.DataFrame, seed: int) -> dict[str, float]:
    """Lecturer share of variance, and the same after shuffling lecturers (which must be near 0)."""
    students, lecturers = ratings["s"].astype(str).tolist(), ratings["d"].astype(str).tolist()
    outcome = ratings["y"].to_numpy(np.float64)
    residuals = outcome - outcome.mean()
    started = time.perf_counter()
    fit = fit_crossed(Factor.plain(students), Factor.plain(lecturers), residuals)
    seconds = time.perf_counter() - started
    student, lecturer = fit.first.components, fit.second.components
    left = residuals - fit.second.look_up(lecturers, [""]).means
    left -= fit.first.look_up(students, [""]).means
    between = student.clinician.value + lecturer.clinician.value
    total = between + case_variance(left, fit)
    shuffled = np.random.default_rng(seed).permutation(lecturers)
    null = fit_effects(shuffled, [""] * len(shuffled), residuals).components
    return {
        "rows": len(ratings),
        "lecturer_share": lecturer.clinician.value / total,
        "lecturer_share_low": lecturer.clinician.low / total,
        "lecturer_share_high": lecturer.clinician.high / total,
        "student_share": student.clinician.value / total,
        "reml_lecturer_share": REML_LECTURER_SHARE,
        "shuffled_lecturer_share": null.clinician_share,
        "shuffled_interval_low": null.clinician.low,
        "seconds": seconds,
    }


def case_variance(left: NDArray[np.float64], fit: CrossedEffects) -> float:
    """Residual variance, with the degrees of freedom that shrunken effects use up."""
    used = sum(
        float(effects.look_up(effects.clinician_ids, [""]).reliabilities.sum())
        for effects in (fit.first, fit.second)
    )
    return float(left @ left) / (len(left) - used - 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("RAPPORT_BENCHMARK_DATA", ""))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    file = Path(arguments.data) / "insteval" / "InstEval.csv"
    if not arguments.data or not file.is_file():
        print("skipped: give the folder that holds insteval/InstEval.csv with --data")
        return
    print(json.dumps(measure(pd.read_csv(file), arguments.seed), indent=2))


if __name__ == "__main__":
    main()
