"""What a patient and a clinician make of each other: effects of pairs."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaincinv, logit

from training.simulator.clinicians import Clinicians
from training.simulator.columns import MISSING, Floats, Mask, Rows
from training.simulator.parameters import World
from training.simulator.patients import Patients
from training.simulator.words import Words

CLOSE_STRUCTURE = 0.25
"""A stated structure is met within this distance."""
OLDER_FROM = 3
"""Position of the first age band from 50."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairEffects:
    """Effects of pairs; arrays of shape (pairs,)."""

    benefit: Floats
    """Benefit that knowing the pair explains, in outcome SDs, the patient's own part apart."""
    stop: Floats
    """Logit shift of every unplanned-stop hazard."""
    setback: Floats
    """Logit shift of a deteriorating course."""
    accept: Floats
    """Logit shift of accepting."""
    accommodation: Floats
    """Share of stated preferences met, less the usual; 0 where none is stated."""


def severity_factor(world: World, phq9: Floats) -> Floats:
    """How much more clinicians differ at a severity than on average (row 30); as `phq9`.

    Row 30 gives shares at low and high severity; it scales the share of row 26.
    """
    low, high = world.outcome.share_by_severity
    start, end = world.outcome.severity_range
    share = low + (high - low) * np.clip((phq9 - start) / (end - start), 0.0, 1.0)
    middle = low + (high - low) * (world.patients.phq9_mean - start) / (end - start)
    return np.asarray(np.sqrt(share / middle), dtype=np.float64)


def skill_spreads(world: World) -> tuple[float, float]:
    """SDs of skill shared by all domains and of skill in one domain.

    Rows 26 and 28 give their total share, row 29 how it splits.
    """
    given = world.outcome
    total = (given.clinician_share + given.match_share) / given.observed_share
    shared = given.skill_correlation * total
    return float(np.sqrt(shared)), float(np.sqrt(total - shared))


def accommodation(
    patients: Patients, clinicians: Clinicians, rows: Rows, clinician_rows: Rows
) -> tuple[Floats, Mask]:
    """Share of stated preferences met and whether any is stated; shape (pairs,).

    Args:
        patients: The requests.
        clinicians: The clinicians.
        rows: Request of each pair.
        clinician_rows: Clinician of each pair.
    """
    gender, style = patients.wants_gender[rows], patients.wants_style[rows]
    modality, structure = patients.wants_modality[rows], patients.wants_structure[rows]
    stated = np.stack(
        [gender != MISSING, style != MISSING, modality != MISSING, ~np.isnan(structure)]
    )
    distance = np.abs(np.nan_to_num(structure) - clinicians.structure[clinician_rows])
    met = np.stack(
        [
            clinicians.gender[clinician_rows] == gender,
            clinicians.style[clinician_rows] == style,
            clinicians.modalities[clinician_rows, modality],
            distance <= CLOSE_STRUCTURE,
        ]
    )
    count = stated.sum(axis=0)
    return (stated & met).sum(axis=0) / np.maximum(count, 1), count > 0


def concordance(
    world: World,
    patients: Patients,
    clinicians: Clinicians,
    rows: Rows,
    clinician_rows: Rows,
) -> Floats:
    """1 less the usual share where a wish for one's own culture is met; shape (pairs,)."""
    wish = patients.wants_culture[rows]
    same = patients.ethnicity[rows] == clinicians.ethnicity[clinician_rows]
    return np.where(wish, same - world.outcome.usual_concordance, 0.0)


def pair_effects(
    world: World,
    words: Words,
    patients: Patients,
    clinicians: Clinicians,
    pairs: tuple[Rows, Rows],
) -> PairEffects:
    """Effects of pairs on acceptance, dropout, benefit and deterioration.

    Args:
        world: The configuration.
        words: Its vocabularies.
        patients: The requests.
        clinicians: The clinicians.
        pairs: Request row and clinician row of each pair; each of shape (pairs,).
    """
    rows, givers = pairs
    given, latents = world.outcome, clinicians.latents
    met, stated = accommodation(patients, clinicians, rows, givers)
    centred = np.where(stated, met - given.usual_accommodation, 0.0)
    primary = patients.concerns[rows, 0]
    domain = words.domain_of_concern[primary]
    shared, specific = skill_spreads(world)
    skill = shared * latents.skill[givers] + specific * latents.domain_skill[givers, domain]
    benefit = severity_factor(world, patients.severity.scores[rows, 0]) * skill
    benefit += np.sqrt(given.clinic_share / given.observed_share) * latents.clinic[givers]
    benefit += given.preference_benefit * centred
    benefit += given.concordance_benefit * concordance(
        world, patients, clinicians, rows, givers
    )
    benefit += _controls(world, words, patients, clinicians, pairs)
    benefit += given.fit_benefit * _fit(world, words, clinicians)[givers, domain]
    is_top = clinicians.is_top[givers, primary]
    is_unlisted = ~clinicians.treats[givers, primary]
    return PairEffects(
        benefit=benefit,
        stop=given.stop_sd * latents.stop[givers]
        + np.log(given.preference_stop_odds) * centred,
        setback=given.deterioration_sd * latents.deterioration[givers],
        accept=world.course.accept_sd * latents.accept[givers]
        + world.course.accept_specialty * is_top
        + world.course.accept_unlisted * is_unlisted,
        accommodation=centred,
    )


def _controls(
    world: World,
    words: Words,
    patients: Patients,
    clinicians: Clinicians,
    pairs: tuple[Rows, Rows],
) -> Floats:
    """Row 35: what should carry almost nothing."""
    rows, givers = pairs
    given = world.outcome
    years = clinicians.experience_years[givers] - world.clinicians.experience[0]
    same = patients.gender[rows] == clinicians.gender[givers]
    effect = given.experience_benefit * years + given.gender_benefit * (same - 0.5)
    if "cbt" in words.modalities:
        practises = clinicians.modalities[givers, words.modalities.index("cbt")]
        effect = effect + given.modality_benefit * (practises - 0.5)
    return effect


def _fit(world: World, words: Words, clinicians: Clinicians) -> Floats:
    """Row 36, less its mean per domain: whether a therapy suits; shape (clinicians, domains)."""
    shares = dict(world.clinicians.modality_shares)
    fit = np.zeros((len(clinicians), len(words.domains)))
    for domain, therapies in world.outcome.fits:
        known = [words.modalities.index(word) for word in therapies if word in shares]
        if domain in words.domains and known:
            usual = 1.0 - np.prod([1.0 - shares[words.modalities[row]] for row in known])
            has = clinicians.modalities[:, known].any(axis=1)
            fit[:, words.domains.index(domain)] = has - usual
    return fit


def own_benefit(world: World, patients: Patients) -> Floats:
    """Expected benefit from the patient's own side, in outcome SDs; shape (requests,)."""
    given = world.outcome
    many = (patients.concerns != MISSING).sum(axis=1) >= len(
        world.patients.concern_count_shares
    )
    return np.asarray(
        given.deprivation_benefit * (patients.deprivation - 5.5)
        + given.prior_benefit
        * (patients.prior_treatment - world.patients.prior_treatment_share)
        + given.comorbidity_benefit * (many - world.patients.concern_count_shares[-1])
    )


def own_stop(world: World, patients: Patients) -> Floats:
    """Logit shift of unplanned stops from the patient's own side; shape (requests,)."""
    older = patients.age >= OLDER_FROM
    share = world.patients.age_shares[-1][1]
    return np.asarray(world.outcome.older_stop * (older - share))


def attend_probability(world: World, deprivation: Rows, wait_days: Floats) -> Floats:
    """Probability that the first appointment is attended, given acceptance (row 38).

    Args:
        world: The configuration.
        deprivation: Deciles; shape (pairs,).
        wait_days: Days from the offer to the appointment; shape (pairs,).
    """
    given = world.course
    usual = float(gammaincinv(given.wait_shape, 0.5)) * given.wait_scale_days
    late = (wait_days > 7.0).astype(np.float64) - float(usual > 7.0)
    return expit(
        logit(given.attend_share)
        + np.log(given.attend_week_odds) * (wait_days - usual) / 7.0
        + given.attend_late_logit * late
        + world.outcome.deprivation_attend * (deprivation - 5.5)
    )
