"""Later episodes in blocks of time, each predicted by what was known before the block began."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.boosted import BoostedScorer
from matching.predictions import HEADS
from matching.rules import RuleScorer
from matching.scorers import EffectsScorer
from training.held_out import held_out_episodes, predict_episodes
from training.matching_cases import Cases

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Fitted = BoostedScorer | EffectsScorer | RuleScorer
Recipe = TypeVar("Recipe", bound=Fitted)

BLOCK_STARTS = (0.4, 0.6, 0.8)
"""Shares of the episodes with a known label, by request, at which a block begins."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LaterBlocks:
    """Later episodes with the labels that were known before a time."""

    begins: tuple[int, ...]
    """When the first episode of each block was requested, microseconds since 1970 UTC."""
    episodes: tuple[Rows, ...]
    """Of each block, ascending; shape (rows of the block,) each."""
    labels: Floats
    """0, 1 or NaN where a label was not known before the time; blocks after each other; shape (heads, rows)."""
    is_for_choice: Mask
    """A third of the people, to choose between recipes; the others tell how to calibrate what was chosen; shape
    (rows,)."""

    @classmethod
    def build(cls, cases: Cases, *, as_of: int) -> Self:
        """The blocks of a clinic; none where no label is known.

        Args:
            cases: A clinic.
            as_of: Nothing known at or after this time is used, microseconds since 1970 UTC.
        """
        known = held_out_episodes(cases, since=0, known_before=as_of)
        if not len(known):
            nothing = np.zeros((len(HEADS), 0))
            return cls(begins=(), episodes=(), labels=nothing, is_for_choice=nothing[0] > 0)
        times = cases.requests[known]
        cuts = np.unique(np.quantile(times, BLOCK_STARTS, method="higher").astype(np.int64))
        ends = [*cuts[1:].tolist(), as_of]
        blocks = tuple(
            known[(times >= begin) & (times < end)]
            for begin, end in zip(cuts.tolist(), ends, strict=True)
        )
        rows = np.concatenate(blocks)
        outcomes = cases.outcomes
        is_known = outcomes.observed_at[:, rows] < as_of
        people = [intake.patient_id for intake in cases.intakes_of(rows)]
        return cls(
            begins=tuple(cuts.tolist()),
            episodes=blocks,
            labels=np.where(is_known, outcomes.labels[:, rows], np.nan),
            is_for_choice=np.array([is_chosen_on(name) for name in people], dtype=np.bool_),
        )

    @property
    def rows(self) -> Rows:
        """The episodes of all blocks; shape (rows,)."""
        return np.concatenate([np.zeros(0, np.int64), *self.episodes])

    def last(self, count: int) -> Self:
        """The same without all but the last blocks.

        Args:
            count: How many are left, at least 1.
        """
        kept = np.concatenate([np.zeros(0, np.int64), *self.episodes[-count:]])
        return type(self)(
            begins=self.begins[-count:],
            episodes=self.episodes[-count:],
            labels=self.labels[:, len(self.rows) - len(kept) :],
            is_for_choice=self.is_for_choice[len(self.rows) - len(kept) :],
        )

    def fits(self, fit: Callable[[int], Recipe]) -> list[Recipe]:
        """A recipe fitted for each block on what was known when it began."""
        return [fit(begin) for begin in self.begins]

    def said(self, cases: Cases, scorers: Sequence[Fitted]) -> Floats:
        """What the scorers say of their blocks after the usual wait; shape (heads, rows)."""
        found = [
            predict_episodes(scorer, cases, episodes, wait_days=scorer.usual_wait_days)
            for scorer, episodes in zip(scorers, self.episodes, strict=True)
        ]
        return np.concatenate([np.zeros((len(HEADS), 0)), *found], axis=1)


def is_chosen_on(patient_id: str) -> bool:
    """Whether recipes are chosen on a person's episodes; the same for one person always, and for a third of all.

    Example:
        >>> round(sum(is_chosen_on(f"p{number}") for number in range(9_000)) / 9_000, 1)
        0.3
    """
    return zlib.crc32(patient_id.encode()) % 3 == 0
