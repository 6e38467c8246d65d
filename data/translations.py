"""Gettext catalogues as Babel reads them, and values as each language writes them.

`data/locale/LANGUAGE.po` holds what English in the code is called elsewhere; `es_MX.po` may change single
sentences of `es.po`. Nothing is compiled, and what has no translation stays English.
"""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_territory_currencies

from data.word_index import language_key

ENGLISH = "en"
_ENGLISH_PLURALS = "(n != 1)"


class Money(NamedTuple):
    """An amount in a currency."""

    amount: float
    currency: str
    """ISO 4217; empty where it is not known."""


Value = str | float | Money
"""What a sentence has room for: words as they are, numbers and money as the language writes them."""


@dataclass(frozen=True, slots=True, eq=False)
class Translations:
    """Everything that is translated into one language."""

    texts: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """By context and English; one text, or one for each plural of the language."""
    plural_of: Callable[[int], int] = field(
        default_factory=lambda: gettext.c2py(_ENGLISH_PLURALS)
    )
    """Which of the texts a count takes."""


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that have sentences, English first."""
    names = (file.name for file in files("data").joinpath("locale").iterdir())
    found = {language_key(name[:-3]) for name in names if name.endswith(".po")}
    return (ENGLISH, *sorted(found))


@lru_cache(maxsize=1024)
def locale_of(tag: str) -> str:
    """The locale whose sentences and numbers a reader gets.

    Args:
        tag: BCP-47; a place or script that nobody knows is dropped, a language without sentences is
            English.

    Example:
        >>> [locale_of(tag) for tag in ("es-MX", "vi_VN", "es-Nowhere", "tlh")]
        ['es_MX', 'vi_VN', 'es', 'en']
    """
    parts = tag.replace("_", "-").split("-")
    if language_key(tag) not in languages():
        return ENGLISH
    for length in range(len(parts), 1, -1):
        try:
            return str(Locale.parse("-".join(parts[:length]), sep="-"))
        except (UnknownLocaleError, ValueError):
            continue
    return language_key(tag)


@lru_cache(maxsize=1024)
def translations_of(locale: str) -> Translations:
    """The translations for a locale; those of `es_MX` stand before those of `es`.

    Args:
        locale: As `locale_of` gives it.
    """
    parts = locale.split("_")
    found = [_read("_".join(parts[: length + 1])) for length in range(len(parts))]
    texts = {key: text for entry in found for key, text in entry.texts.items()}
    plural_of = next((entry.plural_of for entry in found if entry.texts), found[0].plural_of)
    return Translations(texts, plural_of)


@lru_cache(maxsize=1024)
def _read(locale: str) -> Translations:
    """One catalogue; empty where there is none."""
    file = files("data").joinpath("locale", f"{locale}.po")
    if not file.is_file():
        return Translations()
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=locale)
    return Translations(_texts(catalogue), gettext.c2py(catalogue.plural_expr))


def _texts(catalogue: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    """What is translated and sure."""
    found = {}
    for message in catalogue:
        english = message.id if isinstance(message.id, str) else message.id[0]
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if english and all(texts) and not message.fuzzy:
            found[str(message.context or ""), english] = tuple(map(str, texts))
    return found


def shown(value: Value, locale: str) -> str:
    """A value as the locale writes it.

    Example:
        >>> shown(12.5, "es"), shown(12.5, "es_MX"), shown(Money(1250.0, "USD"), "en")
        ('12,5', '12.5', '$1,250.00')
    """
    return value if isinstance(value, str) else _formatted(value, locale)


@lru_cache(maxsize=4096)
def _formatted(value: float | Money, locale: str) -> str:
    """Numbers alone are kept: words may be a person's own."""
    if isinstance(value, Money) and value.currency:
        return str(format_currency(value.amount, value.currency, locale=locale))
    number = value.amount if isinstance(value, Money) else value
    return str(format_decimal(number, locale=locale))


def moment_shown(moment: datetime, locale: str) -> str:
    """A time as the locale writes it, in UTC and saying so.

    Example:
        >>> moment_shown(datetime(2026, 11, 27, 16, tzinfo=UTC), "es")
        'viernes, 27 de noviembre de 2026, 16:00 UTC'
    """
    day = format_date(moment.astimezone(UTC), format="full", locale=locale)
    clock = format_time(moment.astimezone(UTC), format="short", tzinfo=UTC, locale=locale)
    return f"{day}, {clock} UTC"


@lru_cache(maxsize=256)
def currency_of(country: str) -> str:
    """The currency of an ISO 3166 country today, in ISO 4217; empty where it is not known.

    Example:
        >>> currency_of("GB"), currency_of("XX")
        ('GBP', '')
    """
    return next(iter(get_territory_currencies(country)), "")
