"""The words of a table that a written one may stand for: slips of the pen, disguises, spelling by ear.

Written words are looked up in indexes that are made once, so the time per word does not grow with the table.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

LEET = tuple(str.maketrans("0134567@$!\u20ac89", f"o{one}easgtasi" + "ebg") for one in "il")
"""Signs for letters; a one may be an i or an l."""
_REPEATS = re.compile(r"(.)\1{2,}")
_DOUBLES = re.compile(r"(.)\1+")
HOLES = frozenset("*#")
LEAST_FUZZY = 5
"""Letters from which any one slip is forgiven."""
LEAST_SWAPPED = 4
"""Letters from which two swapped letters are forgiven."""
LONGEST_RUN, LEAST_RUN = 40, 8
"""Letters of unknown words that may be several without blanks."""
LONGEST_WORD = 20
LEAST_JOINED = 4

NO_SOUNDS: Mapping[str, str] = MappingProxyType({})


class Speller:
    """Finds the words of a table that a written one may stand for."""

    def __init__(
        self,
        known: Iterable[str],
        spelled_right: Iterable[str],
        *,
        content: Iterable[str] = (),
        torn: Iterable[str] = (),
        sounds: Mapping[str, str] = NO_SOUNDS,
    ) -> None:
        """Index the words of all phrases.

        Args:
            known: Words of phrases.
            spelled_right: Words that are never taken for a misspelled one.
            content: Words of phrases in which one slip is forgiven; in ordinary words it is not, since what
                is left of one slip is mostly another ordinary word.
            torn: Words of phrases that are put together even where both halves are words.
            sounds: Letters that sound like others, as they are written by ear.
        """
        self._known = frozenset(known)
        self._right = frozenset(spelled_right)
        self._torn = frozenset(torn)
        self._sounds = sounds
        self._near: dict[str, set[str]] = {}
        self._by_sound: dict[str, set[str]] = {}
        self._by_shape: dict[tuple[int, str], list[str]] = {}
        for word in sorted(self._known):
            self._by_shape.setdefault((len(word), word[:1]), []).append(word)
            if sounds:
                self._by_sound.setdefault(self._sound(word), set()).add(word)
        for word in sorted(self._known.intersection(content)):
            for piece in _deletions(word) if len(word) >= LEAST_SWAPPED else ():
                self._near.setdefault(piece, set()).add(word)

    def is_word(self, word: str) -> bool:
        """Whether a word is written as the table has it."""
        return word in self._known or word in self._right

    def readings(self, word: str) -> frozenset[str]:
        """Words of phrases that a written one may stand for, itself alone where it is one."""
        if word in self._known:
            return frozenset((word,))
        if not HOLES.isdisjoint(word):
            return frozenset(self._filled(word))
        return frozenset() if word in self._right else self._mended(word)

    def split(self, run: str) -> list[str] | None:
        """A run of letters as words of the table; None where it is none, or a word by itself."""
        if not LEAST_RUN <= len(run) <= LONGEST_RUN or self.is_word(run) or self.readings(run):
            return None
        ends: dict[int, list[str]] = {0: []}
        for end in range(1, len(run) + 1):
            for begin in range(max(0, end - LONGEST_WORD), end):
                if begin in ends and self.is_word(run[begin:end]):
                    ends[end] = [*ends[begin], run[begin:end]]
                    break
        return ends.get(len(run))

    def join(self, first: str, second: str) -> str | None:
        """Two written words as the one word of a phrase that a blank has torn; else None."""
        together = first + second
        is_torn = together in self._torn or not (self.is_word(first) and self.is_word(second))
        return together if is_torn and self._is_long_and_known(together) else None

    def _mended(self, word: str) -> frozenset[str]:
        """What a word is without its disguise, else what it sounds like, else what it is close to."""
        variants = _variants(word)
        for variant in variants:
            if variant in self._known:
                return frozenset((variant,))
        by_sound = self._by_sound.get(self._sound(variants[-1])) if self._sounds else None
        close = (self._close(variant) for variant in _shapes(word))
        return frozenset(by_sound) if by_sound else frozenset[str]().union(*close)

    def _is_long_and_known(self, word: str) -> bool:
        return LEAST_JOINED <= len(word) <= LONGEST_WORD and word in self._known

    def _close(self, word: str) -> set[str]:
        if not LEAST_SWAPPED <= len(word) <= LONGEST_WORD:
            return set()
        near = {entry for piece in _deletions(word) for entry in self._near.get(piece, ())}
        return {entry for entry in near if _is_near(entry, word)}

    def _filled(self, word: str) -> list[str]:
        """Words of phrases with letters where holes are; what is not a hole has to be right."""
        plain = word.translate(LEET[0])
        return [
            known
            for known in self._by_shape.get((len(word), plain[:1]), ())
            if all(sign in (letter, *HOLES) for sign, letter in zip(plain, known, strict=True))
        ]

    def _sound(self, word: str) -> str:
        for written, heard in self._sounds.items():
            word = word.replace(written, heard)
        return word


def _variants(word: str) -> list[str]:
    """A word without signs for letters and without letters held down, most likely first."""
    shapes = _shapes(word)
    single = [_DOUBLES.sub(r"\1", shape) for shape in shapes]
    is_held = bool(_REPEATS.search(word))
    return list(
        dict.fromkeys(
            (*shapes, *(one for one in single if is_held or len(one) >= LEAST_SWAPPED))
        )
    )


def _shapes(word: str) -> list[str]:
    """A word without signs for letters, and with no letter more than twice in a row."""
    plain = [word.translate(signs) for signs in LEET] if _has_signs(word) else [word]
    return list(dict.fromkeys((*plain, *(_REPEATS.sub(r"\1\1", entry) for entry in plain))))


def _has_signs(word: str) -> bool:
    return not word.isalpha() and not word.isdecimal()


def _deletions(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _is_near(one: str, other: str) -> bool:
    """Whether one letter missing, doubled, changed, or two swapped make one word of the other."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    if left[:2] == right[1::-1] and left[2:] == right[2:] and len(left) > 1:
        return True
    if min(len(one), len(other)) < LEAST_FUZZY - 1 or max(len(one), len(other)) < LEAST_FUZZY:
        return False
    return left[1:] == right[1:] or left[1:] == right or left == right[1:]
