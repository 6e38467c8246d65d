"""Which words stand for which safety state, and which topics and titles a state concerns.

One table each. Words compare by `gating_key`: no case, and one underscore for any run of blanks,
hyphens or other signs.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from data.codes.concerns import domain_of
from data.domain import Condition

_SIGNS = re.compile(r"[\W_]+")
_AGES = re.compile(r"^(?:age_|ages_|aged_)?(\d{1,3})(?:_|_to_)(\d{1,3})$")
_UNDER = re.compile(r"^(?:under|below|u)_?(\d{1,3})$")


@lru_cache(maxsize=8192)
def gating_key(word: str) -> str:
    """The form in which words of the gating tables compare.

    Example:
        >>> gating_key(" Eating-Disorder "), gating_key("Body  scan")
        ('eating_disorder', 'body_scan')
    """
    return _SIGNS.sub("_", word.casefold()).strip("_")


_STATE_WORDS: Mapping[Condition, str] = {
    Condition.RED: "red crisis acute_risk imminent_risk",
    Condition.SUICIDALITY: (
        "suicidality suicidal suicide suicidal_ideation suicidal_thoughts si amber_si self_harm "
        "selfharm self_injury nssi amber"
    ),
    Condition.SEVERE: (
        "severe amber_severe amber severe_depression severe_anxiety severe_symptoms "
        "severe_impairment"
    ),
    Condition.TRAUMA: (
        "trauma ptsd cptsd c_ptsd complex_ptsd complex_trauma trauma_ptsd ptsd_trauma abuse "
        "dissociation dissociative flashbacks"
    ),
    Condition.PSYCHOSIS_MANIA: (
        "psychosis_mania psychosis psychotic psychosis_history history_of_psychosis "
        "schizophrenia schizoaffective hallucinations delusions mania manic hypomania "
        "mania_history history_of_mania"
    ),
    Condition.BIPOLAR: "bipolar bipolar_disorder manic_depression mania manic hypomania",
    Condition.EATING_DISORDER: (
        "eating_disorder eating_disorders eating disordered_eating anorexia bulimia "
        "binge_eating arfid ed"
    ),
    Condition.PANIC: "panic panic_disorder panic_attack panic_attacks panic_phobia",
    Condition.SUBSTANCE: (
        "substance substance_use substance_abuse substance_use_disorder substance_dependence "
        "substance_withdrawal withdrawal addiction alcohol alcohol_dependence alcohol_use "
        "alcohol_use_disorder benzodiazepine benzodiazepines benzodiazepine_dependence opioids "
        "drugs drug_use dependence sud aud"
    ),
    Condition.MINOR: (
        "minor minors child children kid kids adolescent adolescents adolescence teen teens "
        "teenager teenagers youth young_people pediatric paediatric"
    ),
    Condition.PERINATAL: (
        "perinatal pregnant pregnancy postpartum postnatal antenatal prenatal maternal "
        "breastfeeding perinatal_depression postpartum_depression"
    ),
    Condition.SEIZURE: "seizure seizures epilepsy epileptic seizure_disorder",
    Condition.SAFETY_CRITICAL_WORK: (
        "safety_critical_work safety_critical safety_critical_job driving driver "
        "heavy_machinery machinery pilot"
    ),
}


def _inverted() -> Mapping[str, frozenset[Condition]]:
    states: dict[str, set[Condition]] = {}
    for condition, words in _STATE_WORDS.items():
        for word in words.split():
            states.setdefault(word, set()).add(condition)
    return MappingProxyType({word: frozenset(found) for word, found in states.items()})


STATES_OF_WORD = _inverted()
"""Every known word and the states it may stand for; a word of two states withholds for both."""


@lru_cache(maxsize=8192)
def states_of(word: str) -> frozenset[Condition]:
    """The safety states a word may stand for; none where nothing is known of it.

    Example:
        >>> [[state.value for state in states_of(word)] for word in ("PTSD", "13-17", "sleep")]
        [['trauma'], ['minor'], []]
    """
    key = gating_key(word)
    if key in STATES_OF_WORD:
        return STATES_OF_WORD[key]
    if _is_under_18(key):
        return frozenset({Condition.MINOR})
    domain = gating_key(domain_of(word))
    return STATES_OF_WORD.get(domain, frozenset())


def _is_under_18(key: str) -> bool:
    if found := _AGES.match(key):
        return int(found[2]) < 18
    if found := _UNDER.match(key):
        return int(found[1]) <= 18
    return False


def conditions_of(words: Iterable[str]) -> frozenset[Condition]:
    """All safety states that a person's own words stand for; it can only add to what is known.

    Example:
        >>> [state.value for state in conditions_of(["panic attacks", "stress"])]
        ['panic']
    """
    return frozenset[Condition]().union(*(states_of(word) for word in words))


class Trait(StrEnum):
    """What an item may be that matters to a rule of the gating table."""

    SAFELIST = "safelist"
    """Safety planning, coping, sleep hygiene, grounding."""
    BODY_SCAN = "body_scan"
    SILENT = "silent"
    EXPOSURE = "exposure"
    """Trauma narrative and exposure."""
    INTENSIVE = "intensive"
    """Intensive meditation and retreats."""
    SLEEP_RESTRICTION = "sleep_restriction"
    WEIGHT = "weight"
    """Weight, calories, dieting, fasting."""
    BREATH_HOLD = "breath_hold"
    """Breath holding and hyperventilation."""
    CUT_DOWN = "cut_down"
    """Plans to drink or use less, or nothing."""
    MEDITATION = "meditation"


TRAIT_WORDS: Mapping[Trait, tuple[str, ...]] = MappingProxyType(
    {
        trait: tuple(words.split())
        for trait, words in {
            Trait.SAFELIST: (
                "safety_planning safety_plan crisis_plan crisis_planning coping coping_skills "
                "coping_strategies coping_cards distress_tolerance sleep_hygiene grounding "
                "grounding_techniques"
            ),
            Trait.BODY_SCAN: "body_scan bodyscan body_scanning yoga_nidra",
            Trait.SILENT: "silent silence silent_meditation silent_sitting",
            Trait.EXPOSURE: (
                "exposure exposure_therapy imaginal_exposure prolonged_exposure "
                "trauma_narrative trauma_processing trauma_story trauma_exposure reliving"
            ),
            Trait.INTENSIVE: (
                "intensive intensive_meditation retreat retreats meditation_retreat vipassana"
            ),
            Trait.SLEEP_RESTRICTION: (
                "sleep_restriction sleep_compression sleep_window sleep_deprivation"
            ),
            Trait.WEIGHT: (
                "weight weight_loss weight_management lose_weight calorie calories "
                "calorie_counting diet diets dieting fasting intermittent_fasting bmi"
            ),
            Trait.BREATH_HOLD: (
                "breath_hold breath_holds breath_holding breath_retention hold_your_breath "
                "hyperventilation hyperventilating holotropic holotropic_breathing wim_hof "
                "breath_of_fire"
            ),
            Trait.CUT_DOWN: (
                "cut_down cutting_down cut_back cutting_back moderation abstinence abstaining "
                "detox tapering taper drink_less drinking_less quit_drinking quitting_drinking "
                "stop_drinking stopping_drinking self_detox"
            ),
            Trait.MEDITATION: (
                "meditation meditations mindfulness mindfulness_meditation body_scan bodyscan "
                "silent_meditation vipassana yoga_nidra"
            ),
        }.items()
    }
)
"""The topics of each trait; except for the safelist, the same words in a title count too."""

SILENT_VOICES = ("none", "no_voice", "silent", "silence")
"""Voices of items without guidance in words."""
