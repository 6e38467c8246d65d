"""Why an item is in the list: stable codes and English sentences about the person's own use.

No sentence speaks of another person, of a safety state or of a score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.catalogue import NO_PROGRAM
from data.domain import Safety, Tier
from recommender.binding import ABSENT, Binding
from recommender.blend import NEW_SOURCES
from recommender.popular import DAYPARTS, UNKNOWN_DAYPART, dayparts
from recommender.request import Reason, RecommendationRequest, Shelf
from recommender.slate import Slot
from recommender.sources import History, Pull

ALONGSIDE_CARE = Reason("alongside_care", "Meant alongside care with a clinician")
PROMOTED = Reason("promoted", "Chosen by your clinic")
POPULAR = Reason("popular", "Popular with people here")
NEW_ITEM = Reason("new_item", "New to you")
_DAYPART_WORDS = ("in the morning", "around midday", "in the evening", "at night")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Evidence:
    """What the reasons are read from."""

    binding: Binding
    history: History
    pull: Pull
    contributions: NDArray[np.float64]
    """Weighted sources of the new shelf; shape (sources, items)."""
    goals: Mapping[str, NDArray[np.float64]]
    """How well each item fits each stated goal; shape (items,) each."""
    daypart: int
    request: RecommendationRequest
    safety: Safety


def reasons_for(evidence: Evidence, slot: Slot) -> tuple[Reason, ...]:
    """The reasons of one slot, the most important first; never empty."""
    by_shelf = {
        Shelf.NEXT_STEP: _next_step,
        Shelf.AGAIN: _again,
        Shelf.NEW: _new,
    }
    reasons = [by_shelf[slot.shelf](evidence, slot.row)]
    if slot.is_promoted:
        reasons.append(PROMOTED)
    minutes = evidence.request.context.minutes
    if minutes is not None:
        reasons.append(Reason("fits_time", f"Fits the {minutes:g} minutes you have"))
    if evidence.safety.tier >= Tier.AMBER:
        reasons.append(ALONGSIDE_CARE)
    return tuple(reasons)


def _next_step(evidence: Evidence, row: int) -> Reason:
    catalogue = evidence.binding.catalogue
    title = catalogue.program_titles[int(catalogue.program[row])]
    name = f" in {title}" if title else " of your program"
    return Reason("next_step", f"The next step{name}")


def _again(evidence: Evidence, row: int) -> Reason:
    history = evidence.history
    own = int(np.flatnonzero(history.row == row)[0])
    if history.person.liked()[own]:
        return Reason("liked", "Because you liked it")
    if _is_usual_time(evidence, own):
        words = _DAYPART_WORDS[evidence.daypart]
        return Reason("usual_time", f"You often choose this {words}")
    return Reason("used_before", "Because you have used it before")


def _is_usual_time(evidence: Evidence, own: int) -> bool:
    if evidence.daypart == UNKNOWN_DAYPART:
        return False
    plays = evidence.history.person.plays
    hours = plays.local_hour[(plays.item_row == own) & (plays.local_hour >= 0)]
    return len(hours) >= 2 and bool(np.mean(dayparts(hours) == evidence.daypart) > 0.5)


def _new(evidence: Evidence, row: int) -> Reason:
    goal = _find_goal(evidence, row)
    if goal is not None:
        return Reason("goal", f"Fits what you want to work on: {goal}")
    shares = evidence.contributions[:, row]
    best = NEW_SOURCES[int(np.argmax(shares))] if shares.max(initial=0.0) > 0 else ""
    if best == "neighbours" and (own := evidence.pull.find_strongest(row)) is not None:
        return _because(evidence, own)
    if best == "topics":
        return _topic(evidence, row)
    if best in {"context", "popular"}:
        return _popular(evidence, best)
    return _start_of_program(evidence, row) or NEW_ITEM


def _find_goal(evidence: Evidence, row: int) -> str | None:
    for goal, fit in evidence.goals.items():
        if fit[row] > 0:
            return goal.replace("_", " ")
    return None


def _because(evidence: Evidence, own: int) -> Reason:
    history, catalogue = evidence.history, evidence.binding.catalogue
    row = int(history.row[own])
    verb = "finished" if history.is_finished[own] else "used"
    title = "something like it" if row == ABSENT else catalogue.titles[row]
    return Reason(f"because_{verb}", f"Because you {verb} {title}")


def _topic(evidence: Evidence, row: int) -> Reason:
    topics, history = evidence.binding.topics, evidence.history
    own = history.row[(history.row != ABSENT) & (history.weight > 0)]
    shared = topics.has_topic[:, row] & topics.has_topic[:, own].any(axis=1)
    words = [topics.topic_words[topic].replace("_", " ") for topic in np.flatnonzero(shared)]
    return Reason("topic", f"More on {words[0]}") if words else NEW_ITEM


def _popular(evidence: Evidence, source: str) -> Reason:
    if source == "context" and evidence.daypart != UNKNOWN_DAYPART:
        words = _DAYPART_WORDS[evidence.daypart]
        return Reason(f"popular_{DAYPARTS[evidence.daypart]}", f"Popular {words}")
    return POPULAR


def _start_of_program(evidence: Evidence, row: int) -> Reason | None:
    catalogue = evidence.binding.catalogue
    program = int(catalogue.program[row])
    if program == NO_PROGRAM or not catalogue.program_titles[program]:
        return None
    return Reason("start_of_program", f"The start of {catalogue.program_titles[program]}")
