"""The text tripwire: phrases that somebody has to hear at once, found in what a person wrote.

It supplements the structured screen and replaces nobody: it can only raise a tier, and that it finds
nothing proves nothing. Negation, somebody else's story, the past and a question about others take a phrase from
red to amber, never further; an idiom that covers a phrase wholly takes it away. What is read is never kept: a
finding holds codes alone. Time is linear in the length of the text.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from pathlib import Path

from data.domain import Tier
from data.errors import UsageError
from matching.tripwire_additions import read_addition
from matching.tripwire_coverage import Coverage
from matching.tripwire_scope import Scene, Span, is_quiet
from matching.tripwire_table import (
    GAPS,
    NUMBER,
    Element,
    Phrase,
    Phrases,
    PhraseTable,
    read_table,
)
from matching.tripwire_text import CLAUSE, MARKS, plain, words_and_marks

LONGEST_TEXT = 10_000
"""Characters that are read; a longer text counts as unread."""

Readings = Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFinding:
    """What a text amounts to; nothing of the text itself."""

    tier: Tier
    """Green where nothing was found."""
    codes: tuple[str, ...]
    """`text_suicide` and so on, most serious first."""
    tiers: tuple[Tier, ...]
    """The tier of each code."""
    is_read: bool
    """Whether it is in languages of the tables and short enough: otherwise nobody has read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tripwire:
    """The tables that texts are read with."""

    tables: tuple[PhraseTable, ...]
    version: str
    """Of the tables and additions, for the log."""
    coverage: Coverage = field(repr=False)

    def read(self, text: str) -> TextFinding:
        """Read a text in every language of the tables.

        Args:
            text: What a person wrote.
        """
        told = plain(text)
        words = words_and_marks(told[:LONGEST_TEXT])
        found: dict[str, Tier] = {}
        for table in self.tables:
            for category, tier in _found_in(words, table, self.coverage.ours):
                found[category] = max(tier, found.get(category, Tier.GREEN))
        ranked = sorted(found, key=lambda category: (-found[category], category))
        return TextFinding(
            tier=max(found.values(), default=Tier.GREEN),
            codes=tuple(f"text_{category}" for category in ranked),
            tiers=tuple(found[category] for category in ranked),
            is_read=len(told) <= LONGEST_TEXT
            and not any(table.leaves_unread for table in self.tables)
            and self.coverage.holds(words),
        )


@cache
def shipped_tripwire() -> Tripwire:
    """The tripwire with the tables beside this module.

    Raises:
        UsageError: A table is damaged.
    """
    return _tripwire({})


def open_tripwire(folder: Path) -> Tripwire:
    """The tripwire with what a clinic adds.

    Args:
        folder: Holds TOML files of additions; it need not exist.

    Raises:
        UsageError: An addition cannot be read or is damaged.
    """
    try:
        found = sorted(folder.glob("*.toml"))
        return _tripwire({file.name: file.read_text("utf-8") for file in found})
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"a file of phrases cannot be read: {type(error).__name__}") from None


def _tripwire(added: Mapping[str, str]) -> Tripwire:
    folder = files("matching").joinpath("phrases")
    shipped = {
        file.name: file.read_text("utf-8")
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    }
    tables = tuple(read_table(text, name) for name, text in shipped.items())
    more = tuple(read_addition(text, name, tables) for name, text in added.items())
    written = "\0".join((*shipped.values(), *added.values()))
    return Tripwire(
        tables=(*tables, *more),
        version=f"t-{hashlib.sha256(written.encode()).hexdigest()[:12]}",
        coverage=Coverage.of(tables),
    )


def _found_in(
    words: Sequence[str], table: PhraseTable, right: frozenset[str]
) -> list[tuple[str, Tier]]:
    """Categories and tiers of the phrases of one language.

    Args:
        words: Words and marks.
        table: Of the language.
        right: Words that are written right in some language: no slip makes them one of another.
    """
    known = _mended(words, table)
    read = {
        word: _exact(word) if word in right or word in MARKS else _readings(word, table)
        for word in set(known)
    }
    phrases = _spans([read[word] for word in known], table.phrases)
    if not phrases:
        return []
    told = [_told(word, read[word]) for word in known]
    exact = [_exact(word) for word in told]
    covered = _covered(_spans(exact, table.quiet["idioms"]), len(known))
    scene = _scene(told, exact, table)
    return [
        (span.phrase.category, _tier(span, scene))
        for span in phrases
        if covered[span.begin] < span.end
    ]


def _mended(words: Sequence[str], table: PhraseTable) -> list[str]:
    """The words; runs of letters taken apart, and torn words put together, where that makes words."""
    apart: list[str] = []
    for word in words:
        apart.extend(table.speller.split(word) or [word])
    whole: list[str] = []
    for word in apart:
        together = None
        if whole and word not in MARKS and whole[-1] not in MARKS:
            together = table.speller.join(whole[-1], word)
        if together is None:
            whole.append(word)
        else:
            whole[-1] = together
    return whole


def _readings(word: str, table: PhraseTable) -> frozenset[str]:
    return table.speller.readings(word) | _number(word)


def _told(word: str, readings: frozenset[str]) -> str:
    """The word that a misspelt one stands for, where there is but one."""
    return word if word in readings or len(readings) != 1 else next(iter(readings))


def _exact(word: str) -> frozenset[str]:
    return frozenset((word,)) | _number(word)


def _number(word: str) -> frozenset[str]:
    return frozenset((NUMBER,)) if word.isdecimal() else frozenset()


def _scene(known: Sequence[str], exact: Readings, table: PhraseTable) -> Scene:
    negations = table.words["negations"]
    undone = _covered(_spans(exact, table.quiet["not_denials"]), len(known))
    return Scene(
        words=known,
        table=table,
        denies=[word in negations and undone[at] <= at for at, word in enumerate(known)],
        is_past=_begun(_spans(exact, table.quiet["past"]), len(known)),
        is_present=_begun(_spans(exact, table.quiet["present"]), len(known)),
    )


def _covered(spans: Sequence[Span], length: int) -> list[int]:
    """For each place, how far what begins there or before reaches."""
    ends = [0] * length
    for span in spans:
        ends[span.begin] = max(ends[span.begin], span.end)
    return list(accumulate(ends, max))


def _begun(spans: Sequence[Span], length: int) -> list[bool]:
    begun = [False] * length
    for span in spans:
        begun[span.begin] = True
    return begun


def _spans(readings: Readings, phrases: Phrases) -> list[Span]:
    """Every place at which a phrase stands, with each end that it can have there."""
    written = frozenset[str]().union(*readings)
    begins = {
        word: [entry for entry in phrases[word] if _may_stand(entry, written)]
        for word in written
        if word in phrases
    }
    return [
        Span(begin, end, phrase)
        for begin, words in enumerate(readings)
        for word in words
        for phrase in begins.get(word, ())
        for end in _ends(phrase, readings, begin)
    ]


def _may_stand(phrase: Phrase, written: frozenset[str]) -> bool:
    """Whether every word that must be there is somewhere in the text."""
    return all(
        element.is_optional or element.gap or not element.words.isdisjoint(written)
        for element in phrase.elements
    )


def _ends(phrase: Phrase, readings: Readings, begin: int) -> set[int]:
    """Where a phrase can end that begins here; nothing where it does not stand here."""
    places = {begin + 1}
    for element in phrase.elements[1:]:
        places = _after(element, readings, places)
        if not places:
            break
    return places


def _after(element: Element, readings: Readings, places: set[int]) -> set[int]:
    """Where a phrase may go on after one more element."""
    if element.gap:
        return {at for place in places for at in _gap(element.gap, readings, place)}
    moved = {
        place + 1
        for place in places
        if place < len(readings) and not element.words.isdisjoint(readings[place])
    }
    return moved | places if element.is_optional else moved


def _gap(longest: int, readings: Readings, place: int) -> range:
    """Where one may be after a gap: a short one stays within its clause, a long one within its sentence."""
    ends = MARKS if longest == GAPS["*"] else MARKS - {CLAUSE}
    end = place
    while end < min(place + longest, len(readings)) and ends.isdisjoint(readings[end]):
        end += 1
    return range(place, end + 1)


def _tier(span: Span, scene: Scene) -> Tier:
    if span.phrase.tier is Tier.RED and is_quiet(span, scene):
        return Tier.AMBER
    return span.phrase.tier
