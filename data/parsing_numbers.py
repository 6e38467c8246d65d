"""Raw numbers and truth values as stored values, with a mask of faults."""

import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.columns import Column
from data.faults import Cause

NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
WHOLE = r"^[+-]?\d+(\.0*)?$"
NOT_FINITE = r"^(?i:[+-]?(nan|inf|infinity))$"
WHOLE_DIGITS = 18
"""Whole numbers of so many digits surely fit into 64 bits."""
WHOLE_LIMIT = 2.0**63
LARGEST = sys.float_info.max
FLAGS: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("true", "True", "TRUE", "1"), True),
        **dict.fromkeys(("false", "False", "FALSE", "0"), False),
    }
)
"""How truth is written in CSV."""


def parse_number_text(values: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Decimal texts as floats; 0.0 where there is none. Both of shape (rows,)."""
    array = pa.array(values, pa.string())
    is_number = _matches(array, NUMBER)
    faults = _text_faults(array, is_number)
    numbers = pc.if_else(is_number, array, "0").cast(pa.float64()).to_numpy()
    faults[~np.isfinite(numbers)] = Cause.NOT_FINITE
    return numbers, faults


def parse_whole_text(values: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Whole numbers, also written as `3.0`; 0 where there is none. Both of shape (rows,)."""
    array = pa.array(values, pa.string())
    is_whole = _matches(array, WHOLE)
    faults = _text_faults(array, is_whole)
    plain = pc.replace_substring_regex(pc.if_else(is_whole, array, "0"), r"(^\+)|(\.0*$)", "")
    is_long = pc.greater(pc.utf8_length(plain), WHOLE_DIGITS)
    numbers = pc.if_else(is_long, "0", plain).cast(pa.int64()).to_numpy().copy()
    for row in np.flatnonzero(is_long.to_numpy(zero_copy_only=False)).tolist():
        digits = plain[row].as_py()
        is_negative = digits.startswith("-")
        digits = digits.lstrip("-0")[: WHOLE_DIGITS + 2]
        value = int(digits or "0") * (-1 if is_negative else 1)
        if -(2**63) <= value < 2**63:
            numbers[row] = value
        else:
            faults[row] = Cause.TOO_LOW if is_negative else Cause.TOO_HIGH
    return numbers, faults


def _matches(array: Any, pattern: str) -> Any:
    return pc.match_substring_regex(array, pattern)


def _text_faults(array: Any, is_fine: Any) -> NDArray[np.uint8]:
    """WRONG_TYPE or NOT_FINITE where a text that is not empty did not match."""
    is_given = pc.not_equal(array, "").to_numpy(zero_copy_only=False)
    faults = np.zeros(len(array), dtype=np.uint8)
    is_wrong = is_given & ~is_fine.to_numpy(zero_copy_only=False)
    faults[is_wrong] = Cause.WRONG_TYPE
    if is_wrong.any():
        faults[_matches(array, NOT_FINITE).to_numpy(zero_copy_only=False)] = Cause.NOT_FINITE
    return faults


def parse_flag_text(values: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Truth values as CSV writes them; False where there is none. Both of shape (rows,)."""
    return parse_flag_objects([FLAGS.get(value, value) if value else None for value in values])


def parse_flag_objects(values: Sequence[Any]) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Truth values of JSON; False where there is none. Both of shape (rows,)."""
    is_wrong = [value is not None and type(value) is not bool for value in values]
    faults = np.where(is_wrong, Cause.WRONG_TYPE, Cause.FINE).astype(np.uint8)
    return np.array([value is True for value in values], dtype=np.bool_), faults


def parse_number_objects(
    values: Sequence[Any],
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Numbers of JSON as floats; 0.0 where there is none. Both of shape (rows,)."""
    faults = np.zeros(len(values), dtype=np.uint8)
    numbers = np.zeros(len(values))
    for row, value in enumerate(values):
        if type(value) not in {int, float}:
            faults[row] = Cause.FINE if value is None else Cause.WRONG_TYPE
        elif not -LARGEST <= value <= LARGEST:
            faults[row] = Cause.NOT_FINITE
        else:
            numbers[row] = value
    return numbers, faults


def parse_whole_objects(values: Sequence[Any]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Whole numbers of JSON, `3.0` among them; 0 where there is none. Both of shape (rows,)."""
    faults = np.zeros(len(values), dtype=np.uint8)
    numbers = np.zeros(len(values), dtype=np.int64)
    for row, value in enumerate(values):
        if type(value) not in {int, float}:
            faults[row] = Cause.FINE if value is None else Cause.WRONG_TYPE
        elif not -WHOLE_LIMIT <= value < WHOLE_LIMIT:
            faults[row] = Cause.TOO_LOW if value < 0 else Cause.TOO_HIGH
        elif int(value) != value:
            faults[row] = Cause.WRONG_TYPE
        else:
            numbers[row] = int(value)
    return numbers, faults


def range_faults(column: Column, numbers: NDArray[Any]) -> NDArray[np.uint8]:
    """TOO_LOW or TOO_HIGH where a number is outside the column's range; shape (rows,)."""
    faults = np.zeros(len(numbers), dtype=np.uint8)
    if column.low is not None:
        faults[numbers < column.low] = Cause.TOO_LOW
    if column.high is not None:
        faults[numbers > column.high] = Cause.TOO_HIGH
    return faults
