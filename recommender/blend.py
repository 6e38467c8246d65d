"""Several sources into one score per shelf, with weights learned on validation time.

Each source is scaled by its largest value among a person's candidates; the score of a shelf is the
weighted sum. The weights come from a deterministic search for the best NDCG of held-out use.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

AGAIN_SOURCES = ("activation", "repeats", "plays", "weight", "context", "popular")
"""Sources of the shelf of items a person has used before."""
NEW_SOURCES = ("neighbours", "low_pass", "factors", "topics", "context", "popular")
"""Sources of the shelf of items new to a person."""
GOAL_SHARE = 0.3
"""Weight of stated goals beside what a person's use says (Steck, 2018, uses 0.3 as well)."""
RATE_RANKS = 100
"""Ranks for which a shelf's chance of use is kept."""
GRID = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5)
ROUNDS = 4
TUNING_RANKS = 10
"""Length of the list whose NDCG is maximised."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Blend:
    """Learned weights and rates."""

    again: NDArray[np.float64]
    """Weights of `AGAIN_SOURCES`; shape (sources,)."""
    new: NDArray[np.float64]
    """Weights of `NEW_SOURCES`; shape (sources,)."""
    again_rate: NDArray[np.float64]
    """Chance that the item at each rank of the shelf is used soon; shape (RATE_RANKS,)."""
    new_rate: NDArray[np.float64]
    next_step_rate: NDArray[np.float64]
    repeat_share: float
    """Share of plays that repeat an item, over all people."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TuningList:
    """One held-out person's candidates of one shelf."""

    features: NDArray[np.float64]
    """Scaled sources; shape (sources, candidates)."""
    is_hit: NDArray[np.bool_]
    """Which candidates were used afterwards; shape (candidates,)."""
    hits: int
    """How many items were used afterwards, candidates or not; at least 1."""


def default_blend() -> Blend:
    """What serves until there is enough use to learn from."""
    ranks = np.arange(1, RATE_RANKS + 1)
    return Blend(
        again=np.array([1.0, 0.2, 0.5, 0.2, 0.0, 0.0]),
        new=np.array([1.0, 0.5, 0.5, 0.2, 0.2, 0.1]),
        again_rate=0.4 / np.sqrt(ranks),
        new_rate=0.15 / np.sqrt(ranks),
        next_step_rate=0.5 / np.sqrt(ranks),
        repeat_share=0.3,
    )


def scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each source divided by its largest value, at least -1; 0 throughout where none is positive.

    Args:
        values: Finite source values; shape (sources, candidates).

    Returns:
        Values in [-1, 1] of the same shape.

    Example:
        >>> scaled(np.array([[1.0, 4.0, -8.0], [0.0, 0.0, 0.0]]))
        array([[ 0.25,  1.  , -1.  ],
               [ 0.  ,  0.  ,  0.  ]])
    """
    if not values.shape[1]:
        return values
    top = values.max(axis=1, keepdims=True)
    ratio = np.divide(values, top, out=np.zeros_like(values), where=top > 0)
    return np.maximum(ratio, -1.0)


def learn_weights(
    lists: Sequence[TuningList],
    start: NDArray[np.float64],
    *,
    is_time_up: Callable[[], bool],
) -> tuple[NDArray[np.float64], float]:
    """Weights with the best mean NDCG, by going through the sources one after the other.

    The search begins at the start, and at the best source alone. The best source alone replaces the start, and what is
    found replaces either, only where the gain is larger than its standard error over people: luck is no reason.

    Args:
        lists: Held-out people; where empty, the start is returned.
        start: Weights to begin with; shape (sources,).
        is_time_up: Asked before each trial; once true, the best so far is returned.

    Returns:
        Weights of shape (sources,), and their NDCG at 10 (0 without people).
    """
    if not lists:
        return start, 0.0
    table = _Table.build(lists)
    singles = [(alone, table.ndcg(alone)) for alone in np.eye(len(start))]
    alone = max(singles, key=lambda found: found[1])
    usual = (start, table.ndcg(start))
    tried = [_climb(table, *begin, is_time_up) for begin in (usual, alone)]
    chosen = usual
    for found in (alone, max(tried, key=lambda found: found[1])):
        if _is_better(table.each(found[0]) - table.each(chosen[0])):
            chosen = found
    return chosen


def _is_better(gain: NDArray[np.float64]) -> bool:
    """Whether a mean gain is larger than its standard error; `gain` has shape (people,)."""
    error = np.std(gain, ddof=1) / math.sqrt(len(gain)) if len(gain) > 1 else np.inf
    return bool(np.mean(gain) > error + 1e-12)


def _climb(
    table: "_Table", best: NDArray[np.float64], value: float, is_time_up: Callable[[], bool]
) -> tuple[NDArray[np.float64], float]:
    """The best weights that one source after the other leads to, and their NDCG."""
    for _ in range(ROUNDS):
        before = value
        for source in range(len(best)):
            for weight in GRID:
                if is_time_up():
                    return best, value
                trial = best.copy()
                trial[source] = weight
                found = table.ndcg(trial)
                if found > value + 1e-9:
                    best, value = trial, found
        if value <= before:
            break
    return best, value


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """All lists padded to one length."""

    features: NDArray[np.float32]
    is_hit: NDArray[np.bool_]
    padding: NDArray[np.float32]
    ideal: NDArray[np.float64]

    @classmethod
    def build(cls, lists: Sequence[TuningList]) -> "_Table":
        length = max(len(entry.is_hit) for entry in lists)
        sources = lists[0].features.shape[0]
        features = np.zeros((len(lists), length, sources), np.float32)
        is_hit = np.zeros((len(lists), length), np.bool_)
        padding = np.full((len(lists), length), -np.inf, np.float32)
        for row, entry in enumerate(lists):
            count = len(entry.is_hit)
            features[row, :count] = entry.features.T
            is_hit[row, :count] = entry.is_hit
            padding[row, :count] = 0.0
        gains = np.cumsum(_discount(TUNING_RANKS))
        depth = np.minimum([entry.hits for entry in lists], TUNING_RANKS)
        return cls(features, is_hit, padding, gains[depth - 1])

    def ndcg(self, weights: NDArray[np.float64]) -> float:
        return float(np.mean(self.each(weights)))

    def each(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        scores = self.features @ weights.astype(np.float32) + self.padding
        order = np.argsort(-scores, axis=1, kind="stable")[:, :TUNING_RANKS]
        hits = np.take_along_axis(self.is_hit, order, axis=1)
        gain = hits @ _discount(hits.shape[1])
        return gain / self.ideal


def _discount(ranks: int) -> NDArray[np.float64]:
    return 1.0 / np.log2(np.arange(ranks) + 2.0)


def rates_by_rank(
    hits: NDArray[np.float64], people: NDArray[np.float64], prior: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The chance of use at each rank of a shelf, smooth and never rising.

    Ranks are pooled in blocks that double in length, shrunken towards the prior by twenty people's
    worth, and read off on a line through the blocks' middles on the logarithm of the rank.

    Args:
        hits: People who used the item at each rank; shape (ranks,).
        people: People who had an item at each rank; shape (ranks,).
        prior: Rates to shrink towards; shape (ranks,).

    Returns:
        Rates of shape (ranks,), falling strictly by at least a trace.
    """
    ranks = len(hits)
    edges = np.unique(np.minimum([0, *np.cumsum(2 ** np.arange(12))], ranks))
    starts = edges[:-1]
    width = np.diff(edges)
    seen = np.add.reduceat(people, starts) / width
    used = np.add.reduceat(hits, starts) / width
    expected = np.add.reduceat(prior, starts) / width
    rate = np.minimum.accumulate((used + 20.0 * expected) / (seen + 20.0))
    middle = np.log(starts + (width + 1) / 2)
    line = np.interp(np.log(np.arange(1, ranks + 1)), middle, rate)
    return line * (1.0 - 1e-6 * np.arange(ranks))
