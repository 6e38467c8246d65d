"""Why a session is in a plan, in the words that recommendations use."""

from data.domain import Tier
from recommender.reasons import Evidence, find_goal, reasons_for, start_of_program
from recommender.request import Reason, Shelf
from recommender.slate import Slot


def session_reasons(
    evidence: Evidence, row: int, *, is_started: bool, is_next_step: bool
) -> tuple[Reason, ...]:
    """The reasons of one session, the most important first; never empty.

    Args:
        evidence: What reasons are read from.
        row: Catalogue row.
        is_started: Whether the person has begun the item.
        is_next_step: Whether something of its program comes before, in the plan or before it.
    """
    shelf = Shelf.NEXT_STEP if is_next_step else Shelf.NEW
    found = list(reasons_for(evidence, Slot(row=row, shelf=shelf, score=0.0)))
    if not is_next_step and (start := start_of_program(evidence, row)) not in {None, found[0]}:
        found.insert(0, start)
    if is_started:
        found.insert(0, evidence.reason("pick_up"))
    goal = find_goal(evidence, row)
    if goal is not None and all(reason.code != "goal" for reason in found):
        place = len(found) - (evidence.safety.tier >= Tier.AMBER)
        found.insert(place, evidence.reason("goal", goal=evidence.topic_word(goal)))
    return tuple(found)
