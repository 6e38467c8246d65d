"""What boosted trees see of a pair: the same columns in training and in service."""

import numpy as np
from numpy.typing import NDArray

from data.domain import Intake
from matching.pair_features import FEATURE_GROUPS
from matching.predictions import HEADS
from matching.terms import GROUPS, Terms

Floats = NDArray[np.float64]

TOTALS = ("phq9_total", "gad7_total", "pcl5_total", "wsas_total")
TRACK_RECORD = "track_record"
COLUMN_GROUPS: dict[str, str] = {
    **dict.fromkeys((*TOTALS, "concerns"), ""),
    **{f"base_{head}": "" for head in HEADS},
    **FEATURE_GROUPS,
    **{f"record_{head}": TRACK_RECORD for head in HEADS},
    **{f"spread_{head}": TRACK_RECORD for head in ("engage", "improve")},
    "cases": TRACK_RECORD,
}
"""Columns in order, and the group of terms that each is told under; empty for the patient alone."""
COLUMNS = tuple(COLUMN_GROUPS)


def tree_features(intake: Intake, terms: Terms, pairs: Floats) -> Floats:
    """The columns of several candidates of one request.

    Args:
        intake: The request.
        terms: What a scorer without trees says of them.
        pairs: Pair features; shape (features, candidates).

    Returns:
        Shape (candidates, columns), NaN where nothing is known.
    """
    count = len(terms.cases)
    record = terms.shifts[GROUPS.index(TRACK_RECORD)]
    alone = [
        np.nan if (value := getattr(intake, name)) is None else float(value) for name in TOTALS
    ]
    patient = np.broadcast_to(np.array([*alone, float(len(intake.concerns))]), (count, 5))
    spreads = terms.spreads[[HEADS.index("engage"), HEADS.index("improve")]]
    return np.column_stack([patient, terms.base.T, pairs.T, record.T, spreads.T, terms.cases])


def directions(head: str) -> list[int]:
    """Which way each column may move a head: up, or either way; one per column.

    What an average clinician would give, the clinician's record and, for what is hoped for, a better fit
    never lower it.
    """
    up = {f"base_{head}", f"record_{head}"}
    if head in {"accept", "engage", "improve"}:
        up |= {"concern_fit", "first_concern_top", "preferences", "language", "therapy_fit"}
    return [1 if name in up else 0 for name in COLUMNS]
