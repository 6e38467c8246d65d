"""Prices in the served order: what a clinician's next place is worth to others counts against it.

Prices are solved for some days ahead and move in between with the ledger: a hold or booking makes the
next place dearer, and time that passes without one makes it cheaper. So they are a function of the solved
list, the claims since and the hour, the same in every process, and nothing is written when they move.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.errors import UsageError
from data.prices import PriceList
from matching.capacity_prices import WARM_STEP
from matching.continuity import Familiar

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

CAPACITY_PRICE = "capacity_price"
"""The group of the price among what adds up to a score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePolicy:
    """How much the price of a place counts.

    Raises:
        UsageError: The weight lies outside 0 to 1.
    """

    weight: float = 1.0
    """Share of the price that is taken off the utility."""

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise UsageError("the weight of prices lies between 0 and 1")

    def points(
        self, prices: Floats, familiar: Familiar, directory: Directory, rows: Rows
    ) -> dict[str, Floats]:
        """What is taken off each candidate's score, as points of 0 and below.

        Whom a person knows costs them nothing: a course is not broken off for a stranger's gain.

        Args:
            prices: Of all clinicians now, 0 or more; shape (clinicians,).
            familiar: Whom the person knows.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).

        Returns:
            Points by group, of shape (candidates,); no group where all are free.
        """
        points = -self.weight * prices[rows]
        known = directory.rows_of_people([*familiar.in_care, *familiar.returning])
        points[np.isin(rows, known)] = 0.0
        return {CAPACITY_PRICE: points + 0.0} if points.any() else {}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DirectoryPrices:
    """A list of prices in the order of a directory."""

    solved_at: datetime
    days: float
    rows: Mapping[str, int]
    """Directory rows of whose places are counted, by clinician id."""
    start: Floats
    """Prices as solved; shape (clinicians,)."""
    openings: Floats
    """Places free at that time, 0 where they are not counted; shape (clinicians,)."""

    @classmethod
    def build(cls, found: PriceList, directory: Directory) -> Self:
        """Bring a stored list into the order of a directory; who has left it is left out."""
        rows = {
            name: row
            for row, name in enumerate(directory.clinician_ids)
            if name in found.prices
        }
        start, openings = np.zeros(len(directory)), np.zeros(len(directory))
        for name, row in rows.items():
            start[row], openings[row] = found.prices[name], found.openings[name]
        return cls(
            solved_at=found.solved_at,
            days=found.days,
            rows=rows,
            start=start,
            openings=openings,
        )

    def now(
        self, claims: Mapping[str, int], at: datetime, *, step: float = WARM_STEP
    ) -> Floats | None:
        """Prices of a moment: mirror descent steps since they were solved, taken together.

        Args:
            claims: Places taken since, by clinician id.
            at: The moment.
            step: How fast prices move, per place.

        Returns:
            Prices of 0 or more, of shape (clinicians,); None before they were solved and after the days
            they were solved for.
        """
        passed = (at - self.solved_at) / timedelta(days=self.days)
        if not 0 <= passed <= 1:
            return None
        moved = self.start - step * passed * self.openings
        for name, count in claims.items():
            row = self.rows.get(name)
            if row is not None:
                moved[row] += step * count
        return np.maximum(moved, 0.0)
