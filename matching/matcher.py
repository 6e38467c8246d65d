"""From a request to a ranked list with reasons, or to the people who must act instead."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME, Directory
from data.domain import Intake, Safety, Tier
from data.messages import PATIENT, Reader
from data.translations import currency_of
from matching.care_level import pathway_of
from matching.continuity import NOBODY, Familiar
from matching.eligibility import Screening, screen
from matching.explanations import Facts, Note, note
from matching.exploration import arrange, best_first, may_vary
from matching.listing import ranked_clinicians
from matching.ordering import OrderPolicy, points_beside_utility
from matching.resources import Resource, resources_for
from matching.results import Candidates, MatchResult, RankedClinician
from matching.scorers import Scorer
from matching.utility import UtilityWeights, utility
from matching.waits import candidate_waits

__all__ = ["MatchResult", "Matcher"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Matcher:
    """Eligibility, scoring, order and explanations under one policy."""

    scorer: Scorer
    weights: UtilityWeights = field(default_factory=UtilityWeights)
    policy: OrderPolicy = field(default_factory=OrderPolicy)
    """What orders a list beside the utility: nothing, unless given."""
    default_country: str = "US"
    """ISO 3166 country whose crisis lines are given where a region names none; fees are in its currency."""

    def match(  # noqa: PLR0913 - the parts of a request, each given by its name
        self,
        intake: Intake,
        directory: Directory,
        *,
        safety: Safety,
        at: datetime,
        limit: int,
        seed: int,
        previous_clinicians: Iterable[str] = (),
        full_clinicians: Iterable[str] = (),
        familiar: Familiar = NOBODY,
        prices: Floats | None = None,
        reader: Reader = PATIENT,
    ) -> MatchResult:
        """Rank the clinicians who may be offered, best score first, ties by clinician id.

        Red is never ranked. Where nobody is eligible the answer leads to a navigator and says
        what stood in the way.

        Args:
            intake: The request; a person never seen before is as good as any other.
            directory: All clinicians.
            safety: What triage found.
            at: The moment of the request.
            limit: Longest list, 0 or more.
            seed: What the policy draws with, 0 or more; kept with the answer.
            previous_clinicians: Ids of earlier clinicians who must not be offered again.
            full_clinicians: Ids of those whose places are all taken.
            familiar: Whom the person knows and does not ask to be spared.
            prices: What a place of each clinician is worth to others; shape (clinicians,).
            reader: Who reads the sentences.
        """
        if safety.tier is Tier.RED:
            return self._unranked(intake, directory, safety, seed, reader)
        screening = screen(
            intake,
            directory,
            safety=safety,
            at=at,
            previous_clinicians=previous_clinicians,
            full_clinicians=full_clinicians,
        )
        if not len(screening.eligible_rows):
            return self._unranked(intake, directory, safety, seed, reader, screening)
        candidates = self.arrange(
            self.score(intake, directory, screening.eligible_rows, at=at),
            intake,
            directory,
            safety=safety,
            at=at,
            limit=limit,
            seed=seed,
            familiar=familiar,
            prices=prices,
        )
        shown = self.shown(intake, directory, candidates, candidates.order[:limit], reader)
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
            policy=self.policy,
            seed=seed,
        )

    def score(
        self, intake: Intake, directory: Directory, rows: Rows, *, at: datetime
    ) -> Candidates:
        """Score candidates who are known to be eligible by utility alone, without explanations.

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
            bonuses={},
            order=best_first(utilities),
            exposures=np.ones(len(rows)),
            drawn=0,
        )

    def arrange(  # noqa: PLR0913 - the parts of a request, each given by its name
        self,
        scored: Candidates,
        intake: Intake,
        directory: Directory,
        *,
        safety: Safety,
        at: datetime,
        limit: int,
        seed: int,
        familiar: Familiar = NOBODY,
        prices: Floats | None = None,
    ) -> Candidates:
        """Order scored candidates by the policy, with the chance of each to be shown.

        Args:
            scored: The candidates by utility alone.
            intake: The request.
            directory: All clinicians.
            safety: What triage found.
            at: The moment of the request.
            limit: How many are shown, 0 or more.
            seed: What the policy draws with, 0 or more.
            familiar: Whom the person knows.
            prices: Of all clinicians; shape (clinicians,).
        """
        varies = may_vary(intake, safety, at=at)
        bonuses = points_beside_utility(
            self.policy,
            intake,
            directory,
            scored.rows,
            predictions=scored.predictions,
            wait_days=scored.wait_days,
            weights=self.weights,
            familiar=familiar,
            may_vary=varies,
            prices=prices,
        )
        scored = replace(scored, bonuses=bonuses)
        explored = self.policy.exploration if varies else None
        found = arrange(explored, scored.scores, limit=limit, seed=seed)
        return replace(
            scored,
            order=found.order,
            exposures=found.exposures,
            drawn=found.drawn,
        )

    def shown(
        self,
        intake: Intake,
        directory: Directory,
        candidates: Candidates,
        places: Rows,
        reader: Reader,
    ) -> tuple[RankedClinician, ...]:
        """The explained list of the candidates at some places, in their order.

        Args:
            intake: The request.
            directory: All clinicians.
            candidates: Everybody who was scored.
            places: The shown among the candidates; shape (shown,).
            reader: Who reads the sentences.
        """
        rows, waits = candidates.rows[places], candidates.wait_days[places]
        free = directory.next_available[rows]
        facts = Facts(
            intake=intake,
            directory=directory,
            rows=rows,
            wait_days=np.where(free == UNKNOWN_TIME, np.nan, waits),
            cases=candidates.predictions.cases[places],
            reader=reader,
            currency=currency_of(self.default_country),
        )
        contributions = self.scorer.explain(
            intake, directory, rows, wait_days=waits, weights=self.weights
        )
        for group, points in candidates.bonuses.items():
            contributions = contributions.with_group(group, points[places])
        return ranked_clinicians(facts, contributions, candidates, places)

    def _unranked(
        self,
        intake: Intake,
        directory: Directory,
        safety: Safety,
        seed: int,
        reader: Reader,
        screening: Screening | None = None,
    ) -> MatchResult:
        """No list: nobody was eligible, or without a screening nobody is to be ranked."""
        return MatchResult(
            pathway=pathway_of(safety, has_results=False),
            care_level=safety.care_level,
            safety=safety,
            resources=self._resources(intake, safety),
            results=(),
            notes=_why_nobody(directory, screening, reader),
            excluded_total=screening.excluded_total if screening else 0,
            by_reason=screening.by_reason if screening else {},
            relaxations=screening.relaxations if screening else {},
            candidates=None,
            scorer=self.scorer.kind,
            policy=self.policy,
            seed=seed,
        )

    def _resources(self, intake: Intake, safety: Safety) -> tuple[Resource, ...]:
        if safety.tier is Tier.GREEN:
            return ()
        return resources_for(intake.region, default_country=self.default_country)


def _why_nobody(
    directory: Directory, screening: Screening | None, reader: Reader
) -> tuple[Note, ...]:
    if screening is None:
        return (note("crisis", reader),)
    if not len(directory):
        return (note("directory_empty", reader),)
    codes = ["nobody_eligible", *(["relaxing_helps"] if screening.relaxations else [])]
    return tuple(note(code, reader) for code in codes)
