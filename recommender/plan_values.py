"""What each candidate of a plan is worth, and the problem that is made of them.

    1 + .5 score + .5 where the item is started + .8 where its program is under way
      + .3 where the level fits the symptoms + .2 where a person supports it and symptoms call for that + .2 evidence

Goals come beside it (see `plan_problem`). The score is what the recommender says of new items, from -1 to 1, of a
program the mean of its steps: a program is chosen as a whole. All weights are judgements (docs/decisions/0018-personal-plan.md).
"""

from collections.abc import Mapping
from math import inf
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from data.catalogue import NO_PROGRAM
from data.instants import micros_of
from recommender.cold_start import CONCERN_WEIGHT, GOAL_WEIGHT
from recommender.interactions import DAY_MICROS
from recommender.plan_candidates import PlanCandidates
from recommender.plan_case import PlanCase
from recommender.plan_problem import NO_UNIT, PlanProblem
from recommender.plan_wishes import Wishes
from recommender.shelves import UNDER_WAY_DAYS

BASE_VALUE = 1.0
SCORE_SHARE = 0.5
STARTED_VALUE = 0.5
UNDER_WAY_VALUE = 0.8
LEVEL_VALUE = 0.3
SUPPORT_VALUE = 0.2
"""Support adds where symptoms are moderate or worse, and nothing below (Karyotaki 2021)."""
EVIDENCE_VALUE = 0.2
DECIMALS = 6
"""Values are rounded, so that the last bits of a sum decide between no two items."""
LEVEL_OF_SEVERITY: Mapping[str, int] = MappingProxyType(
    {"minimal": 1, "mild": 1, "moderate": 2, "moderately_severe": 2, "severe": 2}
)
"""The level of content for each severity band: 1 mild, 2 moderate."""
GRADES: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(("a", "a+", "1", "1a", "high", "strong", "rct"), 1.0),
        **dict.fromkeys(("b", "1b", "2", "moderate", "medium"), 0.5),
    }
)
"""What evidence grades count; other words count nothing."""


def find_problem(case: PlanCase, candidates: PlanCandidates, wishes: Wishes) -> PlanProblem:
    """The candidates as a problem of numbers.

    Args:
        case: The request.
        candidates: What can be planned.
        wishes: Goals and scores.
    """
    catalogue, request = case.binding.catalogue, case.request
    rows = np.array(candidates.rows, np.int64)
    program = catalogue.program[rows]
    under_way = _under_way(case)
    values = (
        BASE_VALUE
        + SCORE_SHARE * _scores(wishes.score[rows], program, len(catalogue.program_ids))
        + STARTED_VALUE * case.is_used[rows]
        + UNDER_WAY_VALUE * _of_program(under_way, program)
        + _for_severity(case, rows)
        + EVIDENCE_VALUE * _of_program(_evidence(catalogue.program_grades), program)
    )
    fits, weights = _fits(rows, wishes)
    minutes = request.week_minutes
    return PlanProblem(
        value=tuple(np.round(values, DECIMALS).tolist()),
        minutes=tuple(catalogue.minutes[rows].tolist()),
        needs=candidates.needs,
        last_week=candidates.last_week,
        program=tuple(np.where(program == NO_PROGRAM, NO_UNIT, program).tolist()),
        steps_left=tuple(_steps_left(case, candidates).tolist()),
        is_begun=tuple(_has_any(case, case.is_used | candidates.is_finished).tolist()),
        fits=fits,
        goal_weight=weights,
        weeks=request.weeks,
        sessions=request.sessions_per_week,
        week_minutes=inf if minutes is None else minutes,
    )


def _steps_left(case: PlanCase, candidates: PlanCandidates) -> NDArray[np.int64]:
    """Live items of each program that are not finished; shape (programs,)."""
    catalogue = case.binding.catalogue
    is_left = (catalogue.program != NO_PROGRAM) & candidates.is_live & ~candidates.is_finished
    return np.bincount(catalogue.program[is_left], minlength=len(catalogue.program_ids))


def _under_way(case: PlanCase) -> NDArray[np.bool_]:
    """Programs of which something was used not long ago; shape (programs,)."""
    since = micros_of(case.at) - UNDER_WAY_DAYS * DAY_MICROS
    return _has_any(case, case.history.last_used(case.items) >= since)


def _has_any(case: PlanCase, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Programs with any of some items; the mask has shape (items,), the result (programs,)."""
    catalogue = case.binding.catalogue
    inside = catalogue.program[mask & (catalogue.program != NO_PROGRAM)]
    return np.bincount(inside, minlength=len(catalogue.program_ids)) > 0


def _of_program(
    values: NDArray[np.bool_] | NDArray[np.float64], program: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The value of each item's program, 0 outside programs; shape (n,)."""
    return np.append(values.astype(np.float64), 0.0)[program]


def _scores(
    score: NDArray[np.float64], program: NDArray[np.int64], programs: int
) -> NDArray[np.float64]:
    """Scores within -1 and 1, of a program the mean of its candidates; shape (n,)."""
    within = np.clip(score, -1.0, 1.0)
    is_step = program != NO_PROGRAM
    total = np.bincount(program[is_step], within[is_step], programs)
    count = np.bincount(program[is_step], minlength=programs)
    mean = total / np.maximum(count, 1)
    return np.where(is_step, _of_program(mean, program), within)


def _for_severity(case: PlanCase, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """What level and support add for the person's symptoms; shape (n,)."""
    catalogue = case.binding.catalogue
    wanted = LEVEL_OF_SEVERITY.get(case.request.severity or "")
    if wanted is None:
        return np.zeros(len(rows))
    of_program = np.append(catalogue.program_level, 0)[catalogue.program[rows]]
    level = np.where(catalogue.level[rows] > 0, catalogue.level[rows], of_program)
    is_supported = catalogue.is_guided[rows] & (wanted > 1)
    return LEVEL_VALUE * (level == wanted) + SUPPORT_VALUE * is_supported


def _evidence(grades: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array([GRADES.get(grade.strip().casefold(), 0.0) for grade in grades])


def _fits(
    rows: NDArray[np.int64], wishes: Wishes
) -> tuple[tuple[tuple[tuple[int, float], ...], ...], tuple[float, ...]]:
    """Fit of each candidate to each goal that anything fits, and the weights of those goals."""
    fits: list[list[tuple[int, float]]] = [[] for _ in rows]
    weights: list[float] = []
    for word, whole in wishes.fits.items():
        fit = whole[rows]
        places = np.flatnonzero(fit > 0)
        if not len(places):
            continue
        for place in places.tolist():
            fits[place].append((len(weights), float(fit[place])))
        weights.append(GOAL_WEIGHT if word in wishes.goals else CONCERN_WEIGHT)
    return tuple(tuple(entry) for entry in fits), tuple(weights)
