"""What a matching bundle holds: one JSON file and the arrays of a scorer.

`to_files` gives the same bytes for the same scorer, and `from_files` gives a scorer that predicts
the same numbers.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.arrays import arrays_to_npz, npz_to_arrays
from data.errors import BundleError
from matching.boosted import BoostedScorer
from matching.calibration import Calibration
from matching.case_mix import CaseMixModel
from matching.course_signals import Signal
from matching.effects import Effects
from matching.predictions import HEADS
from matching.rules import PairPoints, RuleScorer
from matching.scorers import EffectsScorer, Head, Scorer
from matching.tree_features import COLUMNS
from matching.tree_models import TreeModel

DESCRIPTION = "scorer.json"
ARRAYS = "scorer.npz"
TREES = "trees-{head}.txt"
FORMAT = 4
"""Moves when older code could no longer read the files."""

Arrays = dict[str, NDArray[Any]]


def to_files(scorer: Scorer) -> dict[str, bytes]:
    """The files of a scorer by name.

    Raises:
        BundleError: The scorer is of a kind that has no files.
    """
    trees: dict[str, bytes] = {}
    if isinstance(scorer, RuleScorer):
        description, arrays = _describe_rules(scorer)
    elif isinstance(scorer, BoostedScorer):
        description, arrays = _describe_effects(scorer.base)
        description = {**description, "kind": scorer.kind, "trees": sorted(scorer.trees)}
        trees = {
            TREES.format(head=head): grown.text.encode() for head, grown in scorer.trees.items()
        }
    elif isinstance(scorer, EffectsScorer):
        description, arrays = _describe_effects(scorer)
    else:
        raise BundleError(f"a scorer of kind {scorer.kind!r} cannot be stored")
    text = json.dumps({"format": FORMAT, **description}, indent=1, sort_keys=True)
    return {DESCRIPTION: text.encode() + b"\n", ARRAYS: arrays_to_npz(arrays), **trees}


def from_files(files: Mapping[str, bytes]) -> Scorer:
    """The scorer of stored files.

    Raises:
        BundleError: A file or a part of one is missing, or made by another version.
    """
    try:
        description = json.loads(files[DESCRIPTION])
        if description["format"] != FORMAT:
            raise BundleError(
                f"the bundle was written by another version (this one reads format {FORMAT}): train it again"
            )
        arrays = npz_to_arrays(files[ARRAYS])
        if description["kind"] == BoostedScorer.kind:
            return _read_boosted(description, arrays, files)
        return _KINDS[description["kind"]](description, arrays)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BundleError("the matching bundle is damaged: train or fetch it again") from error


def _describe_rules(scorer: RuleScorer) -> tuple[dict[str, Any], Arrays]:
    description = {"kind": scorer.kind, "usual_wait_days": scorer.usual_wait_days}
    arrays: Arrays = {
        "rates": scorer.rates,
        "spreads": scorer.spreads,
        "slopes": scorer.points.slopes,
        "centres": scorer.points.centres,
    }
    return description, arrays


def _describe_effects(scorer: EffectsScorer) -> tuple[dict[str, Any], Arrays]:
    arrays: Arrays = {
        "slopes": scorer.points.slopes,
        "centres": scorer.points.centres,
        "calibration": np.stack([scorer.calibration.intercepts, scorer.calibration.slopes]),
    }
    heads = {}
    for name, head in zip(HEADS, scorer.heads, strict=True):
        parts = {"case_mix": head.case_mix, "effects": head.effects}
        heads[name] = {
            "rate": head.rate,
            "parts": [part for part, model in parts.items() if model is not None],
        }
        for part, model in parts.items():
            if model is not None:
                found = model.to_arrays()
                arrays.update({f"{name}.{part}.{key}": found[key] for key in found})
    for signal in scorer.signals:
        found = signal.to_arrays()
        arrays.update({f"signal.{signal.name}.{key}": found[key] for key in found})
    description = {
        "kind": scorer.kind,
        "signals": [
            {"name": signal.name, "replaces": list(signal.replaces)}
            for signal in scorer.signals
        ],
        "usual_wait_days": scorer.usual_wait_days,
        "floor_cases": float(scorer.floor_cases),
        "most_shift": float(scorer.most_shift),
        "heads": heads,
    }
    return description, arrays


def _points(arrays: Mapping[str, NDArray[Any]]) -> PairPoints:
    return PairPoints(slopes=arrays["slopes"], centres=arrays["centres"])


def _read_rules(
    description: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> RuleScorer:
    return RuleScorer(
        points=_points(arrays),
        rates=arrays["rates"],
        spreads=arrays["spreads"],
        usual_wait_days=float(description["usual_wait_days"]),
    )


def _read_effects(
    description: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> EffectsScorer:
    return EffectsScorer(
        heads=tuple(_read_head(name, description["heads"][name], arrays) for name in HEADS),
        points=_points(arrays),
        usual_wait_days=float(description["usual_wait_days"]),
        floor_cases=float(description["floor_cases"]),
        most_shift=float(description["most_shift"]),
        signals=tuple(_read_signal(entry, arrays) for entry in description["signals"]),
        calibration=_read_calibration(arrays),
    )


def _read_calibration(arrays: Mapping[str, NDArray[Any]]) -> Calibration:
    intercepts, slopes = arrays["calibration"]
    is_whole = intercepts.shape == (len(HEADS),) and np.isfinite(intercepts).all()
    if not is_whole or not np.all((slopes > 0.0) & np.isfinite(slopes)):
        raise BundleError("the matching bundle holds no calibration that rises: train it again")
    return Calibration(intercepts=intercepts, slopes=slopes)


def _read_boosted(
    description: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    files: Mapping[str, bytes],
) -> BoostedScorer:
    trees = {
        head: TreeModel.read(files[TREES.format(head=head)].decode(), COLUMNS)
        for head in description["trees"]
        if HEADS.index(head) >= 0
    }
    return BoostedScorer(base=_read_effects(description, arrays), trees=trees)


def _read_signal(description: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Signal:
    prefix = f"signal.{description['name']}."
    own = {
        key.removeprefix(prefix): value
        for key, value in arrays.items()
        if key.startswith(prefix)
    }
    return Signal.from_arrays(
        str(description["name"]), tuple(map(str, description["replaces"])), own
    )


def _read_head(
    name: str, description: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> Head:
    parts = description["parts"]
    return Head(
        rate=float(description["rate"]),
        case_mix=CaseMixModel.from_arrays(_part(arrays, f"{name}.case_mix."))
        if "case_mix" in parts
        else None,
        effects=Effects.from_arrays(_part(arrays, f"{name}.effects."))
        if "effects" in parts
        else None,
    )


def _part(arrays: Mapping[str, NDArray[Any]], prefix: str) -> Arrays:
    return {
        name.removeprefix(prefix): np.asarray(array)
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Arrays], Scorer]] = {
    "rules": _read_rules,
    "effects": _read_effects,
}
