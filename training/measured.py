"""Whose outcome is measured at all: inverse probabilities, so that those who are count for all.

Who stays is measured more often, and stays because it goes well; outcomes of the measured alone flatter
(IPCW; Vock et al., 2016). Among courses whose outcome window is over, the share that is measured is taken
by how many visits were attended and whether the person stopped unplanned.
"""

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME
from data.instants import MICROS_PER_DAY
from training.matching_cases import Cases
from training.symptom_change import OUTCOME_DAYS

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

VISIT_EDGES = (4, 6, 9, 13)
"""Attended visits from which a further stratum begins."""
LEAST_SHARE = 0.05
"""No course counts for more than the inverse of this (the default of tidymodels)."""
USUAL_COURSES = 10.0
"""How many courses the overall share counts for in each stratum."""


def measured_weights(cases: Cases, episodes: Rows, *, as_of: int) -> Floats:
    """What each course with a measured outcome counts for, 1 on average.

    Args:
        cases: A clinic.
        episodes: Courses whose outcome is known before the time; shape (rows,).
        as_of: Microseconds since 1970 UTC; nothing known at or after it is used.

    Returns:
        Shape (rows,); all 1 where visits are not recorded.
    """
    outcomes = cases.outcomes
    known = outcomes.known_before("improve", as_of)
    first = outcomes.first_visit_at
    closed = (first != UNKNOWN_TIME) & (first + OUTCOME_DAYS[1] * MICROS_PER_DAY < as_of)
    pool = np.flatnonzero(closed & (outcomes.label("engage") == 1.0))
    if not len(episodes) or not len(pool):
        return np.ones(len(episodes))
    strata = _strata(cases, as_of)
    usual = float(known[pool].mean())
    counts = np.bincount(strata[pool], minlength=strata.max() + 1)
    measured = np.bincount(strata[pool], known[pool], minlength=strata.max() + 1)
    shares = (measured + USUAL_COURSES * usual) / (counts + USUAL_COURSES)
    weights = 1.0 / np.maximum(shares[strata[episodes]], LEAST_SHARE)
    return np.asarray(weights / weights.mean())


def _strata(cases: Cases, as_of: int) -> Rows:
    """Stratum of each episode by what was known before a time; shape (episodes,)."""
    visits, count = cases.visits, len(cases.clinician_rows)
    attended = np.bincount(visits.episodes[visits.at < as_of], minlength=count)
    stopped = np.zeros(count, dtype=np.int64)
    is_known = (visits.stopped_at != UNKNOWN_TIME) & (visits.stopped_at < as_of)
    stopped[visits.episodes[is_known]] = 1
    return 2 * np.searchsorted(VISIT_EDGES, attended, side="right") + stopped
