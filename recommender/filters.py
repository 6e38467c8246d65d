"""What the request itself rules out: filters, length, exclusions."""

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue
from data.directory import UNKNOWN_TIME
from data.word_index import language_key, word_key
from recommender.request import RecommendationRequest

MINUTES_SLACK = 1.1
"""An item may take a tenth longer than the time at hand."""


def longest_minutes(request: RecommendationRequest) -> float:
    """The longest an item may take: the filter, and the time at hand and a tenth; else infinite."""
    filtered, at_hand = request.filters.max_minutes, request.context.minutes
    return min(
        np.inf if filtered is None else filtered,
        np.inf if at_hand is None else at_hand * MINUTES_SLACK + 1e-9,
    )


def fitting(catalogue: Catalogue, request: RecommendationRequest) -> NDArray[np.bool_]:
    """Items that the request does not rule out.

    Args:
        catalogue: The snapshot.
        request: Filters, context and exclusions.

    Returns:
        A mask of shape (items,). An item of unknown length passes no limit of length; one
        without a language passes every language.
    """
    mask = np.ones(len(catalogue), np.bool_)
    longest = longest_minutes(request)
    if np.isfinite(longest):
        mask &= catalogue.minutes <= longest
    filters = request.filters
    if filters.topics:
        mask &= catalogue.topics.having_any(word_key(word) for word in filters.topics)
    if filters.kinds:
        mask &= catalogue.kinds.having_any(word_key(word) for word in filters.kinds)
    if filters.language:
        spoken = catalogue.languages.having(language_key(filters.language))
        mask &= spoken | ~catalogue.languages.has_words
    rows = [catalogue.rows[item] for item in request.exclude if item in catalogue.rows]
    mask[rows] = False
    return mask


def live(catalogue: Catalogue, at: int) -> NDArray[np.bool_]:
    """Items on offer at a time: published and not retired; shape (items,).

    Args:
        catalogue: The snapshot.
        at: Microseconds since 1970 UTC.
    """
    is_retired = (catalogue.retired_at != UNKNOWN_TIME) & (catalogue.retired_at <= at)
    return (catalogue.published_at <= at) & ~is_retired
