"""Results on real data: rows of method, metric and interval, and where the shipped data are."""

from dataclasses import dataclass
from pathlib import Path

from data.errors import NotFoundError
from training.metrics.intervals import Interval

PLACES = (
    Path(__file__).parent / "shipped",
    Path(__file__).parents[2] / "examples",
)
"""Where shipped data may stand: in an installed wheel, then in a checkout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One figure of one method on one test set."""

    test: str
    """What was predicted, such as a year."""
    method: str
    metric: str
    value: float
    low: float
    """Lower end of the 95 % interval; NaN where none was made."""
    high: float
    """Upper end of the 95 % interval; NaN where none was made."""
    n: int
    """Number of test rows behind the figure."""

    @classmethod
    def of(cls, test: str, method: str, metric: str, interval: Interval, n: int) -> "ResultRow":
        """A row from an interval."""
        return cls(
            test=test,
            method=method,
            metric=metric,
            value=interval.value,
            low=interval.low,
            high=interval.high,
            n=n,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
    """Every figure on one data set."""

    title: str
    source: str
    """Where the data come from, with the licence."""
    caution: str
    """What the figures must not be read as."""
    rows: tuple[ResultRow, ...]
    notes: tuple[str, ...] = ()
    """What was chosen and what came out, in plain sentences."""

    def get_row(self, test: str, method: str, metric: str) -> ResultRow:
        """The row of that test set, method and metric.

        Raises:
            NotFoundError: There is no such row.
        """
        for row in self.rows:
            if (row.test, row.method, row.metric) == (test, method, metric):
                return row
        raise NotFoundError(f"no figure {metric!r} of {method!r} on {test!r}")


def find_shipped(name: str, places: tuple[Path, ...] = PLACES) -> Path:
    """The folder of a shipped data set, in a checkout or in an installed wheel.

    Args:
        name: `counselchat` or `nhs_talking_therapies`.
        places: Where to look, first match wins.

    Raises:
        NotFoundError: The data set was not shipped with this copy.
    """
    for place in places:
        if (place / name).is_dir():
            return place / name
    raise NotFoundError(f"the data set {name!r} is not in this copy: install or clone it anew")
