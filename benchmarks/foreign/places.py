"""Clinics elsewhere: their countries, words, shapes of ids, sizes, and what they do not write down."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NEVER: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def numbers(kind: str, row: int) -> str:
    """Digits with zeros in front, from ranges of their own: as an old practice system counts."""
    return f"{ {'clinician': 0, 'patient': 4, 'intake': 6, 'episode': 8}[kind]:02d}{row:06d}"


def uuids(kind: str, row: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{row}")).upper()


def names(kind: str, row: int) -> str:
    """Long names with letters of another script, blanks and signs."""
    return f"urn:clinique:é/{kind}s#{row} β"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One clinic: what it calls things, how large it is, and what it keeps."""

    name: str
    country: str  # ISO 3166
    regions: tuple[str, ...]
    payers: tuple[str, ...]
    languages: tuple[str, ...]  # the first is everybody's
    concerns: tuple[str, ...]  # the most frequent first
    age_bands: tuple[str, ...]  # the youngest first
    formats: tuple[str, ...]
    fee: float  # usual, in the currency of the country
    ids: Callable[[str, int], str]
    file_format: str
    clinicians: int
    intakes: int
    months: int
    instruments: tuple[str, ...]
    measured: float  # share of outcomes that are measured, of those who stayed to the end
    has_sessions_scored: (
        bool  # whether questionnaires are filled in on the way, or at the end alone
    )
    has_start_totals: bool  # whether the intake holds the first totals, or the first visit does
    may_decline: bool = True  # whether clinicians refuse referrals, which then is recorded
    absent_tables: tuple[str, ...] = ()
    absent_columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NEVER)


PRAXIS = Place(
    name="praxis",
    country="DE",
    regions=("DE-BY",),
    payers=("GKV", "Beihilfe"),
    languages=("de",),
    concerns=("Erschöpfung", "Ängste", "Depression", "Zwänge", "Trauer"),
    age_bands=("18-34", "35-54", "55+"),
    formats=("in_person", "video"),
    fee=105.0,
    ids=numbers,
    file_format="csv",
    clinicians=20,
    intakes=1_500,
    months=36,
    instruments=("phq9",),
    measured=0.8,
    has_sessions_scored=True,
    has_start_totals=True,
    absent_tables=("offers",),
    absent_columns={"clinicians": ("clinic_id", "style_structured", "modalities")},
)
REDE = Place(
    name="rede",
    country="BR",
    regions=("BR-SP", "BR-RJ", "BR-MG"),
    payers=("SUS", "Amil", "Unimed"),
    languages=("pt-BR", "es"),
    concerns=("ansiedade", "depressão", "luto", "violência doméstica", "burnout", "álcool"),
    age_bands=("18-29", "30-44", "45-59", "60+"),
    formats=("video", "phone"),
    fee=180.0,
    ids=uuids,
    file_format="ndjson",
    clinicians=120,
    intakes=6_000,
    months=24,
    instruments=("gad7", "phq9"),
    measured=0.35,
    has_sessions_scored=False,
    has_start_totals=False,
    absent_columns={
        "clinicians": ("also_treats", "gender", "years_experience"),
        "intakes": ("prior_treatment", "pref_gender", "pref_gender_strength"),
        "episodes": ("ended_at", "end_reason"),
    },
)
RESEAU = Place(
    name="reseau",
    country="CA",
    regions=("CA-QC", "CA-ON", "CA-NB", "CA-BC"),
    payers=("RAMQ", "Sun Life", "Manulife", "self_pay"),
    languages=("fr-CA", "en"),
    concerns=(
        "anxiety",
        "low mood",
        "épuisement",
        "trauma",
        "couple",
        "deuil",
        "sommeil",
        "TDAH",
    ),
    age_bands=("18-25", "26-40", "41-60", "61+"),
    formats=("video", "in_person", "phone"),
    fee=160.0,
    ids=names,
    file_format="parquet",
    clinicians=600,
    intakes=9_000,
    months=30,
    instruments=("phq9",),
    measured=0.55,
    has_sessions_scored=True,
    has_start_totals=True,
    may_decline=False,
    absent_columns={"episodes": ("accepted",), "measures": ("episode_id",)},
)
PLACES = {place.name: place for place in (PRAXIS, REDE, RESEAU)}
