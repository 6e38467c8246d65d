"""One row of a comparison."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from training.metrics.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One metric of one model, with its 95 % interval where it has one."""

    model: str
    metric: str
    value: float | None
    """None where it is undefined, as a slope without any event."""
    low: float | None = None
    high: float | None = None
    n: int
    """Rows it rests on: labels, intakes or pairs, as the metric says."""


def figure(model: str, metric: str, found: Interval | float, n: int) -> Figure:
    """A row from an interval, or from a number that has none; NaN becomes None."""
    if isinstance(found, Interval):
        value, low, high = found.value, found.low, found.high
    else:
        value, low, high = found, math.nan, math.nan
    return Figure(
        model=model,
        metric=metric,
        value=_known(value),
        low=_known(low),
        high=_known(high),
        n=n,
    )


def find_figure(figures: Iterable[Figure], model: str, metric: str) -> Figure | None:
    """The row of a model and a metric, or None."""
    for entry in figures:
        if (entry.model, entry.metric) == (model, metric):
            return entry
    return None


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
