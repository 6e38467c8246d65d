"""Ours and its peers, each from a matrix of use to scores for histories."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from data.catalogue import Catalogue
from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.domain import CareLevel, Safety, Tier
from data.frames import complete_frame, empty_frame
from recommender.blend import NEW_SOURCES
from recommender.model import RecommenderModel
from recommender.person import ContentEvent, Person
from recommender.recommender import Recommender
from recommender.request import RecommendationRequest
from training.fit_recommender import fit_recommender
from training.new_use import factor_scores, low_pass_scores, neighbour_scores

Score = Callable[[Any], Any]
"""From sparse histories to dense scores, both of shape (people, items)."""
AT = datetime(2026, 1, 1, tzinfo=UTC)
MOST_FOR_EASE = 20_000


class TooLargeError(Exception):
    """The model cannot be had for a catalogue of this size."""


def item_name(row: int) -> str:
    """Ids in the order of their rows."""
    return f"item-{row:07d}"


def content_of(items: int) -> pd.DataFrame:
    """A catalogue of nothing but ids."""
    ids = [item_name(row) for row in range(items)]
    frame = pd.DataFrame({"item_id": ids, "title": ids, "kind": "lesson", "minutes": 5.0})
    frame["topics"] = [()] * items
    frame["contraindications"] = [()] * items
    frame["reviewed_at"] = pd.Timestamp(AT) - pd.Timedelta(days=1)
    return complete_frame(CONTENT, frame)


def events_of(matrix: Any) -> pd.DataFrame:
    """Each use as a completion, all at one time."""
    people, items = matrix.nonzero()
    return complete_frame(
        CONTENT_EVENTS,
        pd.DataFrame(
            {
                "event_id": [f"e{place}" for place in range(len(people))],
                "user_id": [f"person-{row:07d}" for row in people],
                "item_id": [item_name(row) for row in items],
                "type": "complete",
                "at": pd.Timestamp(AT) - pd.Timedelta(hours=1),
            }
        ),
    )


def ours(train: Any, *, budget_seconds: float, notes: dict[str, Any]) -> Score:
    """The engine as `train recommender` makes it, of a log without times."""
    items = train.shape[1]
    fitted = fit_recommender(
        events_of(train),
        content_of(items),
        empty_frame(PROGRAMS),
        budget_seconds=budget_seconds,
    )
    model = fitted.model
    notes["facts"] = fitted.facts
    notes["weights"] = dict(zip(NEW_SOURCES, model.blend.new.round(3).tolist(), strict=True))
    rows = np.array([int(item_id.split("-")[1]) for item_id in model.item_ids], np.int64)

    def score(history: Any, *, only: str | None = None) -> Any:
        found = np.full(history.shape, -np.inf, np.float32)
        found[:, rows] = blended(model, sparse.csr_matrix(history[:, rows]), only=only)
        return found

    notes["model"] = model
    return score


def blended(model: RecommenderModel, weights: Any, *, only: str | None = None) -> Any:
    """What the engine says of new items, for many people at once."""
    popular = np.sqrt(model.popularity.general)[None].repeat(weights.shape[0], axis=0)
    values = {
        "neighbours": lambda: neighbour_scores(model.neighbours, weights),
        "low_pass": lambda: low_pass_scores(model.low_pass, weights),
        "factors": lambda: factor_scores(model.factors, weights),
        "context": lambda: popular,
        "popular": lambda: popular,
    }
    total = np.zeros(weights.shape, np.float32)
    used = weights.toarray() != 0
    for name, weight in zip(NEW_SOURCES, model.blend.new, strict=True):
        share = weight if only is None else float(name == only)
        if share and name in values:
            said = values[name]()
            top = np.max(np.where(used, 0.0, said), axis=1, keepdims=True, initial=0.0)
            ratio = np.divide(said, top, out=np.zeros_like(said), where=top > 0)
            total += np.float32(share) * np.maximum(ratio, -1.0)
    return total


def served_lists(model: RecommenderModel, history: Any, items: int, ranks: int) -> list[Any]:
    """What the service answers, for the benchmark to compare with: new items alone."""
    bound = Recommender(model).bind(Catalogue.build(content_of(items), empty_frame(PROGRAMS)))
    at = int(AT.timestamp() * 1e6)
    lists = []
    for line in history:
        events = [ContentEvent(item_name(row), "complete", at, 1.0) for row in line.indices]
        answer = bound.recommend(
            Person.from_events("someone", events),
            safety=Safety(tier=Tier.GREEN, care_level=CareLevel.SELF_GUIDED),
            request=RecommendationRequest(limit=ranks, with_used=False),
            at=AT,
        )
        lists.append([int(result.item_id.split("-")[1]) for result in answer.results])
    return lists


def popularity(train: Any) -> Score:
    counts = np.asarray(train.sum(axis=0)).ravel()
    return lambda history: np.tile(counts, (history.shape[0], 1))


def implicit_default(train: Any) -> Score:
    from implicit.cpu.als import AlternatingLeastSquares  # noqa: PLC0415 - each model in its own process

    model = AlternatingLeastSquares(num_threads=1, random_state=0)
    model.fit(train, show_progress=False)

    def score(history: Any) -> Any:
        people = np.arange(history.shape[0])
        return model.recalculate_user(people, history) @ model.item_factors.T

    return score


def implicit_neighbours(train: Any) -> Score:
    from implicit.nearest_neighbours import BM25Recommender  # noqa: PLC0415

    model = BM25Recommender(K=100, num_threads=1)
    model.fit(train, show_progress=False)
    return lambda history: (history @ model.similarity).toarray()


def irspack_ease(train: Any) -> Score:
    from irspack import DenseSLIMRecommender  # noqa: PLC0415

    if train.shape[1] > MOST_FOR_EASE:
        raise TooLargeError("the whole inverse does not fit")
    model = DenseSLIMRecommender(train, reg=300.0).learn()
    return model.get_score_cold_user


def irspack_ials(train: Any) -> Score:
    from irspack import IALSRecommender  # noqa: PLC0415

    model = IALSRecommender(
        train, n_components=256, alpha0=0.03, reg=0.003, nu=1.0, train_epochs=12, n_threads=1
    ).learn()
    return model.get_score_cold_user


PEERS: Mapping[str, Callable[[Any], Score]] = {
    "popularity": popularity,
    "implicit, as it comes": implicit_default,
    "implicit BM25 item-kNN": implicit_neighbours,
    "irspack EASE, ridge 300": irspack_ease,
    "irspack iALS, width 256": irspack_ials,
}
