"""Words for what brings a person to care, and the problem domain each belongs to.

The list is open: a clinic may use other words, which are then domains of their own. ICD-10-CM
codes are category prefixes for reports; a concern is not a diagnosis.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from data.word_index import word_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One known concern."""

    word: str
    domain: str
    """The problem domain in which clinician effects are pooled."""
    icd10: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


def _concern(word: str, icd10: str = "", synonyms: str = "", *, domain: str = "") -> Concern:
    """A concern from blank-separated codes and comma-separated synonyms."""
    return Concern(
        word=word,
        domain=domain or word,
        icd10=tuple(icd10.split()),
        synonyms=tuple(entry.strip() for entry in synonyms.split(",") if entry.strip()),
    )


CONCERNS: tuple[Concern, ...] = (
    _concern(
        "anxiety",
        "F41.1",
        "worry, gad, generalised anxiety disorder, generalized anxiety disorder",
    ),
    _concern("depression", "F32 F33", "low mood, major depressive disorder"),
    _concern(
        "relationship",
        "Z63.0",
        "relationships, couples, marriage, intimacy, relationship-dissolution",
    ),
    _concern(
        "trauma",
        "F43.10",
        "ptsd, trauma-ptsd, post-traumatic stress disorder, abuse, dissociation",
    ),
    _concern("stress", "F43.2", "burnout, adjustment"),
    _concern("grief", "F43.81", "grief-and-loss, loss, bereavement"),
    _concern("ocd", "F42", "obsessive-compulsive disorder"),
    _concern("panic", "F41.0", "phobia, panic-phobia, panic disorder, agoraphobia"),
    _concern("social_anxiety", "F40.10", "social phobia, social phobias", domain="anxiety"),
    _concern("substance", "F10-F19", "substance-abuse, addiction, alcohol, drugs"),
    _concern("adhd", "F90"),
    _concern("sleep", "G47 F51", "insomnia, sleep-improvement"),
    _concern("eating", "F50", "eating-disorders, eating-disorder, anorexia, bulimia"),
    _concern("bipolar", "F31", "bipolar disorder"),
    _concern("perinatal", "F53", "postpartum, pregnancy, postnatal"),
    _concern("identity", "", "lgbtq, human-sexuality"),
    _concern("anger", "R45.4", "anger-management, irritability"),
    _concern("other"),
    _concern("psychosis", "F20-F29", "schizophrenia"),
    _concern("personality", "F60", "bpd, borderline"),
    _concern("gender", "F64", "gender-identity", domain="identity"),
    _concern("autism", "F84.0", "autism spectrum"),
    _concern("work", "Z56", "employment, workplace-relationships", domain="stress"),
    _concern("family", "Z62 Z63", "family-conflict, parenting"),
)
"""All known concerns; the first eighteen are the simulator's parameter 10, in its order."""


def concern_key(word: str) -> str:
    """The form in which concern words compare: no case, one underscore between parts.

    Example:
        >>> concern_key(" Post-traumatic stress ")
        'post_traumatic_stress'
    """
    return re.sub(r"[\s_-]+", "_", word_key(word)).strip("_")


_BY_KEY: Mapping[str, Concern] = MappingProxyType(
    {
        concern_key(word): concern
        for concern in CONCERNS
        for word in (concern.word, *concern.synonyms)
    }
)


def find_concern(word: str) -> Concern | None:
    """The known concern that a word or one of its synonyms names, or None.

    Example:
        >>> find_concern("PTSD").icd10
        ('F43.10',)
    """
    return _BY_KEY.get(concern_key(word))


def domain_of(word: str) -> str:
    """The problem domain of a concern; an unknown word is a domain of its own.

    Example:
        >>> domain_of("PTSD"), domain_of("Bruxism")
        ('trauma', 'bruxism')
    """
    known = find_concern(word)
    return concern_key(word) if known is None else known.domain
