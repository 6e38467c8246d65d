"""The phrases of the text tripwire, one table per language, as data files.

A table is TOML beside this module (`phrases/*.toml`); `docs/tripwire.md` says how it is written. A table that
cannot be read is an error of the installation and is found when the service starts, never in a request.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from data.domain import Tier
from data.errors import UsageError
from matching.tripwire_speller import Speller
from matching.tripwire_text import plain, words_and_marks

CATEGORIES = ("suicide", "self_harm", "harm_to_others", "abuse", "psychosis", "medical")
TIERS = {"red": Tier.RED, "amber": Tier.AMBER}
GAPS = {"*": 4, "**": 12}
"""Words that may stand between; the long gap also goes past commas."""
NUMBER = "#"
"""Any number in digits."""
WORD_LISTS = (
    "vocabulary",
    "neighbours",
    "negations",
    "links",
    "subjects",
    "first_person",
    "others",
    "breaks",
    "spelled_right",
    "torn",
    "often_misspelt",
)
PHRASE_LISTS = ("idioms", "past", "present", "not_denials")
PARTS = frozenset({"language", "sets", "phrases"})
"""What an addition may hold, and a table beside its lists."""
GROUP = frozenset({"category", "tier", "say"})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Element:
    """One place of a phrase."""

    words: frozenset[str] = frozenset()
    """Any of them; empty for a gap."""
    gap: int = 0
    """Words that may be skipped here."""
    is_optional: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Phrase:
    """Words in order, and what they amount to."""

    elements: tuple[Element, ...]
    category: str = ""
    tier: Tier = Tier.GREEN


Phrases = Mapping[str, tuple[Phrase, ...]]
"""Phrases by each word that may begin them."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PhraseTable:
    """Everything about one language."""

    language: str
    words: Mapping[str, frozenset[str]]
    """The lists of `WORD_LISTS`, by name."""
    phrases: Phrases
    quiet: Mapping[str, Phrases]
    """The lists of `PHRASE_LISTS`, by name."""
    vocabulary: frozenset[str]
    """Words by which a text is told to be in this language; none in an addition."""
    speller: Speller
    leaves_unread: bool = False
    """Whether no text counts as read, however little is found in it."""


def read_table(text: str, name: str) -> PhraseTable:
    """The table of a language from a TOML document.

    Args:
        text: The document.
        name: What errors call it.

    Raises:
        UsageError: It is not TOML, or a part is missing, unknown or of another kind.
    """
    document = document_of(text, name)
    try:
        return _table(document)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


def document_of(text: str, name: str) -> dict[str, Any]:
    """A TOML document.

    Raises:
        UsageError: It is none.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not valid TOML: {error}") from None


def _table(document: Mapping[str, Any]) -> PhraseTable:
    more = sorted(set(document) - PARTS - {*WORD_LISTS, *PHRASE_LISTS, "sounds"})
    if more:
        raise UsageError(f"no part of a table is called {more[0]!r}")
    words = {name: _words(part_of(document, name, str)) for name in WORD_LISTS}
    sets = _sets(document)
    quiet = {
        name: [Phrase(elements=_elements(line, sets)) for line in _lines(document, name)]
        for name in PHRASE_LISTS
    }
    phrases = said_by(document)
    right = frozenset().union(*(words[name] for name in WORD_LISTS if name != "neighbours"))
    right |= _words_of(entry for entries in quiet.values() for entry in entries)
    sounds = part_of({"sounds": {}, **document}, "sounds", dict)
    return PhraseTable(
        language=part_of(document, "language", str),
        words=words,
        phrases=by_first_word(phrases),
        quiet={name: by_first_word(entries) for name, entries in quiet.items()},
        vocabulary=right | _words_of(phrases),
        speller=speller_of(phrases, right, words, sounds),
    )


def speller_of(
    phrases: Sequence[Phrase],
    right: Iterable[str],
    lists: Mapping[str, frozenset[str]],
    sounds: Mapping[str, str],
) -> Speller:
    """What finds the words of phrases, forgiving slips in those that are no ordinary words.

    Args:
        phrases: What is looked for.
        right: Words that are never taken for misspelt ones.
        lists: The word lists of the language.
        sounds: As for `Speller`.
    """
    known = _words_of(phrases)
    content = (known - lists["vocabulary"]) | lists["often_misspelt"]
    return Speller(known, right, content=content, torn=lists["torn"], sounds=sounds)


def part_of(document: Mapping[str, Any], name: str, kind: type) -> Any:
    """One part of a document.

    Raises:
        UsageError: It is missing or of another kind.
    """
    if name not in document:
        raise UsageError(f"{name!r} is missing")
    if not isinstance(document[name], kind):
        raise UsageError(f"{name!r} is no {kind.__name__}")
    return document[name]


def _lines(document: Mapping[str, Any], name: str) -> list[str]:
    lines: list[str] = part_of(document, name, list)
    if not all(isinstance(line, str) for line in lines):
        raise UsageError(f"{name!r} holds something that is no phrase")
    return lines


def said_by(document: Mapping[str, Any]) -> list[Phrase]:
    """The phrases that raise a tier.

    Raises:
        UsageError: A group is missing a part, or names a category or tier that there is not.
    """
    sets = _sets(document)
    found = []
    for group in part_of(document, "phrases", list):
        if not isinstance(group, dict):
            raise UsageError("'phrases' holds something that is no group of phrases")
        more = sorted(set(group) - GROUP)
        if more:
            raise UsageError(
                f"a group of phrases holds {', '.join(sorted(GROUP))}, not {more[0]!r}"
            )
        category, tier = part_of(group, "category", str), part_of(group, "tier", str)
        if category not in CATEGORIES:
            raise UsageError(f"category {category!r} is none of {', '.join(CATEGORIES)}")
        if tier not in TIERS:
            raise UsageError(f"tier {tier!r} is none of {', '.join(TIERS)}")
        found += [
            Phrase(elements=_elements(line, sets), category=category, tier=TIERS[tier])
            for line in _lines(group, "say")
        ]
    return found


def _sets(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The named sets; one may hold others that stand before it.

    Raises:
        UsageError: They are no table of texts, or one names a set that there is not.
    """
    sets: dict[str, frozenset[str]] = {}
    given = document.get("sets", {})
    if not isinstance(given, dict):
        raise UsageError("'sets' is no table")
    for name in given:
        members = _words(part_of(given, name, str))
        sets[name] = frozenset().union(*(_members(member, sets) for member in members))
    return sets


def _members(word: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if not word.startswith("<"):
        return frozenset((word,))
    name = word.strip("<>")
    if name not in sets:
        raise UsageError(f"there is no set {word}")
    return sets[name]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _elements(line: str, sets: Mapping[str, frozenset[str]]) -> tuple[Element, ...]:
    """The places of a phrase; optional ones and gaps at its ends say nothing and are left out.

    Raises:
        UsageError: Nothing is left, a set is not there, or a word is not written as words are read.
    """
    places = [_element(part, sets) for part in line.split()]
    while places and (places[0].is_optional or places[0].gap):
        places.pop(0)
    while places and (places[-1].is_optional or places[-1].gap):
        places.pop()
    if not places:
        raise UsageError(f"the phrase {line!r} has no word that must be there")
    return tuple(places)


def _element(part: str, sets: Mapping[str, frozenset[str]]) -> Element:
    if part in GAPS:
        return Element(gap=GAPS[part])
    named = part.removesuffix("?").split("|")
    words = frozenset().union(*(_members(word, sets) for word in named))
    for word in words - {NUMBER}:
        if words_and_marks(plain(word)) != [word]:
            raise UsageError(f"{word!r} is not in small letters without accents and signs")
    return Element(words=words, is_optional=part.endswith("?"))


def _words_of(phrases: Iterable[Phrase]) -> frozenset[str]:
    return frozenset().union(
        *(element.words for phrase in phrases for element in phrase.elements)
    ) - {NUMBER}


def by_first_word(phrases: Sequence[Phrase]) -> Phrases:
    """Phrases by each word that may begin them."""
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for word in phrase.elements[0].words:
            found.setdefault(word, []).append(phrase)
    return MappingProxyType({word: tuple(entries) for word, entries in found.items()})
