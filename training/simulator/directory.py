"""The clinicians as the directory shows them."""

import numpy as np
import pandas as pd

from data.clinic import CLINICIANS
from data.codes.npi import PREFIX
from training.simulator.availability import Availability
from training.simulator.clinicians import Clinicians
from training.simulator.columns import (
    DAY,
    HOUR,
    NO_TIME,
    Rows,
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
from training.simulator.parameters import World
from training.simulator.streams import Streams
from training.simulator.words import SENIOR, Words

TAXONOMY = {
    "LCSW": "1041C0700X",
    "LPC": "101YP2500X",
    "LMFT": "106H00000X",
    "PsyD": "103TC0700X",
    "PMHNP": "363LP0808X",
    "MD": "2084P0800X",
}
FIRST_NAMES = [
    "Ada",
    "Amir",
    "Bea",
    "Carlos",
    "Dana",
    "Elena",
    "Farid",
    "Grace",
    "Hana",
    "Ivan",
    "Jo",
    "Kofi",
    "Lena",
    "Mateo",
    "Nora",
    "Omar",
    "Priya",
    "Quinn",
    "Rosa",
    "Sam",
    "Tara",
    "Uma",
    "Victor",
    "Wen",
    "Yara",
    "Zoe",
]
LAST_NAMES = [
    "Abbott",
    "Brandt",
    "Castillo",
    "Dorsey",
    "Ekholm",
    "Farrow",
    "Grant",
    "Haddad",
    "Ibarra",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreno",
    "Nolan",
    "Okafor",
    "Petrov",
    "Quist",
    "Rahman",
    "Santos",
    "Tanaka",
    "Ueda",
    "Varga",
    "Whitlow",
    "Yilmaz",
    "Zeller",
]
VERIFIED_DAYS = 60.0
"""Licences were last checked within these days of the anchor."""
POPULATIONS = ("veteran", "lgbtq", "perinatal", "couples")
POPULATION_SHARE = 0.2


def clinicians_frame(
    world: World,
    words: Words,
    streams: Streams,
    clinicians: Clinicians,
    availability: Availability,
    anchor: int,
) -> pd.DataFrame:
    """The table `clinicians` at the anchor, in the order of the arrays."""
    count = len(clinicians)
    rows = np.arange(count)
    credentials = [word for word, _ in world.clinicians.credential_shares]
    columns = {
        "clinician_id": ids_at(streams.ids("clinician", count), rows),
        "display_name": _names(streams, count),
        "npi": _npis(streams, count),
        "credential": words_at(credentials, clinicians.credential),
        "taxonomy": lists([(TAXONOMY[credentials[row]],) for row in clinicians.credential]),
        "accepts_self_pay": flags(clinicians.self_pay),
        "fee": numbers(clinicians.fee),
        "interpreter_ok": flags(clinicians.interpreter),
        "gender": words_at(words.genders, clinicians.gender),
        "years_experience": numbers(clinicians.experience_years),
        "style_directive": words_at(words.styles, clinicians.style),
        "style_structured": numbers(clinicians.structure),
        "acuity_ceiling": words_at(("amber", "green"), clinicians.green_only.astype(np.int64)),
        "clinic_id": ids_at(streams.ids("clinic", count), clinicians.clinic),
        **_word_columns(world, words, streams, clinicians),
        **_openings(streams, clinicians, availability, anchor),
        **_places(world, streams, clinicians),
    }
    return complete(CLINICIANS, columns)


def _names(streams: Streams, count: int) -> pd.Series:
    draws = streams.uniform("names", count, 2)
    first = (draws[:, 0] * len(FIRST_NAMES)).astype(np.int64)
    last = (draws[:, 1] * len(LAST_NAMES)).astype(np.int64)
    names = [f"{FIRST_NAMES[a]} {LAST_NAMES[b]}" for a, b in zip(first, last, strict=True)]
    return pd.Series(names, dtype="str")


def _npis(streams: Streams, count: int) -> pd.Series:
    """Ten digits with a valid check digit that belong to nobody in particular."""
    digits = streams.generator("npi").integers(0, 10, (count, 9))
    digits[:, 0] = 1
    whole = np.hstack([np.tile([int(digit) for digit in PREFIX], (count, 1)), digits])
    doubled = whole[:, ::-1] * np.array([2, 1] * 7)
    total = (doubled // 10 + doubled % 10).sum(axis=1)
    check = (-total) % 10
    texts = ["".join(map(str, line)) for line in np.column_stack([digits, check])]
    return pd.Series(texts, dtype="str")


def _word_columns(
    world: World, words: Words, streams: Streams, clinicians: Clinicians
) -> dict[str, pd.Series]:
    count = len(clinicians)
    refused = [word for word, _ in world.clinicians.declines]
    bands = [*words.age_bands]
    sees = np.ones((count, len(bands)), dtype=np.bool_)
    sees[:, bands.index(SENIOR)] = clinicians.seniors
    served = streams.uniform("populations", count, len(POPULATIONS)) < POPULATION_SHARE
    return {
        "licensed_regions": lists(word_lists(words.regions, clinicians.licensed)),
        "compact_regions": lists(word_lists(words.regions, clinicians.compact)),
        "payers": lists(word_lists(words.payers, clinicians.payers)),
        "languages": lists(word_lists(words.languages, clinicians.languages)),
        "specialties_top": lists(
            [tuple(words.concerns[row] for row in line) for line in clinicians.top]
        ),
        "also_treats": lists(word_lists(words.concerns, clinicians.also)),
        "modalities": lists(word_lists(words.modalities, clinicians.modalities)),
        "formats": lists(word_lists(words.formats, clinicians.formats)),
        "age_bands": lists(word_lists(bands, sees)),
        "populations": lists(word_lists(POPULATIONS, served)),
        "not_accepted": lists(word_lists(refused, clinicians.declines)),
    }


def _openings(
    streams: Streams, clinicians: Clinicians, availability: Availability, anchor: int
) -> dict[str, pd.Series]:
    """Open slots and the next appointment at the anchor; nobody without openings names one."""
    count = len(clinicians)
    now = np.full(count, anchor)
    is_open = availability.is_open[-1]
    slots = 1 + streams.generator("open slots").poisson(clinicians.weekly_slots)
    next_slot = availability.slots_at(now, np.arange(count))
    takes = is_open | (streams.uniform("accepts new", count) < 0.5)
    verified = anchor - (streams.uniform("verified", count) * VERIFIED_DAYS * DAY).astype(int)
    return {
        "accepts_new": flags(takes),
        "open_slots": integers(np.where(is_open, slots, 0)),
        "weekly_new_slots": numbers(clinicians.weekly_slots),
        "next_available": times(np.where(is_open, next_slot, NO_TIME)),
        "verified_at": times(verified - verified % HOUR),
    }


def _places(world: World, streams: Streams, clinicians: Clinicians) -> dict[str, pd.Series]:
    centres = np.array([(entry.latitude, entry.longitude) for entry in world.patients.regions])
    clinics = int(clinicians.clinic.max()) + 1
    offsets = 0.3 * streams.normal("clinic place", clinics, 2)
    place = centres[clinicians.region] + offsets[clinicians.clinic]
    return {
        "latitude": numbers(place[:, 0].round(4)),
        "longitude": numbers(place[:, 1].round(4)),
    }


def always_open(frame: pd.DataFrame) -> pd.DataFrame:
    """The same clinicians with every opening taken for granted: what never changes in a log."""
    count = len(frame)
    return frame.assign(
        accepts_new=flags(np.ones(count, dtype=np.bool_)),
        open_slots=integers(np.ones(count, dtype=np.int64)),
        next_available=times(np.full(count, NO_TIME)),
    )


def array_rows(frame: pd.DataFrame) -> Rows:
    """Row in the arrays of each row of a `Directory`, which is sorted by id; shape (rows,)."""
    order = frame["clinician_id"].reset_index(drop=True).sort_values(kind="stable")
    return order.index.to_numpy(np.int64)
