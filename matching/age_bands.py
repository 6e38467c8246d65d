"""Age bands as clinics write them: `26-35`, `65+`, `under 18`, `adolescent`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from data.word_index import word_key

ADULT_FROM = 18
OLDEST = 150
"""Stands for an open upper end, in years."""

_NAMED = {
    "infant": (0, 4),
    "child": (0, 12),
    "children": (0, 12),
    "pediatric": (0, 17),
    "paediatric": (0, 17),
    "adolescent": (13, 17),
    "adolescents": (13, 17),
    "teen": (13, 17),
    "teens": (13, 17),
    "minor": (0, 17),
    "minors": (0, 17),
    "youth": (13, 17),
    "adult": (ADULT_FROM, OLDEST),
    "adults": (ADULT_FROM, OLDEST),
    "older_adult": (65, OLDEST),
    "older adult": (65, OLDEST),
    "older": (65, OLDEST),
    "senior": (65, OLDEST),
    "seniors": (65, OLDEST),
}
_RANGE = re.compile(r"^(\d{1,3})\s*(?:-|to)\s*(\d{1,3})$")
_FROM = re.compile(r"^(?:>=|≥|over|from)?\s*(\d{1,3})\s*\+?$")
_UNDER = re.compile(r"^(?:<|under|below)\s*(\d{1,3})$")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Ages in whole years, both ends included."""

    low: int
    high: int

    @property
    def is_minor(self) -> bool:
        """Whether everybody in the band is under 18."""
        return self.high < ADULT_FROM

    def covers(self, other: "AgeBand") -> bool:
        """Whether all of another band lies within this one."""
        return self.low <= other.low and other.high <= self.high


@lru_cache(maxsize=4096)
def find_age_band(word: str) -> AgeBand | None:
    """The ages that a band's word means; None where the word says nothing about age.

    Example:
        >>> find_age_band("13-17"), find_age_band("65+").high, find_age_band("group B")
        (AgeBand(low=13, high=17), 150, None)
    """
    text = word_key(word).translate(_DASHES)
    if text in _NAMED:
        return AgeBand(*_NAMED[text])
    if found := _RANGE.match(text):
        low, high = int(found[1]), int(found[2])
        return AgeBand(low, high) if low <= high else None
    if found := _UNDER.match(text):
        return AgeBand(0, max(int(found[1]) - 1, 0))
    if found := _FROM.match(text):
        low = int(found[1])
        is_open = not text.isdecimal()
        return AgeBand(low, OLDEST if is_open else low) if low <= OLDEST else None
    return None


def is_minor(word: str) -> bool:
    """Whether a band holds nobody of 18 or older; False where the word says nothing about age.

    Example:
        >>> is_minor("13-17"), is_minor("16-24"), is_minor("under 18"), is_minor("adult")
        (True, False, True, False)
    """
    band = find_age_band(word)
    return band is not None and band.is_minor
