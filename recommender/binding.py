"""A fitted model laid onto one catalogue: all arrays in catalogue order, worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue
from recommender.cold_start import TopicIndex
from recommender.item_neighbours import ItemNeighbours
from recommender.model import RecommenderModel
from recommender.popular import UNKNOWN_DAYPART
from recommender.program_order import ProgramOrder
from recommender.safety_filter import SafetyFilter

ABSENT = -1
"""Stands for an item that the other side does not know."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Binding:
    """One model on one catalogue; item arrays are in catalogue order."""

    model: RecommenderModel
    catalogue: Catalogue
    gate: SafetyFilter
    topics: TopicIndex
    order: ProgramOrder
    model_rows: Mapping[str, int]
    """Item id to row of the model; items without use are absent."""
    model_row_of: NDArray[np.int64]
    """Row in the model of each catalogue item, or `ABSENT`; shape (items,)."""
    general: NDArray[np.float64]
    """Share of use; what nobody used has the least; shape (items,)."""
    by_daypart: NDArray[np.float64]
    """Share of use at each part of the day; shape (dayparts, items)."""
    repeat_share: NDArray[np.float64]
    """Chance that a play is repeated; shape (items,)."""
    neighbours: ItemNeighbours
    """Rows are items of the model, neighbours are rows of the catalogue."""
    low_pass_targets: NDArray[np.float32]
    """What a person's vector of the low pass is multiplied by; shape (items, rank)."""
    factor_targets: NDArray[np.float32]
    """What a person's vector among the factors is multiplied by; shape (items, width)."""
    topic_group: NDArray[np.int64]
    """Items with the same set of topics share a number; shape (items,)."""

    @classmethod
    def build(cls, model: RecommenderModel, catalogue: Catalogue) -> Self:
        """Lay a model onto a catalogue; neither need know all items of the other."""
        model_rows = {item_id: row for row, item_id in enumerate(model.item_ids)}
        to_model = np.array(
            [model_rows.get(item_id, ABSENT) for item_id in catalogue.item_ids], np.int64
        )
        to_catalogue = np.array(
            [catalogue.rows.get(item_id, ABSENT) for item_id in model.item_ids], np.int64
        )
        popularity = model.popularity
        parts = [_laid(row, to_model, popularity.unseen) for row in (*popularity.by_daypart,)]
        return cls(
            model=model,
            catalogue=catalogue,
            gate=SafetyFilter.build(catalogue),
            topics=TopicIndex.build(catalogue),
            order=ProgramOrder.build(catalogue),
            model_rows=model_rows,
            model_row_of=to_model,
            general=_laid(popularity.general, to_model, popularity.unseen),
            by_daypart=np.array(parts).reshape(len(parts), len(catalogue)),
            repeat_share=_laid(popularity.repeat_share, to_model, model.blend.repeat_share),
            neighbours=_translated(model.neighbours, to_catalogue),
            low_pass_targets=_rows_laid(model.low_pass.targets(), to_model),
            factor_targets=_rows_laid(model.factors.factors, to_model),
            topic_group=_groups(catalogue),
        )

    def context(self, daypart: int) -> NDArray[np.float64]:
        """Shares of use at a part of the day; the general ones where it is unknown; shape (items,)."""
        return self.general if daypart == UNKNOWN_DAYPART else self.by_daypart[daypart]


def _laid(
    values: NDArray[np.float64], to_model: NDArray[np.int64], missing: float
) -> NDArray[np.float64]:
    return np.append(values, missing)[to_model]


def _rows_laid(rows: NDArray[np.float32], to_model: NDArray[np.int64]) -> NDArray[np.float32]:
    found = np.zeros((len(to_model), rows.shape[1]), np.float32)
    present = to_model != ABSENT
    found[present] = rows[to_model[present]]
    return found


def _translated(neighbours: ItemNeighbours, to_catalogue: NDArray[np.int64]) -> ItemNeighbours:
    rows = to_catalogue[neighbours.neighbour_row]
    keep = rows != ABSENT
    kept_before = np.concatenate([[0], np.cumsum(keep)]).astype(np.int64)
    return ItemNeighbours(
        starts=kept_before[neighbours.starts],
        neighbour_row=rows[keep],
        similarity=neighbours.similarity[keep],
    )


def _groups(catalogue: Catalogue) -> NDArray[np.int64]:
    packed = np.packbits(catalogue.topics.matrix, axis=0).T
    if not packed.shape[1]:
        return np.zeros(len(catalogue), np.int64)
    return np.unique(packed, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
