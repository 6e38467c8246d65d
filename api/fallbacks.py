"""What answers while there is no usable model: rules for matching, popularity for content.

Both need no training. They are loaded with every snapshot, so that they are ready when they are
needed.
"""

from datetime import datetime, timedelta

import numpy as np

from api.serving import Store
from data.instants import micros_of
from data.queries import count_rows, read_frame
from data.settings import Settings
from matching.matcher import Matcher
from matching.ordering import SERVED
from matching.rules import RuleScorer
from recommender.blend import default_blend
from recommender.interactions import Interactions, collapse
from recommender.item_factors import ItemFactors
from recommender.item_neighbours import ItemNeighbours
from recommender.low_pass import LowPass
from recommender.model import RecommenderConfig, RecommenderModel
from recommender.popular import fit_popularity

WINDOWS_DAYS = (180, 60, 20, 7, 2)
"""How far back popularity looks: the longest window that holds few enough events."""
MOST_EVENTS = 200_000
COLUMNS = ("user_id", "item_id", "type", "at", "fraction", "context_local_hour")


def rule_matcher(settings: Settings) -> Matcher:
    """The careful human rule under the installation's country."""
    return Matcher(scorer=RuleScorer(), policy=SERVED, default_country=settings.country)


def popularity_model(engine: Store, *, at: datetime) -> RecommenderModel:
    """What is much used lately, without neighbours or learned weights.

    Together with goals and the person's own history this answers for everybody, also before the
    first event; the events read are bounded.

    Args:
        engine: The database.
        at: The present.
    """
    since = at
    for days in WINDOWS_DAYS:
        since = at - timedelta(days=days)
        if count_rows(engine, "content_events", since=since) <= MOST_EVENTS:
            break
    frame = read_frame(engine, "content_events", columns=COLUMNS, since=since, until=at)
    found = Interactions.from_frame(frame)
    plays, _ = collapse(found.events)
    config, items = RecommenderConfig(), len(found.item_ids)
    return RecommenderModel(
        config=config,
        item_ids=found.item_ids,
        popularity=fit_popularity(
            plays,
            items=items,
            at=micros_of(at),
            half_life_days=config.popularity_half_life_days,
            shrinkage=config.popularity_shrinkage,
            context_shrinkage=config.context_shrinkage,
        ),
        neighbours=ItemNeighbours(
            starts=np.zeros(items + 1, np.int64),
            neighbour_row=np.zeros(0, np.int64),
            similarity=np.zeros(0, np.float32),
        ),
        low_pass=LowPass.none(items),
        factors=ItemFactors.none(items),
        blend=default_blend(),
        trained_until=micros_of(at),
    )
