"""Field types of requests, made from the contract's columns.

Requests are checked strictly: a number is no string, an unknown field is refused, a time names its
offset. Ranges, words and descriptions come from `data.clinic`, so that they stand in one place.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
)
from pydantic_core import PydanticCustomError

from data.columns import ID_LENGTH, LIST_LENGTH, TEXT_LENGTH, Column, Kind, TableSpec

WORDS_LENGTH = 200
"""Most words in a list of a request; lists of ids may have `LIST_LENGTH` entries."""
LARGEST_INTEGER = 2**63 - 1
"""Largest whole number that storage holds."""
NO_NUL = r"^[^\x00]*$"
"""The one character that no database stores in text is refused."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})"
)


class RequestModel(BaseModel):
    """What all requests share."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 18.0 is the whole number 18."""
    return int(value) if type(value) is float and value.is_integer() else value


def _moment(value: Any) -> Any:
    """The instant that an RFC 3339 text names, in UTC; anything but text is left to the type.

    Raises:
        PydanticCustomError: The text is no time, or lies outside the years that are taken.
    """
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value.upper()) if _RFC3339.fullmatch(value) else None
    except ValueError:
        moment = None
    if moment is None:
        raise PydanticCustomError("time_format", "must be an RFC 3339 time")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = LATEST
    if not EARLIEST <= moment < LATEST:
        raise PydanticCustomError("time_range", "must lie between 1900 and 2200")
    return moment


WHOLE = BeforeValidator(_whole)
"""Takes 18.0 for a whole number; stands after `Field` in `Annotated`."""


def whole_number(low: float | None, high: float | None) -> Any:
    """A whole number within an inclusive range."""
    least = -LARGEST_INTEGER if low is None else int(low)
    most = LARGEST_INTEGER if high is None else int(high)
    return Annotated[int, Field(ge=least, le=most), WHOLE]


Identifier = Annotated[str, Field(min_length=1, max_length=ID_LENGTH, pattern=NO_NUL)]
"""An outside id or a word: any characters but NUL."""
Text = Annotated[str, Field(max_length=TEXT_LENGTH, pattern=NO_NUL)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""A time with its offset, turned to UTC."""
Words = Annotated[tuple[Identifier, ...], Field(max_length=WORDS_LENGTH)]
Identifiers = Annotated[tuple[Identifier, ...], Field(max_length=LIST_LENGTH)]

_PLAIN: Mapping[Kind, Any] = {
    Kind.ID: Identifier,
    Kind.WORD: Identifier,
    Kind.TEXT: Text,
    Kind.FLAG: bool,
    Kind.TIME: Moment,
}


def type_of(column: Column) -> Any:
    """The type of a column's value in a request."""
    if column.kind is Kind.INTEGER:
        return whole_number(column.low, column.high)
    if column.kind is Kind.NUMBER:
        return Annotated[float, Field(ge=column.low, le=column.high)]
    choice: Any = Literal[column.choices] if column.choices else None
    if column.kind is not Kind.WORDS:
        return choice or _PLAIN[column.kind]
    if choice:
        return Annotated[tuple[choice, ...], Field(max_length=WORDS_LENGTH)]
    return Identifiers if "ids" in column.doc else Words


def field_of(column: Column, *, required: bool) -> tuple[Any, Any]:
    """The type and field of a column, for `pydantic.create_model`.

    Args:
        column: A column of the contract.
        required: Whether a request must have it; otherwise null means the same as absent.
    """
    kind = type_of(column)
    about = column.doc or None
    if required:
        return kind, Field(description=about)
    empty = () if column.kind is Kind.WORDS else None
    return kind | None, Field(default=empty, description=about)


def model_of(
    name: str,
    spec: TableSpec,
    *,
    base: type[RequestModel] = RequestModel,
    columns: Iterable[str],
    required: Iterable[str] = (),
) -> type[RequestModel]:
    """A request model with columns of a table.

    Args:
        name: Its name in the API's description.
        spec: The table.
        base: A model whose fields come first.
        columns: Which columns, by name.
        required: Which of them a request must have.
    """
    needed = frozenset(required)
    fields: dict[str, Any] = {
        column: field_of(spec.column(column), required=column in needed) for column in columns
    }
    return create_model(name, __base__=base, __doc__=spec.doc, **fields)
