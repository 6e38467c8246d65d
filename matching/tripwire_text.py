"""Text as words that can be compared: disguises of letters are taken off, and marks stand between clauses.

Linear in the length of the text. Nothing here keeps or logs what it reads.
"""

import re
import unicodedata

CLAUSE, SENTENCE, QUESTION = ",", ".", "?"
MARKS = frozenset((CLAUSE, SENTENCE, QUESTION))
"""Stand among the words where a clause, a sentence or a question ends."""
HIDDEN = frozenset({"Cf", "Cc", "Co", "Cn", "Cs", "Mn", "Me"})
BLANK_LETTERS = dict.fromkeys(map(ord, "\u115f\u1160\u3164\u2800\u034f\u17b4\u17b5"))
"""Letters of other scripts that show nothing."""
LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u043a\u043c\u0442\u0432\u043d"
    "\u03b1\u03b5\u03bf\u03c1\u03b9\u03c4\u03c5\u03bd\u03ba\u0131\u0251\u0269\u0261\u0585\u057d\u0578\u0570\u04cf\u0142\u00f8\u0111",
    "aeopcyxijsdhqwkmtbhaeopituvkiaigounhllod",
)
"""Cyrillic, Greek and Armenian letters, and a few Latin ones, that look like plain Latin letters."""
APOSTROPHES = "'\u2018\u2019\u201b\u02bc\u02b9\u2032`\u00b4"
_APOSTROPHES = re.compile(rf"(?<=\w)[{APOSTROPHES}](?=\w)")
_TOKENS = re.compile(
    r"[^\W_][\w*@$!#\u20ac]*|[$@](?=\w)[\w*@$!#\u20ac]+"
    r"|[.,;:!?\n()\u2026\u00bf\u00a1\"\u2014\u2013\u201c\u201d\u3002\uff61]+"
)
_NEXT_SENTENCE = re.compile(
    r"(?<=[a-z\u00df-\u00ff])[.](?=[A-Z\u00c0-\u00dd][a-z\u00df-\u00ff ])"
)
_GLUE = re.compile(r"(?<=[^\W\d_])[._/\\~+-](?=[^\W\d_])")
"""Signs between letters without a blank join words rather than end a clause."""
_ENDS_SENTENCE = frozenset(".;:!\n\u2026\u3002\uff61")
SPELLED_OUT = 3
"""Single letters in a row that make a word together."""


def plain(text: str) -> str:
    """A text in small letters, without apostrophes and without wide, split or joined forms of letters.

    It may be longer than the text: one sign can stand for a whole phrase.
    """
    told = _APOSTROPHES.sub("", _NEXT_SENTENCE.sub("\n", text))
    return unicodedata.normalize("NFKC", told).casefold()


def words_and_marks(text: str) -> list[str]:
    """Words without accents and disguises, and a mark where a clause, sentence or question ends.

    Args:
        text: As `plain` gives it.

    Example:
        >>> words_and_marks(plain("Estoy BIÉN, y tú?"))
        ['estoy', 'bien', ',', 'y', 'tu', '?']
    """
    latin = text.translate(BLANK_LETTERS).translate(LOOK_ALIKES)
    shown = "".join(
        letter
        for letter in unicodedata.normalize("NFD", latin)
        if letter in "\n\t" or unicodedata.category(letter) not in HIDDEN
    )
    words: list[str] = []
    letters: list[str] = []
    for token in _TOKENS.findall(_GLUE.sub(" ", shown)):
        if len(token) == 1 and token.isalpha():
            letters.append(token)
            continue
        _join(words, letters)
        if token[0].isalnum() or token[0] in "$@":
            word = token.rstrip("!")
            words.append(word)
            if word != token:
                words.append(SENTENCE)
        else:
            words.append(_mark(token))
    _join(words, letters)
    return words


def _mark(signs: str) -> str:
    if QUESTION in signs:
        return QUESTION
    return SENTENCE if _ENDS_SENTENCE.intersection(signs) else CLAUSE


def _join(words: list[str], letters: list[str]) -> None:
    """Letters in a row become a word where they are many; else they are words of their own."""
    if len(letters) >= SPELLED_OUT:
        words.append("".join(letters))
    else:
        words.extend(letters)
    letters.clear()
