"""Text as words that can be compared: whatever people do to spelling, on purpose or not, is undone.

Linear in the length of the text. Nothing here keeps or logs what it reads.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

CLAUSE = "\x00"
"""Stands between clauses."""
INVISIBLE = {"Cf", "Cc", "Co", "Cn"}
LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝαεοριτυνκıɑƖℓ",
    "aeopcyxijsdhqwaeopituvkialI",
)
"""Cyrillic and Greek letters, and a few others, that look like Latin ones."""
LEET = str.maketrans("013457@$!", "oieastasi")
APOSTROPHES = "'\u2019"
_TOKENS = re.compile(
    rf"[^\W_][\w{APOSTROPHES}*@$!#]*|[.,;:!?\n()\u2026\u00bf\u00a1\"\u2014\u2013]+"
)
_GLUE = re.compile(r"(?<=[^\W\d_])[._/\\-](?=[^\W\d_])")
"""Signs between letters without a blank join words rather than end a clause."""
_REPEATS = re.compile(r"(.)\1{2,}")
_DOUBLES = re.compile(r"(.)\1+")
_HOLES = re.compile(r"[*#]")
_WITHOUT_APOSTROPHES = {ord(sign): None for sign in APOSTROPHES}
SPELLED_OUT = 4
"""Single letters in a row that make a word together."""
LEAST_FUZZY = 5
"""Letters from which one slip of the pen is forgiven."""


def clauses_and_words(text: str) -> list[str]:
    """Words in lower case without accents, and `CLAUSE` where a clause ends.

    Example:
        >>> clauses_and_words("Estoy BIÉN, y tú")[:2]
        ['estoy', 'bien']
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(LOOK_ALIKES)
    shown = "".join(
        "\n" if letter in "\n\r" else letter
        for letter in unicodedata.normalize("NFD", plain)
        if letter in "\n\r\t" or not _is_hidden(letter)
    )
    shown = _GLUE.sub(" ", shown)
    words: list[str] = []
    letters: list[str] = []
    for token in _TOKENS.findall(shown):
        word = token.translate(_WITHOUT_APOSTROPHES)
        if len(word) == 1 and word.isalpha():
            letters.append(word)
            continue
        _join(words, letters)
        if not (word[:1].isalnum()):
            words.append(CLAUSE)
        else:
            words.append(word.rstrip("!"))
            if word.endswith("!"):
                words.append(CLAUSE)
    _join(words, letters)
    return words


def _is_hidden(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind in INVISIBLE or kind == "Mn"


def _join(words: list[str], letters: list[str]) -> None:
    """Letters in a row become a word where they are many; else they are words of their own."""
    if len(letters) >= SPELLED_OUT:
        words.append("".join(letters))
    else:
        words.extend(letters)
    letters.clear()


class Speller:
    """Finds the known words that a written one may stand for."""

    def __init__(self, known: Iterable[str], spelled_right: Iterable[str]) -> None:
        """Index the words of all phrases.

        Args:
            known: Words of phrases.
            spelled_right: Words that are never taken for a misspelled one.
        """
        self._known = frozenset(known)
        self._right = frozenset(spelled_right)
        self._near: dict[str, set[str]] = {}
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(self._known):
            self._by_length.setdefault(len(word), []).append(word)
            if len(word) >= LEAST_FUZZY:
                for piece in _deletions(word):
                    self._near.setdefault(piece, set()).add(word)

    def readings(self, word: str) -> frozenset[str]:
        """Known words that a written one may stand for, itself among them where it is known."""
        if word in self._known:
            return frozenset((word,))
        if _HOLES.search(word):
            return frozenset(self._filled(word))
        for variant in (
            word.translate(LEET) if any(sign.isalpha() for sign in word) else word,
            _REPEATS.sub(r"\1\1", word),
            _DOUBLES.sub(r"\1", word),
        ):
            if variant in self._known:
                return frozenset((variant,))
        if word in self._right or len(word) < LEAST_FUZZY:
            return frozenset()
        return frozenset(near for near in self._candidates(word) if _is_near(near, word))

    def split(self, run: str) -> list[str] | None:
        """A run of letters as known words, shortest reading first; None where it is none."""
        ends: dict[int, list[str]] = {0: []}
        for end in range(1, len(run) + 1):
            for begin in range(max(0, end - 15), end):
                if begin in ends and run[begin:end] in self._known:
                    ends[end] = [*ends[begin], run[begin:end]]
                    break
        return ends.get(len(run))

    def _candidates(self, word: str) -> set[str]:
        found: set[str] = set()
        for piece in _deletions(word):
            found |= self._near.get(piece, set())
        return found

    def _filled(self, word: str) -> list[str]:
        pattern = re.compile(
            _HOLES.sub("[a-z]", re.escape(word).replace(r"\*", "*").replace(r"\#", "#"))
        )
        return [
            known for known in self._by_length.get(len(word), []) if pattern.fullmatch(known)
        ]


def _deletions(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(min(len(word), 20)))}


def _is_near(one: str, other: str) -> bool:
    """Whether one letter missing, doubled, changed, or two swapped make one word of the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:] and len(left) > 1)
    )


def shares_of(words: Iterable[str], common: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """Share of the words that are common in each language; 0 without words."""
    told = [word for word in words if word != CLAUSE]
    return {
        language: sum(word in known for word in told) / max(len(told), 1)
        for language, known in common.items()
    }
