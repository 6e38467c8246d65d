"""What training hands to serving: item-sided arrays and settings, nothing about any person."""

from dataclasses import dataclass

from recommender.blend import Blend
from recommender.item_factors import ItemFactors
from recommender.item_neighbours import ItemNeighbours
from recommender.low_pass import LowPass
from recommender.popular import Popularity


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommenderConfig:
    """Hyperparameters of the engine; the defaults suit a few thousand people."""

    popularity_half_life_days: float = 60.0
    """After this time one person's use counts half in what is popular."""
    interest_half_life_days: float = 180.0
    """After this time a person's own play or opinion counts half."""
    popularity_shrinkage: float = 10.0
    """People's worth of equal popularity mixed into the general one."""
    context_shrinkage: float = 50.0
    """People's worth of general popularity mixed into each part of the day."""
    neighbours: int = 100
    """Most neighbours of an item."""
    neighbour_shrinkage: float = 10.0
    """People in common at which a similarity counts half."""
    ease_ridge: float = 0.0
    """Penalty of the regressions that take the place of cosines; 0 keeps cosines."""
    activity_power: float = 0.5
    """How strongly people who use much are weighed down when items are compared."""
    neighbour_tilt: float = 0.0
    """How strongly neighbours that many people use come before others: 0 not at all, 1 by their use."""
    low_pass_rank: int = 64
    """Most vectors of the low pass; 0 for none."""
    low_pass_person_power: float = 0.5
    """How strongly people who use much are weighed down before vectors are taken."""
    low_pass_item_power: float = 0.5
    """How strongly items that are used much are weighed down before vectors are taken."""
    low_pass_source_power: float = 0.5
    """How strongly items of a history that are used much are discounted."""
    low_pass_target_power: float = 0.5
    """How strongly scores favour items that are used much."""
    factor_width: int = 64
    """Length of item factors; 0 for none."""
    factor_confidence: float = 10.0
    """How much more certain a full use is than no use."""
    factor_ridge: float = 30.0
    """Penalty on factors."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RecommenderModel:
    """A fitted engine; rows count in `item_ids`."""

    config: RecommenderConfig
    item_ids: tuple[str, ...]
    """Items that anybody used, in sorted order; they need not be in today's catalogue."""
    popularity: Popularity
    neighbours: ItemNeighbours
    low_pass: LowPass
    factors: ItemFactors
    blend: Blend
    trained_until: int | None
    """Microseconds since 1970 UTC up to which events were used; None without events."""
