"""What can be wrong with a row, and how it is said without ever showing a value."""

from dataclasses import dataclass
from enum import IntEnum

from data.columns import LIST_LENGTH, Column, Kind

TIME_EXAMPLE = "2026-06-30T12:00:00Z"


class Cause(IntEnum):
    """Why a value or a row is refused; 0 is no fault."""

    FINE = 0
    MISSING = 1
    WRONG_TYPE = 2
    NOT_FINITE = 3
    TOO_LOW = 4
    TOO_HIGH = 5
    NOT_A_CHOICE = 6
    TOO_LONG = 7
    EMPTY_ENTRY = 8
    INVALID_CHARACTER = 9
    NOT_A_TIME = 10
    NO_TIME_ZONE = 11
    TIME_OUT_OF_RANGE = 12
    CONTRADICTS = 13
    DUPLICATE_KEY = 14
    TOO_FEW_FIELDS = 15
    TOO_MANY_FIELDS = 16
    NOT_AN_OBJECT = 17
    DUPLICATE_FIELD = 18
    UNREADABLE = 19
    UNKNOWN_COLUMN = 20
    NOT_WHOLE = 21

    @property
    def label(self) -> str:
        """The cause as written into a file of rejects."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one row."""

    line: int
    """Physical line (text files) or row number (Parquet), counted from 1."""
    column: str | None
    """The column at fault; None where it is the row as a whole."""
    cause: Cause


NOUNS = {
    Kind.ID: "an id, which is text",
    Kind.WORD: "a word, which is text",
    Kind.TEXT: "text",
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number",
    Kind.FLAG: "true or false",
    Kind.TIME: f"a time such as {TIME_EXAMPLE}",
    Kind.WORDS: "a list of words",
}
SENTENCES = {
    Cause.MISSING: "a required value is missing",
    Cause.NOT_FINITE: "the number is not finite; leave it empty where it is unknown",
    Cause.EMPTY_ENTRY: "an entry of the list is empty",
    Cause.INVALID_CHARACTER: "the text holds a control character",
    Cause.NOT_A_TIME: f"not a time; write it as {TIME_EXAMPLE}",
    Cause.NO_TIME_ZONE: f"the time has no zone; write it as {TIME_EXAMPLE}",
    Cause.TIME_OUT_OF_RANGE: "the time is outside the years 1900 to 9999",
    Cause.CONTRADICTS: "the value contradicts another column of the row",
    Cause.DUPLICATE_KEY: "an earlier row has the same key and other values",
    Cause.NOT_WHOLE: "the instrument has whole totals only",
    Cause.TOO_FEW_FIELDS: "the row has fewer fields than the header",
    Cause.TOO_MANY_FIELDS: "the row has more fields than the header",
    Cause.NOT_AN_OBJECT: "the line is not one JSON object",
    Cause.DUPLICATE_FIELD: "the object has the same name twice",
}


def describe(cause: Cause, column: Column | None) -> str:
    """The cause in words, with what the column allows and never with the value.

    Example:
        >>> from data.columns import integer
        >>> describe(Cause.TOO_HIGH, integer("phq9_total", 0, 27))
        'the value is above 27'
    """
    if column is None or cause in SENTENCES:
        return SENTENCES.get(cause, cause.label.replace("_", " "))
    long = f"a word is too long, or there are over {LIST_LENGTH} entries"
    sentences = {
        Cause.WRONG_TYPE: f"the value is not {NOUNS[column.kind]}",
        Cause.TOO_LOW: "the value is below "
        + ("the smallest possible one" if column.low is None else f"{column.low:g}"),
        Cause.TOO_HIGH: "the value is above "
        + ("the largest possible one" if column.high is None else f"{column.high:g}"),
        Cause.NOT_A_CHOICE: f"the word is not one of {', '.join(column.choices)}",
        Cause.TOO_LONG: long if column.kind is Kind.WORDS else "the text is too long",
    }
    return sentences.get(cause, cause.label.replace("_", " "))
