"""Which items may be shown to a person in a safety state: rules that no score can outweigh.

The rules are those of the clinical gating table. They stand in code, read the catalogue alone, and
only ever withhold. They are applied to the candidates and once more to the final slate.

Unsure means withheld: an unreviewed item, an item of unknown length where length matters, an amber
tier without a named state (counted as suicidality). A person's own concern and goal words are read
as states too, and an item whose contraindication equals one of these words is withheld even where
the word is in no table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.catalogue import Catalogue
from data.codes.concerns import domain_of
from data.directory import UNKNOWN_TIME
from data.domain import Condition, Safety, Tier
from data.instants import micros_of
from recommender.gating_rules import RULES, find_traits
from recommender.gating_words import conditions_of, gating_key, states_of

MILD = 1
"""Highest level without support for people in amber or with a history of psychosis or mania."""

UNREVIEWED = "unreviewed"
REVIEW_EXPIRED = "review_expired"
UNPUBLISHED = "unpublished"
RETIRED = "retired"
POPULATION = "population"
LEVEL = "level"

Rows = NDArray[np.int64] | slice
EVERY_ROW = slice(None)
_CONDITION_ORDER = tuple(Condition)


_OWN_CATALOGUE = (Condition.MINOR, Condition.PERINATAL)
_AMBER_STATES = frozenset({Condition.SUICIDALITY, Condition.SEVERE})
_CEILING_STATES = _AMBER_STATES | {Condition.PSYCHOSIS_MANIA}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SafetyFilter:
    """The gating rules on one catalogue snapshot; masks are worked out once per snapshot."""

    catalogue: Catalogue
    withheld_by_state: Mapping[Condition, NDArray[np.bool_]]
    """Items that each state withholds; shape (items,)."""
    above_ceiling: NDArray[np.bool_]
    """Unguided items above the mild level; shape (items,)."""
    only_for_others: NDArray[np.bool_]
    """Items made only for minors or for the perinatal time; shape (items,)."""
    contraindicated: Mapping[str, NDArray[np.bool_]]
    """Items by each key of a contraindication word and of its domain; shape (items,)."""

    @classmethod
    def build(cls, catalogue: Catalogue) -> Self:
        """Work out the masks of a snapshot."""
        traits = find_traits(catalogue)
        masks = {}
        for condition in Condition:
            rule = RULES.get(condition)
            mask = np.zeros(len(catalogue), np.bool_) if rule is None else rule(traits)
            words = [
                word
                for word in catalogue.contraindications.rows
                if condition in states_of(word)
            ]
            masks[condition] = mask | catalogue.contraindications.having_any(words)
        own = {condition: _made_for(catalogue, condition) for condition in _OWN_CATALOGUE}
        for condition, is_theirs in own.items():
            masks[condition] |= ~is_theirs
        return cls(
            catalogue=catalogue,
            withheld_by_state=MappingProxyType(masks),
            above_ceiling=(catalogue.level > MILD) & ~catalogue.is_guided,
            only_for_others=_made_only_for_special(catalogue),
            contraindicated=MappingProxyType(_by_key(catalogue)),
        )

    def allowed(
        self,
        safety: Safety,
        *,
        at: datetime,
        words: Iterable[str] = (),
        populations: Iterable[str] = (),
        rows: Rows = EVERY_ROW,
    ) -> tuple[NDArray[np.bool_], dict[str, int]]:
        """Which items may be shown, and how many are withheld for which reason.

        Args:
            safety: What triage found.
            at: The time of showing.
            words: The person's concerns and goals.
            populations: Populations the person belongs to.
            rows: The items asked about; all of them unless given.

        Returns:
            A mask of shape (rows asked about,), and counts by reason. Each withheld item counts
            once, under the first of: `red`; retired, unpublished, unreviewed, review_expired;
            the states in order; an own word; level; population.
        """
        words = tuple(words)
        allowed = np.ones(len(self.catalogue), np.bool_)[rows]
        if safety.tier is Tier.RED or Condition.RED in safety.conditions:
            return np.zeros_like(allowed), {"red": len(allowed)} if len(allowed) else {}
        states = states_in_force(safety, (*words, *populations))
        withheld: dict[str, int] = {}
        for reason, mask in (
            *self._by_dates(micros_of(at)),
            *((state.value, self.withheld_by_state[state]) for state in states),
            *self._by_words(words),
            *self._by_level_and_population(states),
        ):
            hit = allowed & mask[rows]
            count = int(hit.sum())
            if count:
                withheld[reason] = withheld.get(reason, 0) + count
                allowed &= ~hit
        return allowed, withheld

    def _by_dates(self, at: int) -> list[tuple[str, NDArray[np.bool_]]]:
        items = self.catalogue
        return [
            (RETIRED, (items.retired_at != UNKNOWN_TIME) & (items.retired_at <= at)),
            (UNPUBLISHED, items.published_at > at),
            (UNREVIEWED, (items.reviewed_at == UNKNOWN_TIME) | (items.reviewed_at > at)),
            (
                REVIEW_EXPIRED,
                (items.review_expires_at != UNKNOWN_TIME) & (items.review_expires_at <= at),
            ),
        ]

    def _by_words(self, words: Iterable[str]) -> list[tuple[str, NDArray[np.bool_]]]:
        keys = dict.fromkeys(key for word in words for key in _keys(word))
        return [(key, self.contraindicated[key]) for key in keys if key in self.contraindicated]

    def _by_level_and_population(
        self, states: tuple[Condition, ...]
    ) -> list[tuple[str, NDArray[np.bool_]]]:
        found = []
        if _CEILING_STATES.intersection(states):
            found.append((LEVEL, self.above_ceiling))
        if not set(_OWN_CATALOGUE).intersection(states):
            found.append((POPULATION, self.only_for_others))
        return found


def states_in_force(safety: Safety, words: Iterable[str]) -> tuple[Condition, ...]:
    """The states that gate content, in a fixed order: those of triage and those of own words.

    An amber tier without a state that explains it counts as suicidality, so that an unknown danger
    is met with the strictest rules.

    Args:
        safety: What triage found.
        words: Concerns, goals and populations of the person.
    """
    states = safety.conditions
    if safety.tier >= Tier.AMBER and not states & _AMBER_STATES:
        states |= {Condition.SUICIDALITY}
    states |= conditions_of(words)
    return tuple(state for state in _CONDITION_ORDER if state in states)


def allowed(
    catalogue: Catalogue,
    safety: Safety,
    *,
    at: datetime,
    words: Iterable[str] = (),
    populations: Iterable[str] = (),
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Which items of a catalogue may be shown: `SafetyFilter` for a single question.

    Args:
        catalogue: The snapshot.
        safety: What triage found.
        at: The time of showing.
        words: The person's concerns and goals.
        populations: Populations the person belongs to.

    Returns:
        A mask of shape (items,), and how many items are withheld by reason.
    """
    gate = SafetyFilter.build(catalogue)
    return gate.allowed(safety, at=at, words=words, populations=populations)


def _keys(word: str) -> tuple[str, str]:
    return gating_key(word), gating_key(domain_of(word))


def _by_key(catalogue: Catalogue) -> dict[str, NDArray[np.bool_]]:
    entries: dict[str, list[str]] = {}
    for word in catalogue.contraindications.rows:
        for key in dict.fromkeys(_keys(word)):
            entries.setdefault(key, []).append(word)
    return {
        key: catalogue.contraindications.having_any(found) for key, found in entries.items()
    }


def _made_for(catalogue: Catalogue, condition: Condition) -> NDArray[np.bool_]:
    words = [word for word in catalogue.populations.rows if condition in states_of(word)]
    return catalogue.populations.having_any(words)


def _made_only_for_special(catalogue: Catalogue) -> NDArray[np.bool_]:
    special = [
        word for word in catalogue.populations.rows if states_of(word) & set(_OWN_CATALOGUE)
    ]
    others = [word for word in catalogue.populations.rows if word not in special]
    return catalogue.populations.having_any(special) & ~catalogue.populations.having_any(others)
