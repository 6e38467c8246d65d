"""Provider taxonomy codes of the National Uniform Claim Committee that mental health uses."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

TAXONOMY: Mapping[str, str] = MappingProxyType(
    {
        "103T00000X": "psychologist",
        "103TC0700X": "clinical psychologist",
        "103TC1900X": "counseling psychologist",
        "1041C0700X": "clinical social worker",
        "106H00000X": "marriage and family therapist",
        "101YM0800X": "mental-health counselor",
        "101YP2500X": "professional counselor",
        "101YA0400X": "addiction counselor",
        "363LP0808X": "psychiatric-mental-health nurse practitioner",
        "364SP0808X": "psychiatric-mental-health clinical nurse specialist",
        "2084P0800X": "psychiatry",
        "2084P0804X": "child and adolescent psychiatry",
        "2084P0805X": "geriatric psychiatry",
    }
)
"""Code to meaning."""

PRESCRIBER_CODES = frozenset(
    {"363LP0808X", "364SP0808X", "2084P0800X", "2084P0804X", "2084P0805X"}
)
"""Codes whose holders prescribe; a psychologist's or a social worker's is none of them."""
PRESCRIBER_CREDENTIALS = frozenset({"MD", "DO", "PMHNP", "PMHNP-BC", "MBBS", "PSYCHIATRIST"})
"""Credentials whose holders prescribe."""


def is_prescriber(taxonomy: Iterable[str], credential: str | None) -> bool:
    """Whether a clinician may prescribe, by a taxonomy code or by a credential.

    Several credentials may stand in one text (`MD, PhD`); None is missing.

    Example:
        >>> is_prescriber(["2084P0800X"], ""), is_prescriber([], "md"), is_prescriber([], "LCSW")
        (True, True, False)
    """
    words = re.split(r"[\s,;/]+", (credential or "").replace(".", "").upper())
    codes = {code.strip().upper() for code in taxonomy}
    return not (PRESCRIBER_CODES.isdisjoint(codes) and PRESCRIBER_CREDENTIALS.isdisjoint(words))
