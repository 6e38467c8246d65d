"""Cluster bootstrap: intervals that know that rows of one person, or one clinician, go together.

Whole clusters are drawn with replacement, so a row counts as often as its cluster was drawn. With
two kinds of clusters (clinician and patient) both are drawn and the counts multiplied (the pigeonhole
bootstrap of Owen, 2007), which errs towards wider intervals. Models are compared on the same draws:
the interval is that of the difference, row by row.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

DRAWS = 1_000
"""Draws of the bootstrap unless told otherwise."""
LEVEL = 0.95
"""Coverage unless told otherwise."""
CELLS_AT_ONCE = 4_000_000
"""Numbers held in memory at once, about 32 MB."""

NORMAL_975 = 1.959963984540054
"""Standard deviations that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure with its interval.

    Attributes:
        value: The figure on the data as they are.
        low: Lower end.
        high: Upper end; both ends are NaN without rows, and equal the value with one cluster.
    """

    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether zero lies within the interval, ends included."""
        return self.low <= 0.0 <= self.high


def resample(
    columns: ArrayLike,
    clusters: ArrayLike,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Floats:
    """Column sums over rows, for each draw of clusters.

    Args:
        columns: What is summed, such as weighted losses and weights; shape (rows, columns).
        clusters: Cluster of each row, any comparable values; shape (rows,), or (rows, 2) to draw
            two kinds of clusters.
        rng: Where the draws come from; the same state gives the same draws.
        draws: Number of draws.

    Returns:
        Sums of shape (draws, columns).
    """
    table = np.asarray(columns, np.float64)
    labels = np.asarray(clusters)
    if labels.ndim == 1:
        count, rows = _number(labels)
        sums = np.stack([np.bincount(rows, column, count) for column in table.T], axis=1)
        return np.concatenate([counts @ sums for counts in _draw(count, count, rng, draws)])
    first, first_rows = _number(labels[:, 0])
    second, second_rows = _number(labels[:, 1])
    widest = max(first, second, len(table))
    pairs = zip(
        _draw(first, widest, rng, draws), _draw(second, widest, rng, draws), strict=True
    )
    return np.concatenate(
        [(one[:, first_rows] * other[:, second_rows]) @ table for one, other in pairs]
    )


def bootstrap(
    columns: ArrayLike,
    clusters: ArrayLike,
    statistic: Callable[[Floats], Floats],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Interval:
    """A figure that is a function of column sums, with its percentile interval.

    Args:
        columns: What is summed; shape (rows, columns).
        clusters: Cluster of each row; shape (rows,) or (rows, 2).
        statistic: From sums of shape (draws, columns) to figures of shape (draws,).
        rng: Where the draws come from.
        draws: Number of draws.
        level: Coverage, between 0 and 1.

    Returns:
        The figure and its interval; NaN throughout without rows. Draws in which the figure is
        undefined (as a mean over no weight) are left out.

    Example:
        Two clusters, one of zeros and one of ones: a draw has mean 0, 0.5 or 1.

        >>> found = bootstrap(
        ...     np.array([[0.0, 1.0], [1.0, 1.0]]), [1, 2], ratio, rng=np.random.default_rng(0)
        ... )
        >>> found.value, found.low, found.high
        (0.5, 0.0, 1.0)
    """
    table = np.asarray(columns, np.float64)
    if not len(table):
        return Interval(value=np.nan, low=np.nan, high=np.nan)
    value = float(statistic(table.sum(axis=0, keepdims=True))[0])
    drawn = statistic(resample(table, clusters, rng=rng, draws=draws))
    tail = (1.0 - level) / 2.0
    low, high = np.nanquantile(drawn, [tail, 1.0 - tail])
    return Interval(value=value, low=float(low), high=float(high))


def ratio(sums: Floats) -> Floats:
    """The first column over the second, NaN where that is 0: a weighted mean from its sums.

    Args:
        sums: Sums of weighted values and of weights; shape (draws, 2).

    Returns:
        Means of shape (draws,).

    Example:
        >>> ratio(np.array([[3.0, 4.0]]))
        array([0.75])
    """
    return np.divide(
        sums[:, 0], sums[:, 1], out=np.full(len(sums), np.nan), where=sums[:, 1] != 0
    )


def mean_interval(
    values: ArrayLike,
    clusters: ArrayLike,
    *,
    rng: np.random.Generator,
    weights: ArrayLike | None = None,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Interval:
    """The weighted mean of values, with its interval.

    For two models on the same rows give the difference of their losses row by row: this is the
    paired comparison.

    Args:
        values: One number per row; shape (rows,).
        clusters: Cluster of each row; shape (rows,) or (rows, 2).
        rng: Where the draws come from.
        weights: Weight of each row, 0 or more, one when absent; shape (rows,).
        draws: Number of draws.
        level: Coverage, between 0 and 1.

    Example:
        The first model's loss is lower by 0.1 in every row, and so in every draw.

        >>> difference = np.array([0.2, 0.3, 0.5]) - np.array([0.3, 0.4, 0.6])
        >>> found = mean_interval(difference, ["a", "a", "b"], rng=np.random.default_rng(0))
        >>> round(found.low, 6), round(found.high, 6)
        (-0.1, -0.1)
    """
    numbers = np.asarray(values, np.float64)
    shares = np.ones(len(numbers)) if weights is None else np.asarray(weights, np.float64)
    columns = np.column_stack([numbers * shares, shares])
    return bootstrap(columns, clusters, ratio, rng=rng, draws=draws, level=level)


def _number(labels: NDArray[np.generic]) -> tuple[int, NDArray[np.int64]]:
    """How many labels there are, and the row of each entry among them; shape (entries,)."""
    known, rows = np.unique(labels, return_inverse=True)
    return len(known), rows


def _draw(count: int, width: int, rng: np.random.Generator, draws: int) -> Iterator[Floats]:
    """How often each cluster was drawn, some draws at a time; shape (some, count) each."""
    at_once = max(1, CELLS_AT_ONCE // max(width, 1))
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        chosen = rng.integers(0, count, (size, count)) + np.arange(size)[:, None] * count
        counts = np.bincount(chosen.ravel(), minlength=size * count)
        yield counts.reshape(size, count).astype(np.float64)


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share; 0 to 1 without trials.

    Args:
        hits: How often it happened.
        trials: How often it could have.

    Example:
        >>> [round(bound, 3) for bound in wilson(9, 10)]
        [0.596, 0.982]
    """
    if not trials:
        return 0.0, 1.0
    share, square = hits / trials, NORMAL_975**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = NORMAL_975 * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    half = reach / (1 + square / trials)
    return max(middle - half, 0.0), min(middle + half, 1.0)
