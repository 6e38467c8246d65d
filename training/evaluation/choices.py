"""Intakes with everybody who may be offered, and what is known of each pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.domain import Intake
from matching.eligibility import screen
from matching.triage import assess
from training.clinic_frames import Frames, table_of
from training.evaluation.ceiling import LEARNABLE
from training.matching_cases import Cases

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice:
    """One intake with everybody who may be offered."""

    intake: Intake
    rows: Rows
    """Directory rows, ascending; shape (candidates,)."""
    truth: Mapping[str, Floats]
    """Columns of the truth by name, empty where there is none; shape (candidates,) each."""
    desk: int | None
    """Place of the clinician whom the desk chose, None where that is not known."""


def choices_with_truth(cases: Cases, frames: Frames, truth: pd.DataFrame) -> list[Choice]:
    """The intakes whose pairs have a known truth.

    Args:
        cases: A clinic.
        frames: Its tables, for what the desk chose.
        truth: `truth/pairs.parquet`: intake_id, clinician_id, the five probabilities, utility.
    """
    intakes = {intake.intake_id: intake for intake in cases.intakes}
    desk = _desk_choices(frames)
    rows = np.array([cases.directory.rows.get(name, -1) for name in truth["clinician_id"]])
    known = truth.assign(clinician_row=rows)[rows >= 0].sort_values(
        ["intake_id", "clinician_row"], kind="stable"
    )
    numbers = [
        name
        for name in known.columns
        if name.startswith("p_") or name in {"utility", LEARNABLE}
    ]
    choices = []
    for intake_id, pairs in known.groupby("intake_id", sort=True):
        if intake_id in intakes:
            places = pairs["clinician_row"].to_numpy(np.int64)
            choices.append(
                Choice(
                    intake=intakes[str(intake_id)],
                    rows=places,
                    truth={name: pairs[name].to_numpy(np.float64) for name in numbers},
                    desk=_place_of(
                        places, cases.directory.rows.get(desk.get(str(intake_id), ""))
                    ),
                )
            )
    return choices


def choices_by_screening(cases: Cases, intake_rows: Sequence[int]) -> list[Choice]:
    """The intakes at some rows with everyone who is eligible; those without anyone are left out."""
    choices = []
    for row in intake_rows:
        intake = cases.intakes[row]
        found = screen(
            intake, cases.directory, safety=assess(intake), at=intake.requested_at
        ).eligible_rows
        if len(found):
            choices.append(Choice(intake=intake, rows=found, truth={}, desk=None))
    return choices


def _desk_choices(frames: Frames) -> dict[str, str]:
    """Whom the desk put first: the top offer, or who was booked where there are no offers."""
    episodes = table_of(frames, "episodes")
    booked = dict(zip(episodes["intake_id"], episodes["clinician_id"], strict=True))
    offers = table_of(frames, "offers").sort_values(["offered_at", "rank"], kind="stable")
    first = offers.drop_duplicates("intake_id")
    return {**booked, **dict(zip(first["intake_id"], first["clinician_id"], strict=True))}


def _place_of(rows: Rows, row: int | None) -> int | None:
    if row is None:
        return None
    places = np.flatnonzero(rows == row)
    return int(places[0]) if len(places) else None
