"""Content for a person: safety filter, sources, blend, slate, and the safety filter again."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue
from data.domain import Safety
from data.errors import NotFoundError
from data.instants import micros_of
from recommender.binding import ABSENT, Binding
from recommender.exploration import explored, may_explore, unproven
from recommender.filters import fitting
from recommender.model import RecommenderModel
from recommender.ordering import best_first
from recommender.person import Person
from recommender.popular import dayparts
from recommender.reasons import Evidence, reason_in, reasons_for
from recommender.request import (
    Reason,
    RecommendationRequest,
    Recommendations,
    Recommended,
    Shelf,
)
from recommender.shelves import (
    Candidates,
    Moment,
    find_candidates,
    new_weights,
    rank_shelves,
)
from recommender.slate import Slot, compose, own_repeat_share, with_promotions

TOPIC_SHARE = 0.3
"""Weight of shared topics beside shared use when items are compared."""


class BoundRecommender:
    """A model on one catalogue; holds no state of any request and may be shared by threads."""

    def __init__(self, binding: Binding) -> None:
        self.binding = binding

    def recommend(
        self,
        person: Person,
        *,
        safety: Safety,
        request: RecommendationRequest,
        at: datetime,
        seed: int = 0,
    ) -> Recommendations:
        """The list for one person.

        Safety decides first what may be shown at all, and once more what of the finished list
        stays. Red safety gives an empty list. The same arguments give the same answer.

        Args:
            person: Their history before `at`, goals, concerns and populations.
            safety: What triage found.
            request: Length, context, filters, exclusions, promotions.
            at: The time of the request.
            seed: Of the draw of an unproven item, where the request asks for exploration.
        """
        words = (*person.concerns, *person.goals, *request.goals)
        allowed, withheld = self.binding.gate.allowed(
            safety, at=at, words=words, populations=person.populations
        )
        offered = allowed & fitting(self.binding.catalogue, request)
        count = int(offered.sum())
        if not count or request.limit < 1:
            return Recommendations(results=(), withheld=withheld, candidates=count)
        moment = _moment(person, request, at)
        candidates = find_candidates(self.binding, person, offered, moment)
        slots = self._slots(candidates, moment, request)
        if request.explore and may_explore(safety, slots):
            draw = unproven(self.binding, candidates, moment, slots)
            slots = explored(slots, draw, seed=seed)
        rows = np.array([slot.row for slot in slots], np.int64)
        still, _ = self.binding.gate.allowed(
            safety, at=at, words=words, populations=person.populations, rows=rows
        )
        evidence = self._evidence(candidates, moment, request, safety)
        kept = [slot for slot, is_allowed in zip(slots, still, strict=True) if is_allowed]
        results = tuple(
            self._result(rank, slot, reasons_for(evidence, slot))
            for rank, slot in enumerate(kept, start=1)
        )
        return Recommendations(results=results, withheld=withheld, candidates=count)

    def similar(
        self,
        item_id: str,
        *,
        safety: Safety,
        request: RecommendationRequest,
        at: datetime,
    ) -> Recommendations:
        """Items that the same people use, or that share topics where use says little.

        Args:
            item_id: An item of the catalogue or of the model.
            safety: What triage found, green where nothing is known.
            request: Length, filters, exclusions; goals and context minutes count too.
            at: The time of the request.

        Raises:
            NotFoundError: Neither catalogue nor model knows the item.
        """
        binding = self.binding
        row = binding.catalogue.rows.get(item_id, ABSENT)
        model_row = binding.model_rows.get(item_id, ABSENT)
        if row == ABSENT and model_row == ABSENT:
            raise NotFoundError(
                "there is no item with this id: list the content to see all ids"
            )
        scores = np.zeros(len(binding.catalogue))
        if model_row != ABSENT:
            entries, _ = binding.neighbours.entries_of(np.array([model_row]))
            scores[binding.neighbours.neighbour_row[entries]] = binding.neighbours.similarity[
                entries
            ]
        if row != ABSENT:
            scores += TOPIC_SHARE * binding.topics.affinity(np.array([row]), np.ones(1))
            scores[row] = 0.0
        reason = reason_in(request.reader, "similar")
        return self._plain_list(scores, scores > 0, reason, safety, request, at)

    def popular(
        self, *, safety: Safety, request: RecommendationRequest, at: datetime
    ) -> Recommendations:
        """What most people use, at this time of day where the request says the hour.

        Goals and topic filters keep to their topics.

        Args:
            safety: What triage found, green where nothing is known.
            request: Length, context, goals, filters, exclusions.
            at: The time of the request.
        """
        moment = _moment(Person.build(""), request, at)
        scores = self.binding.context(moment.daypart)
        mask = np.ones(len(scores), np.bool_)
        if request.goals:
            fits = self.binding.topics.goal_fit(request.goals, ()) > 0
            mask = fits if fits.any() else mask
        reason = reason_in(request.reader, "popular")
        return self._plain_list(scores, mask, reason, safety, request, at)

    def _plain_list(
        self,
        scores: NDArray[np.float64],
        mask: NDArray[np.bool_],
        reason: Reason,
        safety: Safety,
        request: RecommendationRequest,
        at: datetime,
    ) -> Recommendations:
        allowed, withheld = self.binding.gate.allowed(safety, at=at, words=request.goals)
        offered = allowed & mask & fitting(self.binding.catalogue, request)
        rows = np.flatnonzero(offered)
        best = rows[best_first(scores[rows], request.limit)]
        results = tuple(
            self._result(
                rank, Slot(row=row, shelf=Shelf.NEW, score=float(scores[row])), (reason,)
            )
            for rank, row in enumerate(best.tolist(), start=1)
        )
        return Recommendations(results=results, withheld=withheld, candidates=len(rows))

    def _slots(
        self, candidates: Candidates, moment: Moment, request: RecommendationRequest
    ) -> Sequence[Slot]:
        blend = self.binding.model.blend
        shelves = rank_shelves(self.binding, candidates, moment, limit=request.limit)
        plays, repeats = candidates.history.person.repeat_counts()
        slots = compose(
            shelves,
            blend,
            limit=request.limit,
            repeat_share=own_repeat_share(plays, repeats, blend.repeat_share),
        )
        promoted = self._promoted(candidates, request)
        if not promoted:
            return slots
        return with_promotions(
            slots, promoted, limit=request.limit, share=request.promote.share
        )

    def _promoted(self, candidates: Candidates, request: RecommendationRequest) -> list[Slot]:
        shelf_of = dict.fromkeys(candidates.again.tolist(), Shelf.AGAIN)
        shelf_of.update(dict.fromkeys(candidates.next_steps.tolist(), Shelf.NEXT_STEP))
        least = float(self.binding.model.blend.new_rate[-1])
        rows = [self.binding.catalogue.rows.get(item, ABSENT) for item in request.promote.items]
        return [
            Slot(row=row, shelf=shelf_of.get(row, Shelf.NEW), score=least)
            for row in dict.fromkeys(rows)
            if row != ABSENT and (row in shelf_of or candidates.is_new[row])
        ]

    def _evidence(
        self,
        candidates: Candidates,
        moment: Moment,
        request: RecommendationRequest,
        safety: Safety,
    ) -> Evidence:
        weights = new_weights(self.binding, candidates)
        return Evidence(
            binding=self.binding,
            history=candidates.history,
            pull=candidates.pull,
            contributions=weights[:, None] * candidates.new_values,
            goals={goal: self.binding.topics.match(goal) for goal in moment.goals},
            daypart=moment.daypart,
            request=request,
            safety=safety,
        )

    def _result(self, rank: int, slot: Slot, reasons: tuple[Reason, ...]) -> Recommended:
        catalogue, row = self.binding.catalogue, slot.row
        return Recommended(
            rank=rank,
            item_id=catalogue.item_ids[row],
            item_row=row,
            title=catalogue.titles[row],
            minutes=float(catalogue.minutes[row]),
            shelf=slot.shelf,
            score=slot.score,
            exposure_probability=slot.exposure_probability,
            reasons=reasons,
        )


class Recommender:
    """A fitted model; lays itself onto a catalogue when first asked with it."""

    def __init__(self, model: RecommenderModel) -> None:
        self.model = model
        self._bound: BoundRecommender | None = None

    def bind(self, catalogue: Catalogue) -> BoundRecommender:
        """The model on a catalogue; the last one is kept, so asking again costs nothing."""
        bound = self._bound
        if bound is None or bound.binding.catalogue is not catalogue:
            bound = BoundRecommender(Binding.build(self.model, catalogue))
            self._bound = bound
        return bound

    def recommend(
        self,
        person: Person,
        catalogue: Catalogue,
        *,
        safety: Safety,
        request: RecommendationRequest,
        at: datetime,
        seed: int = 0,
    ) -> Recommendations:
        """The list for one person out of a catalogue: see `BoundRecommender.recommend`."""
        return self.bind(catalogue).recommend(
            person, safety=safety, request=request, at=at, seed=seed
        )


def _moment(person: Person, request: RecommendationRequest, at: datetime) -> Moment:
    hour = request.context.local_hour
    return Moment(
        at=micros_of(at),
        daypart=int(dayparts(np.array([-1 if hour is None else hour]))[0]),
        goals=tuple(dict.fromkeys((*request.goals, *person.goals))),
        concerns=person.concerns,
        with_used=request.with_used,
    )
