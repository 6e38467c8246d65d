"""The answer to a match request."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.domain import CareLevel, Pathway, Safety
from matching.explanations import Note, Reason
from matching.ordering import OrderPolicy
from matching.predictions import Predictions
from matching.resources import Resource

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A probability with the bounds that hold 90 % of its posterior."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedClinician:
    """One clinician on the list."""

    rank: int
    """1 is the top."""
    clinician_id: str
    clinician_row: int
    display_name: str
    band: str
    """`strong`, `good`, `possible` or `limited_evidence`."""
    utility: float
    score: float
    """What ordered the list, or what a draw leaned on; the reasons' contributions sum to it."""
    p_engage: Interval
    p_improve: Interval
    next_available: int | None
    """First free appointment, microseconds since 1970 UTC."""
    exposure_probability: float
    """Chance of this clinician being on a list of this length, at whatever rank."""
    reasons: tuple[Reason, ...]
    cautions: tuple[Note, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Candidates:
    """Every eligible clinician as scored, for the log; arrays of shape (candidates,)."""

    rows: Rows
    """Directory rows, ascending."""
    wait_days: Floats
    """Days to the first free appointment as scored: the usual wait where it is unknown."""
    predictions: Predictions
    utilities: Floats
    bonuses: Mapping[str, Floats]
    """What counts beside the utility, by group; shape (candidates,) each."""
    order: Rows
    """Places in these arrays, first shown first."""
    exposures: Floats
    """Chance of each to be on the list; 1 where no list is cut yet."""
    drawn: int
    """How many at the head of the order were drawn among; 0 where nothing was drawn."""

    @property
    def scores(self) -> Floats:
        """What ordered the list, or what a draw leaned on; shape (candidates,)."""
        return self.utilities + sum(self.bonuses.values(), np.zeros(len(self.rows)))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MatchResult:
    """The answer to one request."""

    pathway: Pathway
    care_level: CareLevel
    safety: Safety
    resources: tuple[Resource, ...]
    """Crisis lines where the tier is amber or red."""
    results: tuple[RankedClinician, ...]
    notes: tuple[Note, ...]
    """Why there is no list, where there is none."""
    excluded_total: int
    by_reason: dict[str, int]
    relaxations: dict[str, int]
    candidates: Candidates | None
    """None where nobody was scored."""
    scorer: str
    """The kind of scorer that made the list."""
    policy: OrderPolicy
    """What the matcher orders lists by."""
    seed: int
    """What the list can be replayed with."""
