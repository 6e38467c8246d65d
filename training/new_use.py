"""Held-out use of items new to a person, and how well scores for whole groups of people foresee it."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.interactions import Pairs, pair_weights
from recommender.item_factors import ItemFactors
from recommender.item_neighbours import ItemNeighbours
from recommender.low_pass import LowPass
from recommender.ordering import best_first
from training.content_folds import Fold
from training.metrics.ranking import find_hits, ndcg_at

PEOPLE_AT_ONCE = 256
TUNING_RANKS = 10

Score = Callable[[Any], NDArray[Any]]
"""From signed weights, a sparse matrix of shape (people, items), to scores of the same shape."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NewUse:
    """What a group of people did before a cut and which new items they used after it."""

    pairs: Pairs
    """Signed weights of everybody before the cut."""
    items: int
    weights: Any
    """Those of the people looked at; sparse, shape (people looked at, items)."""
    person: NDArray[np.int64]
    """Row among the people looked at, of each new use; shape (uses,)."""
    item: NDArray[np.int64]
    """Shape (uses,)."""

    @classmethod
    def of(cls, fold: Fold, *, half_life_days: float) -> Self:
        """The people of a fold who used anything new after its cut.

        Args:
            fold: A log cut in two.
            half_life_days: Of what is weighed.
        """
        items = max(len(fold.log.item_ids), 1)
        pairs = pair_weights(
            fold.plays, fold.opinions, items=items, at=fold.cut, half_life_days=half_life_days
        )
        keys = fold.targets.person_row * items + fold.targets.item_row
        keys = keys[~np.isin(keys, pairs.person_row * items + pairs.item_row)]
        looked_at = np.array([row for row, _ in fold.people], np.int64)
        keys = keys[np.isin(keys // items, looked_at)]
        rows, person = np.unique(keys // items, return_inverse=True)
        return cls(
            pairs=pairs,
            items=items,
            weights=signed_matrix(pairs, people=len(fold.log.person_ids), items=items)[rows],
            person=person.astype(np.int64),
            item=keys % items,
        )

    def ndcg(self, score: Score) -> float:
        """Mean NDCG@10 over the people, on items they had not used before; 0 without people."""
        people = self.weights.shape[0]
        if not people:
            return 0.0
        ranked = top_items(self.weights, score, TUNING_RANKS)
        hits = find_hits(ranked, self.person, self.item, items=self.items)
        return float(
            np.mean(ndcg_at(hits, np.bincount(self.person, minlength=people), TUNING_RANKS))
        )


def signed_matrix(pairs: Pairs, *, people: int, items: int) -> Any:
    """Signed weights as a sparse matrix of shape (people, items), float32; a weight of 0 is kept."""
    return sparse.csr_matrix(
        (pairs.weight.astype(np.float32), (pairs.person_row, pairs.item_row)),
        shape=(people, items),
    )


def top_items(weights: Any, score: Score, ranks: int) -> NDArray[np.int64]:
    """The best items that people have no weight for.

    Args:
        weights: Sparse, shape (people, items).
        score: Scores groups of people.
        ranks: Length of the lists.

    Returns:
        Item rows of shape (people, at most ranks), best first, ties in the order of rows.
    """
    people, items = weights.shape
    ranked = np.zeros((people, min(ranks, items)), np.int64)
    for start in range(0, people, PEOPLE_AT_ONCE):
        part = weights[start : start + PEOPLE_AT_ONCE]
        scores = score(part)
        scores[
            np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)), part.indices
        ] = -np.inf
        for place, line in enumerate(scores):
            ranked[start + place] = best_first(line, ranks)
    return ranked


def low_pass_scores(low_pass: LowPass, weights: Any) -> NDArray[np.float32]:
    """Scores of the low pass for people in sparse rows; shape (people, items)."""
    liked = weights.maximum(0)
    vectors = liked.multiply(low_pass.source_scale).tocsr() @ low_pass.basis
    return np.asarray(vectors @ low_pass.targets().T)


def factor_scores(factors: ItemFactors, weights: Any) -> NDArray[np.float32]:
    """Scores of the item factors for people in sparse rows; shape (people, items)."""
    bounds = weights.indptr
    vectors = [
        factors.fold_in(weights.indices[low:high], weights.data[low:high])
        for low, high in pairwise(bounds)
    ]
    return np.array(vectors, np.float32).reshape(len(vectors), -1) @ factors.factors.T


def neighbour_scores(neighbours: ItemNeighbours, weights: Any) -> NDArray[np.float32]:
    """Scores of similar items for people in sparse rows; shape (people, items)."""
    return np.asarray((weights @ neighbours.matrix()).toarray())
