"""Splits of the past: learn on what came first, judge on what came later.

Labels ripen. A row belongs to a part only if everything that its label needs has happened before
the next part begins; the rows of the gap in between belong to none.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from data.errors import UsageError

SELECTION = timedelta(days=14)
"""From the request to the choice of a clinician."""
FIRST_VISIT = timedelta(days=30)
"""From the booking to the first attended appointment."""
ENGAGEMENT = timedelta(days=60)
"""From the first visit, for three or more visits."""
ENGAGED_VISITS = 3
DISENGAGEMENT = timedelta(days=45)
"""Without a visit and none scheduled."""
OUTCOME_FROM = timedelta(days=56)
OUTCOME_UNTIL = timedelta(days=112)
"""The outcome is the latest score so long after the first visit."""
BASELINE_BEFORE = timedelta(days=14)
BASELINE_AFTER = timedelta(days=7)
"""The baseline is a score so long before or after the first visit."""
GRACE = timedelta(days=14)
"""For results that arrive late."""
MATURITY = SELECTION + FIRST_VISIT + OUTCOME_UNTIL + GRACE
"""From the request until its outcome label is ripe: 170 days."""

MISSING = int(np.iinfo(np.int64).min)
"""A missing instant, in microseconds; `NaT` becomes the same."""
Mask = NDArray[np.bool_]
Times = NDArray[np.datetime64] | NDArray[np.int64]
"""Instants as `datetime64` or as microseconds since 1970 UTC."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Split:
    """Which rows train, validate and test; each mask has shape (rows,), and no row is in two."""

    train: Mask
    validation: Mask
    test: Mask


def split_by_time(
    times: Times, *, validation_share: float, test_share: float, gap: timedelta
) -> Split:
    """Train on the earliest rows, validate on later ones, test on the latest.

    The bounds are the instants at which the shares begin; rows with equal times stay together. The
    gap is taken from the end of training and of validation, never from the test. A row without a
    time belongs to no part, and with few rows a part may be empty.

    Args:
        times: When each row came to be; shape (rows,).
        validation_share: Share of rows for validation before the gap is taken, 0 or more.
        test_share: Share of rows for testing, 0 or more; both together are below 1.
        gap: How long a label takes to ripen.

    Raises:
        UsageError: A share or the gap is negative, or the shares leave nothing to train on.

    Example:
        >>> days = np.arange(10) * 86_400_000_000
        >>> found = split_by_time(
        ...     days, validation_share=0.2, test_share=0.2, gap=timedelta(days=1)
        ... )
        >>> found.train.nonzero()[0], found.validation.nonzero()[0], found.test.nonzero()[0]
        (array([0, 1, 2, 3, 4]), array([6]), array([8, 9]))
    """
    if min(validation_share, test_share) < 0 or validation_share + test_share >= 1:
        raise UsageError("shares of a split are 0 or more and together below 1")
    at = _micros(times)
    width = _width(gap)
    test_from = _bound(at, 1 - test_share)
    validation_from = _bound(at, 1 - test_share - validation_share)
    return Split(
        train=(at != MISSING) & (at < validation_from - width),
        validation=(at >= validation_from) & (at < test_from - width),
        test=at >= test_from,
    )


def rolling_origin(times: Times, folds: int, gap: timedelta) -> list[tuple[Mask, Mask]]:
    """Learn on an ever longer past, judge on the stretch that follows.

    The rows are cut at times into `folds + 1` stretches of about equal size; fold k trains on
    the first k stretches, less the gap at their end, and tests on the next.

    Args:
        times: When each row came to be; shape (rows,).
        folds: Number of folds, at least 1.
        gap: How long a label takes to ripen.

    Returns:
        The training and the test mask of each fold, earliest first; each of shape (rows,).

    Raises:
        UsageError: There are no folds, or the gap is negative.
    """
    if folds < 1:
        raise UsageError("a rolling origin needs at least one fold")
    at = _micros(times)
    width = _width(gap)
    bounds = [_bound(at, fold / (folds + 1)) for fold in range(1, folds + 2)]
    return [
        ((at != MISSING) & (at < start - width), (at >= start) & (at < end))
        for start, end in pairwise(bounds)
    ]


def is_mature(times: Times, as_of: np.datetime64 | int, maturity: timedelta = MATURITY) -> Mask:
    """Whether the label of each row is ripe.

    Args:
        times: When each row came to be; shape (rows,).
        as_of: The instant from which is looked back, in the form of `times`.
        maturity: How long a label takes to ripen.

    Returns:
        A mask of shape (rows,); a missing time is never ripe.

    Raises:
        UsageError: The maturity is negative.
    """
    at = _micros(times)
    end = int(_micros(np.asarray([as_of]))[0])
    return (at != MISSING) & (at <= end - _width(maturity))


def _micros(times: Times) -> NDArray[np.int64]:
    """Microseconds since 1970 UTC, `MISSING` where there is none; shape (rows,)."""
    if times.dtype.kind == "M":
        return times.astype("datetime64[us]").astype(np.int64)
    return times.astype(np.int64)


def _width(gap: timedelta) -> int:
    """A length of time in microseconds.

    Raises:
        UsageError: It is negative.
    """
    if gap < timedelta(0):
        raise UsageError("a gap is a length of time, 0 or more")
    return gap // timedelta(microseconds=1)


def _bound(at: NDArray[np.int64], share: float) -> int:
    """The instant before which a share of the rows came to be; after all of them for share 1."""
    known = np.sort(at[at != MISSING])
    count = round(share * len(known))
    if count >= len(known):
        return int(known[-1]) + 1 if len(known) else 0
    return int(known[count])
