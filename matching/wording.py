"""Codes to sentences: the one place where reasons, cautions and safety get their English words.

A patient is spoken to; clinicians and operators are told about the patient. Translations stand in
`data/locale`. No sentence promises an outcome, blames anybody, or says how one clinician's patients fare.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from data.messages import messages_in

Audience = Literal["patient", "clinician", "operator"]
STAFF = "staff"
"""The context of sentences for clinicians and operators."""


class Reader(NamedTuple):
    """Who reads sentences."""

    language: str = "en"
    """BCP-47 tag."""
    audience: Audience = "patient"


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
        "safety_amber": "Somebody from the clinic will look at your request. Help is there at any hour.",
        "safety_red": "You matter, and you do not have to be alone with this. Please get help now.",
    }
)
"""The English sentence of every code, as a patient reads it."""
FOR_STAFF: Mapping[str, str] = MappingProxyType(
    {
        "licensed_and_in_network": "Licensed where the patient is and in network with the payer.",
        "licensed_and_self_pay": "Licensed where the patient is; the patient would pay alone.",
        "baseline": "What a first appointment with an average clinician is worth to this patient.",
        "specialty_top": "The main concern is among the clinician's main specialties.",
        "specialty_also": "Treats the main concern, beside other main specialties.",
        "specialty_unlisted": "The main concern is not among the listed specialties.",
        "preferences_met": "Meets the preferences the patient stated.",
        "preferences_partly_met": "Meets some of the preferences the patient stated.",
        "preferences_not_met": "Does not meet the preferences the patient stated.",
        "preferences_not_asked": "The patient stated no preferences.",
        "language_shared": "Speaks the patient's language.",
        "language_interpreter": "Works with an interpreter for the patient's language.",
        "sooner": "Can see the patient sooner than is usual.",
        "usual_wait": "Can see the patient after about the usual wait.",
        "later": "Can see the patient later than is usual.",
        "in_care": "The patient is in care with this clinician.",
        "returning": "The patient has been in care with this clinician before.",
        "concern_unlisted": "The main concern is not among the listed specialties.",
        "safety_amber": "A clinician has to look at this request before it goes on.",
        "safety_red": "Contact the person now; nobody is ranked and nothing is suggested.",
        "contact_person_now": "Contact the person now.",
        "give_crisis_resources": "Give the crisis lines of where the person is.",
        "do_not_rank": "Offer no list; a human being takes over.",
        "same_week_review": "A clinician reviews the request within the week.",
        "human_review": "A human being looks at the request before it goes on.",
        "request_cssrs": "Ask the Columbia screener (C-SSRS).",
        "clinician_first": "A clinician is seen before any self-guided program.",
        "prescriber_review": "Somebody who may prescribe looks at the request.",
        "read_free_text": "A human being reads what the person wrote.",
        "review_rematch": "Somebody looks at why the person left.",
    }
)
"""Sentences for staff: where they differ from the patient's, and what staff alone has to do."""


def sentence(code: str, language: str = "en", audience: Audience = "patient") -> str:
    """The sentence of a code in the reader's language.

    Args:
        code: A key of `ENGLISH`, or for staff also of `FOR_STAFF`.
        language: BCP-47 tag; a language without translation gets English.
        audience: Who reads it.

    Raises:
        KeyError: No sentence of this code is meant for the audience.

    Example:
        >>> sentence("language_shared"), sentence("language_shared", "es-MX")
        ('Speaks your language.', 'Habla su idioma.')
    """
    messages = messages_in(language)
    if audience != "patient" and code in FOR_STAFF:
        return messages.text(f"{code}.{STAFF}", FOR_STAFF[code])
    return messages.text(code, ENGLISH[code])
