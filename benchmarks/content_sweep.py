"""Generated requests for content by the hundred thousand: nothing shown or planned against a rule.

Catalogues, people, histories and requests are drawn at random, with every word of the gating table among them. Whether an item
may be shown is judged by `benchmarks.content_oracle`, which is not the engine's code; filters, exclusions,
lengths, order and time of plans are checked here from the raw rows. `--open-gate` takes the engine's safety
filter away: the counts must then not be 0.

    .venv/bin/python -m benchmarks.content_sweep --requests 100000
"""

import argparse
import dataclasses
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.content_clinics import (
    CATALOGUES,
    ITEMS,
    PROGRAM_COUNT,
    pick,
    random_item,
    random_person,
    random_plan_request,
    random_request,
)
from benchmarks.content_oracle import is_red, may_not_see
from benchmarks.matching_engine import NOW
from benchmarks.safety_sweep import plain_model
from data.catalogue import Catalogue
from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.domain import CareLevel, Intake, Safety, Tier
from data.frames import complete_frame
from data.instants import micros_of
from matching.triage import assess_safely
from recommender.person import ContentEvent, Person
from recommender.plan import make_plan
from recommender.plan_request import Plan, PlanRequest
from recommender.recommender import BoundRecommender, Recommender
from recommender.request import RecommendationRequest

GREEN = Safety(tier=Tier.GREEN, care_level=CareLevel.OUTPATIENT)


class OpenGate:
    """A safety filter that lets everything through, to see that the sweep would notice."""

    def __init__(self, items: int) -> None:
        self.items = items

    def allowed(self, *_: Any, rows: Any = None, **__: Any) -> tuple[Any, dict[str, int]]:
        return np.ones(self.items, np.bool_)[slice(None) if rows is None else rows], {}


class Clinic:
    """One generated catalogue as raw rows and as the engine sees it."""

    def __init__(self, dice: np.random.Generator, *, with_gate: bool) -> None:
        self.programs = {
            f"p{n}": {"program_id": f"p{n}", "title": f"Course {n}", "guided": guided}
            for n, guided in enumerate(dice.random(PROGRAM_COUNT) < 0.5)
        }
        for program in self.programs.values():
            program["guided"] = bool(program["guided"])
        self.items = {f"i{n:02d}": random_item(dice, f"i{n:02d}") for n in range(ITEMS)}
        content = complete_frame(CONTENT, pd.DataFrame(list(self.items.values())))
        programs = complete_frame(PROGRAMS, pd.DataFrame(list(self.programs.values())))
        events = [
            {"event_id": f"e{n}", "user_id": f"u{n % 20}", "item_id": f"i{n % ITEMS:02d}",
             "type": "complete", "at": pd.Timestamp(NOW - timedelta(days=n % 90 + 1))}
            for n in range(300)
        ]  # fmt: skip
        model = plain_model(complete_frame(CONTENT_EVENTS, pd.DataFrame(events)), at=NOW)
        self.engine = Recommender(model).bind(Catalogue.build(content, programs))
        if not with_gate:
            gate: Any = OpenGate(ITEMS)
            self.engine = BoundRecommender(dataclasses.replace(self.engine.binding, gate=gate))

    def program_of(self, item: dict[str, Any]) -> dict[str, Any] | None:
        return self.programs.get(item["program_id"] or "")


def engine_person(person: dict[str, Any]) -> tuple[Person, Safety]:
    """The person as the engine gets them: triage of the answers, and a history."""
    answers = {
        name: value
        for name, value in person.items()
        if name not in {"history", "goals", "populations"}
    }
    intake = Intake(
        intake_id="i", patient_id="p", requested_at=NOW, region="", payer="", **answers
    )
    events = [
        ContentEvent(item, kind, micros_of(NOW - timedelta(days=days)))
        for item, kind, days in person["history"]
    ]
    made = Person.from_events(
        "p", events, concerns=person["concerns"], populations=person["populations"]
    )
    return made, assess_safely(intake)


def judge_list(
    clinic: Clinic, person: dict[str, Any], shown: list[str], request: RecommendationRequest
) -> Iterator[str]:
    """What is wrong with a list of content."""
    if len(set(shown)) < len(shown) or len(shown) > request.limit:
        yield "twice_or_too_many"
    filters, at_hand = request.filters, request.context.minutes
    longest = min(filters.max_minutes or 1e9, 1.1 * (at_hand or 1e9)) + 1e-6
    for item_id in shown:
        item = clinic.items[item_id]
        broken = may_not_see(person, item, clinic.program_of(item), NOW)
        if broken is not None:
            yield f"shown_against_{broken}"
        faults = {
            "excluded": item_id in request.exclude,
            "over_long": item["minutes"] > longest,
            "other_topic": filters.topics and not set(filters.topics) & set(item["topics"]),
            "other_kind": filters.kinds and item["kind"] not in filters.kinds,
        }
        yield from (name for name, is_so in faults.items() if is_so)


def judge_plan(
    clinic: Clinic, person: dict[str, Any], plan: Plan, request: PlanRequest
) -> Iterator[str]:
    """What is wrong with a plan; each session is judged now and just before its week is over."""
    done = {item for item, kind, _ in person["history"] if kind == "complete"}
    if len(plan.weeks) > request.weeks:
        yield "too_many_weeks"
    for week in plan.weeks:
        minutes = sum(clinic.items[entry.item_id]["minutes"] for entry in week.sessions)
        if len(week.sessions) > request.sessions_per_week:
            yield "too_many_sessions"
        if minutes > (1e9 if request.week_minutes is None else request.week_minutes) + 1e-6:
            yield "over_budget"
        for entry in week.sessions:
            item = clinic.items[entry.item_id]
            for when in (NOW, week.ends_at - timedelta(seconds=1)):
                broken = may_not_see(person, item, clinic.program_of(item), when)
                if broken is not None:
                    yield f"planned_against_{broken}"
            yield from _faults_of_session(clinic, item, done, request)
            done.add(entry.item_id)


def _faults_of_session(
    clinic: Clinic, item: dict[str, Any], done: set[str], request: PlanRequest
) -> Iterator[str]:
    faults = {
        "excluded": item["item_id"] in request.exclude,
        "over_long": item["minutes"] > 1.1 * request.session_minutes + 1e-6,
        "finished_or_twice": item["item_id"] in done,
        "before_what_it_needs": not _needs(clinic, item) <= done,
    }
    yield from (name for name, is_so in faults.items() if is_so)


def _needs(clinic: Clinic, item: dict[str, Any]) -> set[str]:
    """Live items that come before one: what it requires, and lower steps of its program."""

    def is_live(other: dict[str, Any]) -> bool:
        published, retired = other["published_at"], other["retired_at"]
        is_out = published is None or published <= NOW
        return is_out and (retired is None or retired > NOW)

    return {
        other_id
        for other_id, other in clinic.items.items()
        if other_id != item["item_id"]
        and is_live(other)
        and (
            other_id in item["requires"]
            or (
                item["program_id"] is not None
                and other["program_id"] == item["program_id"]
                and other["program_position"] < item["program_position"]
            )
        )
    }


def ask(
    clinic: Clinic, person: dict[str, Any], dice: np.random.Generator, at: datetime
) -> tuple[str, int, list[str]]:
    """One request of any kind: its kind, how many items it gave, what was wrong with them."""
    kind = pick(dice, ("list",) * 7 + ("plan", "popular", "similar"))
    made, safety = engine_person(person)
    if kind == "plan":
        wanted = random_plan_request(dice, person["goals"])
        plan = make_plan(clinic.engine.binding, made, safety=safety, request=wanted, at=at)
        return kind, len(plan.sessions), list(judge_plan(clinic, person, plan, wanted))
    request = random_request(dice, person["goals"])
    if kind == "list":
        found = clinic.engine.recommend(
            made, safety=safety, request=request, at=at, seed=int(dice.integers(2**31))
        )
    else:
        nobody = {"concerns": (), "goals": (), "populations": ()}
        person, request = nobody, dataclasses.replace(request, goals=())
        if kind == "popular":
            found = clinic.engine.popular(safety=GREEN, request=request, at=at)
        else:
            item_id = f"i{int(dice.integers(ITEMS)):02d}"
            found = clinic.engine.similar(item_id, safety=GREEN, request=request, at=at)
    shown = [entry.item_id for entry in found.results]
    return kind, len(shown), list(judge_list(clinic, person, shown, request))


def main(arguments: list[str]) -> None:
    """Print counts; anything but zero against a rule is a defect, and the exit code says so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--open-gate", action="store_true")
    given = parser.parse_args(arguments)
    dice = np.random.default_rng(given.seed)
    counts: Counter[str] = Counter()
    for number in range(given.requests):
        if number % max(given.requests // CATALOGUES, 1) == 0:
            clinic = Clinic(dice, with_gate=not given.open_gate)
            print(f"{number} of {given.requests}", end="\r", file=sys.stderr, flush=True)
        person = random_person(dice)
        counts["people_red"] += is_red(person)
        if number % 100 == 0:
            counts["looked_up_items"] += ITEMS
            counts["looked_up_forbidden"] += sum(
                may_not_see(person, item, clinic.program_of(item), NOW) is not None
                for item in clinic.items.values()
            )
        kind, shown, faults = ask(clinic, person, dice, NOW)
        counts[f"asked_{kind}"] += 1
        counts[f"items_{kind}"] += shown
        counts.update(f"WRONG {fault}" for fault in faults)
    wrong = sum(count for name, count in counts.items() if name.startswith("WRONG"))
    for name in sorted(counts):
        print(f"{name:36} {counts[name]}")
    print(f"{'against a rule':36} {wrong}  (must be 0)")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
