"""Boosted heads and the LambdaMART ranker in the bake-off, and how well the ranker keeps to its teacher."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.ranker import Ranker
from matching.scorers import EffectsScorer, Scorer
from matching.utility import UtilityWeights, utility
from training.boosted_fit import fit_boosted, tree_rows
from training.effects_fit import EffectsConfig
from training.evaluation.choices import Choice
from training.evaluation.figures import Figure, figure
from training.evaluation.matching_gain import RANKER, SHOWN, choice_waits
from training.evaluation.matching_logistic import fit_logistic_scorer
from training.matching_cases import Cases
from training.metrics.intervals import mean_interval
from training.ranker_fit import fit_ranker

Floats = NDArray[np.float64]

CONFIG = EffectsConfig(has_signals=True)
TEACHER = "course_effects"


def tree_contenders(
    cases: Cases, baselines: Mapping[str, Scorer], *, as_of: int, seed: int
) -> tuple[dict[str, Scorer], Ranker | None]:
    """Trees on top of `course_effects`, logistic regression on the same columns, and a ranker that learned from it.

    Args:
        cases: A clinic.
        baselines: Models by name.
        as_of: Nothing known at or after this time is used, microseconds since 1970 UTC.
        seed: Of the trees.

    Returns:
        `logistic`, `boosted` where any trees were grown, and the ranker where there are requests enough.
    """
    effects = baselines[TEACHER]
    if not isinstance(effects, EffectsScorer):
        return {}, None
    rows = tree_rows(cases, as_of=as_of, config=CONFIG)
    logistic = fit_logistic_scorer(cases, effects, rows, as_of=as_of)
    boosted = fit_boosted(cases, effects, as_of=as_of, config=CONFIG, seed=seed, rows=rows)
    ranker = fit_ranker(cases, effects, as_of=as_of, config=CONFIG, seed=seed)
    found: dict[str, Scorer] = {logistic.kind: logistic}
    return found | ({boosted.kind: boosted} if boosted.trees else {}), ranker


def student_figures(
    cases: Cases, ranker: Ranker, choices: Sequence[Choice], *, seed: int
) -> list[Figure]:
    """How far the ranker's order keeps the utilities of its teacher: mean NDCG of ten, gains above the worst.

    Below .98 heads order better than a student of theirs.

    Args:
        cases: A clinic.
        ranker: The student.
        choices: Intakes with everyone who may be offered.
        seed: Seed of the interval.
    """
    kept = []
    for choice, days in zip(choices, choice_waits(cases, choices), strict=True):
        said = ranker.base.predict(choice.intake, cases.directory, choice.rows, wait_days=days)
        values = utility(said, days, UtilityWeights())
        scores = ranker.scores(choice.intake, cases.directory, choice.rows, wait_days=days)
        kept.append(_ndcg(values - values.min(), scores))
    patients = np.array([choice.intake.patient_id for choice in choices], dtype=np.str_)
    mean = mean_interval(np.array(kept), patients, rng=np.random.default_rng(seed))
    return [figure(RANKER, "ndcg_of_its_teacher", mean, len(kept))]


def _ndcg(gains: Floats, scores: Floats) -> float:
    """Discounted gain of the first ten by scores, of that by the gains themselves; 1 where all are equal."""
    discounts = 1.0 / np.log2(np.arange(min(SHOWN, len(gains))) + 2.0)
    best = float(np.sort(gains)[::-1][:SHOWN] @ discounts)
    found = float(gains[np.argsort(-scores, kind="stable")[:SHOWN]] @ discounts)
    return found / best if best > 0.0 else 1.0
