"""Raw ids, words, texts and lists as stored values, with a mask of faults."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from data.columns import ID_LENGTH, LIST_LENGTH, TEXT_LENGTH, Column, Kind
from data.faults import Cause
from data.raw_batches import Form

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no id and no word may hold: control characters and halves of surrogate pairs."""
CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Texts may hold tabs and line ends."""
PARTS = re.compile(r"[^\\|]+|\||\\.?", re.DOTALL)
"""Plain text, a separator, or a backslash with what it protects."""
EMPTY_LIST = "[]"


def parse_strings(
    column: Column, values: Sequence[Any]
) -> tuple[list[str | None], NDArray[np.uint8]]:
    """Strings of an ID, WORD or TEXT column.

    Args:
        column: What is allowed.
        values: Python objects; None and the empty string are missing.

    Returns:
        Stored values with None for missing ones, and the cause of each fault; shape (rows,).
    """
    faults = np.zeros(len(values), dtype=np.uint8)
    kept: list[str | None] = [None if value == "" else value for value in values]
    given = [value for value in kept if value is not None]
    if not _are_fine(column, given):
        for row, value in enumerate(kept):
            if value is not None:
                faults[row] = _string_cause(column, value)
    if column.is_required and len(given) < len(kept):
        faults[[row for row, value in enumerate(kept) if value is None]] = Cause.MISSING
    return kept, faults


def _limits(column: Column) -> tuple[int, re.Pattern[str]]:
    """Greatest length and forbidden characters of the strings of a column."""
    if column.kind is Kind.TEXT:
        return TEXT_LENGTH, CONTROL_IN_TEXT
    return ID_LENGTH, CONTROL


def _are_fine(column: Column, given: list[Any]) -> bool:
    """Whether all strings are fine, found out for the whole column at once."""
    length, control = _limits(column)
    if not all(type(value) is str for value in given):
        return False
    if column.choices:
        return set(column.choices).issuperset(given)
    return max(map(len, given), default=0) <= length and not control.search("".join(given))


def _string_cause(column: Column, value: Any) -> Cause:
    length, control = _limits(column)
    if type(value) is not str:
        return Cause.WRONG_TYPE
    if len(value) > length:
        return Cause.TOO_LONG
    if control.search(value):
        return Cause.INVALID_CHARACTER
    if column.choices and value not in column.choices:
        return Cause.NOT_A_CHOICE
    return Cause.FINE


def parse_lists(
    column: Column, form: Form, values: Sequence[Any]
) -> tuple[list[str], NDArray[np.uint8]]:
    """Lists of a WORDS column.

    Args:
        column: What is allowed in an entry.
        form: TEXT for strings joined with `|`; else Python lists.
        values: Raw values; None and the empty string are the empty list.

    Returns:
        JSON arrays, `[]` where there is a fault, and the cause of each fault; shape (rows,).
    """
    faults = np.zeros(len(values), dtype=np.uint8)
    kept = [EMPTY_LIST] * len(values)
    known: dict[Any, tuple[str, Cause]] = {}
    for row, value in enumerate(values):
        if value is None or value == "":
            continue
        name = tuple(value) if type(value) is list and _are_strings(value) else value
        if type(name) not in {tuple, str}:
            faults[row] = Cause.WRONG_TYPE
            continue
        if name not in known:
            known[name] = _parse_list(column, form, name)
        kept[row], faults[row] = known[name]
    return kept, faults


def _are_strings(entries: list[Any]) -> bool:
    return all(type(entry) is str for entry in entries)


def _parse_list(column: Column, form: Form, value: str | tuple[str, ...]) -> tuple[str, Cause]:
    """One list as a JSON array, or `[]` and why not."""
    if isinstance(value, str):
        if form is not Form.TEXT:
            return EMPTY_LIST, Cause.WRONG_TYPE
        entries = split_list(value)
    else:
        entries = list(value)
    cause = Cause.TOO_LONG if len(entries) > LIST_LENGTH else Cause.FINE
    for entry in entries:
        if cause is Cause.FINE:
            cause = _string_cause(column, entry) if entry else Cause.EMPTY_ENTRY
    if cause is not Cause.FINE:
        return EMPTY_LIST, cause
    return msgspec.json.encode(entries).decode(), cause


def split_list(text: str) -> list[str]:
    r"""The entries of a list written in one cell: joined with `|`, with `\|` and `\\` inside.

    Example:
        >>> split_list(r"anxiety|a\|b|c\\d")
        ['anxiety', 'a|b', 'c\\d']
        >>> split_list("")
        []
    """
    if not text:
        return []
    if "\\" not in text:
        return text.split("|")
    entries = [""]
    for part in PARTS.findall(text):
        if part == "|":
            entries.append("")
        else:
            entries[-1] += part[1:] or part if part.startswith("\\") else part
    return entries


def join_list(entries: Sequence[str]) -> str:
    r"""The inverse of `split_list` for lists whose entries are not empty.

    Example:
        >>> print(join_list(["anxiety", "a|b", "c\\d"]))
        anxiety|a\|b|c\\d
    """
    return "|".join(entry.replace("\\", "\\\\").replace("|", "\\|") for entry in entries)
