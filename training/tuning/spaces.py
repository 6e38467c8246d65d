"""What may be tuned, and within which bounds: data, not code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import optuna


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Numbers between two bounds, both included."""

    low: float
    high: float
    is_whole: bool = False

    def suggest(self, trial: optuna.Trial, name: str) -> float | int:
        """A value of a trial; ratios count, not differences."""
        if self.is_whole:
            return trial.suggest_int(name, int(self.low), int(self.high), log=True)
        return trial.suggest_float(name, self.low, self.high, log=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few values."""

    values: tuple[Any, ...]

    def suggest(self, trial: optuna.Trial, name: str) -> Any:
        """A value of a trial."""
        return trial.suggest_categorical(name, self.values)


Space = Mapping[str, Range | Choice]

SPACES: Mapping[str, Space] = {
    "matching": {
        "ridge": Range(low=1.0, high=64.0),
        "slope_sd": Range(low=0.05, high=1.0),
        "has_signals": Choice(values=(True, False)),
    },
    "recommender": {
        "popularity_half_life_days": Range(low=5.0, high=720.0),
        "interest_half_life_days": Range(low=15.0, high=1500.0),
        "ease_ridge": Choice(values=(0.0, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)),
        "neighbours": Range(low=20, high=400, is_whole=True),
        "neighbour_shrinkage": Range(low=0.5, high=200.0),
        "activity_power": Choice(values=(0.0, 0.25, 0.5, 0.75, 1.0)),
        "neighbour_tilt": Choice(values=(0.0, 0.25, 0.5, 0.75, 1.0)),
        "low_pass_rank": Range(low=8, high=256, is_whole=True),
        "low_pass_person_power": Choice(values=(0.2, 0.35, 0.5, 0.65)),
        "low_pass_item_power": Choice(values=(0.2, 0.35, 0.5, 0.65)),
        "low_pass_source_power": Choice(values=(0.2, 0.35, 0.5, 0.65)),
        "low_pass_target_power": Choice(values=(0.2, 0.35, 0.5, 0.65)),
        "factor_width": Choice(values=(16, 32, 64, 128)),
        "factor_confidence": Range(low=1.0, high=100.0),
        "factor_ridge": Range(low=1.0, high=1000.0),
    },
}
"""The space of each kind of model; names are those of its configuration."""


def suggest(trial: optuna.Trial, space: Space) -> dict[str, Any]:
    """The values of a trial, in the order of the space."""
    return {name: part.suggest(trial, name) for name, part in space.items()}
