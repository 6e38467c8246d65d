"""A log of content events in two parts: what is learned from, and what that is judged by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.interactions import Opinions, Plays
from training.content_log import ContentLog, Targets

MOST_PEOPLE = 1_500
"""Most people whose held-out use is looked at."""
DRAWN_SHARE = 0.2
"""Share of each person's items that is held out where a log has no times to cut it at."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fold:
    """A log cut in two."""

    log: ContentLog
    """What is learned from."""
    cut: int
    """Microseconds since 1970 UTC."""
    plays: Plays
    opinions: Opinions
    targets: Targets
    people: tuple[tuple[int, int], ...]
    """Row and daypart of the people looked at."""


def fold_at(log: ContentLog, cut: int, *, seed: int) -> Fold:
    """Cut a log at a time in microseconds and draw the people to look at."""
    return _fold(log.between(None, cut), log.between(cut, None), cut, seed)


def fold_by_draw(log: ContentLog, *, seed: int) -> Fold | None:
    """Hold out a fifth of each person's items, drawn at random, with all that happened to them.

    For logs whose events all carry one time, which nothing can be cut at. People with fewer than five items keep all
    of them.

    Args:
        log: All events.
        seed: Draws items and people.

    Returns:
        The fold; None where nobody has five items.
    """
    events, items = log.events, max(len(log.item_ids), 1)
    keys, inverse = np.unique(events.person_row * items + events.item_row, return_inverse=True)
    held_out = _drawn(keys // items, np.random.default_rng([seed, 5]))[inverse]
    if not held_out.any():
        return None
    end = int(events.at_micros.max()) + 1
    return _fold(log.where(~held_out), log.where(held_out), end, seed)


def _fold(before: ContentLog, after: ContentLog, cut: int, seed: int) -> Fold:
    plays, opinions = before.collapse()
    targets = Targets.build(after)
    people = tuple(targets.sample(MOST_PEOPLE, np.random.default_rng(seed)))
    return Fold(
        log=before, cut=cut, plays=plays, opinions=opinions, targets=targets, people=people
    )


def _drawn(person: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """A fifth of each person's entries, rounded down; `person` is ascending, shape (entries,)."""
    order = np.lexsort((rng.random(len(person)), person))
    counts = np.bincount(person) if len(person) else np.zeros(0, np.int64)
    place = np.arange(len(person)) - (np.cumsum(counts) - counts)[person[order]]
    found = np.zeros(len(person), np.bool_)
    found[order] = place < np.floor(counts * DRAWN_SHARE)[person[order]]
    return found
