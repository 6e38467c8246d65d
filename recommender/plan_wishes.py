"""What a person wants to work on and is expected to use, for plans; and the evidence that reasons are read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.catalogue import NO_PROGRAM
from data.codes.concerns import domain_of
from data.instants import micros_of
from recommender.binding import Binding
from recommender.blend import AGAIN_SOURCES
from recommender.cold_start import PART_MATCH, word_parts
from recommender.gating_words import gating_key
from recommender.plan_candidates import PlanCandidates
from recommender.plan_case import PlanCase
from recommender.popular import UNKNOWN_DAYPART
from recommender.reasons import Evidence
from recommender.request import RecommendationRequest
from recommender.shelves import Candidates, Moment, new_scores, new_weights, scaled_over
from recommender.sources import Pull, new_features


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Wishes:
    """What decides between candidates, apart from progress and severity."""

    goals: tuple[str, ...]
    fits: Mapping[str, NDArray[np.float64]]
    """How well each item fits each goal and concern; shape (items,) each."""
    score: NDArray[np.float64]
    """What the engine says of new items, about -1 to 1; shape (items,)."""
    evidence: Evidence


def find_wishes(case: PlanCase, candidates: PlanCandidates) -> Wishes:
    """Goals and scores of a case.

    Args:
        case: The request.
        candidates: What can be planned; scores compare these with each other.
    """
    binding, history = case.binding, case.history
    mask = np.zeros(case.items, np.bool_)
    mask[list(candidates.rows)] = True
    pull = Pull.build(binding, history)
    values = new_features(binding, history, pull, daypart=UNKNOWN_DAYPART)
    fresh = Candidates(
        history=history,
        pull=pull,
        next_steps=np.zeros(0, np.int64),
        again=np.zeros(0, np.int64),
        again_values=np.zeros((len(AGAIN_SOURCES), 0)),
        is_new=mask,
        new_values=scaled_over(values, mask),
    )
    weights = new_weights(binding, fresh)
    score = new_scores(binding, fresh, Moment(at=micros_of(case.at)))
    index = GoalIndex.build(binding)
    words = dict.fromkeys((*case.goals, *case.person.concerns))
    fits = {word: index.match(word) for word in words}
    evidence = Evidence(
        binding=binding,
        history=history,
        pull=pull,
        contributions=weights[:, None] * fresh.new_values,
        goals={goal: fits[goal] for goal in case.goals},
        daypart=UNKNOWN_DAYPART,
        request=RecommendationRequest(reader=case.request.reader),
        safety=case.safety,
    )
    return Wishes(
        goals=case.goals,
        fits=fits,
        score=score / max(float(weights.sum()), 1.0),
        evidence=evidence,
    )


@dataclass(frozen=True, slots=True, eq=False)
class GoalIndex:
    """How items and programs meet a person's words."""

    binding: Binding
    program_keys: tuple[frozenset[str], ...]
    program_parts: tuple[frozenset[str], ...]

    @classmethod
    def build(cls, binding: Binding) -> Self:
        """Prepare the topics that programs name themselves."""
        topics = binding.catalogue.program_topics
        return cls(
            binding=binding,
            program_keys=tuple(frozenset().union(*map(_keys, words)) for words in topics),
            program_parts=tuple(frozenset().union(*map(word_parts, words)) for words in topics),
        )

    def match(self, word: str) -> NDArray[np.float64]:
        """How well each item fits a word, by its own topics or its program's: 0 to 1; shape (items,)."""
        keys, parts = _keys(word), word_parts(word)
        by_program = [
            1.0 if keys & named else PART_MATCH * (not near.isdisjoint(parts))
            for named, near in zip(self.program_keys, self.program_parts, strict=True)
        ]
        program = self.binding.catalogue.program
        of_program = np.where(
            program == NO_PROGRAM, 0.0, np.array([*by_program, 0.0], np.float64)[program]
        )
        return np.maximum(self.binding.topics.match(word), of_program)


def _keys(word: str) -> frozenset[str]:
    return frozenset((gating_key(word), gating_key(domain_of(word))))
