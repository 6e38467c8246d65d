"""From a request to a ranked list with reasons, or to the people who must act instead."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME, Directory
from data.domain import Intake, Safety, Tier
from matching.care_level import pathway_of
from matching.eligibility import Screening, screen
from matching.explanations import Facts, Note, bands_of, cautions_for, note, reasons_for
from matching.predictions import Predictions
from matching.resources import Resource, resources_for
from matching.results import Candidates, Interval, MatchResult, RankedClinician
from matching.rules import USUAL_WAIT_DAYS
from matching.scorers import Scorer
from matching.terms import Contributions
from matching.times import waits_in_days
from matching.utility import UtilityWeights, utility

__all__ = ["MatchResult", "Matcher", "candidate_waits"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

REPLAY_DAYS = 7.0
"""A soonest appointment of a whole directory further away than this is that of a later time."""
REPLAY_APPOINTMENTS = 20
"""Fewest known appointments from which that follows; a few clinicians may all be booked out."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Matcher:
    """Eligibility, scoring, order and explanations under one policy."""

    scorer: Scorer
    weights: UtilityWeights = field(default_factory=UtilityWeights)
    default_country: str = "US"
    """ISO 3166 country whose crisis lines are given where a region names none."""

    def match(  # noqa: PLR0913 - the parts of a request, each given by its name
        self,
        intake: Intake,
        directory: Directory,
        *,
        safety: Safety,
        at: datetime,
        limit: int,
        seed: int,
        also_blocked: Iterable[str] = (),
        previous_clinicians: Iterable[str] = (),
        language: str = "en",
    ) -> MatchResult:
        """Rank the clinicians who may be offered, best utility first, ties by clinician id.

        Red is never ranked. Where nobody is eligible the answer leads to a navigator and says
        what stood in the way.

        Args:
            intake: The request; a person never seen before is as good as any other.
            directory: All clinicians.
            safety: What triage found.
            at: The moment of the request.
            limit: Longest list, 0 or more.
            seed: Kept with the answer; this policy draws nothing.
            also_blocked: Ids that must not be offered, beside the intake's own.
            previous_clinicians: Ids of earlier clinicians who must not be offered again.
            language: BCP-47 tag of the reader.
        """
        if safety.tier is Tier.RED:
            return self._unranked(intake, safety, seed, [note("crisis", language)])
        screening = screen(
            intake,
            directory,
            safety=safety,
            at=at,
            also_blocked=also_blocked,
            previous_clinicians=previous_clinicians,
        )
        if not len(screening.eligible_rows):
            notes = _why_nobody(directory, screening, language)
            return self._unranked(intake, safety, seed, notes, screening)
        candidates = self.score(intake, directory, screening.eligible_rows, at=at)
        shown = self._shown(intake, directory, candidates, candidates.order[:limit], language)
        return self._ranked(intake, safety, seed, screening, candidates, shown)

    def _ranked(
        self,
        intake: Intake,
        safety: Safety,
        seed: int,
        screening: Screening,
        candidates: Candidates,
        shown: tuple[RankedClinician, ...],
    ) -> MatchResult:
        return MatchResult(
            pathway=pathway_of(safety, has_results=True),
            care_level=safety.care_level,
            safety=safety,
            resources=self._resources(intake, safety),
            results=shown,
            notes=(),
            excluded_total=screening.excluded_total,
            by_reason=screening.by_reason,
            relaxations=screening.relaxations,
            candidates=candidates,
            scorer=self.scorer.kind,
            seed=seed,
        )

    def score(
        self, intake: Intake, directory: Directory, rows: Rows, *, at: datetime
    ) -> Candidates:
        """Score candidates who are known to be eligible, without explanations.

        Args:
            intake: The request.
            directory: All clinicians.
            rows: Directory rows of the candidates, ascending; shape (candidates,).
            at: The moment of the request.
        """
        waits = candidate_waits(intake, directory, rows, at=at)
        predictions = self.scorer.predict(intake, directory, rows, wait_days=waits)
        utilities = utility(predictions, waits, self.weights)
        return Candidates(
            rows=rows,
            wait_days=waits,
            predictions=predictions,
            utilities=utilities,
            order=np.argsort(-utilities, kind="stable"),
        )

    def _shown(
        self,
        intake: Intake,
        directory: Directory,
        candidates: Candidates,
        places: Rows,
        language: str,
    ) -> tuple[RankedClinician, ...]:
        """The explained list of the candidates at some places, in their order."""
        rows, waits = candidates.rows[places], candidates.wait_days[places]
        predictions = candidates.predictions.take(places)
        free = directory.next_available[rows]
        facts = Facts(
            intake=intake,
            directory=directory,
            rows=rows,
            wait_days=np.where(free == UNKNOWN_TIME, np.nan, waits),
            cases=predictions.cases,
            language=language,
        )
        contributions = self.scorer.explain(
            intake, directory, rows, wait_days=waits, weights=self.weights
        )
        utilities = candidates.utilities[places]
        bands = bands_of(utilities, candidates.utilities, predictions.cases)
        return tuple(
            _clinician(
                facts, contributions, predictions, place, bands[place], float(utilities[place])
            )
            for place in range(len(rows))
        )

    def _unranked(
        self,
        intake: Intake,
        safety: Safety,
        seed: int,
        notes: list[Note],
        screening: Screening | None = None,
    ) -> MatchResult:
        return MatchResult(
            pathway=pathway_of(safety, has_results=False),
            care_level=safety.care_level,
            safety=safety,
            resources=self._resources(intake, safety),
            results=(),
            notes=tuple(notes),
            excluded_total=screening.excluded_total if screening else 0,
            by_reason=screening.by_reason if screening else {},
            relaxations=screening.relaxations if screening else {},
            candidates=None,
            scorer=self.scorer.kind,
            seed=seed,
        )

    def _resources(self, intake: Intake, safety: Safety) -> tuple[Resource, ...]:
        if safety.tier is Tier.GREEN:
            return ()
        return resources_for(intake.region, default_country=self.default_country)


def candidate_waits(
    intake: Intake, directory: Directory, rows: Rows, *, at: datetime
) -> Floats:
    """Days to each candidate's first free appointment; the usual wait where it is unknown.

    A large directory in which nobody at all is free within a week was recorded after the request,
    as when a past request is replayed: then the days beyond the soonest appointment count.

    Args:
        intake: The request.
        directory: All clinicians.
        rows: Directory rows of the candidates; shape (candidates,).
        at: The moment of the request.

    Returns:
        Shape (candidates,).
    """
    days = waits_in_days(directory.next_available, at, intake.earliest)
    known = days[~np.isnan(days)]
    if len(known) >= REPLAY_APPOINTMENTS and known.min() > REPLAY_DAYS:
        days = days - known.min()
    return np.where(np.isnan(days), USUAL_WAIT_DAYS, days)[rows]


def _clinician(
    facts: Facts,
    contributions: Contributions,
    predictions: Predictions,
    place: int,
    band: str,
    utility_value: float,
) -> RankedClinician:
    """One row of the list; `place` counts from 0."""
    row = int(facts.rows[place])
    free = int(facts.directory.next_available[row])
    return RankedClinician(
        rank=place + 1,
        clinician_id=facts.directory.clinician_ids[row],
        clinician_row=row,
        display_name=facts.directory.display_names[row],
        band=band,
        utility=utility_value,
        score=utility_value,
        p_engage=_engage(predictions, place),
        p_improve=_improve(predictions, place),
        next_available=None if free == UNKNOWN_TIME else free,
        exposure_probability=1.0,
        reasons=reasons_for(facts, contributions, place),
        cautions=cautions_for(facts, place),
    )


def _engage(predictions: Predictions, place: int) -> Interval:
    return Interval(
        float(predictions.p_engage[place]),
        float(predictions.engage_low[place]),
        float(predictions.engage_high[place]),
    )


def _improve(predictions: Predictions, place: int) -> Interval:
    return Interval(
        float(predictions.p_improve[place]),
        float(predictions.improve_low[place]),
        float(predictions.improve_high[place]),
    )


def _why_nobody(directory: Directory, screening: Screening, language: str) -> list[Note]:
    if not len(directory):
        return [note("directory_empty", language)]
    codes = ["nobody_eligible", *(["relaxing_helps"] if screening.relaxations else [])]
    return [note(code, language) for code in codes]
