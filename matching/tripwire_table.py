"""The phrases of the text tripwire, one table per language, as data files.

A table is TOML beside this module (`phrases/*.toml`); `docs/tripwire.md` says how it is written. A table that
cannot be read is an error of the installation and is found when the tables are loaded, never in a request.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from data.domain import Tier
from data.errors import UsageError
from matching.tripwire_text import Speller

CATEGORIES = ("suicide", "self_harm", "harm_to_others", "abuse", "psychosis", "medical")
TIERS = {"red": Tier.RED, "amber": Tier.AMBER}
GAP = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One place of a phrase."""

    words: frozenset[str]
    """Any of them; empty for a gap of up to four words."""
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words in order, and what they amount to."""

    elements: tuple[Element, ...]
    category: str = ""
    tier: Tier = Tier.GREEN


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PhraseTable:
    """Everything about one language."""

    language: str
    common: frozenset[str]
    negations: frozenset[str]
    others: frozenset[str]
    breaks: frozenset[str]
    past: Mapping[str, tuple[Phrase, ...]]
    """Phrases by each word that may begin them, as in the two below."""
    idioms: Mapping[str, tuple[Phrase, ...]]
    phrases: Mapping[str, tuple[Phrase, ...]]
    speller: Speller


@cache
def load_tables() -> tuple[PhraseTable, ...]:
    """The tables of all languages, by file name.

    Raises:
        UsageError: A table is damaged.
    """
    folder = files("matching").joinpath("phrases")
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    return tuple(read_table(file.read_text("utf-8"), file.name) for file in found)


def read_table(text: str, name: str) -> PhraseTable:
    """The table of a TOML document.

    Args:
        text: The document.
        name: What errors call it.

    Raises:
        UsageError: It is not TOML, or a part is missing or of another kind.
    """
    try:
        document = tomllib.loads(text)
        return _table(document)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{name} is not a table of phrases: {error}") from error
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from error


def _table(document: Mapping[str, Any]) -> PhraseTable:
    sets = {name: _words(words) for name, words in document["sets"].items()}
    phrases = [
        Phrase(
            elements=_elements(line, sets),
            category=group["category"],
            tier=TIERS[group["tier"]],
        )
        for group in document["phrases"]
        for line in group["say"]
    ]
    for phrase in phrases:
        if phrase.category not in CATEGORIES:
            raise UsageError(f"category {phrase.category!r} is none of {', '.join(CATEGORIES)}")
    idioms = [Phrase(elements=_elements(line, sets)) for line in document["idioms"]]
    past = [Phrase(elements=_elements(line, sets)) for line in document["past"]]
    known = {
        word for phrase in phrases for element in phrase.elements for word in element.words
    }
    right = _words(document["spelled_right"]) | _words(document["common"])
    right |= {
        word for phrase in (*idioms, *past) for entry in phrase.elements for word in entry.words
    }
    return PhraseTable(
        language=str(document["language"]),
        common=_words(document["common"]),
        negations=_words(document["negations"]),
        others=_words(document["others"]),
        breaks=_words(document["breaks"]),
        past=_by_first_word(past),
        idioms=_by_first_word(idioms),
        phrases=_by_first_word(phrases),
        speller=Speller(known, right),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _elements(line: str, sets: Mapping[str, frozenset[str]]) -> tuple[Element, ...]:
    """The places of a phrase; optional ones and gaps at its beginning say nothing and are left out.

    Raises:
        UsageError: Nothing is left, or a set is not there.
    """
    places = [_element(part, sets) for part in line.split()]
    while places and (places[0].is_optional or not places[0].words):
        places.pop(0)
    if not places:
        raise UsageError(f"the phrase {line!r} has no word that must be there")
    return tuple(places)


def _element(part: str, sets: Mapping[str, frozenset[str]]) -> Element:
    if part == GAP:
        return Element(words=frozenset())
    is_optional = part.endswith("?")
    words: set[str] = set()
    for word in part.rstrip("?").split("|"):
        if word.startswith("<"):
            name = word.strip("<>")
            if name not in sets:
                raise UsageError(f"there is no set {word}")
            words |= sets[name]
        else:
            words.add(word)
    return Element(words=frozenset(words), is_optional=is_optional)


def _by_first_word(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for word in phrase.elements[0].words:
            found.setdefault(word, []).append(phrase)
    return {word: tuple(entries) for word, entries in found.items()}
