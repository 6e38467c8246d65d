"""Clinicians: what the directory says of them and what only outcomes would tell."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.simulator.columns import DAY, Floats, Mask, Rows
from training.simulator.parameters import World
from training.simulator.streams import Streams
from training.simulator.words import Words

SELF_PAY = "self_pay"
SELDOM = 0.01
"""Keeps logarithms finite."""
DIRECTORY_ISSUES = 30
"""Issues of a profile that our concern words stand for; scales row 24 to them."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Latents:
    """What no table shows, in standard units; the world's variances scale it."""

    skill: Floats
    """Shared by all domains; shape (clinicians,)."""
    domain_skill: Floats
    """Of one domain alone; shape (clinicians, domains)."""
    clinic: Floats
    """The clinic's effect, by clinician; shape (clinicians,)."""
    stop: Floats
    """Leaning of patients to stop unplanned; shape (clinicians,)."""
    deterioration: Floats
    """Leaning of patients to get worse; shape (clinicians,)."""
    accept: Floats
    """Leaning to accept referrals; shape (clinicians,)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clinicians:
    """One row per clinician; arrays have shape (clinicians,) unless said."""

    latents: Latents
    credential: Rows
    gender: Rows
    ethnicity: Rows
    experience_years: Floats
    licensed: Mask
    """Shape (clinicians, regions)."""
    compact: Mask
    """Shape (clinicians, regions)."""
    payers: Mask
    """Shape (clinicians, payers)."""
    self_pay: Mask
    fee: Floats
    languages: Mask
    """Shape (clinicians, languages)."""
    interpreter: Mask
    formats: Mask
    """Shape (clinicians, formats)."""
    modalities: Mask
    """Shape (clinicians, modalities)."""
    style: Rows
    structure: Floats
    top: Rows
    """Top specialties, best first; shape (clinicians, top)."""
    treats: Mask
    """Top specialties and what else is treated; shape (clinicians, concerns)."""
    also: Mask
    """What else is treated; shape (clinicians, concerns)."""
    declines: Mask
    """Shape (clinicians, declinable concerns)."""
    green_only: Mask
    seniors: Mask
    clinic: Rows
    region: Rows
    """Where the practice is."""
    popularity: Floats
    """Standardised log of the cases a clinician draws."""
    caseload: Floats
    """Active patients."""
    sought: Floats
    """Standardised log of the demand that licences and payers bring."""
    joined_at: Rows
    """Microseconds since 1970 UTC."""
    weekly_slots: Floats

    def __len__(self) -> int:
        return len(self.credential)

    @property
    def is_top(self) -> Mask:
        """Whether a concern is a top specialty; shape (clinicians, concerns)."""
        return self.treats & ~self.also


def draw_clinicians(
    world: World, words: Words, streams: Streams, count: int, anchor: int
) -> Clinicians:
    """Clinicians as they are at the anchor.

    Args:
        world: The configuration.
        words: Its vocabularies.
        streams: Randomness.
        count: How many.
        anchor: End of the log, microseconds since 1970 UTC.
    """
    latents = _latents(world, words, streams, count)
    reach = _reach(world, words, streams, count)
    return Clinicians(
        latents=latents,
        **_person(world, streams, count),
        **reach,
        sought=_sought(world, words, reach),
        **_specialties(world, words, streams, latents),
        **_practice(world, words, streams, count),
        **_demand(world, streams, count, anchor),
    )


def _shares(entries: tuple[tuple[str, float], ...]) -> tuple[float, ...]:
    return tuple(share for _, share in entries)


def _latents(world: World, words: Words, streams: Streams, count: int) -> Latents:
    effects = streams.normal("clinician effects", count, 4)
    size = world.clinicians.clinicians_per_clinic
    clinics = streams.normal("clinic effects", -(-count // size))
    return Latents(
        skill=effects[:, 0],
        domain_skill=streams.normal("domain effects", count, len(words.domains)),
        clinic=clinics[np.arange(count) // size],
        stop=effects[:, 1],
        deterioration=effects[:, 2],
        accept=effects[:, 3],
    )


def _person(world: World, streams: Streams, count: int) -> dict[str, Any]:
    given = world.clinicians
    mean, spread = given.experience
    shape = (mean / spread) ** 2
    years = streams.generator("experience").gamma(shape, mean / shape, count)
    is_man = streams.uniform("clinician gender", count) >= given.female_share
    return {
        "credential": streams.pick("credential", _shares(given.credential_shares), count),
        "gender": is_man.astype(np.int64),
        "ethnicity": streams.pick(
            "clinician ethnicity", _shares(given.ethnicity_shares), count
        ),
        "experience_years": np.clip(years, 0.5, 50.0).round(1),
    }


def _reach(world: World, words: Words, streams: Streams, count: int) -> dict[str, Any]:
    """Licences, payers and languages."""
    given = world.clinicians
    shares = np.array([region.share for region in world.patients.regions])
    clinic = np.arange(count) // given.clinicians_per_clinic
    home = streams.pick("clinic region", shares, int(clinic.max()) + 1)[clinic]
    few: Rows = streams.pick("licence count", given.licence_count_shares, count)
    third = (few == 1) & (streams.uniform("third licence", count) < 0.5)
    wanted = np.array([1, 2, 4])[few] + third.astype(np.int64)
    keys = streams.generator("licences").gumbel(size=(count, len(shares))) + np.log(shares)
    keys[np.arange(count), home] = np.inf
    order = np.argsort(np.argsort(-keys, axis=1, kind="stable"), axis=1, kind="stable")
    licensed = order < wanted[:, None]
    psychologist = [word for word, _ in given.credential_shares].index("PsyD")
    credential = streams.pick("credential", _shares(given.credential_shares), count)
    compact = (credential == psychologist) & (
        streams.uniform("compact", count) < given.compact_share
    )
    takes = streams.uniform("insurance", count) >= given.no_insurance_share
    by_payer = dict(given.payer_acceptance)
    by_payer["eap"] = given.eap_share * (1 - given.no_insurance_share)
    within = np.array([by_payer.get(word, 0.0) for word in words.payers])
    within = np.minimum(within / (1 - given.no_insurance_share), 1.0)
    self_pay = streams.uniform("takes self-pay", count) < given.self_pay_share
    within_network = takes[:, None] & (streams.uniform("payers", count, len(within)) < within)
    spoken = np.array(
        [1.0, *(dict(given.language_shares).get(w, 0) for w in words.languages[1:])]
    )
    return {
        "clinic": clinic,
        "region": home,
        "licensed": licensed,
        "compact": compact[:, None] & ~licensed,
        "payers": within_network,
        "self_pay": ~within_network.any(axis=1) | self_pay,
        "languages": streams.uniform("languages", count, len(spoken)) < spoken,
        "interpreter": streams.uniform("interpreters", count) < given.interpreter_share,
    }


def _sought(world: World, words: Words, reach: dict[str, Any]) -> Floats:
    """Regions times payers, each payer by how many patients it has per clinician; standardised."""
    share = np.array(_shares(world.patients.payer_shares))
    takes = reach["payers"].copy()
    takes[:, words.payers.index(SELF_PAY)] = reach["self_pay"]
    brings = takes @ (share / np.maximum(takes.mean(axis=0), 1.0 / len(takes)))
    regions = (reach["licensed"] | reach["compact"]).sum(axis=1)
    sought = np.log(regions * np.maximum(brings, SELDOM))
    return np.asarray((sought - sought.mean()) / max(float(sought.std()), SELDOM))


def _specialties(
    world: World, words: Words, streams: Streams, latents: Latents
) -> dict[str, Any]:
    """Three claims that follow skill a little, many that follow nothing, a few refusals."""
    given = world.clinicians
    count, size = len(latents.skill), len(words.concerns)
    refused = tuple(word for word, _ in given.declines)
    declines = streams.uniform("declines", count, len(refused)) < np.array(
        _shares(given.declines)
    )
    shares = np.array(_shares(world.patients.concern_shares))
    claims = np.sqrt(shares / shares.sum())
    keys = streams.generator("specialties").gumbel(size=(count, size)) + np.log(claims)
    keys += given.skill_to_specialty * latents.domain_skill[:, words.domain_of_concern]
    for place, word in enumerate(refused):
        if word in words.concerns:
            keys[declines[:, place], words.concerns.index(word)] = -np.inf
    top = np.argsort(-keys, axis=1, kind="stable")[:, : given.top_specialties]
    least, most = given.also_treats
    issues = streams.generator("issues").integers(least, most + 1, count)
    others = streams.uniform("also treats", count, size)
    others[~np.isfinite(keys)] = 2.0
    np.put_along_axis(others, top, 2.0, axis=1)
    drawn = np.argsort(np.argsort(others, axis=1, kind="stable"), axis=1, kind="stable")
    also = (drawn < np.rint(issues * size / DIRECTORY_ISSUES)[:, None]) & (others < 1.0)
    treats = also.copy()
    np.put_along_axis(treats, top, values=True, axis=1)
    return {"top": top, "treats": treats, "also": also, "declines": declines}


def _practice(world: World, words: Words, streams: Streams, count: int) -> dict[str, Any]:
    given = world.clinicians
    formats = np.array(_shares(given.format_shares))
    offered = streams.uniform("clinician formats", count, len(formats)) < formats
    offered[~offered.any(axis=1), words.formats.index("video")] = True
    practised = np.array(_shares(given.modality_shares))
    fee, spread = given.fee
    return {
        "fee": np.maximum(40.0, fee + spread * streams.normal("fee", count)).round(0),
        "formats": offered,
        "modalities": streams.uniform("modalities", count, len(practised)) < practised,
        "style": streams.pick("clinician style", _shares(given.style_shares), count),
        "structure": streams.uniform("clinician structure", count).round(2),
        "green_only": streams.uniform("ceiling", count) < given.green_only_share,
        "seniors": streams.uniform("seniors", count) < given.senior_share,
    }


def _demand(world: World, streams: Streams, count: int, anchor: int) -> dict[str, Any]:
    given = world.clinicians
    draws = streams.uniform("newcomer", count, 2)
    is_new = draws[:, 0] < given.newcomer_share
    known_days = world.period_days + 365.0
    days = np.where(is_new, draws[:, 1] * given.newcomer_days, known_days)
    rate = streams.generator("weekly slots").gamma(4.0, given.weekly_new_slots / 4.0, count)
    return {
        "popularity": streams.normal("cases", count),
        "caseload": np.rint(
            given.caseload_median * np.exp(given.spread * streams.normal("caseload", count))
        ),
        "joined_at": anchor - (days * DAY).astype(np.int64),
        "weekly_slots": rate.round(2),
    }
