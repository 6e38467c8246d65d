"""What each source says about each candidate, for one person; the same code trains and serves."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.binding import ABSENT, Binding
from recommender.blend import AGAIN_SOURCES, NEW_SOURCES
from recommender.person import Person
from recommender.popular import base_level_activation

NEVER = np.iinfo(np.int64).min
"""Stands for an item never used in arrays of instants."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class History:
    """A person's own items in the rows of catalogue and model; arrays of shape (own items,)."""

    person: Person
    row: NDArray[np.int64]
    """Row in the catalogue, or `ABSENT`."""
    model_row: NDArray[np.int64]
    """Row in the model, or `ABSENT`."""
    weight: NDArray[np.float64]
    is_used: NDArray[np.bool_]
    is_finished: NDArray[np.bool_]
    is_unwanted: NDArray[np.bool_]
    """Rejected not long ago: left out for now."""

    @classmethod
    def build(cls, binding: Binding, person: Person, *, at: int) -> Self:
        """Look up a person's items and weigh them as of a time in microseconds."""
        rows, model_rows = binding.catalogue.rows, binding.model_rows
        weight = person.weights(
            at=at, half_life_days=binding.model.config.interest_half_life_days
        )
        return cls(
            person=person,
            row=np.array([rows.get(item, ABSENT) for item in person.item_ids], np.int64),
            model_row=np.array(
                [model_rows.get(item, ABSENT) for item in person.item_ids], np.int64
            ),
            weight=weight,
            is_used=person.used(),
            is_finished=person.finished(),
            is_unwanted=person.suppressed(weight, at=at),
        )

    def mask(self, own: NDArray[np.bool_], items: int) -> NDArray[np.bool_]:
        """A selection of own items, shape (own items,), as a mask of shape (items,)."""
        found = np.zeros(items, np.bool_)
        found[self.row[own & (self.row != ABSENT)]] = True
        return found

    def reluctance(self, items: int) -> NDArray[np.float64]:
        """Negative weights of catalogue items that were rejected, else 0; shape (items,)."""
        found = np.zeros(items)
        keep = (self.weight < 0) & (self.row != ABSENT)
        found[self.row[keep]] = self.weight[keep]
        return found

    def low_pass_parts(self, binding: Binding) -> NDArray[np.float32]:
        """What each own item adds to the person's vector of the low pass; shape (known items, rank)."""
        known = self.model_row != ABSENT
        return binding.model.low_pass.parts(self.model_row[known], self.weight[known])

    def factor_vector(self, binding: Binding) -> NDArray[np.float32]:
        """The person among the item factors; shape (width,)."""
        known = self.model_row != ABSENT
        return binding.model.factors.fold_in(self.model_row[known], self.weight[known])

    def find_closest(self, binding: Binding, source: str, row: int) -> int | None:
        """Which own item says most for a catalogue row by the low pass or the factors; None where none does.

        Args:
            binding: The model on the catalogue.
            source: `low_pass` or `factors`.
            row: Row of the catalogue.
        """
        known = np.flatnonzero(self.model_row != ABSENT)
        if source == "low_pass":
            said = self.low_pass_parts(binding) @ binding.low_pass_targets[row]
        else:
            parts = binding.model.factors.parts(self.model_row[known], self.weight[known])
            said = parts @ binding.factor_targets[row]
        if not len(said) or said.max() <= 0:
            return None
        return int(known[np.argmax(said)])

    def last_used(self, items: int) -> NDArray[np.int64]:
        """When each catalogue item was last used; `NEVER` where it was not; shape (items,)."""
        latest = np.full(len(self.row), NEVER)
        np.maximum.at(latest, self.person.plays.item_row, self.person.plays.at_micros)
        found = np.full(items, NEVER)
        keep = self.is_used & (self.row != ABSENT)
        found[self.row[keep]] = latest[keep]
        return found


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pull:
    """How the items of a history pull at others; arrays of shape (entries,)."""

    target_row: NDArray[np.int64]
    """Catalogue row that is pulled."""
    own: NDArray[np.int64]
    """Which own item pulls."""
    strength: NDArray[np.float64]

    @classmethod
    def build(cls, binding: Binding, history: History) -> Self:
        """Similarity times weight for each neighbour of each own item."""
        own = np.flatnonzero((history.model_row != ABSENT) & (history.weight != 0.0))
        entries, source = binding.neighbours.entries_of(history.model_row[own])
        return cls(
            target_row=binding.neighbours.neighbour_row[entries],
            own=own[source],
            strength=binding.neighbours.similarity[entries] * history.weight[own][source],
        )

    def total(self, items: int) -> NDArray[np.float64]:
        """The sum of all pulls at each item; shape (items,)."""
        return np.bincount(self.target_row, self.strength, items).astype(np.float64)

    def find_strongest(self, row: int) -> int | None:
        """Which own item pulls most at a catalogue row; None where none does."""
        entries = np.flatnonzero((self.target_row == row) & (self.strength > 0))
        if not len(entries):
            return None
        return int(self.own[entries[np.argmax(self.strength[entries])]])


def new_features(
    binding: Binding, history: History, pull: Pull, *, daypart: int
) -> NDArray[np.float64]:
    """The sources of the shelf of new items for the whole catalogue.

    Popularities enter as square roots, so that the few most popular items do not drown the rest.

    Args:
        binding: The model on the catalogue.
        history: The person's items.
        pull: Their pulls.
        daypart: The present part of the day, or unknown.

    Returns:
        Values of shape (sources, items), in the order of `NEW_SOURCES`.
    """
    items = len(binding.catalogue)
    own = history.row != ABSENT
    values = {
        "neighbours": pull.total(items),
        "low_pass": binding.low_pass_targets @ history.low_pass_parts(binding).sum(axis=0),
        "factors": binding.factor_targets @ history.factor_vector(binding),
        "topics": binding.topics.affinity(history.row[own], history.weight[own]),
        "context": np.sqrt(binding.context(daypart)),
        "popular": np.sqrt(binding.general),
    }
    return np.array([values[name] for name in NEW_SOURCES])


def again_features(
    binding: Binding, history: History, own: NDArray[np.int64], *, at: int, daypart: int
) -> NDArray[np.float64]:
    """The sources of the shelf of used items.

    Args:
        binding: The model on the catalogue.
        history: The person's items.
        own: Candidates, as positions among the own items; all in the catalogue; shape (n,).
        at: Microseconds since 1970 UTC.
        daypart: The present part of the day, or unknown.

    Returns:
        Values of shape (sources, n), in the order of `AGAIN_SOURCES`.
    """
    activation = np.exp(
        base_level_activation(
            history.person.plays, items=len(history.row), at=at, daypart=daypart
        )
    )[own]
    rows = history.row[own]
    values = {
        "activation": activation,
        "repeats": activation * binding.repeat_share[rows],
        "plays": history.person.play_counts()[own].astype(np.float64),
        "weight": history.weight[own],
        "context": np.sqrt(binding.context(daypart)[rows]),
        "popular": np.sqrt(binding.general[rows]),
    }
    return np.array([values[name] for name in AGAIN_SOURCES])
