"""Why an item is in the list: stable codes and sentences about the person's own use.

No sentence speaks of another person, of a safety state or of a score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.catalogue import NO_PROGRAM
from data.domain import Safety, Tier
from data.messages import Reader
from data.translations import Value
from recommender.binding import ABSENT, Binding
from recommender.blend import NEW_SOURCES
from recommender.popular import DAYPARTS, UNKNOWN_DAYPART, dayparts
from recommender.request import Reason, RecommendationRequest, Shelf
from recommender.slate import Slot
from recommender.sources import History, Pull
from recommender.wording import CONTENT, topic_word


def reason_in(
    reader: Reader,
    code: str,
    shown_as: str = "",
    *,
    count: float | None = None,
    **places: Value,
) -> Reason:
    """A reason in the reader's words.

    Args:
        reader: Language and audience.
        code: Of the sentence, without `content.`.
        shown_as: The code of the answer, where it is another.
        count: How many, for a sentence that has a plural.
        **places: Titles and words that are put in as they are.
    """
    text = CONTENT.say(f"content.{code}", reader, count, **places)
    return Reason(shown_as or code, text)


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

    def reason(
        self, code: str, shown_as: str = "", *, count: float | None = None, **places: Value
    ) -> Reason:
        """A reason in the reader's words; see `reason_in`."""
        return reason_in(self.request.reader, code, shown_as, count=count, **places)

    def topic_word(self, word: str) -> str:
        """A topic or goal in the reader's words."""
        return topic_word(word, self.request.reader)


def reasons_for(evidence: Evidence, slot: Slot) -> tuple[Reason, ...]:
    """The reasons of one slot, the most important first; never empty."""
    by_shelf = {
        Shelf.NEXT_STEP: _next_step,
        Shelf.AGAIN: _again,
        Shelf.NEW: _new,
    }
    reasons = [by_shelf[slot.shelf](evidence, slot.row)]
    if slot.is_explored and reasons[0].code != "new_item":
        reasons.append(_new_item(evidence))
    if slot.is_promoted:
        reasons.append(evidence.reason("promoted"))
    minutes = evidence.request.context.minutes
    if minutes is not None:
        reasons.append(evidence.reason("fits_time", count=minutes))
    if evidence.safety.tier >= Tier.AMBER:
        reasons.append(evidence.reason("alongside_care"))
    return tuple(reasons)


def _next_step(evidence: Evidence, row: int) -> Reason:
    catalogue = evidence.binding.catalogue
    title = catalogue.program_titles[int(catalogue.program[row])]
    if title:
        return evidence.reason("next_step_in", "next_step", title=title)
    return evidence.reason("next_step")


def _again(evidence: Evidence, row: int) -> Reason:
    history = evidence.history
    own = int(np.flatnonzero(history.row == row)[0])
    if history.person.liked()[own]:
        return evidence.reason("liked")
    if _is_usual_time(evidence, own):
        return evidence.reason(f"usual_time_{DAYPARTS[evidence.daypart]}", "usual_time")
    return evidence.reason("used_before")


def _is_usual_time(evidence: Evidence, own: int) -> bool:
    if evidence.daypart == UNKNOWN_DAYPART:
        return False
    plays = evidence.history.person.plays
    hours = plays.local_hour[(plays.item_row == own) & (plays.local_hour >= 0)]
    return len(hours) >= 2 and bool(np.mean(dayparts(hours) == evidence.daypart) > 0.5)


def _new(evidence: Evidence, row: int) -> Reason:
    goal = find_goal(evidence, row)
    if goal is not None:
        return evidence.reason("goal", goal=evidence.topic_word(goal))
    shares = evidence.contributions[:, row]
    best = NEW_SOURCES[int(np.argmax(shares))] if shares.max(initial=0.0) > 0 else ""
    own = _find_cause(evidence, best, row)
    if own is not None:
        return _because(evidence, own)
    if best == "topics":
        return _topic(evidence, row)
    if best in {"context", "popular"}:
        return _popular(evidence, best)
    return start_of_program(evidence, row) or _new_item(evidence)


def _find_cause(evidence: Evidence, source: str, row: int) -> int | None:
    """The own item that says most for a new one, where use of the same people speaks."""
    if source == "neighbours":
        return evidence.pull.find_strongest(row)
    if source in {"low_pass", "factors"}:
        return evidence.history.find_closest(evidence.binding, source, row)
    return None


def find_goal(evidence: Evidence, row: int) -> str | None:
    """The first stated goal that an item fits; None where it fits none."""
    for goal, fit in evidence.goals.items():
        if fit[row] > 0:
            return goal
    return None


def _because(evidence: Evidence, own: int) -> Reason:
    history, catalogue = evidence.history, evidence.binding.catalogue
    row = int(history.row[own])
    is_finished, is_gone = bool(history.is_finished[own]), row == ABSENT
    code = "because_finished" if is_finished else "because_used"
    if is_gone:
        return evidence.reason("finished_alike" if is_finished else "used_alike", code)
    return evidence.reason(code, title=catalogue.titles[row])


def _topic(evidence: Evidence, row: int) -> Reason:
    topics, history = evidence.binding.topics, evidence.history
    own = history.row[(history.row != ABSENT) & (history.weight > 0)]
    shared = topics.has_topic[:, row] & topics.has_topic[:, own].any(axis=1)
    words = [topics.topic_words[topic] for topic in np.flatnonzero(shared)]
    if not words:
        return _new_item(evidence)
    return evidence.reason("topic", topic=evidence.topic_word(words[0]))


def _new_item(evidence: Evidence) -> Reason:
    return evidence.reason("new_item")


def _popular(evidence: Evidence, source: str) -> Reason:
    if source == "context" and evidence.daypart != UNKNOWN_DAYPART:
        return evidence.reason(f"popular_{DAYPARTS[evidence.daypart]}")
    return evidence.reason("popular")


def start_of_program(evidence: Evidence, row: int) -> Reason | None:
    """That an item is of a program with a title; None where it is of none."""
    catalogue = evidence.binding.catalogue
    program = int(catalogue.program[row])
    if program == NO_PROGRAM or not catalogue.program_titles[program]:
        return None
    title = catalogue.program_titles[program]
    return evidence.reason("start_of_program", title=title)
