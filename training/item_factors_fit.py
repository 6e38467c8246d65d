"""Fitting item factors with `implicit`; the rows of people are thrown away."""

from typing import Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.interactions import Pairs
from recommender.item_factors import ItemFactors

ITERATIONS = 16
"""Rounds of alternation (Rendle et al., 2021)."""


def confidence_matrix(pairs: Pairs, *, items: int, confidence: float) -> Any:
    """What `implicit` is given: `1 + confidence |weight|`, negative where the item is not wanted.

    Args:
        pairs: Signed weights of person-item pairs; 0 says nothing.
        items: Number of item rows.
        confidence: How much more certain a full use is than no use.

    Returns:
        A sparse matrix of shape (people, items), float32.
    """
    keep = pairs.weight != 0.0
    weight = pairs.weight[keep]
    values = np.sign(weight) * (1.0 + confidence * np.abs(weight))
    people = int(pairs.person_row.max(initial=-1)) + 1
    return sparse.csr_matrix(
        (values.astype(np.float32), (pairs.person_row[keep], pairs.item_row[keep])),
        shape=(people, items),
    )


def fit_item_factors(
    pairs: Pairs, *, items: int, width: int, confidence: float, ridge: float
) -> ItemFactors:
    """The item side of iALS.

    `implicit` holds a pair's confidence minus 1 against all pairs' 1; its own factor on the confidences is left at 1.

    Args:
        pairs: Signed weights.
        items: Number of item rows.
        width: Length of the vectors; 0 for none.
        confidence: How much more certain a full use is than no use.
        ridge: Penalty, the same for every person and item.
    """
    given = confidence_matrix(pairs, items=items, confidence=confidence)
    if width < 1 or not given.nnz:
        return ItemFactors.none(items)
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=width,
            regularization=ridge,
            alpha=1.0,
            iterations=ITERATIONS,
            num_threads=1,
            random_state=0,
        )
        model.fit(given, show_progress=False)
    factors = np.array(model.item_factors, np.float32)
    factors[np.asarray((given > 0).sum(axis=0)).ravel() == 0] = 0.0
    return ItemFactors.build(factors, confidence=confidence, ridge=ridge)
