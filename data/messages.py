"""Sentences in the reader's language, from gettext catalogues.

English stands in the code and is the key; `data/locale/LANGUAGE.po` holds the translations, read once with
Babel. A sentence is always whole, with named places for what is put in, so that other languages may order
their words otherwise. What is not translated is English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from babel.core import Locale
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from data.word_index import language_key

ENGLISH = "en"


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """The sentences of one language."""

    language: str
    translations: Mapping[tuple[str, str], tuple[str, ...]]
    """By context and English text; one translation, or one for each plural of the language."""

    def text(self, context: str, english: str, **places: str) -> str:
        """A sentence.

        Args:
            context: The code it belongs to; tells equal English sentences apart.
            english: The sentence with `{name}` for what is put in.
            **places: What is put in, as text of the reader's language or a title.
        """
        found = self.translations.get((context, english))
        sentence = found[0] if found else english
        return sentence.format(**places) if places else sentence

    def plural(self, context: str, one: str, many: str, number: float, **places: str) -> str:
        """A sentence about a number, put in as `{number}`.

        Args:
            context: The code it belongs to.
            one: English for one.
            many: English for any other number.
            number: How many, 0 or more.
            **places: What else is put in.
        """
        found = self.translations.get((context, one))
        if found:
            sentence = found[min(self._form(number), len(found) - 1)]
        else:
            sentence = one if number == 1 else many
        return sentence.format(number=self.number(number), **places)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return str(format_decimal(value, locale=self.language))

    def _form(self, number: float) -> int:
        """Which of the translations of a sentence a number takes."""
        forms = sorted(Locale.parse(self.language).plural_form.tags | {"other"})
        return (
            0
            if len(forms) == 1 or Locale.parse(self.language).plural_form(number) == "one"
            else 1
        )


def languages() -> tuple[str, ...]:
    """The languages that have sentences, English first."""
    folder = files("data").joinpath("locale")
    names = sorted(
        file.name.removesuffix(".po") for file in folder.iterdir() if file.name.endswith(".po")
    )
    return (ENGLISH, *names)


def messages_in(tag: str) -> Messages:
    """The sentences for a reader.

    Args:
        tag: BCP-47; `es-MX` gets `es`, a language without sentences English.

    Example:
        >>> [messages_in(tag).language for tag in ("es-MX", "vi", "xx")]
        ['es', 'vi', 'en']
    """
    return _read(_nearest(tag))


@lru_cache(maxsize=1024)
def _nearest(tag: str) -> str:
    language = language_key(tag.replace("_", "-"))
    return language if language in languages() else ENGLISH


@lru_cache(maxsize=16)
def _read(language: str) -> Messages:
    if language == ENGLISH:
        return Messages(ENGLISH, {})
    file = files("data").joinpath("locale", f"{language}.po")
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    translations = {}
    for message in catalogue:
        if message.id and not message.fuzzy:
            english = message.id if isinstance(message.id, str) else message.id[0]
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if all(texts):
                translations[str(message.context or ""), english] = tuple(map(str, texts))
    return Messages(language, translations)
