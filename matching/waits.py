"""How long each candidate would keep a person waiting, also where a past request is replayed."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake
from matching.rules import USUAL_WAIT_DAYS
from matching.times import waits_in_days

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

REPLAY_DAYS = 7.0
"""A soonest appointment of a whole directory further away than this is that of a later time."""
REPLAY_APPOINTMENTS = 20
"""Fewest known appointments from which that follows; a few clinicians may all be booked out."""


def candidate_waits(
    intake: Intake, directory: Directory, rows: Rows, *, at: datetime
) -> Floats:
    """Days to each candidate's first free appointment; the usual wait where it is unknown.

    A large directory in which nobody at all is free within a week was recorded after the request,
    as when a past request is replayed: then the days beyond the soonest appointment count.

    Args:
        intake: The request.
        directory: All clinicians.
        rows: Directory rows of the candidates; shape (candidates,).
        at: The moment of the request.

    Returns:
        Shape (candidates,).
    """
    days = waits_in_days(directory.next_available, at, intake.earliest)
    known = days[~np.isnan(days)]
    if len(known) >= REPLAY_APPOINTMENTS and known.min() > REPLAY_DAYS:
        days = days - known.min()
    return np.where(np.isnan(days), USUAL_WAIT_DAYS, days)[rows]
