"""What a column of a clinic table is: its kind, its range, whether it must be there.

A table of the contract is described once, in `data.clinic`; files, database, checks and the data
dictionary are all derived from that description.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a value is written, checked and stored."""

    ID = "id"
    """An outside identifier: any string of 1 to 128 characters."""
    WORD = "word"
    """One word of an open vocabulary (a concern, a payer, a region): 1 to 128 characters."""
    TEXT = "text"
    """Short descriptive text about a thing, never about a person: up to 2,000 characters."""
    INTEGER = "integer"
    """A whole number; stored as 64-bit."""
    NUMBER = "number"
    """A finite real number; stored as float64."""
    FLAG = "flag"
    """True or false."""
    TIME = "time"
    """An instant; RFC 3339 in files, microseconds since 1970-01-01 UTC in storage."""
    WORDS = "words"
    """An ordered list of words or ids; joined with `|` in CSV, a JSON array in storage."""


ID_LENGTH = 128
"""Most characters of an id or a word."""
TEXT_LENGTH = 2_000
"""Most characters of a text."""
LIST_LENGTH = 10_000
"""Most entries of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    is_required: bool = False
    """Whether the column and every value in it must be there."""
    low: float | None = None
    """Smallest allowed value, inclusive."""
    high: float | None = None
    """Largest allowed value, inclusive."""
    choices: tuple[str, ...] = ()
    """The closed vocabulary, or empty where any word is allowed."""
    doc: str = ""
    """One sentence for the data dictionary, with unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One table of the contract."""

    name: str
    key: tuple[str, ...]
    """Columns that identify a row; a missing value in a key counts as the empty string."""
    columns: tuple[Column, ...]
    doc: str = ""

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: The table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the contract."""
        return tuple(column.name for column in self.columns)


def identifier(name: str, doc: str = "", *, required: bool = False) -> Column:
    """A column of outside ids."""
    return Column(name=name, kind=Kind.ID, is_required=required, doc=doc)


def word(name: str, *choices: str, doc: str = "", required: bool = False) -> Column:
    """A column of single words; closed when choices are given."""
    return Column(name=name, kind=Kind.WORD, is_required=required, choices=choices, doc=doc)


def words(name: str, *choices: str, doc: str = "", required: bool = False) -> Column:
    """A column of word lists; closed when choices are given."""
    return Column(name=name, kind=Kind.WORDS, is_required=required, choices=choices, doc=doc)


def text(name: str, doc: str = "", *, required: bool = False) -> Column:
    """A column of short descriptive text."""
    return Column(name=name, kind=Kind.TEXT, is_required=required, doc=doc)


def flag(name: str, doc: str = "") -> Column:
    """A column of truth values."""
    return Column(name=name, kind=Kind.FLAG, doc=doc)


def time(name: str, doc: str = "", *, required: bool = False) -> Column:
    """A column of instants."""
    return Column(name=name, kind=Kind.TIME, is_required=required, doc=doc)


def integer(
    name: str,
    low: float | None = None,
    high: float | None = None,
    *,
    doc: str = "",
    required: bool = False,
) -> Column:
    """A column of whole numbers within an inclusive range."""
    return Column(
        name=name, kind=Kind.INTEGER, low=low, high=high, is_required=required, doc=doc
    )


def number(
    name: str,
    low: float | None = None,
    high: float | None = None,
    *,
    doc: str = "",
    required: bool = False,
) -> Column:
    """A column of finite real numbers within an inclusive range."""
    return Column(
        name=name, kind=Kind.NUMBER, low=low, high=high, is_required=required, doc=doc
    )
