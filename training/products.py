"""What a training run is asked for and what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to train."""

    kind: str
    """`matching` or `recommender`."""
    as_of: datetime | None
    """Use only what was known then; None means everything stored."""
    seed: int
    budget_seconds: float
    """What tuning itself may take."""
    at: datetime
    """The present, for the registry."""
    studies: str = ""
    """URL of the storage whose studies say how; empty means none."""
    values: Mapping[str, Any] | None = None
    """Hyperparameters that a person wrote down; None means a study's, or its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A trained model, not yet bundled."""

    files: dict[str, bytes]
    """The bundle's files by name."""
    metrics: dict[str, Any]
    """What was measured on held-out data: finite numbers, words, or None where not measurable."""
    meta: dict[str, Any]
    """What it was trained on and how, for the manifest; no clock."""
    evidence: dict[str, Any] = field(default_factory=dict)
    """What the model card shows of the held-out comparison and of groups of people: JSON; no clock."""
    remarks: tuple[str, ...] = field(default=())
