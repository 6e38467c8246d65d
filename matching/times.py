"""Waits in days, from the instants of the snapshots."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME
from data.instants import MICROS_PER_DAY, micros_of


def waits_in_days(
    next_available: NDArray[np.int64], at: datetime, earliest: datetime | None
) -> NDArray[np.float64]:
    """Days from the request to each first free appointment that the patient can take.

    Only what was known at the request counts; the day a visit took place would give away that
    the clinician accepted.

    Args:
        next_available: Microseconds since 1970 UTC, `UNKNOWN_TIME` where missing; shape (rows,).
        at: The moment of the request.
        earliest: First acceptable appointment; the wait before it was the patient's own wish.

    Returns:
        Days, 0 or more, NaN where the appointment is unknown; shape (rows,).
    """
    start = micros_of(at)
    if earliest is not None:
        start = max(start, micros_of(earliest))
    days = (np.maximum(next_available, start) - start) / MICROS_PER_DAY
    return np.where(next_available == UNKNOWN_TIME, np.nan, days)
