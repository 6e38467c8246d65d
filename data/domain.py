"""The words of the field that more than one package speaks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class Tier(IntEnum):
    """How careful care must be with this person; a higher tier always wins."""

    GREEN = 0
    AMBER = 1
    RED = 2

    @property
    def label(self) -> str:
        """The tier as written in files and answers, in lower case."""
        return self.name.lower()


class CareLevel(StrEnum):
    """The step of care that fits, lightest first."""

    SELF_GUIDED = "self_guided"
    GUIDED = "guided"
    OUTPATIENT = "outpatient"
    PSYCHIATRIC = "psychiatric"
    CRISIS = "crisis"


class Pathway(StrEnum):
    """Where a match request leads."""

    ROUTINE = "routine"
    ELEVATED = "elevated"
    CRISIS = "crisis"
    NAVIGATOR = "navigator"


class Condition(StrEnum):
    """A safety state that withholds some content: the rows of the clinical gating table."""

    RED = "red"
    SUICIDALITY = "suicidality"
    SEVERE = "severe"
    TRAUMA = "trauma"
    PSYCHOSIS_MANIA = "psychosis_mania"
    BIPOLAR = "bipolar"
    EATING_DISORDER = "eating_disorder"
    PANIC = "panic"
    SUBSTANCE = "substance"
    MINOR = "minor"
    PERINATAL = "perinatal"
    SEIZURE = "seizure"
    SAFETY_CRITICAL_WORK = "safety_critical_work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A request for care, with the columns of the contract's table `intakes`.

    Missing numbers and flags are None, missing lists are empty. Totals are in the instruments' own
    ranges, coordinates in degrees.
    """

    intake_id: str
    patient_id: str
    requested_at: datetime
    region: str
    age_band: str
    payer: str
    languages: tuple[str, ...] = ()
    needs_interpreter: bool | None = None
    in_network_only: bool | None = None
    formats: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    phq9_total: int | None = None
    phq9_item9: int | None = None
    gad7_total: int | None = None
    pcl5_total: int | None = None
    wsas_total: int | None = None
    cssrs: str | None = None
    psychosis: bool | None = None
    mania: bool | None = None
    substance_withdrawal: bool | None = None
    violence_risk: bool | None = None
    prior_treatment: bool | None = None
    medication_question: bool | None = None
    deprivation_decile: int | None = None
    pref_gender: str | None = None
    pref_gender_strength: str | None = None
    pref_language_strength: str | None = None
    pref_modality: str | None = None
    pref_style_directive: str | None = None
    pref_style_structured: float | None = None
    blocked_clinicians: tuple[str, ...] = ()
    earliest: datetime | None = None
    latest: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    referral_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardIntake(Intake):
    """A request with what was heard in its free text or found on record: codes and tiers of triage, nothing of the text."""

    heard: tuple[tuple[str, str], ...] = ()
    """Pairs of a code and the label of its tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What triage found; nothing downstream may lower it."""

    tier: Tier
    care_level: CareLevel
    reasons: tuple[str, ...] = ()
    """Stable codes of the rules that fired, most serious first; never an answer or a score."""
    actions: tuple[str, ...] = ()
    """Stable codes of what a person has to do now."""
    conditions: frozenset[Condition] = field(default_factory=frozenset)
    """States that withhold content."""
