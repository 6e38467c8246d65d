"""What do points for known clinicians do, and what do they cost? A simulated clinic and its truth.

The people of the test intakes ask again at the end of the log. For those who then are in care, or had a
course that went well, with a clinician who may be offered, it prints how often that clinician comes first
and among the first three, and how many points of true utility the first of the list is worth more or
less than the first by utility alone. The world knows nothing of what starting anew costs a person.

    rapport simulate --out CLINIC --patients 4000 --clinicians 100
    rapport --home HOME import CLINIC && rapport --home HOME train matching
    python benchmarks/continuity.py --home HOME --truth CLINIC/truth [--points 0 0.05 0.1]
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake, Safety, Tier
from data.frames import intakes_from_frame
from data.instants import micros_of
from data.queries import read_frame
from data.rematches import read_pasts
from data.settings import Settings
from matching.continuity import (
    CONTINUITY,
    NOBODY,
    ContinuityBonus,
    Familiar,
    familiar_clinicians,
)
from matching.eligibility import screen
from matching.matcher import Matcher
from matching.ordering import OrderPolicy
from matching.results import Candidates
from matching.triage import assess_safely
from training.jobs import open_model
from training.matching_job import matcher_of, moment_after, read_clinic
from training.store import open_store

POINTS = (0.0, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2)
FIGURES = ("points", "group", "people", "first", "first three", "true points gained")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Returner:
    """Somebody who asks again and knows clinicians, with everybody who may be offered."""

    intake: Intake
    safety: Safety
    familiar: Familiar
    names: list[str]
    scored: Candidates
    worth: NDArray[np.float64]  # true utilities; shape (candidates,)


def returners(
    home: Settings, matcher: Matcher, directory: Directory, pairs: pd.DataFrame, at: datetime
) -> Iterator[Returner]:
    """The people of the test intakes who know somebody at the end of the log."""
    engine = open_store(home)
    utilities = pairs.set_index(["intake_id", "clinician_id"])["utility"].to_dict()
    asked = read_frame(engine, "intakes")
    asked = asked[asked["intake_id"].isin(pairs["intake_id"].unique())]
    requests = intakes_from_frame(asked.drop_duplicates("patient_id", keep="last"))
    pasts = read_pasts(engine, (intake.patient_id for intake in requests))
    for asker in requests:
        intake = replace(asker, earliest=None, latest=None)
        safety = assess_safely(intake)
        courses = pasts.courses.get(intake.patient_id, ())
        familiar = familiar_clinicians(courses, at=micros_of(at))
        if safety.tier is Tier.RED or familiar == NOBODY:
            continue
        left = pasts.left_before(intake.patient_id, at)
        rows = screen(
            intake, directory, safety=safety, at=at, previous_clinicians=left
        ).eligible_rows
        names = [directory.clinician_ids[row] for row in rows]
        worth = np.array([utilities.get((intake.intake_id, name), np.nan) for name in names])
        if names and not np.isnan(worth).any():
            yield Returner(
                intake=intake,
                safety=safety,
                familiar=familiar,
                names=names,
                scored=matcher.score(intake, directory, rows, at=at),
                worth=worth,
            )


def measure(home: Path, truth: Path, points: list[float]) -> pd.DataFrame:
    """One row per number of points and kind of course."""
    settings = Settings(home=home)
    engine = open_store(settings)
    matcher = matcher_of(open_model(settings, engine, "matching", None), country="US")
    directory = Directory.build(read_frame(engine, "clinicians"))
    pairs, at = pd.read_parquet(truth / "pairs.parquet"), moment_after(read_clinic(engine))
    found = []
    for person in returners(settings, matcher, directory, pairs, at):
        best = person.worth[person.scored.order[0]]
        for value in points:
            policy = OrderPolicy(continuity=ContinuityBonus(in_care=value, returning=value))
            order = (
                replace(matcher, policy=policy)
                .arrange(
                    person.scored,
                    person.intake,
                    directory,
                    safety=person.safety,
                    at=at,
                    limit=3,
                    seed=0,
                    familiar=person.familiar,
                )
                .order.tolist()
            )
            gain = 100.0 * (person.worth[order[0]] - best)
            for group in CONTINUITY:
                known = set(getattr(person.familiar, group)).intersection(person.names)
                places = [
                    place for place, row in enumerate(order) if person.names[row] in known
                ]
                if places:
                    found.append((value, group, 1, places[0] < 1, places[0] < 3, gain))
    frame = pd.DataFrame(found, columns=FIGURES)
    shares = dict.fromkeys(FIGURES[3:], "mean")
    return frame.groupby(["group", "points"]).agg({"people": "sum", **shares}).round(3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--points", type=float, nargs="+", default=list(POINTS))
    arguments = parser.parse_args()
    print(measure(arguments.home, arguments.truth, arguments.points).to_string())


if __name__ == "__main__":
    main()
