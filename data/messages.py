"""Sentences for every audience, in the reader's language.

English stands in the code: `sentence(CONTEXT, ENGLISH)`, where the context is a code, or a code and who the
sentence is for (`sooner.staff`). A sentence is always whole, with named places for what is put in, so
that other languages may order their words otherwise. `python -m training.catalogues` takes new sentences
into `data/locale/*.po`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, Self, get_args

from data.translations import (
    ENGLISH,
    Value,
    languages,
    locale_of,
    shown,
    translations_of,
)

Audience = Literal["patient", "clinician", "operator"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
STAFF = "staff"
"""Clinicians and operators together."""
SUFFIXES = frozenset({*AUDIENCES, STAFF})


class Reader(NamedTuple):
    """Who reads sentences."""

    language: str = ENGLISH
    """BCP-47 tag."""
    audience: Audience = "patient"


PATIENT = Reader()


class Sentence(NamedTuple):
    """A sentence in English, as the catalogues know it."""

    context: str
    """A code; `.patient`, `.clinician`, `.operator` or `.staff` after it says who it is for."""
    one: str
    """With `{name}` for what is put in."""
    many: str = ""
    """For every count but one, put in as `{count}`; empty where nothing is counted."""

    @property
    def code(self) -> str:
        """What the sentence says, for whomever."""
        head, _, tail = self.context.rpartition(".")
        return head if tail in SUFFIXES else self.context


def sentence(context: str, one: str, many: str = "") -> Sentence:
    """Declare a sentence; the catalogues are made from these calls, so give literals."""
    return Sentence(context, one, many)


def safety_sentence(context: str, one: str, many: str = "") -> Sentence:
    """Declare a sentence about safety: its translations ask for a clinician's review."""
    return Sentence(context, one, many)


Said = tuple[tuple[str, ...], Callable[[int], int]]
"""The forms of a sentence in one language, and which of them a count takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """The sentences of one part of the system."""

    sentences: Mapping[tuple[str, str], Sentence]
    """By code and audience; who is not there has no sentence of the code."""

    @classmethod
    def of(cls, *sentences: Sentence) -> Self:
        """Sentences as they were declared.

        The one for clinicians stands before the one for staff, and that before the one for all.
        """
        by_context = {entry.context: entry for entry in sentences}
        found: dict[tuple[str, str], Sentence] = {}
        for code in dict.fromkeys(entry.code for entry in sentences):
            for audience in AUDIENCES:
                for_all = () if audience == "patient" else (f"{code}.{STAFF}",)
                contexts = (f"{code}.{audience}", *for_all, code)
                fitting = [by_context[name] for name in contexts if name in by_context]
                if fitting:
                    found[code, audience] = fitting[0]
        return cls(MappingProxyType(found))

    @property
    def codes(self) -> frozenset[str]:
        """Every code that anybody is told of."""
        return frozenset(code for code, _ in self.sentences)

    def speaks_of(self, code: str, audience: Audience) -> bool:
        """Whether there is a sentence of the code for the audience."""
        return (code, audience) in self.sentences

    def say(
        self,
        code: str,
        reader: Reader = PATIENT,
        count: float | None = None,
        /,
        **places: Value,
    ) -> str:
        """The sentence of a code.

        Args:
            code: What is to be said.
            reader: Language and audience.
            count: How many, 0 or more, for a sentence that has a plural.
            **places: What is put in.

        Raises:
            KeyError: No sentence of this code is meant for the audience.
        """
        locale = locale_of(reader.language)
        forms, plural_of = _table(self, locale)[code, reader.audience]
        if count is not None:
            form = forms[plural_of(_whole(count))]
            return form.format(count=shown(count, locale), **_shown(places, locale))
        return forms[0].format(**_shown(places, locale)) if places else forms[0]


def warm_up(*wordings: Wording) -> None:
    """Read all catalogues now rather than at the first request of each language."""
    for language in languages():
        for wording in wordings:
            _table(wording, language)


def _shown(places: Mapping[str, Value], locale: str) -> dict[str, str]:
    return {name: shown(value, locale) for name, value in places.items()}


def _whole(count: float) -> int:
    """A count for plural forms, which know whole numbers alone; a fraction is never one."""
    return int(count) if count == int(count) else int(count) + 2


@lru_cache(maxsize=1024)
def _table(wording: Wording, locale: str) -> Mapping[tuple[str, str], Said]:
    found = translations_of(locale)
    english = translations_of(ENGLISH).plural_of
    table: dict[tuple[str, str], Said] = {}
    for key, entry in wording.sentences.items():
        texts = found.texts.get((entry.context, entry.one))
        table[key] = (
            ((entry.one, entry.many or entry.one), english)
            if texts is None
            else (texts, found.plural_of)
        )
    return table
