"""Golden requests: made-up people whose lists are stored with a model.

The catalogue holds some of the model's own items, dressed in made-up descriptions, and items that
must never appear. Whoever loads a model asks again; a model that answers otherwise, or that shows
what safety withholds, is not the one that was measured.
"""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd

from data.catalogue import Catalogue
from data.clinic import CONTENT, PROGRAMS
from data.domain import CareLevel, Condition, Safety, Tier
from data.errors import BundleError
from data.frames import complete_frame, empty_frame
from data.instants import micros_of
from recommender.model import RecommenderModel
from recommender.person import ContentEvent, Person
from recommender.recommender import Recommender
from recommender.request import RecommendationRequest, Recommendations

FILE = "golden.json"
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
OWN_ITEMS = 20
"""Most of the model's items that the golden catalogue holds."""
FORBIDDEN = ("golden-expired", "golden-retired", "golden-unreviewed")
TRAUMATIC = "golden-body-scan"
TOLERANCE = 1e-9

_GREEN = Safety(tier=Tier.GREEN, care_level=CareLevel.SELF_GUIDED)
_TRAUMA = Safety(
    tier=Tier.GREEN,
    care_level=CareLevel.OUTPATIENT,
    conditions=frozenset({Condition.TRAUMA}),
)
_RED = Safety(tier=Tier.RED, care_level=CareLevel.CRISIS, conditions=frozenset({Condition.RED}))


def catalogue_for(model: RecommenderModel) -> Catalogue:
    """The golden catalogue of a model."""
    own = list(model.item_ids[:OWN_ITEMS])
    extra = ["golden-new", TRAUMATIC, *FORBIDDEN]
    ids = own + [name for name in extra if name not in own]
    day = timedelta(days=1)
    reviewed = {"golden-unreviewed": AT + day}
    frame = pd.DataFrame(
        {
            "item_id": ids,
            "title": [f"Item {place}" for place in range(len(ids))],
            "kind": ["lesson"] * len(ids),
            "topics": [
                ("body scan",) if name == TRAUMATIC else (("sleep",), ("worry",))[place % 2]
                for place, name in enumerate(ids)
            ],
            "minutes": [5.0 + place % 3 for place in range(len(ids))],
            "contraindications": [("trauma",) if name == TRAUMATIC else () for name in ids],
            "reviewed_at": [reviewed.get(name, AT - day) for name in ids],
            "review_expires_at": [AT - day if name == FORBIDDEN[0] else None for name in ids],
            "retired_at": [AT - day if name == FORBIDDEN[1] else None for name in ids],
        }
    )
    for column in ("review_expires_at", "retired_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return Catalogue.build(complete_frame(CONTENT, frame), empty_frame(PROGRAMS))


def answers(model: RecommenderModel) -> list[Recommendations]:
    """What a model says to each golden request: newcomer, regular, trauma, red."""
    catalogue = catalogue_for(model)
    history = [
        ContentEvent(item_id, "complete", micros_of(AT - timedelta(days=age)), 1.0)
        for age, item_id in enumerate(catalogue.item_ids[:3], start=1)
    ]
    newcomer = Person.build("golden-newcomer", goals=("sleep",))
    regular = Person.from_events("golden-regular", history)
    request = RecommendationRequest(limit=10)
    bound = Recommender(model).bind(catalogue)
    return [
        bound.recommend(person, safety=safety, request=request, at=AT)
        for person, safety in (
            (newcomer, _GREEN),
            (regular, _GREEN),
            (regular, _TRAUMA),
            (regular, _RED),
        )
    ]


def golden_file(model: RecommenderModel) -> bytes:
    """The answers of a model, as the file that goes into its bundle."""
    rows = [
        {
            "items": [entry.item_id for entry in answer.results],
            "scores": [entry.score for entry in answer.results],
        }
        for answer in answers(model)
    ]
    return (json.dumps(rows, indent=1, sort_keys=True) + "\n").encode()


def check_golden(model: RecommenderModel, content: bytes) -> None:
    """Ask the golden requests again.

    Raises:
        BundleError: An answer is not the stored one, or shows what must not be shown.
    """
    stored = json.loads(content)
    found = answers(model)
    newcomer, regular, trauma, red = (
        [entry.item_id for entry in answer.results] for answer in found
    )
    if red or TRAUMATIC in trauma or {*newcomer, *regular, *trauma} & set(FORBIDDEN):
        raise BundleError("the model shows what safety withholds")
    if not newcomer or len(stored) != len(found):
        raise BundleError("the golden answers are of another version: train again")
    for row, answer in zip(stored, found, strict=True):
        is_same = [entry.item_id for entry in answer.results] == row["items"] and all(
            abs(entry.score - score) <= TOLERANCE
            for entry, score in zip(answer.results, row["scores"], strict=True)
        )
        if not is_same:
            raise BundleError("the model does not give its golden answers")
