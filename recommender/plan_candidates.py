"""Which items a plan may hold, and why the others are left out; the order in which they can be done."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue
from data.directory import UNKNOWN_TIME
from data.instants import micros_of
from data.word_index import language_key
from recommender.filters import MINUTES_SLACK, live
from recommender.plan_case import PlanCase
from recommender.plan_request import PlanRequest

WEEK = timedelta(days=7)
FOREVER = np.iinfo(np.int64).max


class LeftOut(StrEnum):
    """Why an item that may be shown is not in a plan; the first that holds counts."""

    FINISHED = "finished"
    NOT_WANTED = "not_wanted"
    EXCLUDED = "excluded"
    OTHER_LANGUAGE = "other_language"
    TOO_LONG = "too_long"
    ENDS_SOON = "ends_soon"
    WAITS = "waits"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanCandidates:
    """The items that a plan is made of; a candidate's number is its place in `rows`."""

    rows: tuple[int, ...]
    """Catalogue rows, each after those it needs."""
    needs: tuple[tuple[int, ...], ...]
    """Candidates that come before each candidate."""
    last_week: tuple[int, ...]
    """The last week, from 0, in which each candidate may be shown to its end."""
    is_finished: NDArray[np.bool_]
    """What the person finished; shape (items,)."""
    is_live: NDArray[np.bool_]
    """Published and not retired; shape (items,)."""
    left_out: Mapping[LeftOut, int]
    """Items that may be shown and cannot be planned, by reason; how many have no room is not known yet."""


def plan_candidates(
    case: PlanCase, finished: NDArray[np.bool_], allowed: NDArray[np.bool_]
) -> PlanCandidates:
    """Sort out what can be planned for a person.

    Args:
        case: The request.
        finished: What the person ever finished; shape (items,).
        allowed: What safety allows now; shape (items,).
    """
    catalogue, request = case.binding.catalogue, case.request
    is_live, last_week = live(catalogue, micros_of(case.at)), _last_weeks(catalogue, case.at)
    counts: dict[LeftOut, int] = {}
    usable = allowed.copy()
    for reason, mask in (
        (LeftOut.FINISHED, finished),
        (LeftOut.NOT_WANTED, case.history.mask(case.history.is_unwanted, case.items)),
        (LeftOut.EXCLUDED, _excluded(catalogue, request)),
        (LeftOut.OTHER_LANGUAGE, ~_spoken(catalogue, request)),
        (LeftOut.TOO_LONG, ~_short(catalogue, request)),
        (LeftOut.ENDS_SOON, last_week < 0),
    ):
        counts[reason] = int((usable & mask).sum())
        usable &= ~mask
    needed = case.binding.order.needs(finished, is_live)
    rows = _in_order(catalogue, usable, needed)
    counts[LeftOut.WAITS] = int(usable.sum()) - len(rows)
    number = {row: place for place, row in enumerate(rows)}
    return PlanCandidates(
        rows=tuple(rows),
        needs=tuple(tuple(number[need] for need in needed.get(row, ())) for row in rows),
        last_week=tuple(last_week[rows].tolist()),
        is_finished=finished,
        is_live=is_live,
        left_out={reason: count for reason, count in counts.items() if count},
    )


def _last_weeks(catalogue: Catalogue, at: datetime) -> NDArray[np.int64]:
    """The last week in which each item is reviewed and on offer to the end, -1 for none; shape (items,)."""
    ends = np.full(len(catalogue), FOREVER)
    for times in (catalogue.review_expires_at, catalogue.retired_at):
        ends = np.minimum(ends, np.where(times == UNKNOWN_TIME, FOREVER, times))
    start, week = micros_of(at), micros_of(at + WEEK) - micros_of(at)
    return np.maximum((ends - start) // week - 1, -1)


def _excluded(catalogue: Catalogue, request: PlanRequest) -> NDArray[np.bool_]:
    mask = np.zeros(len(catalogue), np.bool_)
    mask[[catalogue.rows[item] for item in request.exclude if item in catalogue.rows]] = True
    return mask


def _spoken(catalogue: Catalogue, request: PlanRequest) -> NDArray[np.bool_]:
    if not request.language:
        return np.ones(len(catalogue), np.bool_)
    spoken = catalogue.languages.having(language_key(request.language))
    return spoken | ~catalogue.languages.has_words


def _short(catalogue: Catalogue, request: PlanRequest) -> NDArray[np.bool_]:
    """Items of one session; one of unknown length is none; shape (items,)."""
    longest = request.session_minutes * MINUTES_SLACK + 1e-9
    if request.week_minutes is not None:
        longest = min(longest, request.week_minutes + 1e-9)
    return catalogue.minutes <= longest


def _in_order(
    catalogue: Catalogue, usable: NDArray[np.bool_], needed: Mapping[int, tuple[int, ...]]
) -> list[int]:
    """Usable rows whose needs are all usable too, each after those; else by program and position.

    What needs itself, through others or at once, can never be begun and is left out.
    """
    missing = {row: len(needed.get(row, ())) for row in np.flatnonzero(usable).tolist()}
    waiting: dict[int, list[int]] = {}
    for row in missing:
        for need in needed.get(row, ()):
            waiting.setdefault(need, []).append(row)

    def place(row: int) -> tuple[int, int, int]:
        return int(catalogue.program[row]), int(catalogue.program_position[row]), row

    ready = [place(row) for row, count in missing.items() if not count]
    heapq.heapify(ready)
    found = []
    while ready:
        row = heapq.heappop(ready)[2]
        found.append(row)
        for dependent in waiting.get(row, ()):
            missing[dependent] -= 1
            if not missing[dependent]:
                heapq.heappush(ready, place(dependent))
    return found
