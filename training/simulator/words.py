"""The vocabularies of a world: words behind the positions that arrays hold."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from data.codes.concerns import domain_of
from training.simulator.columns import Rows
from training.simulator.parameters import World

SENIOR = "65+"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Words:
    """The vocabularies behind positions in arrays."""

    concerns: tuple[str, ...]
    domains: tuple[str, ...]
    domain_of_concern: Rows
    """Position of each concern's domain; shape (concerns,)."""
    payers: tuple[str, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    """English first."""
    formats: tuple[str, ...]
    genders: tuple[str, ...]
    age_bands: tuple[str, ...]
    ethnicities: tuple[str, ...]
    modalities: tuple[str, ...]
    styles: tuple[str, ...]

    @classmethod
    def of(cls, world: World) -> Self:
        """The vocabularies of a world."""
        people, givers = world.patients, world.clinicians
        concerns = tuple(word for word, _ in people.concern_shares)
        domains = tuple(dict.fromkeys(domain_of(word) for word in concerns))
        *younger, oldest = [word for word, _ in people.age_shares]
        return cls(
            concerns=concerns,
            domains=domains,
            domain_of_concern=np.array([domains.index(domain_of(word)) for word in concerns]),
            payers=tuple(word for word, _ in people.payer_shares),
            regions=tuple(region.code for region in people.regions),
            languages=("en", *(word for word, _ in people.other_languages)),
            formats=tuple(word for word, _ in people.format_shares),
            genders=tuple(word for word, _ in people.gender_shares),
            age_bands=(*younger, f"{oldest.rstrip('+')}-64", SENIOR),
            ethnicities=tuple(word for word, _ in people.ethnicity_shares),
            modalities=tuple(word for word, _ in givers.modality_shares),
            styles=tuple(word for word, _ in givers.style_shares),
        )
