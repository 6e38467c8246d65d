"""Arrow arrays, as Parquet files hold them, as stored values with a mask of faults."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.columns import Kind
from data.faults import Cause
from data.parsing_numbers import parse_number_objects, parse_whole_objects
from data.parsing_times import parse_time_arrow, parse_time_text

Triple = tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.uint8]]


def arrow_objects(kind: Kind, array: Any) -> list[Any]:
    """An array of strings, or of lists of strings, as Python objects.

    Any other array becomes objects that the checks of the column refuse, whatever its values.
    """
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    fits = is_list_type if kind is Kind.WORDS else is_string_type
    if fits(array.type):
        return array.to_pylist()
    return [0 if is_valid else None for is_valid in array.is_valid().to_pylist()]


def is_string_type(kind: Any) -> bool:
    """Whether an Arrow type is one of the types of strings."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(test(kind) for test in tests)


def is_list_type(kind: Any) -> bool:
    """Whether an Arrow type is one of the types of lists."""
    tests = (
        pa.types.is_list,
        pa.types.is_large_list,
        pa.types.is_fixed_size_list,
        pa.types.is_list_view,
        pa.types.is_large_list_view,
    )
    return any(test(kind) for test in tests)


def parse_arrow(kind: Kind, array: Any) -> Triple:
    """An array of a column of numbers, truth values or times.

    A null, and NaN among numbers, is missing: pandas writes whole numbers with gaps as floats.

    Returns:
        Stored values, whether each is missing, and the cause of each fault; all of shape (rows,).
    """
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    is_missing = _numpy(array.is_null(nan_is_null=True))
    types, given = pa.types, array.type
    if kind is Kind.FLAG and types.is_boolean(given):
        faults = np.zeros(len(array), dtype=np.uint8)
        return _numpy(pc.coalesce(array, False)), is_missing, faults
    if kind is Kind.TIME and (types.is_timestamp(given) or types.is_date(given)):
        moments, faults = parse_time_arrow(array)
        return moments, is_missing, faults
    if kind is Kind.TIME and is_string_type(given):
        texts = array.to_pylist()
        moments, faults = parse_time_text(texts)
        return moments, np.array([not text for text in texts], dtype=np.bool_), faults
    if kind in {Kind.INTEGER, Kind.NUMBER} and _is_numeric_type(given):
        numbers, faults = _numbers(kind, array, is_missing)
        return numbers, is_missing, faults
    faults = np.where(is_missing, Cause.FINE, Cause.WRONG_TYPE).astype(np.uint8)
    return np.zeros(len(array)), is_missing, faults


def _is_numeric_type(given: Any) -> bool:
    types = pa.types
    return types.is_integer(given) or types.is_floating(given) or types.is_decimal(given)


def _numbers(
    kind: Kind, array: Any, is_missing: NDArray[np.bool_]
) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Numbers, 0 where they are missing or at fault; whole ones keep all their digits."""
    if pa.types.is_decimal(array.type):
        values = [None if value is None else float(value) for value in array.to_pylist()]
    else:
        values = array.to_pylist()
    values = [None if gap else value for gap, value in zip(is_missing, values, strict=True)]
    return (parse_whole_objects if kind is Kind.INTEGER else parse_number_objects)(values)


def _numpy(array: Any) -> NDArray[Any]:
    return array.to_numpy(zero_copy_only=False)
