"""Whether anybody was ranked who must not be: a second opinion in plain Python, pair by pair."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.clinic import CLINICIANS
from data.codes.concerns import concern_key
from data.columns import Kind
from data.domain import Intake, Tier
from data.frames import storage_from_column
from data.instants import micros_of
from data.word_index import language_key, word_key
from matching.age_bands import is_minor
from matching.matcher import Matcher
from matching.triage import assess
from training.clinic_frames import Frames, table_of
from training.evaluation.figures import Figure, figure
from training.matching_cases import Cases

SHOWN = 10
SELF_PAY = "self_pay"
FLAGS = ("psychosis", "mania", "substance_withdrawal", "violence_risk")
FIRST_LETTERS = {"female": "f", "woman": "f", "male": "m", "man": "m"}
"""Spellings of a gender that mean its first letter."""

Clinician = Mapping[str, Any]


def safety_figures(
    name: str, matcher: Matcher, cases: Cases, frames: Frames, intake_rows: Sequence[int]
) -> list[Figure]:
    """How often a list held someone who may not treat the patient, and how often red got one.

    Args:
        name: What the model is called.
        matcher: The policy under test.
        cases: A clinic.
        frames: Its tables; profiles are read from them, not from the snapshot.
        intake_rows: Rows of the intakes to match.
    """
    profiles = clinician_profiles(frames)
    violations = red_lists = reds = pairs = 0
    for row in intake_rows:
        intake = cases.intakes[row]
        safety = assess(intake)
        found = matcher.match(
            intake, cases.directory, safety=safety, at=intake.requested_at, limit=SHOWN, seed=0
        )
        reds += safety.tier is Tier.RED
        red_lists += safety.tier is Tier.RED and bool(found.results)
        pairs += len(found.results)
        violations += sum(
            breaks_a_rule(intake, profiles[shown.clinician_id], safety.tier)
            for shown in found.results
        )
    return [
        figure(name, "eligibility_violations", float(violations), pairs),
        figure(name, "red_ranked", float(red_lists), reds),
    ]


def clinician_profiles(frames: Frames) -> dict[str, Clinician]:
    """The rows of `clinicians` as dicts by id; missing values are None, lists are tuples."""
    table = table_of(frames, "clinicians")
    columns = {
        column.name: list(table[column.name])
        if column.kind is Kind.WORDS
        else storage_from_column(column.kind, table[column.name])
        for column in CLINICIANS.columns
    }
    rows = zip(*columns.values(), strict=True)
    profiles = [dict(zip(columns, row, strict=True)) for row in rows]
    return {profile["clinician_id"]: profile for profile in profiles}


def breaks_a_rule(intake: Intake, clinician: Clinician, tier: Tier) -> bool:
    """Whether showing a clinician to a patient breaks a hard rule.

    Args:
        intake: The request.
        clinician: A profile from `clinician_profiles`.
        tier: The patient's safety tier.
    """
    region = word_key(intake.region)
    regions = _keys((*clinician["licensed_regions"], *clinician["compact_regions"]))
    formats = _keys(intake.formats)
    is_minor_without_band = is_minor(intake.age_band) and not clinician["age_bands"]
    return (
        tier is Tier.RED
        or (tier is Tier.AMBER and word_key(clinician["acuity_ceiling"] or "") == "green")
        or region not in regions
        or clinician["clinician_id"] in intake.blocked_clinicians
        or clinician["accepts_new"] == 0
        or clinician["open_slots"] == 0
        or (bool(formats) and formats.isdisjoint(_keys(clinician["formats"])))
        or is_minor_without_band
        or _is_declined(intake, clinician)
        or _is_of_another_gender(intake, clinician)
        or _comes_too_late(intake, clinician)
        or not _is_payable(intake, clinician)
        or not _is_understood(intake, clinician)
    )


def _keys(words: Iterable[str]) -> set[str]:
    return {word_key(word) for word in words}


def _is_declined(intake: Intake, clinician: Clinician) -> bool:
    """One of the patient's own words, or a flag by its name, is among those not taken."""
    flags = (flag for flag in FLAGS if getattr(intake, flag))
    declined = {concern_key(word) for word in clinician["not_accepted"]}
    return not declined.isdisjoint(concern_key(word) for word in (*intake.concerns, *flags))


def _is_of_another_gender(intake: Intake, clinician: Clinician) -> bool:
    """A gender asked for as a must, against the first letter of the one on the profile."""
    if not intake.pref_gender or intake.pref_gender_strength != "must":
        return False
    own, wanted = word_key(clinician["gender"] or ""), word_key(intake.pref_gender)
    return own != wanted and FIRST_LETTERS.get(own, own) != FIRST_LETTERS.get(wanted, wanted)


def _comes_too_late(intake: Intake, clinician: Clinician) -> bool:
    free = clinician["next_available"]
    return intake.latest is not None and free is not None and free > micros_of(intake.latest)


def _is_payable(intake: Intake, clinician: Clinician) -> bool:
    payer = word_key(intake.payer)
    if payer in _keys(clinician["payers"]):
        return True
    pays_alone = payer == SELF_PAY or intake.in_network_only is False
    return pays_alone and bool(clinician["accepts_self_pay"])


def _is_understood(intake: Intake, clinician: Clinician) -> bool:
    spoken = {language_key(tag) for tag in clinician["languages"]}
    wanted = {language_key(tag) for tag in intake.languages}
    has_interpreter = bool(clinician["interpreter_ok"])
    if not wanted:
        return has_interpreter or not intake.needs_interpreter
    if not spoken.isdisjoint(wanted):
        return True
    return has_interpreter and intake.pref_language_strength != "must"
