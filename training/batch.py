"""Many requests at once: ranked clinicians for intakes, content for people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from data.columns import TableSpec, identifier, integer, number, word
from data.database import Engine
from data.directory import Directory
from data.domain import Intake, Pathway, Tier
from data.frames import frame_from_storage
from data.instants import micros_of
from data.queries import read_frame
from data.rematches import read_pasts
from data.settings import Settings
from matching.care_level import pathway_of
from matching.continuity import Familiar, familiar_clinicians
from matching.eligibility import screen
from matching.matcher import Matcher
from matching.ordering import SERVED, OrderPolicy
from matching.pricing import PricePolicy
from matching.triage import assess_safely
from training import matching_job
from training.console import ReportProgress
from training.jobs import open_model
from training.prices import Floats, prices_of_moment

RANKING = TableSpec(
    name="ranking",
    key=("intake_id", "rank"),
    columns=(
        identifier("intake_id", required=True),
        integer("rank", 1, doc="1 is the top; empty where nobody may be ranked."),
        identifier("clinician_id"),
        number("utility", doc="Expected utility of the pairing."),
        number("p_engage", 0, 1, doc="Chance of three visits, given a first one."),
        number("p_improve", 0, 1, doc="Chance of reliable improvement, given engagement."),
        number("score", doc="What ordered the list."),
        word("pathway", *Pathway, required=True),
    ),
)
REPORT_EVERY = 100


def rank_intakes(  # noqa: PLR0913 - what is ranked, and how
    settings: Settings,
    engine: Engine,
    requests: Sequence[Intake],
    *,
    top: int,
    version: str | None,
    at: datetime | None,
    explore: bool,
    priced_at: datetime | None = None,
    on_progress: ReportProgress,
) -> tuple[pd.DataFrame, str]:
    """Rank the eligible clinicians of many intakes, by utility alone unless told to explore.

    Args:
        settings: The home.
        engine: Its database.
        requests: The intakes, in the order of the answer.
        top: Most clinicians per intake.
        version: A matching model; None means the champion.
        at: The moment of all requests; None means each intake's own.
        explore: Whether lists are ordered as in the service: earlier courses count, newcomers get a chance
            and equals are drawn among, with the home's seed and the intake's place.
        priced_at: The moment whose prices of capacity count, for all requests; None means none.
        on_progress: Told how far it is.

    Returns:
        A frame of `RANKING` and the version that ranked.

    Raises:
        NotFoundError: There is no such model.
        UsageError: There are no prices of this model at that moment.
    """
    bundle = open_model(settings, engine, "matching", version)
    matcher = matching_job.matcher_of(bundle, country=settings.country)
    matcher = replace(matcher, policy=_policy(explore=explore, priced=priced_at is not None))
    directory = Directory.build(read_frame(engine, "clinicians"))
    prices = _prices(engine, directory, bundle.manifest.version, priced_at)
    pasts = read_pasts(engine, (intake.patient_id for intake in requests))
    columns: dict[str, list[Any]] = {name: [] for name in RANKING.names}
    for done, intake in enumerate(requests):
        if done % REPORT_EVERY == 0:
            on_progress("rank", done, len(requests))
        moment = at or intake.requested_at
        turn = Turn(
            at=moment,
            top=top,
            seed=settings.seed + done,
            previous=tuple(pasts.left_before(intake.patient_id, moment)),
            familiar=familiar_clinicians(
                pasts.courses.get(intake.patient_id, ()), at=micros_of(moment)
            ),
            prices=prices,
        )
        for row in _ranked(matcher, directory, intake, turn):
            for name, value in zip(RANKING.names, row, strict=True):
                columns[name].append(value)
    on_progress("rank", len(requests), len(requests))
    return frame_from_storage(RANKING, columns), bundle.manifest.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one intake is ranked with."""

    at: datetime
    top: int
    seed: int
    previous: tuple[str, ...]
    """Whom the person has left for good."""
    familiar: Familiar
    """Whom the person knows."""
    prices: Floats | None
    """What a place of each clinician is worth to others; shape (clinicians,)."""


def _prices(
    engine: Engine, directory: Directory, version: str, at: datetime | None
) -> Floats | None:
    if at is None:
        return None
    return prices_of_moment(engine, directory, version=version, at=at)


def _policy(*, explore: bool, priced: bool) -> OrderPolicy:
    order = SERVED if explore else OrderPolicy()
    return replace(order, prices=PricePolicy() if priced else None)


def _ranked(
    matcher: Matcher, directory: Directory, intake: Intake, turn: Turn
) -> list[tuple[Any, ...]]:
    """The rows of one intake; one row without rank where nobody may be ranked."""
    safety = assess_safely(intake)
    nobody = (intake.intake_id, *[None] * 6)
    if safety.tier is Tier.RED:
        return [(*nobody, Pathway.CRISIS.value)]
    rows = screen(
        intake, directory, safety=safety, at=turn.at, previous_clinicians=turn.previous
    ).eligible_rows
    pathway = pathway_of(safety, has_results=bool(len(rows))).value
    if not len(rows):
        return [(*nobody, pathway)]
    scored = matcher.arrange(
        matcher.score(intake, directory, rows, at=turn.at),
        intake,
        directory,
        safety=safety,
        at=turn.at,
        limit=turn.top,
        seed=turn.seed,
        familiar=turn.familiar,
        prices=turn.prices,
    )
    return [
        (
            intake.intake_id,
            rank,
            directory.clinician_ids[rows[place]],
            float(scored.utilities[place]),
            float(scored.predictions.p_engage[place]),
            float(scored.predictions.p_improve[place]),
            float(scored.scores[place]),
            pathway,
        )
        for rank, place in enumerate(scored.order[: turn.top].tolist(), start=1)
    ]
