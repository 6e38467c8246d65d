"""What is asked of the engine and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from data.messages import PATIENT, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The moment of the request; None is unknown."""

    minutes: float | None = None
    """Time the person has; items may take a tenth more."""
    local_hour: int | None = None
    """0 to 23."""
    mood: float | None = None
    """0 to 10; kept with the request, no part of this engine's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What every answer must be; an empty or absent filter restricts nothing."""

    topics: tuple[str, ...] = ()
    """At least one of these topics."""
    kinds: tuple[str, ...] = ()
    language: str | None = None
    """A BCP-47 tag; its primary language must match where the item names one."""
    max_minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """Items that the clinic wants shown, as far as they are allowed and fit."""

    items: tuple[str, ...] = ()
    share: float = 0.0
    """Share of the list they may fill, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationRequest:
    """One request for content."""

    limit: int = 20
    context: Context = field(default_factory=Context)
    goals: tuple[str, ...] = ()
    """Goals stated now; they add to those of the person."""
    filters: Filters = field(default_factory=Filters)
    exclude: frozenset[str] = frozenset()
    """Item ids that must not be shown."""
    promote: Promotion = field(default_factory=Promotion)
    reader: Reader = PATIENT
    """Who reads the reasons."""
    with_used: bool = True
    """Whether items the person has used may be shown again."""
    explore: bool = False
    """Whether a place may go to an unproven item, by the seed."""


class Shelf(StrEnum):
    """Why an item is in the list at all."""

    NEXT_STEP = "next_step"
    AGAIN = "again"
    NEW = "new"


class Reason(NamedTuple):
    """One reason for one item: a stable code and a sentence in the reader's language."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """One item of an answer."""

    rank: int
    """1 is the top."""
    item_id: str
    item_row: int
    """Row in the catalogue that was asked."""
    title: str
    minutes: float
    shelf: Shelf
    score: float
    """The estimated chance that the person uses the item soon; for similar and popular items a
    similarity or a share."""
    exposure_probability: float = 1.0
    """Chance that its place holds this item given the request; 1 where nothing is drawn at random."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations:
    """An answer, best first."""

    results: tuple[Recommended, ...]
    withheld: Mapping[str, int]
    """How many items of the catalogue safety withholds, by reason."""
    candidates: int
    """How many items were allowed and passed the filters."""

    @property
    def withheld_total(self) -> int:
        """How many items safety withholds."""
        return sum(self.withheld.values())
