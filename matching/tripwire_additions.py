"""Phrases that a clinic adds to the text tripwire, in files of its own.

An addition stands beside the tables and changes none of them, and it may hold nothing that quiets a phrase, so
it can only make the tripwire hear more.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from data.errors import UsageError
from matching.tripwire_table import (
    PARTS,
    PHRASE_LISTS,
    WORD_LISTS,
    Phrases,
    PhraseTable,
    by_first_word,
    document_of,
    part_of,
    said_by,
    speller_of,
)

NEVER_READ = "every_text_is_unread"
"""Where true, a text is amber until a human being has read it, whatever was found and answered."""


def read_addition(text: str, name: str, tables: Iterable[PhraseTable]) -> PhraseTable:
    """Phrases that a clinic adds, as a table that stands beside the others.

    The qualifiers of its language hold for them too (a denial is still a denial); idioms do not.

    Args:
        text: A TOML document with `language`, `phrases` and perhaps `sets` and `every_text_is_unread`.
        name: What errors call it.
        tables: The tables of the languages.

    Raises:
        UsageError: It is not TOML, a part is missing or of another kind, or it holds more than phrases.
    """
    document = document_of(text, name)
    try:
        return _addition(document, tables)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


def _addition(document: Mapping[str, Any], tables: Iterable[PhraseTable]) -> PhraseTable:
    may_hold = PARTS | {NEVER_READ}
    more = sorted(set(document) - may_hold)
    if more:
        raise UsageError(
            f"additions hold {', '.join(sorted(may_hold))} alone, not {more[0]!r}: "
            "they only ever make the tripwire hear more"
        )
    language = part_of(document, "language", str)
    base = next((table for table in tables if table.language == language), None)
    phrases, lists = said_by(document), _quiet_words(base)
    return PhraseTable(
        language=language,
        words=lists,
        phrases=by_first_word(phrases),
        quiet={**_quiet_phrases(base), "idioms": {}},
        vocabulary=frozenset(),
        speller=speller_of(phrases, lists["vocabulary"], lists, {}),
        leaves_unread=part_of({NEVER_READ: False, **document}, NEVER_READ, bool),
    )


def _quiet_words(base: PhraseTable | None) -> Mapping[str, frozenset[str]]:
    return dict.fromkeys(WORD_LISTS, frozenset[str]()) if base is None else base.words


def _quiet_phrases(base: PhraseTable | None) -> Mapping[str, Phrases]:
    return dict.fromkeys(PHRASE_LISTS, MappingProxyType({})) if base is None else base.quiet
