"""Who may be offered at all: hard constraints over the whole directory at once.

Nothing is ever relaxed silently. Every exclusion has a reason, and for the constraints that a
person may choose to relax the answer says how many clinicians that would add.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from data.codes.concerns import concern_key, domain_of, find_concern
from data.directory import Directory
from data.domain import CareLevel, Intake, Safety
from data.instants import micros_of
from data.word_index import WordIndex, language_key, word_key
from matching.age_bands import find_age_band

REASONS = (
    "licence",
    "age_band",
    "prescriber",
    "acuity",
    "not_accepted",
    "blocked",
    "previous_clinician",
    "payer",
    "language",
    "format",
    "gender",
    "capacity",
    "availability",
)
"""Every reason, in order of authority; a clinician is counted under the first that holds."""
RELAXABLE = ("payer", "language", "format", "gender", "capacity", "availability")
"""Reasons that a patient or a desk may choose to relax; all others never."""
SELF_PAY = "self_pay"
FLAG_WORDS = ("psychosis", "mania", "substance_withdrawal", "violence_risk")
"""Flags of an intake that a clinician may decline by name."""

_GENDERS = (
    frozenset({"f", "female", "woman"}),
    frozenset({"m", "male", "man"}),
    frozenset({"nonbinary", "non-binary", "non_binary", "nb", "x"}),
)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Screening:
    """Who may be offered, and why the others may not."""

    eligible_rows: NDArray[np.int64]
    """Directory rows in ascending order; shape (eligible,)."""
    failures: NDArray[np.uint16]
    """Bit k is set where reason k of `REASONS` holds; shape (clinicians,)."""
    excluded_total: int
    by_reason: dict[str, int]
    """Each excluded clinician once, under the first reason; sums to `excluded_total`."""
    relaxations: dict[str, int]
    """Relaxable reason to how many clinicians it alone excludes; zeros are left out."""


def screen(
    intake: Intake,
    directory: Directory,
    *,
    safety: Safety,
    at: datetime,
    previous_clinicians: Iterable[str] = (),
    full_clinicians: Iterable[str] = (),
) -> Screening:
    """Apply every hard constraint to every clinician.

    Args:
        intake: The request; an empty list and a missing preference restrict nothing.
        directory: All clinicians.
        safety: What triage found; nobody takes red.
        at: The moment of the request.
        previous_clinicians: Ids of earlier clinicians who must not be offered again; like those who
            are blocked, under no other id of theirs either.
        full_clinicians: Ids of those whose places are all taken since the directory was counted.
    """
    checks: dict[str, Mask | None] = {
        "licence": directory.regions.having(word_key(intake.region)),
        "age_band": _sees_age(intake.age_band, directory),
        "prescriber": directory.is_prescriber
        if safety.care_level is CareLevel.PSYCHIATRIC
        else None,
        "acuity": directory.acuity_ceiling >= int(safety.tier),
        "not_accepted": _accepts_case(intake, safety, directory),
        "blocked": _is_nobody_of(intake.blocked_clinicians, directory),
        "previous_clinician": _is_nobody_of(previous_clinicians, directory),
        "payer": _takes_payer(intake, directory),
        "language": _speaks(intake, directory),
        "format": _any_word(intake.formats, directory.formats),
        "gender": _has_gender(intake, directory),
        "capacity": _has_place(directory, full_clinicians),
        "availability": _is_in_time(intake, directory, at),
    }
    failures = np.zeros(len(directory), dtype=np.uint16)
    for place, reason in enumerate(REASONS):
        passes = checks[reason]
        if passes is not None:
            failures |= np.left_shift(~passes, place, dtype=np.uint16)
    return _summary(failures)


def _summary(failures: NDArray[np.uint16]) -> Screening:
    counts = np.bincount(failures, minlength=1)
    patterns = np.flatnonzero(counts)
    by_reason: dict[str, int] = {}
    for place, reason in enumerate(REASONS):
        first = patterns & -patterns == 1 << place
        if first.any():
            by_reason[reason] = int(counts[patterns[first]].sum())
    alone = {reason: 1 << REASONS.index(reason) for reason in RELAXABLE}
    return Screening(
        eligible_rows=np.flatnonzero(failures == 0),
        failures=failures,
        excluded_total=len(failures) - int(counts[0]),
        by_reason=by_reason,
        relaxations={
            reason: int(counts[bit])
            for reason, bit in alone.items()
            if bit < len(counts) and counts[bit]
        },
    )


def _any_word(words: Iterable[str], index: WordIndex) -> Mask | None:
    keys = [word_key(word) for word in words]
    return index.having_any(keys) if keys else None


def _sees_age(band: str, directory: Directory) -> Mask | None:
    """A listed band that is the patient's or covers it; without bands, adults only.

    A word that says nothing about age must be listed, unless no clinician lists any band: then
    the directory does not keep ages, and the word restricts nothing.
    """
    index = directory.age_bands
    wanted, key = find_age_band(band), word_key(band)
    if wanted is None and not index.rows:
        return None
    listed = index.having_any(word for word in index.rows if word == key or _covers(word, band))
    if wanted is None or wanted.is_minor:
        return listed
    return listed | ~index.has_words


def _covers(word: str, band: str) -> bool:
    outer, inner = find_age_band(word), find_age_band(band)
    return outer is not None and inner is not None and outer.covers(inner)


def _accepts_case(intake: Intake, safety: Safety, directory: Directory) -> Mask | None:
    """Nobody is offered who declines one of the concerns, their domain, a flag or a state."""
    index = directory.not_accepted
    if not index.rows:
        return None
    words = {_canonical(word) for word in (*intake.concerns, *safety.conditions)}
    words.update(domain_of(concern) for concern in intake.concerns)
    words.update(flag for flag in FLAG_WORDS if getattr(intake, flag))
    return ~index.having_any(word for word in index.rows if _canonical(word) in words)


@lru_cache(maxsize=8192)
def _canonical(word: str) -> str:
    known = find_concern(word)
    return concern_key(word) if known is None else known.word


def _is_nobody_of(ids: Iterable[str], directory: Directory) -> Mask | None:
    """Whether a row is none of these people, under whatever id of theirs."""
    return _is_no_row_of(directory.rows_of_people(ids), directory)


def _is_no_row_of(rows: list[int], directory: Directory) -> Mask | None:
    if not rows:
        return None
    passes = np.ones(len(directory), dtype=np.bool_)
    passes[rows] = False
    return passes


def _has_place(directory: Directory, full_clinicians: Iterable[str]) -> Mask:
    has_place = directory.accepts_new & (directory.open_slots != 0)
    full = [directory.rows[name] for name in full_clinicians if name in directory.rows]
    is_left = _is_no_row_of(full, directory)
    return has_place if is_left is None else has_place & is_left


def _takes_payer(intake: Intake, directory: Directory) -> Mask:
    """In network where that is asked for or not said; else self-pay is as good."""
    in_network = directory.payers.having(word_key(intake.payer))
    if word_key(intake.payer) == SELF_PAY or intake.in_network_only is False:
        return in_network | directory.accepts_self_pay
    return in_network


def shares_language(intake: Intake, directory: Directory) -> Mask:
    """Clinicians who speak one of the patient's primary languages; shape (clinicians,).

    Everybody where the patient names none.
    """
    keys = [language_key(tag) for tag in intake.languages]
    if not keys:
        return np.ones(len(directory), dtype=np.bool_)
    return directory.languages.having_any(keys)


def _speaks(intake: Intake, directory: Directory) -> Mask | None:
    if not intake.languages:
        return directory.interpreter_ok if intake.needs_interpreter else None
    shares = shares_language(intake, directory)
    if intake.pref_language_strength == "must":
        return shares
    return shares | directory.interpreter_ok


def has_preferred_gender(intake: Intake, directory: Directory) -> Mask | None:
    """Clinicians of the gender the patient asks for; shape (clinicians,), None if none is asked.

    `f`, `female` and `woman` are one word, and so on.
    """
    if not intake.pref_gender:
        return None
    key = word_key(intake.pref_gender)
    same = next((words for words in _GENDERS if key in words), {key})
    return directory.genders.having_any(same)


def _has_gender(intake: Intake, directory: Directory) -> Mask | None:
    is_must = intake.pref_gender_strength == "must"
    return has_preferred_gender(intake, directory) if is_must else None


def _is_in_time(intake: Intake, directory: Directory, at: datetime) -> Mask | None:
    """The first appointment, never before the request, is not after the last acceptable one."""
    if intake.latest is None:
        return None
    first = np.maximum(directory.next_available, micros_of(at))
    return first <= micros_of(intake.latest)
