"""Raw times as microseconds since 1970-01-01 UTC, with a mask of faults."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.faults import Cause

PATTERN = (
    r"^(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[Tt ]"
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<zone_hour>\d\d):(?P<zone_minute>\d\d))$"
)
"""RFC 3339, section 5.6."""
NO_ZONE = r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?$"
SECOND = 1_000_000
DAY = 86_400 * SECOND
EARLIEST = -25_567 * DAY
"""1900-01-01, the first time that is accepted."""
END = 2_932_897 * DAY
"""10000-01-01, before which every time must lie."""
UNIT_MICROSECONDS = {"s": SECOND, "ms": 1_000, "us": 1}


def parse_time_text(values: Sequence[Any]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """RFC 3339 texts; digits beyond the microsecond are cut off.

    Args:
        values: Python objects; None and the empty string are missing and come out as 0 without a
            fault.

    Returns:
        Microseconds since 1970 UTC, and the cause of each fault; both of shape (rows,).
    """
    array = pa.array([value if type(value) is str else None for value in values], pa.string())
    parts = pc.extract_regex(array, PATTERN)
    is_read = parts.is_valid().to_numpy(zero_copy_only=False)
    faults = np.where(is_read, Cause.FINE, Cause.NOT_A_TIME).astype(np.uint8)
    has_no_zone = pc.coalesce(pc.match_substring_regex(array, NO_ZONE), False)
    faults[has_no_zone.to_numpy(zero_copy_only=False)] = Cause.NO_TIME_ZONE
    for row in np.flatnonzero(array.is_null().to_numpy(zero_copy_only=False)).tolist():
        faults[row] = Cause.FINE if values[row] is None else Cause.WRONG_TYPE
    faults[pc.equal(pc.coalesce(array, "-"), "").to_numpy(zero_copy_only=False)] = Cause.FINE
    moments, is_possible = _moments(parts)
    faults[is_read & ~is_possible] = Cause.NOT_A_TIME
    is_outside = (moments < EARLIEST) | (moments >= END)
    faults[is_read & is_possible & is_outside] = Cause.TIME_OUT_OF_RANGE
    return np.where(is_read & (faults == Cause.FINE), moments, 0), faults


def _moments(parts: Any) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Microseconds of the parts of a time, and whether the calendar has such a time."""
    year, month, day = (_number(parts, name, 4) for name in ("year", "month", "day"))
    hour, minute, second = (_number(parts, name, 2) for name in ("hour", "minute", "second"))
    zone_hour, zone_minute = (_number(parts, name, 2) for name in ("zone_hour", "zone_minute"))
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    is_possible = (month >= 1) & (month <= 12) & (days.astype("datetime64[M]") == months)
    is_possible &= (hour <= 23) & (minute <= 59) & (second <= 59)
    is_possible &= (zone_hour <= 23) & (zone_minute <= 59)
    sign = np.where(
        pc.equal(pc.struct_field(parts, "sign"), "-").to_numpy(zero_copy_only=False), -1, 1
    )
    seconds = hour * 3_600 + minute * 60 + second - sign * (zone_hour * 60 + zone_minute) * 60
    fraction = pc.utf8_rpad(pc.coalesce(pc.struct_field(parts, "fraction"), ""), 6, "0")
    micros = pc.utf8_slice_codeunits(fraction, 0, 6).cast(pa.int64()).to_numpy()
    return days.astype(np.int64) * DAY + seconds * SECOND + micros, is_possible


def _number(parts: Any, name: str, width: int) -> NDArray[np.int64]:
    """A field of digits as numbers; absent is 0."""
    digits = pc.utf8_lpad(pc.coalesce(pc.struct_field(parts, name), ""), width, "0")
    return digits.cast(pa.int64()).to_numpy()


def parse_time_arrow(array: Any) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Arrow timestamps of any unit, and dates, which mean their midnight; without a zone in UTC.

    Returns:
        Microseconds since 1970 UTC with 0 for null, and the cause of each fault; shape (rows,).
    """
    if pa.types.is_date32(array.type):
        array = array.cast(pa.timestamp("s"))
    elif pa.types.is_date64(array.type):
        array = array.cast(pa.timestamp("ms"))
    unit = array.type.unit
    counts = pc.fill_null(array.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    if unit == "ns":
        moments = counts // 1_000
    else:
        factor = UNIT_MICROSECONDS[unit]
        moments = np.clip(counts, EARLIEST // factor - 1, END // factor) * factor
    is_outside = (moments < EARLIEST) | (moments >= END)
    faults = np.where(is_outside, Cause.TIME_OUT_OF_RANGE, Cause.FINE).astype(np.uint8)
    return np.where(is_outside, 0, moments), faults
