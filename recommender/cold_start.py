"""Goals and concerns to items: what to offer a person of whom nothing else is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from data.catalogue import Catalogue
from data.codes.concerns import domain_of
from recommender.gating_words import gating_key

GOAL_WEIGHT = 1.0
CONCERN_WEIGHT = 0.5
"""A stated goal says more about wanted content than what brought the person to care."""
PART_MATCH = 0.5
"""How far a shared part of a word counts: `sleep` and `sleep_hygiene`."""
_SHORTEST_PART = 4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TopicIndex:
    """The topics of a catalogue, ready to be met with people's own words."""

    items: Any
    """Sparse matrix of shape (items, topics); rare topics weigh more, rows have length 1."""
    has_topic: NDArray[np.bool_]
    """Which item has which topic; shape (topics, items)."""
    topic_words: tuple[str, ...]
    whole: Mapping[str, tuple[int, ...]]
    """Topic rows by the key and by the problem domain of their word."""
    parts: Mapping[str, tuple[int, ...]]
    """Topic rows by each longer part of their word."""

    @classmethod
    def build(cls, catalogue: Catalogue) -> Self:
        """Prepare the topics of a catalogue."""
        words = tuple(catalogue.topics.rows)
        whole: dict[str, list[int]] = {}
        parts: dict[str, list[int]] = {}
        for row, word in enumerate(words):
            for key in dict.fromkeys((gating_key(word), gating_key(domain_of(word)))):
                whole.setdefault(key, []).append(row)
            for part in word_parts(word):
                parts.setdefault(part, []).append(row)
        return cls(
            items=_unit_rows(catalogue),
            has_topic=catalogue.topics.matrix,
            topic_words=words,
            whole={key: tuple(rows) for key, rows in whole.items()},
            parts={key: tuple(rows) for key, rows in parts.items()},
        )

    def match(self, word: str) -> NDArray[np.float64]:
        """How well each item fits one word: 1 same topic, 0.5 part of it, 0 none; shape (items,)."""
        nearly = {row for part in word_parts(word) for row in self.parts.get(part, ())}
        keys = (gating_key(word), gating_key(domain_of(word)))
        same = {row for key in keys for row in self.whole.get(key, ())}
        score = np.where(self.has_topic[sorted(nearly)].any(axis=0), PART_MATCH, 0.0)
        score[self.has_topic[sorted(same)].any(axis=0)] = 1.0
        return score

    def goal_fit(self, goals: Iterable[str], concerns: Iterable[str]) -> NDArray[np.float64]:
        """How well each item fits what a person stated.

        Args:
            goals: Stated goals, in any words.
            concerns: Stated concerns; each counts half as much.

        Returns:
            The weighted mean fit over the stated words, 0 to 1; all 0 without any; shape (items,).
        """
        stated = dict.fromkeys(concerns, CONCERN_WEIGHT)
        stated.update(dict.fromkeys(goals, GOAL_WEIGHT))
        score = np.zeros(self.has_topic.shape[1])
        for word, weight in stated.items():
            score += weight * self.match(word)
        return score / sum(stated.values()) if stated else score

    def affinity(
        self, rows: NDArray[np.int64], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """How close each item's topics are to those of the items a person used.

        Args:
            rows: Item rows of the history; shape (n,).
            weights: Their signed weights; shape (n,).

        Returns:
            Sums of weighted cosines; shape (items,).
        """
        profile = self.items[rows].T @ weights
        return np.asarray(self.items @ profile, np.float64)


def word_parts(word: str) -> list[str]:
    """The longer parts of a word, by which similar words are known: `sleep_hygiene` has two."""
    return [part for part in gating_key(word).split("_") if len(part) >= _SHORTEST_PART]


def _unit_rows(catalogue: Catalogue) -> Any:
    has_topic = sparse.csr_matrix(catalogue.topics.matrix.T, dtype=np.float64)
    carriers = np.maximum(catalogue.topics.matrix.sum(axis=1), 1)
    rarity = np.log1p(len(catalogue) / carriers)
    weighted = has_topic @ sparse.diags(rarity)
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1))).ravel()
    scale = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    return (sparse.diags(scale) @ weighted).tocsr()
