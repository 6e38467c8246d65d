"""The table `intakes`, and who may be offered for each request."""

import numpy as np
import pandas as pd

from data.clinic import CSSRS_LEVELS, DEMOGRAPHICS, INTAKES, STRENGTHS
from data.directory import Directory
from data.domain import Tier
from data.frames import intakes_from_frame
from matching.eligibility import screen
from matching.triage import assess
from training.simulator.columns import (
    MISSING,
    Mask,
    complete,
    flags,
    ids_at,
    integers,
    lists,
    numbers,
    times,
    word_lists,
    words_at,
)
from training.simulator.directory import array_rows
from training.simulator.parameters import World
from training.simulator.patients import Patients
from training.simulator.severity import HIGHS, errors_of, item9_answers, measured
from training.simulator.streams import Streams
from training.simulator.words import Words

TRAUMA = "trauma"
MUST, PREFER = range(len(STRENGTHS))


def intakes_frame(
    world: World, words: Words, streams: Streams, patients: Patients
) -> pd.DataFrame:
    """The table `intakes` in the order of the arrays."""
    count = len(patients)
    person = ids_at(streams.ids("patient", count), patients.patient)
    columns = {
        "intake_id": ids_at(streams.ids("intake", count), np.arange(count)),
        "patient_id": person,
        "requested_at": times(patients.requested_at),
        "region": words_at(words.regions, patients.region),
        "age_band": words_at(words.age_bands, patients.age),
        "needs_interpreter": flags(patients.needs_interpreter),
        "payer": words_at(words.payers, patients.payer),
        "in_network_only": flags(patients.in_network_only),
        "prior_treatment": flags(patients.prior_treatment),
        "medication_question": flags(patients.medication_question),
        "latitude": numbers(patients.latitude.round(3)),
        "longitude": numbers(patients.longitude.round(3)),
        "referral_source": words_at(
            [word for word, _ in world.patients.referral_shares], patients.referral
        ),
        **_lists(words, patients),
        **_answers(world, words, streams, patients),
        **_wishes(words, patients),
    }
    return complete(INTAKES, columns)


def _lists(words: Words, patients: Patients) -> dict[str, pd.Series]:
    spoken = [
        tuple(dict.fromkeys((words.languages[first], *(("en",) if english else ()))))
        for first, english in zip(patients.language, patients.speaks_english, strict=True)
    ]
    concerns = [
        tuple(words.concerns[row] for row in line if row != MISSING)
        for line in patients.concerns
    ]
    return {
        "languages": lists(spoken),
        "formats": lists(word_lists(words.formats, patients.formats)),
        "concerns": lists(concerns),
    }


def has_trauma(words: Words, patients: Patients) -> Mask:
    """Whether trauma is among the concerns; shape (requests,)."""
    row = words.concerns.index(TRAUMA) if TRAUMA in words.concerns else len(words.concerns)
    return np.asarray((patients.concerns == row).any(axis=1))


def _answers(
    world: World, words: Words, streams: Streams, patients: Patients
) -> dict[str, pd.Series]:
    """Totals with measurement noise, item 9 and C-SSRS; a few are not answered."""
    severity, given = patients.severity, world.patients
    noise = streams.normal("intake noise", len(patients), len(HIGHS))
    errors = errors_of(world)
    totals = [
        measured(severity.scores[:, scale], errors[scale], HIGHS[scale], noise[:, scale])
        for scale in range(len(HIGHS))
    ]
    item9 = item9_answers(given, severity.scores[:, 0], severity.item9_leaning)
    totals[0] = np.maximum(totals[0], item9)
    gaps = dict(zip([word for word, _ in given.answered], ~patients.answers.T, strict=True))
    gaps["pcl5"] = gaps["pcl5"] | ~has_trauma(words, patients)
    cssrs = np.where(gaps["cssrs"], MISSING, severity.cssrs)
    flag_names = ("psychosis", "mania", "substance_withdrawal", "violence_risk")
    return {
        "phq9_total": integers(totals[0], gaps["phq9"]),
        "phq9_item9": integers(item9, gaps["item9"]),
        "gad7_total": integers(totals[1], gaps["gad7"]),
        "pcl5_total": integers(totals[2], gaps["pcl5"]),
        "wsas_total": integers(totals[3], gaps["wsas"]),
        "cssrs": words_at(CSSRS_LEVELS, cssrs),
        "deprivation_decile": integers(patients.deprivation, gaps["deprivation"]),
        **{name: flags(patients.risk_flags[:, place]) for place, name in enumerate(flag_names)},
    }


def _wishes(words: Words, patients: Patients) -> dict[str, pd.Series]:
    states = patients.wants_gender != MISSING
    gender = np.where(states, np.where(patients.gender_must, MUST, PREFER), MISSING)
    foreign = patients.language != 0
    language = np.where(foreign, np.where(patients.language_must, MUST, PREFER), MISSING)
    return {
        "pref_gender": words_at(words.genders, patients.wants_gender),
        "pref_gender_strength": words_at(STRENGTHS, gender),
        "pref_language_strength": words_at(STRENGTHS, language),
        "pref_modality": words_at(words.modalities, patients.wants_modality),
        "pref_style_directive": words_at(words.styles, patients.wants_style),
        "pref_style_structured": numbers(patients.wants_structure),
    }


def demographics_frame(
    world: World, words: Words, streams: Streams, patients: Patients
) -> pd.DataFrame:
    """The table `demographics`: one row per person who answered; for the audit only."""
    _, first = np.unique(patients.patient, return_index=True)
    told = [word for word, _ in world.patients.answered].index("demographics")
    people = patients.take(first[patients.answers[first, told]])
    disabled = streams.uniform("disability", len(patients))[people.patient]
    columns = {
        "patient_id": ids_at(streams.ids("patient", len(patients)), people.patient),
        "gender": words_at(words.genders, people.gender),
        "ethnicity": words_at(words.ethnicities, people.ethnicity),
        "age_band": words_at(words.age_bands, people.age),
        "deprivation_decile": integers(people.deprivation),
        "disability": words_at(
            ("no", "yes"), (disabled < world.patients.disability_share).astype(np.int64)
        ),
        "language": words_at(words.languages, people.language),
    }
    return complete(DEMOGRAPHICS, columns)


def eligible(intakes: pd.DataFrame, clinicians: pd.DataFrame) -> Mask:
    """Who may be offered for each request at its own time, by the rules that serve.

    Args:
        intakes: Frame of requests.
        clinicians: Frame of the directory.

    Returns:
        Shape (requests, clinicians), in the order of the frames; nobody for red.
    """
    directory = Directory.build(clinicians)
    order = array_rows(clinicians)
    result = np.zeros((len(intakes), len(clinicians)), dtype=np.bool_)
    for row, intake in enumerate(intakes_from_frame(intakes)):
        safety = assess(intake)
        if safety.tier is Tier.RED:
            continue
        found = screen(intake, directory, safety=safety, at=intake.requested_at)
        result[row, order[found.eligible_rows]] = True
    return result
