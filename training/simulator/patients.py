"""People who ask for care, and their requests: what is true of them, seen or not."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from training.simulator.columns import DAY, HOUR, MISSING, SECOND, Floats, Mask, Rows
from training.simulator.parameters import World
from training.simulator.severity import Severity, draw_severity
from training.simulator.streams import Streams, pick_by
from training.simulator.words import Words

FEMALE, MALE = 0, 1
"""Positions in the gender words of patients and clinicians."""
MOST_CONCERNS = 4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Patients:
    """One row per request; a person who asks twice has two rows. `MISSING` is not stated."""

    patient: Rows
    """Number of the person; shape (requests,), as every array unless said."""
    requested_at: Rows
    """Microseconds since 1970 UTC."""
    severity: Severity
    concerns: Rows
    """Most pressing first, `MISSING` after the last; shape (requests, up to 4)."""
    gender: Rows
    age: Rows
    ethnicity: Rows
    region: Rows
    latitude: Floats
    longitude: Floats
    payer: Rows
    in_network_only: Mask
    language: Rows
    speaks_english: Mask
    needs_interpreter: Mask
    language_must: Mask
    formats: Mask
    """Shape (requests, formats)."""
    deprivation: Rows
    """Decile, 1 is most deprived."""
    prior_treatment: Mask
    medication_question: Mask
    risk_flags: Mask
    """Psychosis, mania, substance withdrawal, violence; shape (requests, 4)."""
    wants_gender: Rows
    gender_must: Mask
    wants_style: Rows
    wants_structure: Floats
    """0 to 1, NaN where not stated."""
    wants_modality: Rows
    wants_culture: Mask
    referral: Rows
    answers: Mask
    """Which questions are answered, in the order of the parameter; shape (requests, 8)."""

    def __len__(self) -> int:
        return len(self.patient)

    def take(self, rows: Rows) -> Self:
        """The requests at some rows."""
        taken: dict[str, Any] = {"severity": self.severity.take(rows)}
        for entry in fields(self):
            if entry.name not in taken:
                taken[entry.name] = getattr(self, entry.name)[rows]
        return type(self)(**taken)


def draw_patients(
    world: World, words: Words, streams: Streams, people: int, anchor: int
) -> Patients:
    """People and their requests in the period before the anchor.

    Args:
        world: The configuration.
        words: Its vocabularies.
        streams: Randomness.
        people: How many persons ask; a few of them ask twice.
        anchor: End of the log, microseconds since 1970 UTC.
    """
    requested = _request_times(world, streams, people, anchor)
    first = Patients(
        patient=np.arange(people),
        requested_at=requested,
        severity=draw_severity(world.patients, streams, "severity", people),
        **_needs(world, streams, people),
        **_background(world, words, streams, people),
        **_wishes(world, words, streams, people),
    )
    return _with_repeats(world, streams, first, anchor)


def _request_times(world: World, streams: Streams, people: int, anchor: int) -> Rows:
    """More on Mondays than on Sundays, at office hours in the main, evenly over the period."""
    weeks = world.period_days // 7
    week = np.floor(streams.uniform("week", people) * weeks).astype(np.int64)
    weekday = streams.pick("weekday", world.patients.weekday_shares, people)
    hour = 7.0 + 15.0 * streams.generator("hour").beta(2.0, 2.0, people)
    last_monday = anchor // DAY - (anchor // DAY + 3) % 7
    day = last_monday - 7 * (weeks - week) + weekday
    return np.asarray(day * DAY + np.floor(hour * HOUR / SECOND).astype(np.int64) * SECOND)


def _needs(world: World, streams: Streams, people: int) -> dict[str, Any]:
    given = world.patients
    shares = np.array([share for _, share in given.concern_shares])
    primary = streams.pick("concern", shares, people)
    keys = streams.generator("concerns").gumbel(size=(people, len(shares))) + np.log(shares)
    keys[np.arange(people), primary] = np.inf
    concerns = np.argsort(-keys, axis=1, kind="stable")[:, :MOST_CONCERNS]
    count = 1 + streams.pick("concern count", given.concern_count_shares, people)
    more = streams.uniform("fourth concern", people) < given.fourth_concern_share
    count += (count == MOST_CONCERNS - 1) & more
    place = np.arange(concerns.shape[1])
    concerns = np.where(place < count[:, None], concerns, MISSING)
    age = streams.pick("age", tuple(share for _, share in given.age_shares), people)
    is_senior = streams.uniform("senior", people) < given.senior_share
    age += (age == len(given.age_shares) - 1) & is_senior
    return {"concerns": concerns.astype(np.int64), "age": age}


def _background(world: World, words: Words, streams: Streams, people: int) -> dict[str, Any]:
    given = world.patients

    def chance(name: str, share: float) -> Mask:
        return streams.uniform(name, people) < share

    region = streams.pick("region", tuple(entry.share for entry in given.regions), people)
    place = np.array([(entry.latitude, entry.longitude) for entry in given.regions])[region]
    place = place + 0.4 * streams.normal("place", people, 2)
    foreign = chance("non-English", given.non_english_share)
    other = streams.pick("language", tuple(share for _, share in given.other_languages), people)
    payer = streams.pick("payer", tuple(share for _, share in given.payer_shares), people)
    formats = np.array([share for _, share in given.format_shares])
    flags = streams.uniform("risk flags", people, 4) < given.risk_flag_share
    answered = np.array([share for _, share in given.answered])
    return {
        "gender": streams.pick("gender", _shares(given.gender_shares), people),
        "ethnicity": streams.pick("ethnicity", _shares(given.ethnicity_shares), people),
        "region": region,
        "latitude": place[:, 0],
        "longitude": place[:, 1],
        "payer": payer,
        "in_network_only": chance("network", given.in_network_share)
        & (payer != words.payers.index("self_pay")),
        "language": np.where(foreign, 1 + other, 0),
        "speaks_english": ~foreign | chance("bilingual", given.bilingual_share),
        "needs_interpreter": foreign & chance("interpreter", given.interpreter_share),
        "language_must": foreign & chance("language must", given.language_must_share),
        "formats": streams.uniform("formats", people, len(formats)) < formats,
        "deprivation": 1 + np.floor(10 * streams.uniform("deprivation", people)).astype(int),
        "prior_treatment": chance("prior", given.prior_treatment_share),
        "medication_question": chance("medication", given.medication_question_share),
        "risk_flags": flags,
        "referral": streams.pick("referral", _shares(given.referral_shares), people),
        "answers": streams.uniform("answers", people, len(answered)) < answered,
    }


def _shares(entries: tuple[tuple[str, float], ...]) -> tuple[float, ...]:
    return tuple(share for _, share in entries)


def _wishes(world: World, words: Words, streams: Streams, people: int) -> dict[str, Any]:
    given = world.patients
    gender = streams.pick("gender", _shares(given.gender_shares), people)
    is_woman = gender == FEMALE
    states = streams.uniform("states gender", people) < np.where(
        is_woman, given.female_states_gender, given.male_states_gender
    )
    wants_woman = streams.uniform("wants gender", people) < np.where(
        is_woman, given.female_wants_female, 0.5
    )
    must = streams.uniform("gender must", people) < given.gender_must_share
    minority = streams.pick("ethnicity", _shares(given.ethnicity_shares), people) > 0
    minority_share = sum(share for _, share in given.ethnicity_shares[1:])
    asked = given.cultural_preference_minority
    rest = (given.cultural_preference_share - minority_share * asked) / (1 - minority_share)
    style = streams.uniform("style", people, 2)
    structure = streams.uniform("structure", people, 2)
    modality = streams.uniform("modality", people, 2)
    return {
        "wants_gender": np.where(states, np.where(wants_woman, FEMALE, MALE), MISSING),
        "gender_must": states & must,
        "wants_style": np.where(
            style[:, 0] < given.style_share,
            pick_by(style[:, 1], np.ones(len(words.styles))),
            MISSING,
        ),
        "wants_structure": np.where(
            structure[:, 0] < given.structure_share, structure[:, 1].round(2), np.nan
        ),
        "wants_modality": np.where(
            modality[:, 0] < given.modality_preference_share,
            pick_by(modality[:, 1], np.array(_shares(world.clinicians.modality_shares))),
            MISSING,
        ),
        "wants_culture": streams.uniform("culture", people) < np.where(minority, asked, rest),
    }


def _with_repeats(world: World, streams: Streams, first: Patients, anchor: int) -> Patients:
    """Some people ask again later, with another severity and the same wishes."""
    given = world.patients
    low, high = given.repeat_gap_days
    draws = streams.uniform("repeat", len(first), 2)
    gap = np.floor((low + (high - low) * draws[:, 1]) * DAY / SECOND).astype(np.int64)
    again = first.requested_at + gap * SECOND
    rows = np.flatnonzero((draws[:, 0] < given.repeat_share) & (again < anchor))
    second = draw_severity(given, streams, "second severity", len(first)).take(rows)
    everyone = np.concatenate([np.arange(len(first)), rows])
    both = first.take(everyone)
    merged = {entry.name: getattr(both, entry.name) for entry in fields(both)}
    merged["requested_at"] = np.concatenate([first.requested_at, again[rows]])
    merged["severity"] = first.severity.joined(second)
    return Patients(**merged)
