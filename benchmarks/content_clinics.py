"""Random items, people and requests of a clinic for `benchmarks.content_sweep`, with every word of the gating table among them."""

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.content_oracle import STATES_OF_WORD
from benchmarks.matching_engine import NOW
from recommender.plan_request import PlanRequest
from recommender.request import Context, Filters, Promotion, RecommendationRequest

TOPICS = (
    *("sleep", "stress", "mood", "sleep", "stress", "mood", "grounding", "safety planning"),
    *("Sleep Hygiene", "coping", "body scan", "Body-Scan", "silence", "exposure", "retreat"),
    *("sleep restriction", "calories", "fasting", "breath hold", "hyperventilation"),
    *("cutting down", "abstinence"),
)
KINDS = ("lesson", "lesson", "meditation", "sleep", "breathing", "exercise", "program_step")
WORDS = (*STATES_OF_WORD, "bruxism", "fear of buttons", "anxiety", "sleep")
POPULATIONS = ((), (), (), ("13-17",), ("teens", "adults"), ("pregnancy",), ("veterans",))
ITEMS, PROGRAM_COUNT, CATALOGUES = 48, 6, 50


def random_item(dice: np.random.Generator, item_id: str) -> dict[str, Any]:
    """An item that is fine by itself in about half of all cases."""

    def moment(share: float, low: float, high: float) -> pd.Timestamp | None:
        days = float(dice.uniform(low, high))
        return pd.Timestamp(NOW + timedelta(days=days)) if dice.random() < share else None

    topics = tuple(dict.fromkeys(pick(dice, TOPICS) for _ in range(int(dice.integers(0, 3)))))
    in_program = dice.random() < 0.5
    return {
        "item_id": item_id,
        "title": f"About {pick(dice, TOPICS)}" if dice.random() < 0.15 else "A title",
        "kind": pick(dice, KINDS),
        "topics": topics,
        "minutes": float(dice.choice([2.0, 4.0, 5.0, 5.5, 6.0, 10.0, 11.0, 30.0])),
        "language": pick(dice, (None, "en", "en", "es-MX")),
        "level": pick(dice, (None, "universal", "mild", "moderate")),
        "program_id": f"p{int(dice.integers(PROGRAM_COUNT))}" if in_program else None,
        "program_position": int(dice.integers(1, 6)) if in_program else None,
        "requires": (f"i{int(dice.integers(ITEMS)):02d}",) if dice.random() < 0.15 else (),
        "contraindications": (pick(dice, WORDS),) if dice.random() < 0.3 else (),
        "populations": pick(dice, POPULATIONS),
        "voice": pick(dice, (None, None, "ada", "none")),
        "reviewed_at": moment(0.95, -400, 20 if dice.random() < 0.1 else -1),
        "review_expires_at": moment(0.4, -20, 60),
        "published_at": moment(0.3, -100, 20),
        "retired_at": moment(0.2, -20, 60),
    }


def pick(dice: np.random.Generator, values: Any) -> Any:
    return values[int(dice.integers(len(values)))]


def random_person(dice: np.random.Generator) -> dict[str, Any]:
    """Answers, words and a history; most people have few of each."""

    def maybe(share: float, low: int, high: int) -> int | None:
        return int(dice.integers(low, high)) if dice.random() < share else None

    words = [pick(dice, WORDS) for _ in range(3)] if dice.random() < 0.4 else []
    kinds = ("start", "progress", "complete", "complete", "like", "not_for_me")
    return {
        "phq9_total": maybe(0.5, 0, 28),
        "phq9_item9": maybe(0.2, 0, 2),
        "gad7_total": maybe(0.3, 0, 22),
        "pcl5_total": maybe(0.2, 0, 60),
        "wsas_total": maybe(0.2, 0, 41),
        "cssrs": pick(dice, (None,) * 16 + ("none", "low", "moderate", "high")),
        **{name: pick(dice, (None,) * 40 + (True, False)) for name in ("psychosis", "mania")},
        "age_band": pick(dice, ("26-35",) * 9 + ("13-17",)),
        "concerns": tuple(words[:1]),
        "goals": tuple(words[1:2]),
        "populations": tuple(words[2:]) if dice.random() < 0.3 else (),
        "history": [
            (f"i{int(dice.integers(ITEMS)):02d}", pick(dice, kinds), int(dice.integers(1, 50)))
            for _ in range(int(dice.integers(0, 6)))
        ],
    }  # fmt: skip


def random_request(dice: np.random.Generator, goals: tuple[str, ...]) -> RecommendationRequest:
    some = tuple(f"i{row:02d}" for row in dice.integers(0, ITEMS, 4))
    return RecommendationRequest(
        limit=int(dice.integers(1, 20)),
        context=Context(minutes=pick(dice, (None, None, 5.0, 10.0)), local_hour=21),
        goals=goals,
        filters=Filters(
            topics=pick(dice, ((), (), ("sleep", "coping"))),
            kinds=pick(dice, ((), (), ("lesson", "meditation"))),
            max_minutes=pick(dice, (None, None, 6.0)),
        ),
        exclude=frozenset(some[:2]) if dice.random() < 0.5 else frozenset(),
        promote=Promotion(items=some[2:], share=float(pick(dice, (0.0, 0.5, 1.0)))),
    )


def random_plan_request(dice: np.random.Generator, goals: tuple[str, ...]) -> PlanRequest:
    return PlanRequest(
        weeks=int(dice.integers(1, 5)),
        sessions_per_week=int(dice.integers(1, 5)),
        session_minutes=float(pick(dice, (0.0, 5.0, 5.0, 10.0, 60.0))),
        week_minutes=pick(dice, (None, None, 12.0)),
        goals=goals,
        exclude=frozenset(f"i{row:02d}" for row in dice.integers(0, ITEMS, 3)),
        severity=pick(dice, (None, "mild", "severe")),
    )
