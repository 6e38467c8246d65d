"""Words for what brings a person to care, and the problem domain each belongs to.

The list is open: a clinic may use other words, which are then domains of their own. ICD-10-CM
codes are for reports; a concern is not a diagnosis.
"""

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


CONCERNS: tuple[Concern, ...] = (
    Concern(word="anxiety", domain="anxiety", icd10=("F41.1",), synonyms=("worry", "gad")),
    Concern(word="depression", domain="depression", icd10=("F32", "F33")),
    Concern(
        word="relationship",
        domain="relationship",
        icd10=("Z63.0",),
        synonyms=("relationships", "couples", "marriage"),
    ),
    Concern(
        word="trauma",
        domain="trauma",
        icd10=("F43.10",),
        synonyms=("ptsd", "trauma-ptsd", "trauma_ptsd", "abuse", "dissociation"),
    ),
    Concern(
        word="stress",
        domain="stress",
        icd10=("F43.2",),
        synonyms=("burnout", "adjustment", "workplace-relationships"),
    ),
    Concern(
        word="grief", domain="grief", icd10=("F43.81",), synonyms=("grief-and-loss", "loss")
    ),
    Concern(word="ocd", domain="ocd", icd10=("F42",)),
    Concern(
        word="panic", domain="panic", icd10=("F41.0",), synonyms=("phobia", "panic-phobia")
    ),
    Concern(word="social_anxiety", domain="anxiety", icd10=("F40.10",)),
    Concern(
        word="substance",
        domain="substance",
        icd10=("F10", "F19"),
        synonyms=("substance-abuse", "addiction", "alcohol", "drugs"),
    ),
    Concern(word="adhd", domain="adhd", icd10=("F90",)),
    Concern(word="sleep", domain="sleep", icd10=("G47", "F51"), synonyms=("insomnia",)),
    Concern(
        word="eating",
        domain="eating",
        icd10=("F50",),
        synonyms=("eating-disorders", "eating_disorder", "anorexia", "bulimia"),
    ),
    Concern(word="bipolar", domain="bipolar", icd10=("F31",)),
    Concern(
        word="perinatal",
        domain="perinatal",
        icd10=("F53",),
        synonyms=("postpartum", "pregnancy", "postnatal"),
    ),
    Concern(word="identity", domain="identity", synonyms=("lgbtq", "human-sexuality")),
    Concern(word="anger", domain="anger", icd10=("R45.4",), synonyms=("anger-management",)),
    Concern(
        word="psychosis", domain="psychosis", icd10=("F20", "F29"), synonyms=("schizophrenia",)
    ),
    Concern(word="other", domain="other"),
)
"""All known concerns; the first eighteen and the last one follow the simulator's parameter 10."""

_DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        word_key(word): concern.domain
        for concern in CONCERNS
        for word in (concern.word, *concern.synonyms)
    }
)


def domain_of(word: str) -> str:
    """The problem domain of a concern; an unknown word is a domain of its own.

    Example:
        >>> domain_of("PTSD"), domain_of("Bruxism")
        ('trauma', 'bruxism')
    """
    key = word_key(word)
    return _DOMAINS.get(key, key)
