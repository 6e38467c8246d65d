"""Codes to sentences: the one place where reasons and cautions get their words."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "licensed_and_in_network": "Licensed where you are and in network with your payer.",
        "licensed_and_self_pay": "Licensed where you are; you would pay this clinician yourself.",
        "baseline": "What a first appointment with an average clinician is worth to you.",
        "specialty_top": "Your main concern is among this clinician's main specialties.",
        "specialty_also": "Treats your main concern, beside other main specialties.",
        "specialty_unlisted": "Your main concern is not among the listed specialties.",
        "specialty_not_asked": "No concern was named.",
        "preferences_met": "Meets the preferences you stated.",
        "preferences_partly_met": "Meets some of the preferences you stated.",
        "preferences_not_met": "Does not meet the preferences you stated.",
        "preferences_not_asked": "You stated no preferences.",
        "language_shared": "Speaks your language.",
        "language_interpreter": "Works with an interpreter for your language.",
        "language_not_asked": "No language was named.",
        "track_record": "Experience at this clinic with similar requests speaks for this choice.",
        "track_record_considered": "Experience at this clinic with similar requests was considered.",
        "limited_evidence": "Too few courses so far to say more about this choice.",
        "in_care": "You are in care with this clinician.",
        "returning": "You have been in care with this clinician before.",
        "newcomer_chance": "Little is known here yet about this clinician, who gets a chance too.",
        "sooner": "Can see you sooner than is usual.",
        "usual_wait": "Can see you after about the usual wait.",
        "later": "Can see you later than is usual.",
        "interpreter_needed": "An interpreter is needed.",
        "long_wait": "The wait is longer than four weeks.",
        "wait_unknown": "The first free appointment is not known.",
        "preference_not_met": "At least one stated preference is not met.",
        "concern_unlisted": "Your main concern is not among the listed specialties.",
        "nobody_eligible": "Nobody in the directory meets every requirement; a navigator will help.",
        "directory_empty": "The directory holds no clinicians; a navigator will help.",
        "crisis": "A person has to act now; nobody is ranked.",
        "relaxing_helps": "Some clinicians miss one requirement that may be relaxed.",
    }
)
"""The English sentence of every code."""


def sentence(code: str, language: str = "en") -> str:
    """The sentence of a code in the reader's language.

    Args:
        code: A key of `ENGLISH`.
        language: BCP-47 tag; a language without translation gets English.

    Raises:
        KeyError: No sentence has this code.

    Example:
        >>> sentence("language_shared")
        'Speaks your language.'
    """
    del language  # English is the only translation so far; the argument is where others enter
    return ENGLISH[code]
