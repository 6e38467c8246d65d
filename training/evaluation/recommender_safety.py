"""Whether a recommender ever shows what safety withholds: counted, not assumed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.domain import CareLevel, Condition, Safety, Tier
from recommender.person import Person
from recommender.recommender import BoundRecommender
from recommender.request import Context, Promotion, RecommendationRequest
from recommender.safety_filter import allowed

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyCount:
    """What was found; anything but zero keeps a model from serving."""

    requests: int
    withheld_shown: int
    """Items shown that a fresh filter on the same catalogue withholds."""
    red_recommended: int
    """Items shown to somebody in the red tier."""


def count_unsafe(
    bound: BoundRecommender, people: Sequence[Person], *, at: datetime
) -> SafetyCount:
    """Ask for lists in every safety state and count what should not be in them.

    Each person is asked for in green, in each state alone, in all states that are not red, and in
    red, with all items of the catalogue promoted.

    Args:
        bound: A model on its catalogue.
        people: Whose lists are asked for; a person without history belongs in it.
        at: The time of all requests.
    """
    requests = withheld_shown = red_recommended = 0
    catalogue = bound.binding.catalogue
    request = RecommendationRequest(
        limit=_SHOWN,
        context=Context(local_hour=21),
        promote=Promotion(items=catalogue.item_ids, share=0.5),
    )
    for safety in _states():
        for person in people:
            requests += 1
            shown = bound.recommend(person, safety=safety, request=request, at=at).results
            words = (*person.concerns, *person.goals)
            mask, _ = allowed(
                catalogue, safety, at=at, words=words, populations=person.populations
            )
            withheld_shown += sum(not mask[item.item_row] for item in shown)
            red_recommended += len(shown) if safety.tier is Tier.RED else 0
    return SafetyCount(
        requests=requests, withheld_shown=withheld_shown, red_recommended=red_recommended
    )


def _states() -> Iterator[Safety]:
    others = [condition for condition in Condition if condition is not Condition.RED]
    yield Safety(tier=Tier.GREEN, care_level=CareLevel.SELF_GUIDED)
    for conditions in (*([condition] for condition in others), others):
        yield Safety(
            tier=Tier.AMBER, care_level=CareLevel.OUTPATIENT, conditions=frozenset(conditions)
        )
        yield Safety(
            tier=Tier.GREEN, care_level=CareLevel.GUIDED, conditions=frozenset(conditions)
        )
    yield Safety(tier=Tier.RED, care_level=CareLevel.CRISIS)
    yield Safety(
        tier=Tier.AMBER,
        care_level=CareLevel.CRISIS,
        conditions=frozenset({Condition.RED}),
    )
