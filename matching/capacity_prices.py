"""What a clinician's next opening is worth to everybody else: the prices of capacity.

The dual of the assignment problem. With price `mu` the best plan gives every person the clinician of
the largest `utility - mu`; who is sought by more people than there are openings gets dearer.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

STEP = 0.02
"""First step of the offline solution, on utilities of about 0 to 1."""
STEP_DECAY = 10.0
"""Iterations after which the squared step has halved."""
WARM_STEP = 0.01
"""Step of the online update from prices of an earlier period."""
MOST_EXCESS = 2.0
"""Excess demand beyond this many times the usual openings moves a price no further at once: whom
everybody wants first would otherwise jump out of everybody's sight."""
CANDIDATES = 100
"""Clinicians of each person that steps between two looks at everybody go by."""
DENSE_STEPS, SPARSE_STEPS = 8, 100
"""Steps over all clinicians, then over each person's best ones, in turn."""
CHUNK = 512
"""People looked at together: a block of their utilities stays in the processor's cache."""


def solve_prices(
    utilities: NDArray[np.float32], openings: Rows, *, start: Floats, iterations: int
) -> tuple[Floats, float]:
    """Prices by subgradient steps, and the lowest bound met on the way.

    Args:
        utilities: Of people and clinicians, -inf where the pair is not eligible; shape
            (people, clinicians).
        openings: Openings of each clinician, 0 or more; shape (clinicians,).
        start: Prices to begin with, those of yesterday or 0; shape (clinicians,).
        iterations: Steps, 0 or more.

    Returns:
        The prices with the lowest bound, 0 or more, of shape (clinicians,), and that bound: no plan
        within the openings is worth more in all.
    """
    prices, best, lowest = np.maximum(start, 0.0), np.maximum(start, 0.0), np.inf
    step = 0
    while True:
        prices, bound, dense = _descend(utilities, openings, prices, step, iterations)
        if bound < lowest:
            best, lowest = prices, bound
        step += dense
        if step >= iterations:
            return best, lowest
        among = best_candidates(utilities, prices, most=CANDIDATES)
        own = np.take_along_axis(utilities, among, axis=1)
        until = min(step + SPARSE_STEPS, iterations)
        for place in range(step, until):
            choice = (own - prices.astype(np.float32)[among]).argmax(axis=1)[:, None]
            wanted = np.take_along_axis(among, choice, axis=1)[:, 0]
            is_worth = np.take_along_axis(own, choice, axis=1)[:, 0] > prices[wanted]
            load = np.bincount(wanted[is_worth], minlength=len(prices))
            prices = _moved(prices, load, openings, place)
        step = until


def _descend(
    utilities: NDArray[np.float32], openings: Rows, prices: Floats, step: int, iterations: int
) -> tuple[Floats, float, int]:
    """A few steps over all clinicians: the best prices, their bound, and how many steps were made.

    Few clinicians need no shorter lists, and all steps are made here.
    """
    is_small = utilities.shape[1] <= CANDIDATES or not len(utilities)
    steps = iterations - step if is_small else min(DENSE_STEPS, iterations - step)
    best, lowest = prices, np.inf
    for place in range(step, step + steps + 1):
        surplus, load = _demand(utilities, prices)
        bound = surplus + float(prices @ openings)
        if bound < lowest:
            best, lowest = prices, bound
        prices = _moved(prices, load, openings, place)
    return best, lowest, max(steps, 1)


def _moved(prices: Floats, load: Rows, openings: Rows, step: int) -> Floats:
    scale = max(float(openings.mean()), 1e-9) if len(openings) else 1.0
    pace = STEP / np.sqrt(1.0 + step / STEP_DECAY)
    excess = np.clip((load - openings) / scale, -MOST_EXCESS, MOST_EXCESS)
    return np.maximum(prices + pace * excess, 0.0)


def best_candidates(utilities: NDArray[np.float32], prices: Floats, *, most: int) -> Rows:
    """The clinicians of the largest `utility - price` of each person, in no order.

    Pruning by utility alone would leave everybody with the same few clinicians.

    Args:
        utilities: As for `solve_prices`; shape (people, clinicians).
        prices: Shape (clinicians,).
        most: Candidates to keep, at least 1.

    Returns:
        Clinicians, those of ineligible pairs among them; shape (people, kept).
    """
    kept = min(most, utilities.shape[1])
    found = np.empty((len(utilities), kept), np.int64)
    for part, worth in _blocks(utilities, prices):
        found[part] = np.argpartition(-worth, kept - 1, axis=1)[:, :kept]
    return found


def after_booking(
    prices: Floats, openings_per_arrival: Floats, booked_row: int, *, step: float = WARM_STEP
) -> Floats:
    """Prices after one person was booked: dual mirror descent (Balseiro, Lu and Mirrokni, 2020).

    Args:
        prices: Of the moment; shape (clinicians,).
        openings_per_arrival: Openings of each clinician per expected request; shape (clinicians,).
        booked_row: Who was booked, -1 where nobody was.
        step: How fast prices move.

    Returns:
        New prices, 0 or more; shape (clinicians,).

    Example:
        >>> after_booking(np.array([0.1, 0.1]), np.array([0.5, 0.5]), 0, step=0.1).round(3).tolist()
        [0.15, 0.05]
    """
    moved = prices - step * openings_per_arrival
    if booked_row >= 0:
        moved[booked_row] += step
    return np.maximum(moved, 0.0)


def _demand(utilities: NDArray[np.float32], prices: Floats) -> tuple[float, Rows]:
    """Sum of the best surplus of each person, and who is wanted how often at these prices."""
    surplus, load = 0.0, np.zeros(utilities.shape[1], np.int64)
    for _, worth in _blocks(utilities, prices):
        choice = worth.argmax(axis=1)
        gain = worth[np.arange(len(worth)), choice]
        surplus += float(np.maximum(gain, 0.0).sum(dtype=np.float64))
        load += np.bincount(choice[gain > 0.0], minlength=len(load))
    return surplus, load


def _blocks(
    utilities: NDArray[np.float32], prices: Floats
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    if not utilities.shape[1]:
        return
    narrow = prices.astype(np.float32)
    for begin in range(0, len(utilities), CHUNK):
        part = slice(begin, min(begin + CHUNK, len(utilities)))
        yield part, utilities[part] - narrow
