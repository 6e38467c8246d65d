"""The TOML file of a training run: how long, as of when, and which hyperparameters."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.errors import SettingsError
from recommender.model import RecommenderConfig
from training.effects_fit import EffectsConfig
from training.tuning.spaces import SPACES, Range

BUDGET_SECONDS = 600.0
"""What tuning itself may take where nobody says otherwise."""
CONFIGS: Mapping[str, type] = {"matching": EffectsConfig, "recommender": RecommenderConfig}


class TrainingFile(BaseModel):
    """What a file may say; what is absent is as without a file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    seed: int | None = Field(default=None, ge=0)
    budget: float | None = Field(default=None, ge=1)
    as_of: str | None = None
    matching: dict[str, Any] | None = None
    recommender: dict[str, Any] | None = None

    def values(self, kind: str) -> Mapping[str, Any] | None:
        """The hyperparameters of a kind of model; None where the file names none."""
        return self.matching if kind == "matching" else self.recommender


def read_training_file(path: Path) -> TrainingFile:
    """A checked file.

    Raises:
        SettingsError: It cannot be read, is no TOML, or a key or value is impossible; the message says which.
    """
    try:
        given = tomllib.loads(path.read_text("utf-8"))
        found = TrainingFile.model_validate(given)
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        hint = _nearest(name, list(TrainingFile.model_fields))
        raise SettingsError(f"{path.name}: {name}: {first['msg']}{hint}") from None
    for kind in CONFIGS:
        for name, value in (found.values(kind) or {}).items():
            _check(path.name, kind, name, value)
    return found


def _check(file: str, kind: str, name: str, value: Any) -> None:
    """Refuse a hyperparameter that is unknown, of another type, or outside what `tune` may try.

    Raises:
        SettingsError: It is.
    """
    defaults = {field.name: field.default for field in fields(CONFIGS[kind])}
    place = f"{file}: {kind}.{name}"
    if name not in defaults:
        raise SettingsError(f"{place} is not known{_nearest(name, list(defaults))}")
    default = defaults[name]
    wanted = (int, float) if isinstance(default, float) else (type(default),)
    if type(value) not in wanted:
        raise SettingsError(f"{place} has to be of type {type(default).__name__}")
    space = SPACES[kind].get(name)
    if isinstance(default, bool) or space is None or value == default:
        return
    bounds = (space.low, space.high) if isinstance(space, Range) else _ends(space.values)
    if not bounds[0] <= value <= bounds[1]:
        raise SettingsError(f"{place} has to lie from {bounds[0]:g} to {bounds[1]:g}")


def _ends(values: tuple[Any, ...]) -> tuple[float, float]:
    return float(min(values)), float(max(values))


def _nearest(name: str, known: list[str]) -> str:
    found = get_close_matches(name, known, n=1)
    return f"; the nearest known one is {found[0]}" if found else ""
