"""Questionnaires of a request: totals recomputed from items, and refused where they disagree."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from api.schemas import MeasureGiven
from data.codes.instruments import INSTRUMENTS, total_from_items


def totals_of(measures: Sequence[MeasureGiven]) -> dict[str, int]:
    """The intake columns that questionnaires fill: totals, and item 9 of the PHQ-9.

    A total is computed from the items where there are any; where too many are missing, the given
    total counts.

    Raises:
        PydanticCustomError: A questionnaire is given twice, its items are too few or too many, its
            total is out of range, missing or does not agree with its items.
    """
    columns: dict[str, int] = {}
    for measure in measures:
        name = f"{measure.instrument}_total"
        if name in columns:
            raise PydanticCustomError("duplicate_instrument", "is given twice")
        columns[name] = _total_of(measure)
        if measure.instrument == "phq9" and measure.items and measure.items[8] is not None:
            columns["phq9_item9"] = measure.items[8]
    return columns


def _total_of(measure: MeasureGiven) -> int:
    total: float | None = measure.total
    if measure.items is not None:
        total = computed_total(measure.instrument, measure.items, total)
    if total is None:
        raise PydanticCustomError("total_missing", "needs a total or more items")
    if total > INSTRUMENTS[measure.instrument].high:
        raise PydanticCustomError("total_range", "is out of range")
    return int(total)


def computed_total(code: str, items: Sequence[int | None], given: float | None) -> float | None:
    """The total of a questionnaire's items; the given total where too many are missing.

    Args:
        code: Word of the instrument; only PHQ-9 and GAD-7 are taken with items.
        items: Answers 0 to 3 in questionnaire order; None is missing.
        given: The total that came with them, if any.

    Raises:
        PydanticCustomError: The items are of another questionnaire, or disagree with the total.
    """
    instrument = INSTRUMENTS.get(code)
    if instrument is None or not instrument.loinc_items:
        raise PydanticCustomError("items_unknown", "takes no items")
    if len(items) != len(instrument.loinc_items):
        raise PydanticCustomError("items_count", "has another number of items")
    total = total_from_items(code, items)
    if total is None:
        return given
    if given not in {None, total}:
        raise PydanticCustomError("total_mismatch", "does not agree with the items")
    return total


def merged(columns: Mapping[str, Any], totals: Mapping[str, int]) -> dict[str, Any]:
    """The columns with the totals of the questionnaires.

    Raises:
        PydanticCustomError: A column was given as well, and says otherwise.
    """
    for name, total in totals.items():
        if columns.get(name) not in {None, total}:
            raise PydanticCustomError("total_mismatch", "does not agree with the items")
    return {**columns, **totals}
