"""How long a personal plan takes inside the engine, and how near the search comes to the best plan.

    .venv/bin/python -m benchmarks.plan_latency [--requests 40]

Milliseconds of CPU on one thread, without HTTP and storage, for clinics of 60 and 500 programs of eight steps with as many
single items as steps, over people with different histories and goals; then the loss of the search against the best plan on small
problems, as a share of the worth. Prints one JSON document.
"""

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.safety_sweep import plain_model
from data.catalogue import Catalogue
from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.domain import CareLevel, Condition, Safety, Tier
from data.frames import complete_frame
from data.instants import micros_of
from recommender.binding import Binding
from recommender.person import ContentEvent, Person
from recommender.plan import make_plan
from recommender.plan_exact import find_best_plan
from recommender.plan_problem import NO_UNIT, PlanProblem, worth
from recommender.plan_request import PlanRequest
from recommender.plan_search import find_good_plan

NOW = datetime(2026, 1, 5, 21, tzinfo=UTC)
STEPS = 8
TOPICS = 30
SAFETY = Safety(
    tier=Tier.GREEN, care_level=CareLevel.GUIDED, conditions=frozenset({Condition.PANIC})
)
REQUESTS = {
    "usual": PlanRequest(),
    "goals_and_minutes": PlanRequest(goals=("topic 3", "topic 7"), week_minutes=20.0),
    "largest": PlanRequest(
        weeks=12, sessions_per_week=14, goals=tuple(f"topic {n}" for n in range(10))
    ),
}


def make_binding(programs: int, dice: np.random.Generator) -> Binding:
    """A clinic whose steps take one session each, with a log of use."""
    steps = programs * STEPS
    topics = dice.integers(0, TOPICS, programs)
    rows = [
        {
            "item_id": f"i{n:05d}",
            "title": f"Item {n}",
            "kind": "program_step" if n < steps else "exercise",
            "topics": (f"topic {topics[n // STEPS] if n < steps else n % TOPICS}",),
            "minutes": float(dice.choice([3.0, 4.0, 5.0])),
            "program_id": f"p{n // STEPS}" if n < steps else None,
            "program_position": n % STEPS + 1 if n < steps else None,
            "reviewed_at": pd.Timestamp(NOW - timedelta(days=90)),
            "review_expires_at": pd.Timestamp(NOW + timedelta(days=int(dice.integers(9, 400)))),
        }
        for n in range(2 * steps)
    ]
    named = [{"program_id": f"p{n}", "title": f"Program {n}"} for n in range(programs)]
    events = [
        {"event_id": f"e{n}", "user_id": f"u{n % 500}", "item_id": f"i{item:05d}",
         "type": "complete", "at": pd.Timestamp(NOW - timedelta(hours=n % 2_000))}
        for n, item in enumerate(dice.integers(0, 2 * steps, 20_000))
    ]  # fmt: skip
    catalogue = Catalogue.build(
        complete_frame(CONTENT, pd.DataFrame(rows)),
        complete_frame(PROGRAMS, pd.DataFrame(named)),
    )
    log = complete_frame(CONTENT_EVENTS, pd.DataFrame(events))
    return Binding.build(plain_model(log, at=NOW), catalogue)


def measure(
    binding: Binding, request: PlanRequest, requests: int, dice: np.random.Generator
) -> dict[str, float]:
    """Milliseconds of CPU from events to a plan, over people with up to 300 events."""
    spent, items = [], len(binding.catalogue)
    for number in range(requests):
        history = [
            ContentEvent(
                f"i{row:05d}",
                str(dice.choice(["start", "complete", "like"])),
                micros_of(NOW - timedelta(days=float(dice.uniform(0, 200)))),
            )
            for row in dice.integers(0, items, int(dice.integers(0, 300)))
        ]
        begin = time.process_time()
        person = Person.from_events(f"person {number}", history, concerns=("topic 5",))
        make_plan(binding, person, safety=SAFETY, request=request, at=NOW)
        spent.append(1_000.0 * (time.process_time() - begin))
    median, p95 = np.percentile(spent, [50, 95])
    return {
        "median_ms": round(median, 1),
        "p95_ms": round(p95, 1),
        "most_ms": round(max(spent), 1),
    }


def small_problem(dice: np.random.Generator) -> PlanProblem:
    """Three programs, four single items, two goals; small enough for the best plan."""

    def one_of(*values: Any) -> Any:
        return values[int(dice.integers(len(values)))]

    items: list[tuple[int, tuple[int, ...]]] = []
    steps_left = []
    for program in range(3):
        first, steps = len(items), one_of(1, 2, 3, 4, 5)
        items.extend((program, (first + step - 1,) if step else ()) for step in range(steps))
        steps_left.append(steps + one_of(0, 0, 1))
    items.extend((NO_UNIT, ()) for _ in range(one_of(0, 1, 2)))
    weeks = one_of(1, 2, 3, 4)
    return PlanProblem(
        value=tuple(round(float(dice.uniform(0.5, 2.5)), 3) for _ in items),
        minutes=tuple(one_of(2.0, 4.0, 5.5) for _ in items),
        needs=tuple(needs for _, needs in items),
        last_week=tuple(one_of(*(weeks,) * 9, 0) for _ in items),
        program=tuple(program for program, _ in items),
        steps_left=tuple(steps_left),
        is_begun=tuple(one_of(True, False, False) for _ in range(3)),
        fits=tuple(tuple((goal, 1.0) for goal in (0, 1) if one_of(0, 1, 1)) for _ in items),
        goal_weight=(1.0, 0.5),
        weeks=weeks,
        sessions=one_of(1, 2, 3, 4),
        week_minutes=one_of(inf, inf, 12.0),
    )


def loss(problems: int, dice: np.random.Generator) -> dict[str, float]:
    """What the search loses against the best plan, as a share of its worth."""
    lost = []
    while len(lost) < problems:
        problem = small_problem(dice)
        best = find_best_plan(problem)
        top = 0.0 if best is None else worth(problem, best)
        if top > 0:
            lost.append(1.0 - worth(problem, find_good_plan(problem)) / top)
    return {
        "problems": problems,
        "mean": round(float(np.mean(lost)), 4),
        "p95": round(float(np.percentile(lost, 95)), 4),
        "most": round(max(lost), 4),
        "share_best": round(float(np.mean(np.array(lost) < 1e-9)), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--problems", type=int, default=1_000)
    options = parser.parse_args()
    dice = np.random.default_rng(1)
    figures: dict[str, Any] = {"requests": options.requests}
    for programs in (60, 500):
        binding = make_binding(programs, dice)
        figures[f"{programs}_programs"] = {
            "items": len(binding.catalogue),
            **{
                name: measure(binding, request, options.requests, dice)
                for name, request in REQUESTS.items()
            },
        }
    figures["loss_of_the_search"] = loss(options.problems, dice)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # numpy reads it when it is imported
        one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        words = [sys.executable, "-m", "benchmarks.plan_latency", *sys.argv[1:]]
        os.execve(sys.executable, words, {**os.environ, **one})  # noqa: S606 - this program again
    main()
