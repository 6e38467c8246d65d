"""What each safety state withholds because of what an item is: the clinical gating table as code.

An item's traits come from its kind, topics, voice, length and title, and from title and topics of its program: a clinic
may say there alone what all steps are about. Only the safelist, which lets through, is read from an item's own topics.
Contraindications and dates are read elsewhere; these rules hold even where a clinic has marked nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from data.catalogue import NO_PROGRAM, Catalogue
from data.domain import Condition
from recommender.gating_words import SILENT_VOICES, TRAIT_WORDS, Trait, gating_key

BRIEF_MINUTES = 10.0
"""Longest meditation for people in states that call for brief ones."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemTraits:
    """What the rules ask about items; every array has shape (items,)."""

    traits: Mapping[Trait, NDArray[np.bool_]]
    is_brief: NDArray[np.bool_]
    is_practice: NDArray[np.bool_]
    is_guided: NDArray[np.bool_]
    is_in_program: NDArray[np.bool_]

    def having(self, trait: Trait) -> NDArray[np.bool_]:
        """Items with a trait; shape (items,)."""
        return self.traits[trait]


def _outside_safelist(items: ItemTraits) -> NDArray[np.bool_]:
    is_long = items.having(Trait.MEDITATION) & ~items.is_brief
    return (
        ~items.having(Trait.SAFELIST)
        | is_long
        | items.having(Trait.SILENT)
        | _unguided_program(items)
    )


def _unguided_program(items: ItemTraits) -> NDArray[np.bool_]:
    return items.is_in_program & ~items.is_guided


def _unsafe_after_trauma(items: ItemTraits) -> NDArray[np.bool_]:
    return (
        (items.having(Trait.MEDITATION) & ~items.is_brief)
        | items.having(Trait.BODY_SCAN)
        | items.having(Trait.SILENT)
        | items.having(Trait.EXPOSURE)
    )


def _not_brief_and_guided(items: ItemTraits) -> NDArray[np.bool_]:
    return (
        ~items.is_brief
        | ((items.is_practice | items.is_in_program) & ~items.is_guided)
        | items.having(Trait.INTENSIVE)
        | items.having(Trait.SLEEP_RESTRICTION)
    )


RULES: Mapping[Condition, Callable[[ItemTraits], NDArray[np.bool_]]] = MappingProxyType(
    {
        Condition.SUICIDALITY: _outside_safelist,
        Condition.SEVERE: _unguided_program,
        Condition.TRAUMA: _unsafe_after_trauma,
        Condition.PSYCHOSIS_MANIA: _not_brief_and_guided,
        Condition.BIPOLAR: lambda items: items.having(Trait.SLEEP_RESTRICTION),
        Condition.SEIZURE: lambda items: (
            items.having(Trait.SLEEP_RESTRICTION) | items.having(Trait.BREATH_HOLD)
        ),
        Condition.SAFETY_CRITICAL_WORK: lambda items: items.having(Trait.SLEEP_RESTRICTION),
        Condition.EATING_DISORDER: lambda items: (
            items.having(Trait.WEIGHT) | items.having(Trait.BODY_SCAN)
        ),
        Condition.PANIC: lambda items: items.having(Trait.BREATH_HOLD),
        Condition.SUBSTANCE: lambda items: items.having(Trait.CUT_DOWN) & ~items.is_guided,
    }
)
"""What each state withholds because of what an item is, besides its own contraindications."""


def find_traits(catalogue: Catalogue) -> ItemTraits:
    """What every item of a catalogue is, as far as the rules ask."""
    of_programs = (*(f"_{gating_key(title)}_" for title in catalogue.program_titles), "")
    titles = [
        f"_{gating_key(title)}_{of_programs[program]}"
        for title, program in zip(catalogue.titles, catalogue.program.tolist(), strict=True)
    ]
    traits = {trait: _with_trait(catalogue, titles, trait) for trait in Trait}
    is_practice = ~catalogue.kinds.having("lesson")
    traits[Trait.MEDITATION] = is_practice & (
        traits[Trait.MEDITATION] | catalogue.kinds.having("meditation")
    )
    silent_voices = [
        word for word in catalogue.voices.rows if gating_key(word) in SILENT_VOICES
    ]
    traits[Trait.SILENT] |= catalogue.voices.having_any(silent_voices)
    return ItemTraits(
        traits=traits,
        is_brief=catalogue.minutes <= BRIEF_MINUTES,
        is_practice=is_practice,
        is_guided=catalogue.is_guided,
        is_in_program=catalogue.program != NO_PROGRAM,
    )


def _with_trait(catalogue: Catalogue, titles: list[str], trait: Trait) -> NDArray[np.bool_]:
    words = TRAIT_WORDS[trait]
    topics = [topic for topic in catalogue.topics.rows if gating_key(topic) in words]
    mask = catalogue.topics.having_any(topics)
    if trait is Trait.SAFELIST:
        return mask
    named = [any(gating_key(word) in words for word in own) for own in catalogue.program_topics]
    mask = mask | np.array([*named, False], np.bool_)[catalogue.program]
    return mask | np.array(
        [any(f"_{word}_" in title for word in words) for title in titles], np.bool_
    )
