"""Where a person in crisis finds help at once, by country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

REVIEWED_ON = date(2026, 11, 24)
"""When the list was last gone through; the lines themselves are run by others and may change."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One place to turn to."""

    name: str
    contact: str
    """How to reach it, in words a person can act on."""


_EU_EMERGENCY = Resource("Emergency services", "Call 112")
_ANYWHERE = Resource("Emergency services", "Call your local emergency number")

RESOURCES: Mapping[str, tuple[Resource, ...]] = MappingProxyType(
    {
        "US": (
            Resource(
                "988 Suicide & Crisis Lifeline", "Call or text 988, chat at 988lifeline.org"
            ),
            Resource("Emergency services", "Call 911"),
        ),
        "CA": (
            Resource("9-8-8 Suicide Crisis Helpline", "Call or text 988"),
            Resource("Emergency services", "Call 911"),
        ),
        "GB": (
            Resource("Samaritans", "Call 116 123"),
            Resource("NHS urgent mental health help", "Call 111 and choose option 2"),
            Resource("Shout", "Text SHOUT to 85258"),
            Resource("Emergency services", "Call 999"),
        ),
        "IE": (
            Resource("Samaritans", "Call 116 123"),
            Resource("Emergency services", "Call 112 or 999"),
        ),
        "AU": (
            Resource("Lifeline", "Call 13 11 14"),
            Resource("Emergency services", "Call 000"),
        ),
        "NZ": (
            Resource("1737, need to talk?", "Call or text 1737"),
            Resource("Emergency services", "Call 111"),
        ),
        "DE": (Resource("TelefonSeelsorge", "Call 0800 1110111"), _EU_EMERGENCY),
        "FR": (
            Resource("Numéro national de prévention du suicide", "Call 3114"),
            _EU_EMERGENCY,
        ),
        "ES": (Resource("Línea 024", "Call 024"), _EU_EMERGENCY),
        "IN": (
            Resource("Tele-MANAS", "Call 14416"),
            Resource("Emergency services", "Call 112"),
        ),
    }
)
"""Resources by ISO 3166 country, the first to be tried first."""

# Two letters and a blank at a time: a two-letter code is in the text only where it stands alone.
EUROPEAN_UNION = (
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
)
US_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI"
)
_ALIASES = {"UK": "GB", "EL": "GR"}


def country_of(region: str, *, default_country: str) -> str:
    """The ISO 3166 country that a region's prefix names, or the default where it names none.

    A bare code that is a state of the default country US is that state, not a country.

    Args:
        region: Where the person is, such as `US-CA`.
        default_country: ISO 3166 code.

    Example:
        >>> [country_of(region, default_country="US") for region in ("GB-LND", "uk", "IN", "North")]
        ['GB', 'GB', 'US', 'US']
    """
    prefix, separator, _ = region.strip().replace("_", "-").upper().partition("-")
    if len(prefix) != 2 or not (prefix.isascii() and prefix.isalpha()):
        return default_country
    if not separator and default_country == "US" and prefix in US_STATES:
        return default_country
    return _ALIASES.get(prefix, prefix)


def resources_for(region: str, *, default_country: str) -> tuple[Resource, ...]:
    """Crisis resources where the person is; never empty.

    Args:
        region: Where the person is, such as `US-CA`.
        default_country: ISO 3166 country that counts where the region names none.

    Example:
        >>> [resource.contact for resource in resources_for("FI-18", default_country="US")]
        ['Call 112']
    """
    country = country_of(region, default_country=default_country)
    if country in RESOURCES:
        return RESOURCES[country]
    return (_EU_EMERGENCY,) if country in EUROPEAN_UNION else (_ANYWHERE,)
