"""A whole waiting list against the stored directory: who goes where, and who cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.capacity import count_taken
from data.columns import TableSpec, identifier, number, word
from data.database import Engine, reading
from data.directory import Directory
from data.domain import Intake, Pathway, Tier
from data.errors import UsageError
from data.frames import frame_from_storage
from data.queries import read_frame
from data.rematches import read_pasts
from data.settings import Settings
from matching.assignment import NOBODY, Assignment, assign
from matching.care_level import pathway_of
from matching.eligibility import screen
from matching.matcher import Matcher
from matching.placing import openings_left
from matching.triage import assess_safely
from training import matching_job
from training.console import ReportProgress
from training.jobs import open_model

REASONS = ("crisis", "nobody_eligible", "no_opening")
"""Why somebody is not placed: a person must act, nobody may be offered, or all openings are taken."""
ASSIGNMENT = TableSpec(
    name="assignment",
    key=("intake_id",),
    columns=(
        identifier("intake_id", required=True),
        identifier("clinician_id", doc="Empty where nobody can be assigned."),
        number("utility", doc="Expected utility of the pairing."),
        number("price", 0, doc="What a further opening of this clinician would add."),
        word("pathway", *Pathway, required=True),
        word("reason", *REASONS, doc="Why nobody is assigned."),
    ),
)
MOST_PAIRS = 200_000_000
"""Largest waiting list times directory: their utilities take 1.6 GB."""
REPORT_EVERY = 100


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WaitingListPlan:
    """What `assign` found."""

    table: pd.DataFrame
    """A frame of `ASSIGNMENT`, in the order of the requests."""
    plan: Assignment
    version: str
    """The model whose utilities count."""


def assign_intakes(
    settings: Settings,
    engine: Engine,
    requests: Sequence[Intake],
    *,
    version: str | None,
    at: datetime | None,
    on_progress: ReportProgress,
) -> WaitingListPlan:
    """Place a whole waiting list within the stored openings.

    Triage and eligibility are those of every other request: red is never placed.
    Every request counts by itself, also those of one person.

    Args:
        settings: The home.
        engine: Its database.
        requests: The waiting list.
        version: A matching model; None means the champion.
        at: The moment of all requests; None means each intake's own.
        on_progress: Told how far it is.

    Raises:
        NotFoundError: There is no such model.
        UsageError: The list is too long for the directory.
    """
    bundle = open_model(settings, engine, "matching", version)
    matcher = matching_job.matcher_of(bundle, country=settings.country)
    directory = Directory.build(read_frame(engine, "clinicians"))
    if len(requests) * len(directory) > MOST_PAIRS:
        raise UsageError(
            f"{len(requests)} requests of {len(directory)} clinicians are too many at once: "
            "split the list by region"
        )
    utilities = np.full((len(requests), len(directory)), -np.inf)
    pathways = []
    pasts = read_pasts(engine, (intake.patient_id for intake in requests))
    for row, intake in enumerate(requests):
        if row % REPORT_EVERY == 0:
            on_progress("score", row, len(requests))
        moment = at or intake.requested_at
        turn = (moment, pasts.left_before(intake.patient_id, moment))
        pathways.append(score_person(matcher, directory, intake, turn, utilities[row]))
    on_progress("score", len(requests), len(requests))
    plan = assign(utilities, openings_left(directory, _taken(engine, requests, at)))
    table = _table(requests, directory, utilities, pathways, plan)
    return WaitingListPlan(table=table, plan=plan, version=bundle.manifest.version)


def _taken(engine: Engine, requests: Sequence[Intake], at: datetime | None) -> dict[str, int]:
    """Places held or booked when the list is placed: at the moment given, else at the last request."""
    moment = at or max((intake.requested_at for intake in requests), default=None)
    if moment is None:
        return {}
    with reading(engine) as connection:
        return count_taken(connection, at=moment)


def score_person(
    matcher: Matcher,
    directory: Directory,
    intake: Intake,
    turn: tuple[datetime, Sequence[str]],
    utilities: NDArray[np.float64],
) -> str:
    """Fill in the utilities of whom one person may be offered; the pathway.

    Args:
        matcher: What scores.
        directory: All clinicians.
        intake: The request.
        turn: The moment, and whom the person has left for good.
        utilities: Filled in place where a pair is eligible; shape (clinicians,).
    """
    at, previous = turn
    safety = assess_safely(intake)
    if safety.tier is Tier.RED:
        return Pathway.CRISIS.value
    rows = screen(
        intake, directory, safety=safety, at=at, previous_clinicians=previous
    ).eligible_rows
    if len(rows):
        utilities[rows] = matcher.score(intake, directory, rows, at=at).utilities
    return pathway_of(safety, has_results=bool(len(rows))).value


def _table(
    requests: Sequence[Intake],
    directory: Directory,
    utilities: NDArray[np.float64],
    pathways: Sequence[str],
    plan: Assignment,
) -> pd.DataFrame:
    is_offered = np.asarray(np.isfinite(utilities).any(axis=1))
    columns: dict[str, list[object]] = {name: [] for name in ASSIGNMENT.names}
    for row, clinician in enumerate(plan.clinician_rows.tolist()):
        is_placed = clinician != NOBODY
        reason = "no_opening" if is_offered[row] else "nobody_eligible"
        if pathways[row] == Pathway.CRISIS.value:
            reason = "crisis"
        entry = (
            requests[row].intake_id,
            directory.clinician_ids[clinician] if is_placed else None,
            float(utilities[row, clinician]) if is_placed else None,
            float(plan.prices[clinician]) if is_placed else None,
            pathways[row] if is_placed or reason == "crisis" else Pathway.NAVIGATOR.value,
            None if is_placed else reason,
        )
        for name, value in zip(ASSIGNMENT.names, entry, strict=True):
            columns[name].append(value)
    return frame_from_storage(ASSIGNMENT, columns)
