"""Which rows of directory and catalogue a search means: the words that eligibility goes by."""

from collections.abc import Callable, Iterable, Mapping

from data.codes.concerns import domain_of
from data.records import Record
from data.word_index import word_key

CLINICIAN_WORDS: Mapping[str, tuple[str, ...]] = {
    "region": ("licensed_regions", "compact_regions"),
    "payer": ("payers",),
    "language": ("languages",),
    "format": ("formats",),
    "population": ("populations",),
    "age_band": ("age_bands",),
    "clinic_id": ("clinic_id",),
}
"""Parameter of a search, and the columns of which one has to hold its word."""
CONTENT_WORDS: Mapping[str, tuple[str, ...]] = {
    "topic": ("topics",),
    "kind": ("kind",),
    "language": ("language",),
    "level": ("level",),
    "program_id": ("program_id",),
}
CONCERN_COLUMNS = ("specialties_top", "also_treats")


def holding(
    columns: Mapping[str, tuple[str, ...]], asked: Mapping[str, str | None]
) -> Callable[[Record], bool]:
    """Rows that hold every asked word; upper and lower case are the same.

    Args:
        columns: Which columns a parameter looks at.
        asked: Words by parameter; None is not asked.
    """
    wanted = {name: word_key(word) for name, word in asked.items() if word is not None}

    def keep(record: Record) -> bool:
        return all(
            word
            in {word_key(found) for column in columns[name] for found in _words(record[column])}
            for name, word in wanted.items()
        )

    return keep


def treating(concern: str | None) -> Callable[[Record], bool]:
    """Clinicians who list a concern, or another word for the same domain."""
    domain = None if concern is None else domain_of(concern)

    def keep(record: Record) -> bool:
        return domain is None or any(
            domain_of(word) == domain for column in CONCERN_COLUMNS for word in record[column]
        )

    return keep


def _words(value: str | list[str] | None) -> Iterable[str]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value
