"""The directory snapshot: all clinicians as columns of arrays, built once and never changed.

A request reads the snapshot and no database. When the stored revision `directory` moves, a new
snapshot is built beside the old one and swapped in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.codes.nucc import is_prescriber
from data.domain import Tier
from data.word_index import WordIndex, word_key

UNKNOWN_TIME = np.iinfo(np.int64).min
"""Stands for a missing instant in microsecond arrays."""
UNKNOWN_SLOTS = -1
"""Stands for a missing number of open slots."""


def micros(column: pd.Series) -> NDArray[np.int64]:
    """A frame's TIME column as microseconds since 1970 UTC.

    Returns:
        Instants of shape (rows,); `UNKNOWN_TIME` where missing.
    """
    values = column.astype("datetime64[us, UTC]").dt.tz_localize(None).to_numpy()
    return values.astype("datetime64[us]").astype(np.int64)


def _flags(column: pd.Series, *, missing: bool) -> NDArray[np.bool_]:
    return column.astype("boolean").fillna(missing).to_numpy(dtype=np.bool_)


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    return column.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)


def _texts(column: pd.Series) -> list[str]:
    return [value if isinstance(value, str) else "" for value in column]


def _is_number(npi: str) -> bool:
    """Whether a registered number can tell people apart; `0000000000` and `none` stand for nothing.

    A wrong check digit is a typing error, and two rows with the same one are still one person.
    """
    return len(npi) == 10 and npi.isascii() and npi.isdigit() and len(set(npi)) > 1


def _same_people(npis: Sequence[str]) -> dict[int, tuple[int, ...]]:
    """Row to all rows with its National Provider Identifier, where there are several."""
    by_number: dict[str, list[int]] = {}
    for row, npi in enumerate(npis):
        number = npi.strip()
        if _is_number(number):
            by_number.setdefault(number, []).append(row)
    shared = (tuple(rows) for rows in by_number.values() if len(rows) > 1)
    return {row: rows for rows in shared for row in rows}


def _single(column: pd.Series) -> WordIndex:
    return WordIndex.build([(value,) if value else () for value in _texts(column)])


def _word_columns(frame: pd.DataFrame) -> dict[str, Any]:
    """The inverted word lists of a directory, by field name."""
    areas = zip(frame["licensed_regions"], frame["compact_regions"], strict=True)
    return {
        "regions": WordIndex.build([(*own, *compact) for own, compact in areas]),
        "payers": WordIndex.build(list(frame["payers"])),
        "languages": WordIndex.build(list(frame["languages"]), key="language"),
        "formats": WordIndex.build(list(frame["formats"])),
        "age_bands": WordIndex.build(list(frame["age_bands"])),
        "populations": WordIndex.build(list(frame["populations"])),
        "specialties": WordIndex.build(list(frame["specialties_top"])),
        "also_treats": WordIndex.build(list(frame["also_treats"])),
        "modalities": WordIndex.build(list(frame["modalities"])),
        "not_accepted": WordIndex.build(list(frame["not_accepted"])),
        "genders": _single(frame["gender"]),
        "styles": _single(frame["style_directive"]),
    }


def _array_columns(frame: pd.DataFrame) -> dict[str, Any]:
    """The numbers, flags and instants of a directory, by field name."""
    slots = _numbers(frame["open_slots"])
    ceilings = [word_key(value) for value in _texts(frame["acuity_ceiling"])]
    licences = zip(frame["taxonomy"], _texts(frame["credential"]), strict=True)
    return {
        "style_structured": _numbers(frame["style_structured"]),
        "fee": _numbers(frame["fee"]),
        "accepts_self_pay": _flags(frame["accepts_self_pay"], missing=False),
        "interpreter_ok": _flags(frame["interpreter_ok"], missing=False),
        "accepts_new": _flags(frame["accepts_new"], missing=True),
        "open_slots": np.where(np.isnan(slots), UNKNOWN_SLOTS, slots).astype(np.int64),
        "weekly_new_slots": _numbers(frame["weekly_new_slots"]),
        "next_available": micros(frame["next_available"]),
        "acuity_ceiling": np.array(
            [Tier.GREEN if word == "green" else Tier.AMBER for word in ceilings], np.int64
        ),
        "is_prescriber": np.array([is_prescriber(*licence) for licence in licences], np.bool_),
        "years_experience": _numbers(frame["years_experience"]),
        "latitude": _numbers(frame["latitude"]),
        "longitude": _numbers(frame["longitude"]),
        "verified_at": micros(frame["verified_at"]),
    }


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Directory:
    """All clinicians, in the order of their ids.

    Every array has shape (clinicians,). What is missing means no restriction: an absent acuity
    ceiling takes amber, absent `accepts_new` is true, unknown open slots are `UNKNOWN_SLOTS` and
    count as open. An absent age band means all adult bands, not minors.
    """

    revision: int
    clinician_ids: tuple[str, ...]
    rows: dict[str, int]
    """Clinician id to row."""
    same_people: Mapping[int, tuple[int, ...]]
    """Row to all rows of the same clinician, for those who have several: an equal `npi` is one person."""
    display_names: tuple[str, ...]
    regions: WordIndex
    """Licensed and compact regions together."""
    payers: WordIndex
    languages: WordIndex
    """Primary languages."""
    formats: WordIndex
    age_bands: WordIndex
    populations: WordIndex
    specialties: WordIndex
    also_treats: WordIndex
    modalities: WordIndex
    not_accepted: WordIndex
    genders: WordIndex
    styles: WordIndex
    """Self-described directiveness."""
    style_structured: NDArray[np.float64]
    fee: NDArray[np.float64]
    """Of one visit, in the clinic's currency; NaN where it is not known."""
    accepts_self_pay: NDArray[np.bool_]
    interpreter_ok: NDArray[np.bool_]
    accepts_new: NDArray[np.bool_]
    open_slots: NDArray[np.int64]
    weekly_new_slots: NDArray[np.float64]
    next_available: NDArray[np.int64]
    """Microseconds since 1970 UTC."""
    acuity_ceiling: NDArray[np.int64]
    """Highest accepted `Tier`."""
    is_prescriber: NDArray[np.bool_]
    years_experience: NDArray[np.float64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    verified_at: NDArray[np.int64]
    """Microseconds since 1970 UTC."""
    clinic_ids: tuple[str, ...]
    """Empty where no clinic is named."""

    @classmethod
    def build(cls, frame: pd.DataFrame, *, revision: int = 0) -> Self:
        """A snapshot of a frame of the table `clinicians`, ordered by clinician id.

        Args:
            frame: All columns of the table; one row per clinician.
            revision: The stored revision this frame was read at.
        """
        frame = frame.sort_values("clinician_id", kind="stable").reset_index(drop=True)
        ids = tuple(frame["clinician_id"].astype(str))
        return cls(
            revision=revision,
            clinician_ids=ids,
            rows={clinician_id: row for row, clinician_id in enumerate(ids)},
            same_people=_same_people(_texts(frame["npi"])),
            display_names=tuple(_texts(frame["display_name"])),
            clinic_ids=tuple(_texts(frame["clinic_id"])),
            **_word_columns(frame),
            **_array_columns(frame),
        )

    def __len__(self) -> int:
        return len(self.clinician_ids)

    def rows_of_people(self, clinician_ids: Iterable[str]) -> list[int]:
        """All rows of some clinicians, each once and ascending: those of their other ids too.

        Args:
            clinician_ids: Ids of which some may be unknown.
        """
        known = (self.rows[name] for name in clinician_ids if name in self.rows)
        return sorted({other for row in known for other in self.same_people.get(row, (row,))})
