"""One row of the parameter table: a value with its unit, source, evidence and range to test."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, TypeVar

Value = TypeVar("Value")

MARKS = ("seen", "secondary", "recalled", "derived", "assumed")
"""How well a value is supported, strongest first.

Seen: read in the source. Secondary: quoted by another source. Recalled: from memory. Derived:
computed from others. Assumed: no source.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One named parameter of a world, as shown to a reader."""

    path: str
    """Section and name, such as `outcome.clinician_share`."""
    row: int | None
    """Row of the parameter table, or None for an extension that the table does not have."""
    value: object
    unit: str
    source: str
    marks: tuple[str, ...]
    """Evidence marks; where there are two, the source says which part has which."""
    tested: str
    """Range over which conclusions should be tested; empty where none is given."""


def row(
    number: int | None,
    value: Value,
    *,
    unit: str,
    source: str,
    mark: str,
    tested: str = "",
) -> Value:
    """A dataclass field that is a parameter of the table.

    Args:
        number: Row of the table, None for an extension.
        value: The default of the base world.
        unit: What the value counts.
        source: Where it comes from, or what it stands for.
        mark: One or two of `MARKS`, joined with `+`.
        tested: Range to test.

    Returns:
        A field that the type checker takes for its value.
    """
    told = {"row": number, "unit": unit, "source": source, "mark": mark, "tested": tested}
    return field(default=value, metadata=told)


def list_parameters(section: Any, path: str = "") -> Iterator[Parameter]:
    """All parameters of a configuration and of the configurations inside it, in order.

    Args:
        section: A dataclass instance whose fields were made by `row` or are such instances.
        path: What stands before the names.

    Yields:
        One entry a parameter.
    """
    for entry in fields(section):
        value = getattr(section, entry.name)
        name = f"{path}.{entry.name}" if path else entry.name
        if is_dataclass(value) and not isinstance(value, type):
            yield from list_parameters(value, name)
        elif "unit" in entry.metadata:
            told = entry.metadata
            yield Parameter(
                path=name,
                row=told["row"],
                value=value,
                unit=told["unit"],
                source=told["source"],
                marks=tuple(told["mark"].split("+")),
                tested=told["tested"],
            )
