"""Fit the trees of the boosted heads on what the effects leave over, every row as of its own time."""

from collections.abc import Iterator
from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME
from matching.boosted import BoostedScorer
from matching.predictions import HEADS
from matching.scorers import EffectsScorer
from matching.tree_features import COLUMNS, directions, tree_features
from matching.tree_models import TreeModel, anonymous
from training.effects_fit import MEASURED_HEADS, EffectsConfig, fit_effects_scorer
from training.matching_cases import Cases
from training.measured import measured_weights

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

BLOCK_STARTS = (0.3, 0.475, 0.65, 0.825)
"""Shares of the requests by time at which effects are fitted anew; earlier requests teach no trees."""
STOP_SHARE = 0.2
"""Share of a head's rows, the last by time, that say when to stop."""
LEAST_LABELS = 2_000
"""Fewest labels of a head before trees are grown for it."""
MOST_TREES, PATIENCE = 300, 30
LEAST_GAIN = 1e-4
"""Log-loss that trees have to win on the last rows to be kept."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TreeRows:
    """Pairs as trees see them, each with what was known when it was asked for."""

    episodes: Rows
    """In order of request; shape (rows,)."""
    matrix: Floats
    """Shape (rows, columns)."""
    logits: Floats
    """What the effects said; shape (heads, rows)."""


def fit_boosted(
    cases: Cases,
    scorer: EffectsScorer,
    *,
    as_of: int,
    config: EffectsConfig,
    seed: int,
    rows: TreeRows | None = None,
) -> BoostedScorer:
    """Trees for each head with enough labels, on top of a scorer that is fitted on all of them.

    Args:
        cases: A clinic.
        scorer: Fitted on what was known before the time.
        as_of: Microseconds since 1970 UTC.
        config: How that scorer was fitted.
        seed: Of the trees.
        rows: Those of `tree_rows`, where they are made already.
    """
    enough = [
        head
        for head in HEADS
        if np.count_nonzero(cases.outcomes.known_before(head, as_of)) >= LEAST_LABELS
    ]
    if not enough:
        return BoostedScorer(base=scorer, trees={})
    rows = rows or tree_rows(cases, as_of=as_of, config=config)
    trees = {}
    for head in enough:
        found = _fit_head(cases, rows, head, as_of, seed)
        if found is not None:
            trees[head] = found
    return BoostedScorer(base=scorer, trees=trees)


def tree_rows(cases: Cases, *, as_of: int, config: EffectsConfig) -> TreeRows:
    """Rows for trees: effects of each block are fitted before it begins.

    Args:
        cases: A clinic.
        as_of: Nothing known at or after this time is used.
        config: Settings of the effects.
    """
    known = np.stack([cases.outcomes.known_before(head, as_of) for head in HEADS]).any(axis=0)
    usable = known & (cases.clinician_rows >= 0) & (cases.requests != UNKNOWN_TIME)
    episodes = np.flatnonzero(usable)
    episodes = episodes[np.argsort(cases.requests[episodes], kind="stable")]
    places, matrices, logits = [], [], []
    for block, scorer in _blocks(cases, episodes, config):
        for episode in block.tolist():
            matrix, said = _row(cases, scorer, episode)
            places.append(episode)
            matrices.append(matrix)
            logits.append(said)
    return TreeRows(
        episodes=np.array(places, dtype=np.int64),
        matrix=np.array(matrices, dtype=np.float64).reshape(len(places), len(COLUMNS)),
        logits=np.array(logits, dtype=np.float64).reshape(len(places), len(HEADS)).T,
    )


def _blocks(
    cases: Cases, episodes: Rows, config: EffectsConfig
) -> Iterator[tuple[Rows, EffectsScorer]]:
    if not len(episodes):
        return
    times = cases.requests[episodes]
    cuts = np.quantile(times, BLOCK_STARTS, method="higher").astype(np.int64)
    for begin, end in zip(cuts, [*cuts[1:], np.iinfo(np.int64).max], strict=True):
        block = episodes[(times >= begin) & (times < end)]
        if len(block):
            yield block, fit_effects_scorer(cases, as_of=int(begin), config=config)


def _row(cases: Cases, scorer: EffectsScorer, episode: int) -> tuple[Floats, Floats]:
    """Columns and logits of one episode with its own clinician, after the usual wait."""
    intake = cases.intakes[cases.outcomes.intake_rows[episode]]
    rows = cases.clinician_rows[episode : episode + 1]
    terms = scorer.terms(intake, cases.directory, rows, np.array([scorer.usual_wait_days]))
    matrix = tree_features(intake, terms, cases.features[:, episode : episode + 1])
    return matrix[0], (terms.base + terms.shifts.sum(axis=0))[:, 0]


def _fit_head(
    cases: Cases, rows: TreeRows, head: str, as_of: int, seed: int
) -> TreeModel | None:
    """Trees of one head; None where they win nothing on its last rows."""
    data = _head_data(cases, rows, head, as_of)
    cut = int(len(data["label"]) * (1.0 - STOP_SHARE))
    early, late = (
        {name: column[part] for name, column in data.items()}
        for part in (slice(None, cut), slice(cut, None))
    )
    if len(np.unique(early["label"])) < 2:
        return None
    first = lightgbm.Dataset(**early, feature_name=list(COLUMNS), free_raw_data=False)
    scores: dict[str, dict[str, list[float]]] = {}
    grown = lightgbm.train(
        _parameters(head, seed),
        first,
        MOST_TREES,
        valid_sets=[lightgbm.Dataset(**late, reference=first)],
        valid_names=["late"],
        callbacks=[
            lightgbm.early_stopping(PATIENCE, verbose=False),
            lightgbm.record_evaluation(scores),
        ],
    )
    start = _log_loss(late["init_score"], late["label"], late["weight"])
    if start - min(scores["late"]["binary_logloss"]) < LEAST_GAIN:
        return None
    text = grown.model_to_string(num_iteration=grown.best_iteration)
    return TreeModel.read(anonymous(text), COLUMNS)


def _head_data(cases: Cases, rows: TreeRows, head: str, as_of: int) -> dict[str, Floats]:
    """Columns, labels, weights and starting logits of the rows whose label is known."""
    known = np.flatnonzero(cases.outcomes.known_before(head, as_of)[rows.episodes])
    episodes = rows.episodes[known]
    labels = cases.outcomes.label(head)[episodes]
    weights = (
        measured_weights(cases, episodes, as_of=as_of)
        if head in MEASURED_HEADS
        else np.ones(len(known))
    )
    return {
        "data": rows.matrix[known],
        "label": labels,
        "weight": weights,
        "init_score": rows.logits[HEADS.index(head)][known],
    }


def _parameters(head: str, seed: int) -> dict[str, object]:
    """Settings for small clinical data; the same rows give the same bytes."""
    return {
        "objective": "binary",
        "learning_rate": 0.03,
        "num_leaves": 7,
        "min_data_in_leaf": 40,
        "feature_fraction": 0.8,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "monotone_constraints": directions(head),
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": seed,
        "verbose": -1,
    }


def _log_loss(logits: Floats, labels: Floats, weights: Floats) -> float:
    losses = np.logaddexp(0.0, logits) - labels * logits
    return float(np.average(losses, weights=weights))
