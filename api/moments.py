"""The moment of a request: when, under which id, and which language its headers ask for."""

from datetime import datetime

from starlette.requests import Request

from api.matches import Moment
from api.runtime import Runtime
from data.translations import ENGLISH, languages
from data.word_index import language_key

MOST_RANGES = 20
"""So many entries of `Accept-Language` are read; people have few languages."""
LONGEST_TAG = 35


def moment_of(request: Request, runtime: Runtime, at: datetime) -> Moment:
    """What a request is answered with beside its own content."""
    return Moment(
        at=at,
        seed=runtime.settings.seed,
        request_id=request.state.request_id,
        tripwire=runtime.tripwire,
        language=preferred_language(request.headers.get("accept-language", "")),
    )


def preferred_language(header: str) -> str:
    """The language of sentences that `Accept-Language` likes best (RFC 9110, 12.5.4).

    Of equally liked ones the first counts. What cannot be read is passed over, and what is not spoken here
    too; English is left.

    Example:
        >>> preferred_language("de, es-MX;q=0.8, vi;q=0.9")
        'vi'
    """
    best, liked = ENGLISH, 0.0
    for entry in header.split(",", MOST_RANGES)[:MOST_RANGES]:
        tag, _, weight = entry.strip().partition(";")
        tag = tag.strip()[:LONGEST_TAG]
        quality = _quality(weight)
        if quality > liked and language_key(tag) in languages():
            best, liked = tag, quality
    return best


def _quality(weight: str) -> float:
    """From 0 to 1; 0 for what is no quality."""
    if not weight.strip():
        return 1.0
    name, _, value = weight.partition("=")
    digits = value.strip()
    is_number = digits.isascii() and digits.replace(".", "", 1).isdecimal()
    return min(float(digits), 1.0) if name.strip().casefold() == "q" and is_number else 0.0
