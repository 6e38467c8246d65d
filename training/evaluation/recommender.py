"""The held-out comparison of recommenders: a global cut in time, the full catalogue, intervals.

Everything is fitted before the cut; what people used after it is the truth. `all` judges whole
lists, `repeat` the order of items the person had used before, `new` the order of all others. All
models order the same items and are judged on the same people with the same draws.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.catalogue import Catalogue
from data.domain import CareLevel, Safety, Tier
from data.instants import instant_of, micros_of
from recommender.binding import ABSENT, Binding
from recommender.filters import live
from recommender.model import RecommenderModel
from recommender.ordering import best_first
from recommender.request import Shelf
from recommender.shelves import Moment, find_candidates, rank_shelves
from recommender.slate import compose, own_repeat_share
from recommender.sources import History
from training.content_log import ContentLog, Targets
from training.evaluation.recommender_baselines import BASELINES, Case
from training.evaluation.recommender_figures import SegmentFigure, figures_of
from training.metrics.ranking import NO_ITEM

SEGMENTS = ("all", "repeat", "new")
RANKS = 20
"""Length of the lists."""
MOST_PEOPLE = 2_000
"""Most people that are judged."""
BLEND = "blend"
"""Name of the model under test where it has no version."""
GREEN = Safety(tier=Tier.GREEN, care_level=CareLevel.SELF_GUIDED)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lists:
    """What every model shows every person, and what they used."""

    catalogue: Catalogue
    ranked: Mapping[str, Mapping[str, NDArray[np.int64]]]
    """By model and segment, catalogue rows; shape (people, RANKS), filled with `NO_ITEM`."""
    used: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
    """By segment, person and catalogue row of each relevant pair; shape (pairs,) each."""
    own: tuple[NDArray[np.int64], NDArray[np.int64]]
    """Person and catalogue row of each pair used before the cut; shape (pairs,) each."""
    repeat_share: NDArray[np.float64]
    """Each person's own share of repeats, shrunken; shape (people,)."""
    person_ids: tuple[str, ...]
    """Who they are, for the audit of groups; shape (people,)."""


def find_test_start(events: pd.DataFrame, *, as_of: datetime | None = None) -> datetime | None:
    """The time from which the latest 15 % of events lie; None where there is nothing to cut.

    Args:
        events: Rows of `content_events`.
        as_of: Events from this time on do not count.
    """
    log = ContentLog.from_frame(events)
    cut = (log if as_of is None else log.between(None, micros_of(as_of))).find_cut()
    return None if cut is None else instant_of(cut)


def evaluate_recommender(  # noqa: PLR0913 - three tables and the conditions of one comparison
    events: pd.DataFrame,
    content: pd.DataFrame,
    programs: pd.DataFrame,
    *,
    models: Mapping[str, RecommenderModel],
    test_start: datetime,
    as_of: datetime | None = None,
    seed: int = 0,
    draws: int = 1_000,
) -> list[SegmentFigure]:
    """Compare models with all baselines on what people used from a time on.

    Items count if they are reviewed by the end and were on offer at the start; use of others is
    nobody's hit. The baselines read popularity and neighbours of the first model.

    Args:
        events: Rows of `content_events`.
        content: Rows of `content`.
        programs: Rows of `programs`; may be empty.
        models: At least one, by the name it has in the rows; each fitted on events before
            `test_start` alone.
        test_start: The cut.
        as_of: Events from this time on do not count; None uses all.
        seed: Draws people, the random baseline, and the intervals.
        draws: Draws of the bootstrap over people.

    Returns:
        One row per model, segment and metric; none where nobody used anything after the cut.
    """
    lists = show_everybody(
        ContentLog.from_frame(events),
        Catalogue.build(content, programs),
        models=models,
        test_start=micros_of(test_start),
        as_of=None if as_of is None else micros_of(as_of),
        seed=seed,
    )
    return figures_of(lists, rng=np.random.default_rng([seed, 1]), draws=draws)


def show_everybody(
    log: ContentLog,
    catalogue: Catalogue,
    *,
    models: Mapping[str, RecommenderModel],
    test_start: int,
    as_of: int | None,
    seed: int,
) -> Lists:
    """Make the lists of all models and baselines for everybody who used anything after the cut.

    Args:
        log: All events.
        catalogue: All items.
        models: Fitted before the cut, by name.
        test_start: The cut, in microseconds since 1970 UTC.
        as_of: Events from this time on do not count, in microseconds; None uses all.
        seed: Draws people and the random baseline.
    """
    rng = np.random.default_rng([seed, 0])
    before, after = log.between(None, test_start), log.between(test_start, as_of)
    targets = Targets.build(after)
    end = int(after.events.at_micros.max(initial=test_start)) if as_of is None else as_of
    bindings = {name: Binding.build(model, catalogue) for name, model in models.items()}
    first = next(iter(bindings.values()))
    offered = _offered(first, test_start, end)
    people = tuple(targets.sample(MOST_PEOPLE, rng))
    rows_of = np.array([catalogue.rows.get(item, ABSENT) for item in log.item_ids], np.int64)
    notes = _Notes.empty(len(people), (*BASELINES, *models))
    for place, (person_row, daypart) in enumerate(people):
        person = before.person(person_row)
        history = History.build(first, person, at=test_start)
        case = Case(binding=first, history=history, rng=rng)
        is_own = history.mask(history.is_used, len(catalogue))
        masks = {"all": offered, "repeat": offered & is_own, "new": offered & ~is_own}
        moment = Moment(at=test_start, daypart=daypart)
        for name, rows_by_segment in _ordered(case, masks, bindings, moment):
            notes.note_lists(place, name, rows_by_segment)
        notes.note_use(place, rows_of[targets.items_of(person_row)], masks)
        notes.shares[place] = own_repeat_share(
            *person.repeat_counts(), first.model.blend.repeat_share
        )
    return Lists(
        catalogue=catalogue,
        ranked=notes.shown,
        used={segment: _columns(notes.pairs[segment]) for segment in SEGMENTS},
        own=_columns(notes.pairs["own"]),
        repeat_share=notes.shares,
        person_ids=tuple(log.person_ids[row] for row, _ in people),
    )


@dataclass(slots=True, kw_only=True)
class _Notes:
    """What is written down of one person after the other."""

    shown: dict[str, dict[str, NDArray[np.int64]]]
    pairs: dict[str, list[tuple[int, int]]]
    shares: NDArray[np.float64]

    @classmethod
    def empty(cls, people: int, names: tuple[str, ...]) -> "_Notes":
        blank = {
            name: {segment: np.full((people, RANKS), NO_ITEM) for segment in SEGMENTS}
            for name in names
        }
        pairs: dict[str, list[tuple[int, int]]] = {name: [] for name in (*SEGMENTS, "own")}
        return cls(shown=blank, pairs=pairs, shares=np.zeros(people))

    def note_lists(
        self, place: int, name: str, rows_by_segment: Mapping[str, NDArray[np.int64]]
    ) -> None:
        for segment, rows in rows_by_segment.items():
            self.shown[name][segment][place, : len(rows)] = rows

    def note_use(
        self, place: int, rows: NDArray[np.int64], masks: Mapping[str, NDArray[np.bool_]]
    ) -> None:
        known = rows[rows != ABSENT]
        for segment, mask in masks.items():
            self.pairs[segment].extend((place, row) for row in known[mask[known]].tolist())
        own = np.flatnonzero(masks["repeat"]).tolist()
        self.pairs["own"].extend((place, row) for row in own)


def _offered(binding: Binding, test_start: int, end: int) -> NDArray[np.bool_]:
    allowed, _ = binding.gate.allowed(GREEN, at=instant_of(end))
    return allowed & live(binding.catalogue, test_start)


def _columns(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _ordered(
    case: Case,
    masks: Mapping[str, NDArray[np.bool_]],
    bindings: Mapping[str, Binding],
    moment: Moment,
) -> Iterator[tuple[str, dict[str, NDArray[np.int64]]]]:
    for name, score in BASELINES.items():
        scores = score(case)
        rows = {segment: np.flatnonzero(mask) for segment, mask in masks.items()}
        yield (
            name,
            {
                segment: found[best_first(scores[found], RANKS)]
                for segment, found in rows.items()
            },
        )
    for name, binding in bindings.items():
        yield name, _served(binding, case, masks, moment)


def _served(
    binding: Binding, case: Case, masks: Mapping[str, NDArray[np.bool_]], moment: Moment
) -> dict[str, NDArray[np.int64]]:
    """The lists as they would be served, without what safety and filters do to one person."""
    person = case.history.person
    candidates = find_candidates(binding, person, masks["all"], moment)
    shelves = rank_shelves(binding, candidates, moment, limit=RANKS)
    share = own_repeat_share(*person.repeat_counts(), binding.model.blend.repeat_share)
    slots = compose(shelves, binding.model.blend, limit=RANKS, repeat_share=share)
    steps = shelves[Shelf.NEXT_STEP]
    is_repeat = masks["repeat"][steps]
    again = np.concatenate([shelves[Shelf.AGAIN], steps[is_repeat]])
    new = np.concatenate([steps[~is_repeat], shelves[Shelf.NEW]])
    return {
        "all": np.array([slot.row for slot in slots], np.int64),
        "repeat": again[:RANKS],
        "new": new[:RANKS],
    }
