"""Distil the utilities of all eligible candidates into a LambdaMART ranker.

The label of a candidate is the utility that effects fitted before the request give it, never who was chosen:
the unchosen are not bad, and a ranker of choices learns the old desk.
"""

from collections.abc import Iterator

import lightgbm
import numpy as np
from numpy.typing import NDArray

from matching.eligibility import screen
from matching.ranker import RANK_COLUMNS, Ranker, rank_features
from matching.scorers import EffectsScorer
from matching.tree_models import TreeModel, anonymous
from matching.triage import assess_safely
from matching.utility import UtilityWeights, utility
from matching.waits import candidate_waits
from training.boosted_fit import BLOCK_STARTS
from training.effects_fit import EffectsConfig, fit_effects_scorer
from training.matching_cases import Cases

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

MOST_LISTS = 1_200
"""Requests that lists are made of, evenly over time."""
LEAST_LISTS = 200
GRADES = 30
"""Largest label: utilities between the worst and the best of a list, in steps."""
TREES = 200
SHOWN = 10


def fit_ranker(
    cases: Cases, scorer: EffectsScorer, *, as_of: int, config: EffectsConfig, seed: int
) -> Ranker | None:
    """A ranker that learned from requests before a time; None where there are too few.

    Args:
        cases: A clinic.
        scorer: Fitted on what was known before the time; serves the ranker's columns.
        as_of: Microseconds since 1970 UTC.
        config: How effects are fitted.
        seed: Of the trees.
    """
    lists = list(_lists(cases, as_of=as_of, config=config))
    if len(lists) < LEAST_LISTS:
        return None
    data = lightgbm.Dataset(
        np.concatenate([matrix for matrix, _ in lists]),
        label=np.concatenate([_grades(values) for _, values in lists]),
        group=[len(values) for _, values in lists],
        feature_name=list(RANK_COLUMNS),
    )
    grown = lightgbm.train(_parameters(seed), data, TREES)
    trees = TreeModel.read(anonymous(grown.model_to_string()), RANK_COLUMNS)
    return Ranker(base=scorer, trees=trees)


def _lists(
    cases: Cases, *, as_of: int, config: EffectsConfig
) -> Iterator[tuple[Floats, Floats]]:
    """Columns and utilities of the eligible of each request, by effects fitted before its block."""
    asked = np.flatnonzero(cases.requested_at < as_of)
    asked = asked[np.argsort(cases.requested_at[asked], kind="stable")]
    if not len(asked):
        return
    times = cases.requested_at[asked]
    cuts = np.quantile(times, BLOCK_STARTS, method="higher").astype(np.int64)
    later = asked[times >= cuts[0]]
    chosen = later[:: max(len(later) // MOST_LISTS, 1)]
    for begin, end in zip(cuts, [*cuts[1:], as_of], strict=True):
        at = cases.requested_at[chosen]
        block = chosen[(at >= begin) & (at < end)]
        if len(block):
            teacher = fit_effects_scorer(cases, as_of=int(begin), config=config)
            for row in block.tolist():
                found = _one_list(cases, teacher, row)
                if found is not None:
                    yield found


def _one_list(cases: Cases, teacher: EffectsScorer, row: int) -> tuple[Floats, Floats] | None:
    intake = cases.intakes[row]
    at = cases.recorded_at or intake.requested_at
    rows = screen(intake, cases.directory, safety=assess_safely(intake), at=at).eligible_rows
    if len(rows) < 2:
        return None
    waits = candidate_waits(intake, cases.directory, rows, at=at)
    matrix = rank_features(teacher, intake, cases.directory, rows, waits)
    said = teacher.predict(intake, cases.directory, rows, wait_days=waits)
    return matrix, utility(said, waits, UtilityWeights())


def _grades(values: Floats) -> NDArray[np.int64]:
    """Utilities of one list as whole labels from 0 to `GRADES`.

    Example:
        >>> _grades(np.array([0.2, 0.3, 0.4])).tolist()
        [0, 15, 30]
    """
    reach = float(np.ptp(values))
    if reach == 0.0:
        return np.zeros(len(values), dtype=np.int64)
    return np.rint(GRADES * (values - values.min()) / reach).astype(np.int64)


def _parameters(seed: int) -> dict[str, object]:
    """Settings of the ranker; linear gains, and no position: no list of the log enters."""
    up = {"record_engage", "record_improve", "record_accept", "record_attend"}
    ways = [
        1 if name in up else -1 if name in {"record_deteriorate", "wait_days"} else 0
        for name in RANK_COLUMNS
    ]
    return {
        "objective": "lambdarank",
        "label_gain": list(range(GRADES + 1)),
        "lambdarank_truncation_level": SHOWN + 3,
        "learning_rate": 0.1,
        "num_leaves": 15,
        "min_data_in_leaf": 40,
        "lambda_l2": 5.0,
        "monotone_constraints": ways,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": seed,
        "verbose": -1,
    }
