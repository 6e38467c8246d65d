"""Generated intakes by the ten thousand: no path from red to a list or to content, and nobody listed who may not be.

What is red is written here once more, from the clinical rules and not from the code; who may be listed is judged
by the independent rules of `training.evaluation.matching_safety`.

    .venv/bin/python -m benchmarks.safety_sweep --intakes 100000
"""

import argparse
import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.matching_engine import (
    CONCERNS,
    NOW,
    PAYERS,
    REGIONS,
    make_clinicians,
    make_scorer,
)
from data.catalogue import Catalogue
from data.directory import Directory
from data.domain import Intake, Pathway, Tier
from data.instants import micros_of
from matching.matcher import Matcher
from matching.ordering import SERVED
from matching.triage import assess_safely
from recommender.blend import default_blend
from recommender.interactions import Interactions, collapse
from recommender.item_factors import ItemFactors
from recommender.item_neighbours import ItemNeighbours
from recommender.low_pass import LowPass
from recommender.model import RecommenderConfig, RecommenderModel
from recommender.person import Person
from recommender.popular import fit_popularity
from recommender.recommender import BoundRecommender, Recommender
from recommender.request import RecommendationRequest
from training.evaluation.matching_safety import breaks_a_rule, clinician_profiles
from training.simulator.clinic import simulate
from training.simulator.parameters import world

FLAGS = ("psychosis", "mania", "substance_withdrawal", "violence_risk")
TEXTS = (
    None,
    None,
    None,
    "",
    "I feel low and cannot sleep",
    "I want to kill myself",
    "Quiero morirme",
    "jag är trött",
)
BANDS = ("13-17", "18-25", "26-35", "36-50", "65+", "unknown", "adult")
STRANGE = ("Zürich", "kummer", "💙", "US-ZZ", "")


def random_intake(dice: np.random.Generator, number: int) -> Intake:
    """Any combination of answers, missing ones and words of other clinics among them."""

    def maybe(value: object, share: float = 0.5) -> object:
        return value if dice.random() < share else None

    def word(known: tuple[str, ...]) -> str:
        return str(dice.choice(known if dice.random() < 0.9 else STRANGE))

    flags = {name: maybe(bool(dice.random() < 0.1), 0.4) for name in FLAGS}
    return Intake(
        intake_id=f"i{number}",
        patient_id=f"p{number}",
        requested_at=NOW,
        region=word(REGIONS),
        age_band=word(BANDS),
        payer=word(PAYERS),
        languages=("en",) if dice.random() < 0.8 else ("es",),
        needs_interpreter=maybe(bool(dice.random() < 0.1)),
        formats=("video",) if dice.random() < 0.5 else (),
        concerns=tuple(word(CONCERNS) for _ in range(int(dice.integers(0, 4)))),
        phq9_total=maybe(int(dice.integers(0, 28))),
        phq9_item9=maybe(int(dice.integers(0, 4))),
        gad7_total=maybe(int(dice.integers(0, 22))),
        cssrs=maybe(str(dice.choice(["none", "low", "moderate", "high", "HIGH ", "?"]))),
        medication_question=maybe(bool(dice.random() < 0.2)),
        pref_gender=maybe("female", 0.2),
        pref_gender_strength=maybe("must", 0.5),
        blocked_clinicians=tuple(f"c{row:06d}" for row in dice.integers(0, 120, 3)),
        latest=maybe(NOW + timedelta(days=float(dice.uniform(0, 40))), 0.2),
        **flags,
    )


def must_be_red(intake: Intake, text: str | None) -> bool:
    """The rules of the clinical reference, once more and by themselves."""
    said = (text or "").casefold()
    return (
        (intake.cssrs or "").strip().casefold() == "high"
        or any(getattr(intake, name) is True for name in FLAGS)
        or "kill myself" in said
        or "quiero morirme" in said
    )


def plain_model(events: pd.DataFrame, *, at: datetime) -> RecommenderModel:
    """What is popular in a log of events, and nothing else."""
    found = Interactions.from_frame(events)
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


def make_recommender(seed: int) -> BoundRecommender:
    """What is popular in a small simulated clinic, on its catalogue."""
    made = simulate(world("base"), patients=50, clinicians=10, items=120, users=60, seed=seed)
    model = plain_model(made.tables["content_events"], at=NOW)
    catalogue = Catalogue.build(made.tables["content"], made.tables["programs"])
    return Recommender(model).bind(catalogue)


def main(arguments: list[str]) -> None:
    """Print counts; anything but zero in the last lines is a defect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intakes", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    frame = make_clinicians(120, given.seed)
    directory = Directory.build(frame)
    profiles = clinician_profiles({"clinicians": frame})
    matcher = Matcher(scorer=make_scorer(directory, given.seed), policy=SERVED)
    content, dice = make_recommender(given.seed), np.random.default_rng(given.seed)
    counts: Counter[str] = Counter()
    for number in range(given.intakes):
        intake = random_intake(dice, number)
        text = TEXTS[int(dice.integers(len(TEXTS)))]
        _look(intake, text, (matcher, directory, profiles), content, counts)
    for name in sorted(counts):
        print(f"{name:32} {counts[name]}")
    for name in ("red_missed", "red_listed", "red_content", "listed_against_a_rule"):
        print(f"{name:32} {counts[name]}  (must be 0)")


def _look(
    intake: Intake,
    text: str | None,
    engine: tuple[Matcher, Directory, dict[str, Any]],
    content: BoundRecommender,
    counts: Counter[str],
) -> None:
    matcher, directory, profiles = engine
    safety = assess_safely(intake, free_text=text)
    found = matcher.match(intake, directory, safety=safety, at=NOW, limit=10, seed=1)
    person = Person.from_events(intake.patient_id, (), concerns=intake.concerns)
    shown = content.recommend(
        person, safety=safety, request=RecommendationRequest(limit=5), at=NOW
    )
    is_red = must_be_red(intake, text)
    counts[f"tier_{safety.tier.label}"] += 1
    counts[f"pathway_{found.pathway}"] += 1
    counts["listed"] += len(found.results)
    counts["suggested"] += len(shown.results)
    counts["red_missed"] += is_red and safety.tier is not Tier.RED
    counts["red_listed"] += is_red and (bool(found.results) or found.pathway != Pathway.CRISIS)
    counts["red_content"] += is_red and bool(shown.results)
    counts["listed_against_a_rule"] += sum(
        breaks_a_rule(intake, profiles[entry.clinician_id], safety.tier)
        for entry in found.results
    )


if __name__ == "__main__":
    main(sys.argv[1:])
