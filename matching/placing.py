"""What a plan for a whole waiting list means for each person of it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake, Pathway
from data.messages import Reader
from matching.explanations import note
from matching.exploration import best_first
from matching.matcher import Matcher
from matching.ordering import OrderPolicy
from matching.results import MatchResult

Rows = NDArray[np.int64]

UNSTATED_OPENINGS = 1
"""Openings of a clinician who takes new patients and does not say how many: one is sure, more are a
guess, and no clinician is to be promised what is not there."""


def openings_left(directory: Directory, taken: Mapping[str, int]) -> Rows:
    """Openings that may be promised; shape (clinicians,).

    Args:
        directory: All clinicians.
        taken: Places held or booked of those that are counted, by clinician id.
    """
    stated = directory.open_slots
    used = np.array([taken.get(name, 0) for name in directory.clinician_ids], np.int64)
    left = np.maximum(stated - used, 0)
    return np.where(stated < 0, UNSTATED_OPENINGS, left).astype(np.int64)


def placed(
    matcher: Matcher,
    result: MatchResult,
    intake: Intake,
    directory: Directory,
    row: int,
    reader: Reader,
) -> MatchResult:
    """The match of one person as a plan has it: the one clinician of the plan, or a navigator.

    Args:
        matcher: What scored.
        result: The person's own match.
        intake: The request.
        directory: All clinicians.
        row: Directory row of the clinician of the plan, below 0 for nobody.
        reader: Who reads the sentences.
    """
    found = result.candidates
    if found is None:
        return result
    if row < 0:
        return replace(
            result,
            pathway=Pathway.NAVIGATOR,
            results=(),
            notes=(note("no_opening", reader),),
            policy=OrderPolicy(),
            candidates=replace(found, bonuses={}, exposures=np.zeros(len(found.rows)), drawn=0),
        )
    place = int(np.searchsorted(found.rows, row))
    others = best_first(found.utilities)
    planned = replace(
        found,
        bonuses={},
        order=np.concatenate([[place], others[others != place]]),
        exposures=(np.arange(len(found.rows)) == place).astype(np.float64),
        drawn=0,
    )
    shown = matcher.shown(intake, directory, planned, planned.order[:1], reader)
    return replace(result, results=shown, policy=OrderPolicy(), candidates=planned)
