"""Rules that hold between the columns of one row.

A rule looks at stored columns, passes over what is missing or at fault already, and names the row,
column and cause of each breach, always at a value that is there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from types import MappingProxyType
from typing import Any

from data.codes.instruments import INSTRUMENTS, instrument_key
from data.faults import Cause

Columns = Mapping[str, Sequence[Any]]
Breach = tuple[int, str, Cause]


def intake_breaches(columns: Columns) -> Iterator[Breach]:
    """Item 9 of the PHQ-9 cannot exceed the total it is part of."""
    pairs = zip(_column(columns, "phq9_total"), columns.get("phq9_item9", ()), strict=False)
    for row, (total, item9) in enumerate(pairs):
        if total is not None and item9 is not None and item9 > total:
            yield row, "phq9_item9", Cause.CONTRADICTS


def measure_breaches(columns: Columns) -> Iterator[Breach]:
    """Totals lie within their instrument; item 9 belongs to the PHQ-9 and is part of its total.

    Instruments are known by their letters and digits in any case (`PHQ-9` is `phq9`), as they are
    learned from. Those that are not known may have any total.
    """
    rows = zip(columns["instrument"], columns["total"], _column(columns, "item9"), strict=False)
    for row, (word, total, item9) in enumerate(rows):
        code = None if word is None else instrument_key(word)
        cause = _total_cause(code, total)
        if cause is not Cause.FINE:
            yield row, "total", cause
        elif item9 is not None and _contradicts(code, total, item9):
            yield row, "item9", Cause.CONTRADICTS


def _contradicts(code: str | None, total: float | None, item9: int) -> bool:
    """Whether item 9 belongs to another instrument or exceeds its own total."""
    return code not in {None, "phq9"} or (total is not None and item9 > total)


def _total_cause(code: str | None, total: float | None) -> Cause:
    instrument = None if code is None else INSTRUMENTS.get(code)
    if instrument is None or total is None:
        return Cause.FINE
    if total < instrument.low:
        return Cause.TOO_LOW
    if total > instrument.high:
        return Cause.TOO_HIGH
    is_broken = instrument.has_whole_totals and not float(total).is_integer()
    return Cause.NOT_WHOLE if is_broken else Cause.FINE


def _column(columns: Columns, name: str) -> Any:
    """A column, or None for ever where the file has none."""
    return columns.get(name, repeat(None))


RULES: Mapping[str, Callable[[Columns], Iterator[Breach]]] = MappingProxyType(
    {"intakes": intake_breaches, "measures": measure_breaches}
)
"""The rule of each table that has one."""
