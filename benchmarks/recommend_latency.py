"""How long one recommendation takes inside the engine, without HTTP and storage.

    python benchmarks/recommend_latency.py [--items 10000] [--history 100] [--requests 500]

Median, 95th and 99th percentile in milliseconds on one thread, over different people; the model is
fitted on random use first. Prints one JSON document.
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from data.catalogue import Catalogue
from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.domain import CareLevel, Condition, Safety, Tier
from data.frames import complete_frame, empty_frame, frame_from_storage
from data.instants import micros_of
from recommender.interactions import DAY_MICROS
from recommender.person import ContentEvent, Person
from recommender.recommender import BoundRecommender, Recommender
from recommender.request import Context, Filters, RecommendationRequest
from training.fit_recommender import fit_recommender

NOW = datetime(2026, 1, 5, 21, tzinfo=UTC)
TOPICS = 60
PEOPLE = 5_000
TYPES = ("start", "progress", "complete", "complete", "favourite", "skip")


def make_content(items: int, dice: np.random.Generator) -> pd.DataFrame:
    topics = dice.integers(0, TOPICS, (items, 2))
    columns = {
        "item_id": [f"item-{row:06d}" for row in range(items)],
        "title": [f"Item {row}" for row in range(items)],
        "kind": dice.choice(["meditation", "lesson", "sleep"], items).tolist(),
        "topics": [f'["topic {a}","topic {b}"]' for a, b in topics],
        "minutes": dice.choice([5.0, 10.0, 20.0], items).tolist(),
        "language": ["en"] * items,
        "contraindications": dice.choice(["[]", '["trauma"]'], items).tolist(),
        "reviewed_at": [micros_of(NOW - timedelta(days=500))] * items,
    }
    return complete_frame(CONTENT, frame_from_storage(CONTENT, columns))


def make_events(items: int, dice: np.random.Generator) -> pd.DataFrame:
    count = PEOPLE * 60
    popular = 1.0 / np.arange(1, items + 1)
    rows = dice.choice(items, count, p=popular / popular.sum())
    columns = {
        "event_id": [f"e{row}" for row in range(count)],
        "user_id": [f"u{row}" for row in dice.integers(0, PEOPLE, count)],
        "item_id": [f"item-{row:06d}" for row in rows],
        "type": dice.choice(TYPES, count).tolist(),
        "at": (micros_of(NOW) - dice.integers(0, 200 * DAY_MICROS, count)).tolist(),
        "context_local_hour": dice.integers(0, 24, count).tolist(),
    }
    return complete_frame(CONTENT_EVENTS, frame_from_storage(CONTENT_EVENTS, columns))


def make_histories(
    items: int, length: int, requests: int, dice: np.random.Generator
) -> list[list[ContentEvent]]:
    popular = 1.0 / np.arange(1, items + 1)
    return [
        [
            ContentEvent(
                f"item-{row:06d}",
                str(dice.choice(TYPES)),
                micros_of(NOW) - int(dice.integers(0, 200 * DAY_MICROS)),
                None,
                int(dice.integers(0, 24)),
            )
            for row in dice.choice(items, length, p=popular / popular.sum())
        ]
        for _ in range(requests)
    ]


def measure(
    bound: BoundRecommender,
    histories: list[list[ContentEvent]],
    request: RecommendationRequest,
    safety: Safety,
) -> dict[str, float]:
    """Milliseconds for the person and the list, each history once."""
    spent = []
    for number, history in enumerate(histories):
        begin = time.perf_counter()
        person = Person.from_events(f"person {number}", history)
        bound.recommend(person, safety=safety, request=request, at=NOW)
        spent.append(1_000.0 * (time.perf_counter() - begin))
    median, p95, p99 = np.percentile(spent[len(spent) // 10 :], [50, 95, 99])
    return {"median_ms": round(median, 3), "p95_ms": round(p95, 3), "p99_ms": round(p99, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--history", type=int, default=100)
    parser.add_argument("--requests", type=int, default=500)
    options = parser.parse_args()
    dice = np.random.default_rng(1)
    content, programs = make_content(options.items, dice), empty_frame(PROGRAMS)
    begin = time.perf_counter()
    fitted = fit_recommender(make_events(options.items, dice), content, programs, as_of=NOW)
    fit_seconds = time.perf_counter() - begin
    catalogue = Catalogue.build(content, programs)
    begin = time.perf_counter()
    bound = Recommender(fitted.model).bind(catalogue)
    bind_seconds = time.perf_counter() - begin
    histories = make_histories(options.items, options.history, options.requests, dice)
    green = Safety(tier=Tier.GREEN, care_level=CareLevel.SELF_GUIDED)
    trauma = Safety(
        tier=Tier.GREEN,
        care_level=CareLevel.GUIDED,
        conditions=frozenset({Condition.TRAUMA, Condition.PANIC}),
    )
    plain = RecommendationRequest()
    full = RecommendationRequest(
        context=Context(minutes=10, local_hour=21),
        goals=("topic 3", "topic 4"),
        filters=Filters(language="en", max_minutes=15),
        exclude=frozenset({"item-000000"}),
    )
    figures = {
        "items": options.items,
        "history": options.history,
        "requests": options.requests,
        "fit_seconds": round(fit_seconds, 2),
        "bind_seconds": round(bind_seconds, 3),
        "plain": measure(bound, histories, plain, green),
        "filters_goals_safety": measure(bound, histories, full, trauma),
        "no_history": measure(bound, [[] for _ in histories], plain, green),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    if (
        os.environ.get("OPENBLAS_NUM_THREADS") != "1"
    ):  # numpy reads it once, when it is imported
        one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **one})  # noqa: S606 - this program again
    main()
