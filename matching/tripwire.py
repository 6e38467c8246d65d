"""The text tripwire: phrases that somebody has to hear at once, found in what a person wrote.

It supplements the structured screen and replaces nobody: it can only raise a tier, and that it finds
nothing proves nothing. Negation, somebody else's story and the past take a phrase from red to amber, never
further; an idiom that covers a phrase wholly takes it away. What is read is never kept: a finding holds
codes alone. Time is linear in the length of the text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.domain import Tier
from matching.tripwire_table import Element, Phrase, PhraseTable, load_tables
from matching.tripwire_text import CLAUSE, clauses_and_words, shares_of

LONGEST_TEXT = 10_000
"""Characters that are read; a longer text counts as unread."""
LEAST_COMMON_SHARE = 0.2
"""A text is in a language of which this share of its words is common, or it is in none of ours."""
LONGEST_GAP = 4
NEGATION_REACH = 3
"""A negation bears on what begins within this many words."""
OTHERS_REACH = 5
PAST_REACH = 8
LONGEST_RUN, LEAST_RUN = 40, 8
"""Letters of unknown words that may be several without blanks."""
FIRST_PERSON = frozenset(
    {"i", "im", "ive", "id", "ill", "my", "me", "myself", "yo", "mi", "conmigo", "mis"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFinding:
    """What a text amounts to; nothing of the text itself."""

    tier: Tier
    """Green where nothing was found."""
    codes: tuple[str, ...]
    """`text_suicide` and so on, most serious first."""
    is_read: bool
    """Whether it is in a language of the tables and short enough: otherwise nobody has read it."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a phrase stands: words from begin up to, not including, end."""

    begin: int
    end: int
    phrase: Phrase


Readings = Sequence[frozenset[str]]


def read_text(text: str) -> TextFinding:
    """Read a text in every language of the tables.

    Args:
        text: What a person wrote.
    """
    words = clauses_and_words(text[:LONGEST_TEXT])
    tables = load_tables()
    found: dict[str, Tier] = {}
    for table in tables:
        for category, tier in _found_in(words, table):
            found[category] = max(tier, found.get(category, Tier.GREEN))
    shares = shares_of(words, {table.language: table.common for table in tables})
    ranked = sorted(found, key=lambda category: (-found[category], category))
    return TextFinding(
        tier=max(found.values(), default=Tier.GREEN),
        codes=tuple(f"text_{category}" for category in ranked),
        is_read=len(text) <= LONGEST_TEXT
        and max(shares.values(), default=0.0) >= LEAST_COMMON_SHARE,
    )


def _found_in(words: Sequence[str], table: PhraseTable) -> list[tuple[str, Tier]]:
    """Categories and tiers of the phrases of one language."""
    known = _separated(words, table)
    plain = [frozenset((word,)) for word in known]
    read = {word: table.speller.readings(word) for word in set(known)}
    read[CLAUSE] = frozenset((CLAUSE,))
    readings = [read[word] for word in known]
    phrases = _spans(readings, table.phrases)
    if not phrases:
        return []
    idioms = _spans(plain, table.idioms)
    past = _spans(plain, table.past)
    return [
        (span.phrase.category, _tier(span, known, past, table))
        for span in phrases
        if not any(idiom.begin <= span.begin and span.end <= idiom.end for idiom in idioms)
    ]


def _separated(words: Sequence[str], table: PhraseTable) -> list[str]:
    """The words, long unknown ones taken apart where they are several known ones."""
    known: list[str] = []
    for word in words:
        is_long = LEAST_RUN <= len(word) <= LONGEST_RUN
        parts = table.speller.split(word) if is_long and word.isalpha() else None
        known.extend(parts or [word])
    return known


def _spans(readings: Readings, phrases: Mapping[str, tuple[Phrase, ...]]) -> list[_Span]:
    """Every place at which a phrase stands."""
    return [
        _Span(begin, end, phrase)
        for begin, words in enumerate(readings)
        for phrase in dict.fromkeys(entry for word in words for entry in phrases.get(word, ()))
        if (end := _end_of(phrase, readings, begin)) is not None
    ]


def _end_of(phrase: Phrase, readings: Readings, begin: int) -> int | None:
    """Where a phrase ends that begins here, at the earliest; None where it does not stand here."""
    places = {begin}
    for element in phrase.elements:
        places = _after(element, readings, places)
    return min(places, default=None)


def _after(element: Element, readings: Readings, places: set[int]) -> set[int]:
    """Where a phrase may go on after one more element."""
    if not element.words:
        return {place + skipped for place in places for skipped in _gap(readings, place)}
    moved = {
        place + 1
        for place in places
        if place < len(readings) and element.words & readings[place]
    }
    return moved | places if element.is_optional else moved


def _gap(readings: Readings, place: int) -> range:
    """How many words may be skipped here: a gap stays within its clause."""
    ahead = readings[place : place + LONGEST_GAP]
    ends = [row for row, words in enumerate(ahead) if CLAUSE in words]
    return range((ends[0] if ends else len(ahead)) + 1)


def _tier(span: _Span, words: Sequence[str], past: Sequence[_Span], table: PhraseTable) -> Tier:
    """The tier of a phrase where it stands: what is denied, told of others or over is amber."""
    if span.phrase.tier is not Tier.RED:
        return span.phrase.tier
    begin, end = _clause(span, words, table)
    before = words[begin : span.begin]
    denials = sum(word in table.negations for word in before[-NEGATION_REACH:])
    is_over = any(
        begin <= entry.begin < end and abs(entry.begin - span.begin) <= PAST_REACH
        for entry in past
    )
    if denials % 2 or is_over or _is_told_of_others(span, words, before, table):
        return Tier.AMBER
    return Tier.RED


def _clause(span: _Span, words: Sequence[str], table: PhraseTable) -> tuple[int, int]:
    begin, end = span.begin, span.end
    while begin > 0 and words[begin - 1] != CLAUSE and words[begin - 1] not in table.breaks:
        begin -= 1
    while end < len(words) and words[end] != CLAUSE and words[end] not in table.breaks:
        end += 1
    return begin, end


def _is_told_of_others(
    span: _Span, words: Sequence[str], before: Sequence[str], table: PhraseTable
) -> bool:
    """Whether somebody else is named before, and nobody speaks of themselves from there on."""
    near = list(before[-OTHERS_REACH:])
    named = [place for place, word in enumerate(near) if word in table.others]
    if not named:
        return False
    told = [*near[named[-1] + 1 :], *words[span.begin : span.end]]
    return not any(word in FIRST_PERSON or _is_reflexive(word) for word in told)


def _is_reflexive(word: str) -> bool:
    """A Spanish verb about oneself, such as `matarme`."""
    return len(word) > LEAST_RUN // 2 and word.endswith("rme")
