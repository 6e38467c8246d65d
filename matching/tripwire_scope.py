"""What is said around a phrase: denial, somebody else's story, the past, a question about others.

Each takes a phrase from red to amber, never further. A doubt is decided for red. How far is looked is bounded, so
a phrase costs the same wherever it stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matching.tripwire_table import Phrase, PhraseTable
from matching.tripwire_text import CLAUSE, MARKS, QUESTION

DENIAL_REACH = 8
"""A denial carries over this many words, all of them `links` of its language."""
OTHERS_REACH = 5
PAST_REACH = 8
QUESTION_REACH = 25
ABOUT_ONESELF = frozenset({"suicide", "self_harm", "harm_to_others"})
"""Categories in which somebody else's story is another thing than one's own."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a phrase stands: words from begin up to, not including, end."""

    begin: int
    end: int
    phrase: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A text in one language, with what may quiet a phrase marked place by place."""

    words: Sequence[str]
    table: PhraseTable
    denies: Sequence[bool]
    """Where a word denies."""
    is_past: Sequence[bool]
    """Where a sign of the past begins."""
    is_present: Sequence[bool]
    """Where a sign of the present begins."""


def is_quiet(span: Span, scene: Scene) -> bool:
    """Whether a phrase is denied, told of others, over, or asked about others."""
    return (
        _is_denied(span, scene)
        or _is_over(span, scene)
        or (
            span.phrase.category in ABOUT_ONESELF
            and (_is_told_of_others(span, scene) or _is_asked_about_others(span, scene))
        )
    )


def _is_denied(span: Span, scene: Scene) -> bool:
    """An odd number of denials stands before, joined by nothing but words that carry them."""
    words, lists = scene.words, scene.table.words
    denials = 0
    for place in range(span.begin - 1, max(span.begin - 1 - DENIAL_REACH, -1), -1):
        word = words[place]
        if scene.denies[place]:
            denials += 1
        elif (
            word in lists["negations"]
            or word not in lists["links"]
            or (
                word in lists["subjects"]
                and (
                    place == 0
                    or words[place - 1] not in lists["links"]
                    or words[place - 1] in lists["negations"]
                )
            )
        ):
            break
    return denials % 2 == 1


def _is_over(span: Span, scene: Scene) -> bool:
    """The past is named in the clause, and the present is not."""
    ends = MARKS | scene.table.words["breaks"]
    near = _around(span, scene.words, PAST_REACH, lambda word: word in ends)
    return any(scene.is_past[place] for place in near) and not any(
        scene.is_present[place] for place in near
    )


def _is_told_of_others(span: Span, scene: Scene) -> bool:
    """Somebody else is named before, and nobody speaks of themselves from there on."""
    words, lists = scene.words, scene.table.words
    ends = MARKS | lists["breaks"]
    for place in range(span.begin - 1, max(span.begin - 1 - OTHERS_REACH, -1), -1):
        if words[place] in ends:
            return False
        if words[place] in lists["others"]:
            told = words[place + 1 : span.end]
            return lists["first_person"].isdisjoint(told)
    return False


def _is_asked_about_others(span: Span, scene: Scene) -> bool:
    """The sentence is a question, and nobody speaks of themselves in it."""
    ends = MARKS - {CLAUSE}
    near = _around(span, scene.words, QUESTION_REACH, lambda word: word in ends)
    follows = scene.words[near.stop : near.stop + 1]
    return list(follows) == [QUESTION] and scene.table.words["first_person"].isdisjoint(
        scene.words[near.start : near.stop]
    )


def _around(span: Span, words: Sequence[str], reach: int, ends: Callable[[str], bool]) -> range:
    """The places around a span up to an end, at most so many on each side."""
    begin, end = span.begin, span.end
    while begin > max(span.begin - reach, 0) and not ends(words[begin - 1]):
        begin -= 1
    while end < min(span.end + reach, len(words)) and not ends(words[end]):
        end += 1
    return range(begin, end)
