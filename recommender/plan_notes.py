"""What a plan could not do, as codes with sentences."""

from collections.abc import Iterator, Mapping

from data.domain import Condition, Tier
from data.messages import Reader
from data.translations import Value
from recommender.plan_candidates import LeftOut
from recommender.plan_case import PlanCase
from recommender.plan_request import PlanRequest
from recommender.plan_wishes import Wishes
from recommender.plan_wording import PLAN_NOTES
from recommender.request import Reason
from recommender.wording import topic_word


def notes_of(
    case: PlanCase, wishes: Wishes, left_out: Mapping[LeftOut, int], *, planned: int
) -> tuple[Reason, ...]:
    """What has to be said of a plan; nothing where safety is red: then its own message counts alone.

    Args:
        case: The request.
        wishes: Goals, and which items fit them.
        left_out: Items that may be shown and are not in the plan, by reason.
        planned: Number of sessions.
    """
    if case.safety.tier is Tier.RED or Condition.RED in case.safety.conditions:
        return ()
    reader = case.request.reader
    found = list(_unknown_goals(reader, wishes))
    code = _shortage(case.request, left_out, planned)
    return tuple(found if code is None else [_note(reader, code), *found])


def _shortage(
    request: PlanRequest, left_out: Mapping[LeftOut, int], planned: int
) -> str | None:
    if request.session_minutes <= 0 or request.week_minutes == 0:
        return "no_time"
    if not planned:
        return "nothing_fits" if left_out.get(LeftOut.TOO_LONG) else "nothing_left"
    has_gap = planned < request.weeks * request.sessions_per_week
    return "ends_early" if has_gap and not left_out.get(LeftOut.NO_ROOM) else None


def _unknown_goals(reader: Reader, wishes: Wishes) -> Iterator[Reason]:
    for goal in wishes.goals:
        if not wishes.fits[goal].any():
            yield _note(reader, "goal_unknown", goal=topic_word(goal, reader))


def _note(reader: Reader, code: str, **places: Value) -> Reason:
    return Reason(code, PLAN_NOTES.say(f"plan.{code}", reader, **places))
