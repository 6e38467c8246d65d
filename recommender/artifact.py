"""What a recommender bundle holds: one JSON document and one file of arrays.

Equal models give equal bytes. Nothing in it belongs to a person: items, sums over people, weights.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from data.bundles import arrays_to_npz, npz_to_arrays
from data.errors import BundleError
from recommender.blend import AGAIN_SOURCES, NEW_SOURCES, RATE_RANKS, Blend
from recommender.item_factors import ItemFactors
from recommender.item_neighbours import ItemNeighbours
from recommender.low_pass import LowPass
from recommender.model import RecommenderConfig, RecommenderModel
from recommender.popular import DAYPARTS, Popularity

ENGINE = "collaborative-blend"
FORMAT = 3
MODEL_FILE = "recommender.json"
ARRAYS_FILE = "recommender.npz"


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The JSON document."""

    engine: str
    format: int
    config: dict[str, float | int]
    item_ids: list[str]
    again_sources: list[str]
    new_sources: list[str]
    unseen: float
    repeat_share: float
    trained_until: int | None


def to_files(model: RecommenderModel) -> dict[str, bytes]:
    """The files of a model, by name."""
    document = _Document(
        engine=ENGINE,
        format=FORMAT,
        config=asdict(model.config),
        item_ids=list(model.item_ids),
        again_sources=list(AGAIN_SOURCES),
        new_sources=list(NEW_SOURCES),
        unseen=model.popularity.unseen,
        repeat_share=model.blend.repeat_share,
        trained_until=model.trained_until,
    )
    arrays: dict[str, NDArray[Any]] = {
        "general": model.popularity.general,
        "by_daypart": model.popularity.by_daypart,
        "item_repeat_share": model.popularity.repeat_share,
        "neighbour_starts": model.neighbours.starts,
        "neighbour_row": model.neighbours.neighbour_row,
        "similarity": model.neighbours.similarity,
        "low_pass_basis": model.low_pass.basis,
        "low_pass_source_scale": model.low_pass.source_scale,
        "low_pass_target_scale": model.low_pass.target_scale,
        "factors": model.factors.factors,
        "factor_gram": model.factors.gram,
        "again": model.blend.again,
        "new": model.blend.new,
        "again_rate": model.blend.again_rate,
        "new_rate": model.blend.new_rate,
        "next_step_rate": model.blend.next_step_rate,
    }
    text = msgspec.json.format(msgspec.json.encode(document), indent=1)
    return {MODEL_FILE: text + b"\n", ARRAYS_FILE: arrays_to_npz(arrays)}


def _read_document(text: bytes) -> tuple[_Document, RecommenderConfig]:
    """The JSON document with its configuration.

    Raises:
        BundleError: It is damaged, or of another engine or release.
    """
    try:
        document = msgspec.json.decode(text, type=_Document)
        config = msgspec.convert(document.config, RecommenderConfig)
    except msgspec.MsgspecError as error:
        raise BundleError("the recommender's file is damaged: train it again") from error
    if set(document.config) != {entry.name for entry in fields(RecommenderConfig)}:
        raise BundleError("the bundle is configured by another release: train it again")
    if (document.engine, document.format) != (ENGINE, FORMAT):
        raise BundleError("the bundle is of another engine or format: train it again")
    sources = (tuple(document.again_sources), tuple(document.new_sources))
    if sources != (AGAIN_SOURCES, NEW_SOURCES):
        raise BundleError("the bundle blends other sources than this release: train it again")
    return document, config


def from_files(files: Mapping[str, bytes]) -> RecommenderModel:
    """The model in a bundle's files.

    Raises:
        BundleError: A file is absent, damaged, of another engine, or the parts do not fit.
    """
    if MODEL_FILE not in files or ARRAYS_FILE not in files:
        raise BundleError("the recommender's files are not all there: train it again")
    document, config = _read_document(files[MODEL_FILE])
    arrays = npz_to_arrays(files[ARRAYS_FILE])
    _check(arrays, len(document.item_ids))
    return RecommenderModel(
        config=config,
        item_ids=tuple(document.item_ids),
        popularity=Popularity(
            general=arrays["general"],
            by_daypart=arrays["by_daypart"],
            repeat_share=arrays["item_repeat_share"],
            unseen=document.unseen,
        ),
        neighbours=ItemNeighbours(
            starts=arrays["neighbour_starts"],
            neighbour_row=arrays["neighbour_row"],
            similarity=arrays["similarity"],
        ),
        low_pass=LowPass(
            basis=arrays["low_pass_basis"],
            source_scale=arrays["low_pass_source_scale"],
            target_scale=arrays["low_pass_target_scale"],
        ),
        factors=ItemFactors(
            factors=arrays["factors"],
            gram=arrays["factor_gram"],
            confidence=config.factor_confidence,
        ),
        blend=Blend(
            again=arrays["again"],
            new=arrays["new"],
            again_rate=arrays["again_rate"],
            new_rate=arrays["new_rate"],
            next_step_rate=arrays["next_step_rate"],
            repeat_share=document.repeat_share,
        ),
        trained_until=document.trained_until,
    )


def _check(arrays: Mapping[str, NDArray[Any]], items: int) -> None:
    entries = arrays["neighbour_row"].shape if "neighbour_row" in arrays else (0,)
    rank, width = (_columns(arrays, name) for name in ("low_pass_basis", "factors"))
    shapes: dict[str, tuple[type[Any], tuple[int, ...]]] = {
        "general": (np.float64, (items,)),
        "by_daypart": (np.float64, (len(DAYPARTS), items)),
        "item_repeat_share": (np.float64, (items,)),
        "neighbour_starts": (np.int64, (items + 1,)),
        "neighbour_row": (np.int64, (entries[0] if entries else 0,)),
        "similarity": (np.float32, (entries[0] if entries else 0,)),
        "low_pass_basis": (np.float32, (items, rank)),
        "low_pass_source_scale": (np.float32, (items,)),
        "low_pass_target_scale": (np.float32, (items,)),
        "factors": (np.float32, (items, width)),
        "factor_gram": (np.float32, (width, width)),
        "again": (np.float64, (len(AGAIN_SOURCES),)),
        "new": (np.float64, (len(NEW_SOURCES),)),
        "again_rate": (np.float64, (RATE_RANKS,)),
        "new_rate": (np.float64, (RATE_RANKS,)),
        "next_step_rate": (np.float64, (RATE_RANKS,)),
    }
    is_whole = set(arrays) == set(shapes) and all(
        arrays[name].dtype == dtype and arrays[name].shape == shape
        for name, (dtype, shape) in shapes.items()
    )
    if not is_whole or not _is_sound(arrays, items):
        raise BundleError("the recommender's arrays do not fit together: train it again")


def _columns(arrays: Mapping[str, NDArray[Any]], name: str) -> int:
    shape = arrays[name].shape if name in arrays else ()
    return shape[1] if len(shape) == 2 else 0


def _is_sound(arrays: Mapping[str, NDArray[Any]], items: int) -> bool:
    starts, rows = arrays["neighbour_starts"], arrays["neighbour_row"]
    is_finite = all(
        np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f"
    )
    return bool(
        is_finite
        and starts[0] == 0
        and starts[-1] == len(rows)
        and (np.diff(starts) >= 0).all()
        and ((rows >= 0) & (rows < items)).all()
    )
