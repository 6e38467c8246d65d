"""What a scorer says of pairs whose outcome is known."""

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME
from matching.predictions import HEADS
from matching.scorers import Scorer
from training.matching_cases import Cases

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def predict_episodes(
    scorer: Scorer, cases: Cases, episodes: Rows, *, wait_days: float
) -> Floats:
    """Probabilities of all heads for episodes with their own clinician.

    The log does not hold what the clinician's first free appointment was at the time, so that all
    wait the same.

    Args:
        scorer: Any scorer.
        cases: A clinic.
        episodes: Episodes whose intake and clinician are there; shape (rows,).
        wait_days: The wait of all.

    Returns:
        In the order of `HEADS`; shape (5, rows).
    """
    probabilities = np.empty((len(HEADS), len(episodes)))
    waits = np.array([wait_days])
    for place, episode in enumerate(episodes.tolist()):
        intake = cases.intakes[cases.outcomes.intake_rows[episode]]
        row = cases.clinician_rows[episode : episode + 1]
        found = scorer.predict(intake, cases.directory, row, wait_days=waits)
        probabilities[:, place] = [
            found.p_accept[0],
            found.p_attend[0],
            found.p_engage[0],
            found.p_improve[0],
            found.p_deteriorate[0],
        ]
    return probabilities


def held_out_episodes(cases: Cases, *, since: int, known_before: int) -> Rows:
    """Episodes requested since a time of which any label is known before another.

    Args:
        cases: A clinic.
        since: Microseconds since 1970 UTC.
        known_before: Microseconds since 1970 UTC.

    Returns:
        Episodes whose intake and clinician are there, ascending; shape (rows,).
    """
    is_later = (cases.requests >= since) & (cases.requests != UNKNOWN_TIME)
    is_known = np.stack(
        [cases.outcomes.known_before(head, known_before) for head in HEADS]
    ).any(axis=0)
    return np.flatnonzero(is_later & is_known & (cases.clinician_rows >= 0))
