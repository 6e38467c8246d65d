"""Where a person in crisis finds help at once, by country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from data.messages import PATIENT, Reader
from matching.safety_wording import RESOURCE_WORDS

REVIEWED_ON = date(2026, 11, 24)
"""When the list was last gone through; the lines themselves are run by others and may change."""


EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Resource:
    """One place to turn to."""

    name: str
    """A proper name, or `EMERGENCY`, which has a word in every language."""
    way: str
    """How to reach it: a code of `RESOURCE_WORDS`, without `resource.`."""
    places: tuple[tuple[str, str], ...] = ()
    """Numbers and addresses, as people dial and write them."""

    @property
    def contact(self) -> str:
        """How to reach it, in English words that a person can act on."""
        return self.told(PATIENT)[1]

    def told(self, reader: Reader) -> tuple[str, str]:
        """Name and contact in the reader's language."""
        is_emergency = self.name == EMERGENCY
        return (
            RESOURCE_WORDS.say(f"resource.{EMERGENCY}", reader) if is_emergency else self.name,
            RESOURCE_WORDS.say(f"resource.{self.way}", reader, **dict(self.places)),
        )


def _to(name: str, way: str, **places: str) -> Resource:
    return Resource(name, way, tuple(places.items()))


_EU_EMERGENCY = _to(EMERGENCY, "call", number="112")
_ANYWHERE = _to(EMERGENCY, "call_local")

RESOURCES: Mapping[str, tuple[Resource, ...]] = MappingProxyType(
    {
        "US": (
            _to(
                "988 Suicide & Crisis Lifeline",
                "call_text_or_chat",
                number="988",
                site="988lifeline.org",
            ),
            _to(EMERGENCY, "call", number="911"),
        ),
        "CA": (
            _to("9-8-8 Suicide Crisis Helpline", "call_or_text", number="988"),
            _to(EMERGENCY, "call", number="911"),
        ),
        "GB": (
            _to("Samaritans", "call", number="116 123"),
            _to(
                "NHS urgent mental health help",
                "call_and_choose",
                number="111",
                option="2",
            ),
            _to("Shout", "text_word", word="SHOUT", number="85258"),
            _to(EMERGENCY, "call", number="999"),
        ),
        "IE": (
            _to("Samaritans", "call", number="116 123"),
            _to(EMERGENCY, "call_either", number="112", other="999"),
        ),
        "AU": (
            _to("Lifeline", "call", number="13 11 14"),
            _to(EMERGENCY, "call", number="000"),
        ),
        "NZ": (
            _to("1737, need to talk?", "call_or_text", number="1737"),
            _to(EMERGENCY, "call", number="111"),
        ),
        "DE": (_to("TelefonSeelsorge", "call", number="0800 1110111"), _EU_EMERGENCY),
        "FR": (
            _to("Numéro national de prévention du suicide", "call", number="3114"),
            _EU_EMERGENCY,
        ),
        "ES": (_to("Línea 024", "call", number="024"), _EU_EMERGENCY),
        "IN": (
            _to("Tele-MANAS", "call", number="14416"),
            _to(EMERGENCY, "call", number="112"),
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
