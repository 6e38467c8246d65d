"""From lists to rows of figures: metrics per segment with paired intervals over people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue
from training.evaluation.recommender_baselines import BASELINES
from training.metrics.intervals import resample
from training.metrics.ranking import (
    NO_ITEM,
    coverage,
    find_hits,
    hit_rate_at,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)

COMPARED = "ndcg@10"
"""The metric in which models are compared with each baseline."""
TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFigure:
    """One metric of one model in one segment."""

    model: str
    segment: str
    metric: str
    """For a comparison `ndcg@10 over BASELINE`: the model's value less the baseline's."""
    value: float
    low: float | None
    """Lower end of the 95 % interval over people; None where there is none."""
    high: float | None
    n: int
    """People it rests on."""


class ShownLists(Protocol):
    """What figures are made of."""

    @property
    def catalogue(self) -> Catalogue:
        """The items."""

    @property
    def ranked(self) -> Mapping[str, Mapping[str, NDArray[np.int64]]]:
        """Lists by model and segment; shape (people, ranks) each."""

    @property
    def used(self) -> Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Relevant pairs by segment; shape (pairs,) each."""

    @property
    def own(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Person and item of each pair used before the cut; shape (pairs,) each."""

    @property
    def repeat_share(self) -> NDArray[np.float64]:
        """Own shares of repeats; shape (people,)."""


def figures_of(
    lists: ShownLists, *, rng: np.random.Generator, draws: int
) -> list[SegmentFigure]:
    """All figures of a comparison.

    Args:
        lists: What was shown and used.
        rng: Where the draws of people come from; the same draws serve all models of a segment.
        draws: Draws of the bootstrap.
    """
    rows: list[SegmentFigure] = []
    for segment in lists.used:
        rows.extend(_segment_figures(lists, segment, rng, draws))
    return [*rows, *_list_figures(lists)]


def _values(
    ranked: NDArray[np.int64], people: NDArray[np.int64], used: NDArray[np.int64], items: int
) -> dict[str, NDArray[np.float64]]:
    hits = find_hits(ranked, people, used, items=items)
    relevant = np.bincount(people, minlength=len(ranked))
    return {
        "recall@10": recall_at(hits, relevant, 10),
        "recall@20": recall_at(hits, relevant, 20),
        "ndcg@5": ndcg_at(hits, relevant, 5),
        "ndcg@10": ndcg_at(hits, relevant, 10),
        "ndcg@20": ndcg_at(hits, relevant, 20),
        "hit@10": hit_rate_at(hits, relevant, 10),
        "mrr@20": reciprocal_rank(hits, relevant),
    }


def list_quality(lists: ShownLists, model: str) -> NDArray[np.float64]:
    """NDCG@10 of everybody's whole list by a model; NaN for people who used nothing; shape (people,)."""
    people, used = lists.used["all"]
    return _values(lists.ranked[model]["all"], people, used, len(lists.catalogue))[COMPARED]


def _segment_figures(
    lists: ShownLists, segment: str, rng: np.random.Generator, draws: int
) -> list[SegmentFigure]:
    people, used = lists.used[segment]
    judged = np.unique(people)
    if not len(judged):
        return []
    items = len(lists.catalogue)
    columns: dict[tuple[str, str], NDArray[np.float64]] = {}
    for model, by_segment in lists.ranked.items():
        for metric, values in _values(by_segment[segment], people, used, items).items():
            columns[model, metric] = values[judged]
    for model in lists.ranked:
        for baseline in BASELINES if model not in BASELINES else ():
            gap = columns[model, COMPARED] - columns[baseline, COMPARED]
            columns[model, f"{COMPARED} over {baseline}"] = gap
    table = np.stack(list(columns.values()), axis=1)
    drawn = resample(table, np.arange(len(judged)), rng=rng, draws=draws) / len(judged)
    low, high = np.quantile(drawn, [TAIL, 1.0 - TAIL], axis=0)
    return [
        SegmentFigure(
            model=model,
            segment=segment,
            metric=metric,
            value=float(table[:, place].mean()),
            low=float(low[place]),
            high=float(high[place]),
            n=len(judged),
        )
        for place, (model, metric) in enumerate(columns)
    ]


def _list_figures(lists: ShownLists) -> list[SegmentFigure]:
    people = len(lists.repeat_share)
    if not people:
        return []
    rows = []
    for model, by_segment in lists.ranked.items():
        covered = coverage(by_segment["all"], items=len(lists.catalogue))
        for metric, value in (
            ("coverage@20", covered),
            ("repeat_share_error@20", _repeat_share_error(lists, model)),
        ):
            rows.append(
                SegmentFigure(
                    model=model,
                    segment="all",
                    metric=metric,
                    value=value,
                    low=None,
                    high=None,
                    n=people,
                )
            )
    return rows


def _repeat_share_error(lists: ShownLists, model: str) -> float:
    """Mean distance of the share of repeats in a list from the person's own.

    Where a person has used fewer items than their share asks for, those are the aim.
    """
    ranked = lists.ranked[model]["all"]
    length = np.maximum((ranked != NO_ITEM).sum(axis=1), 1)
    is_repeat = find_hits(ranked, *lists.own, items=len(lists.catalogue))
    available = np.bincount(lists.own[0], minlength=len(ranked))
    aim = np.minimum(lists.repeat_share, available / length)
    return float(np.abs(is_repeat.sum(axis=1) / length - aim).mean())
