"""Why a clinician is on the list: what each group adds to the score, in codes and sentences.

No sentence holds an answer, a score or a number about a clinician's results.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.directory import Directory
from data.domain import Intake
from data.messages import PATIENT, Reader
from data.translations import Money
from data.word_index import word_key
from matching.continuity import CONTINUITY
from matching.eligibility import shares_language
from matching.newcomers import NEWCOMER
from matching.pair_features import PAIR_FEATURES, PairFeatures, pair_features
from matching.pricing import CAPACITY_PRICE
from matching.scorers import FLOOR_CASES
from matching.terms import Contributions
from matching.wording import MATCHING

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LONG_WAIT_DAYS = 28.0
USUAL_WAIT_VALUE = 0.005
"""A wait that moves the score by less than this is about the usual one."""
MET = 0.75
"""Wishes met on average to this share count as met."""
UNMET = 0.25
OCCASIONAL = frozenset({CAPACITY_PRICE, NEWCOMER, *CONTINUITY})
"""Groups that are spoken of only where they count."""
BAND_STRONG_SHARE = 0.95
"""A strong match has at least this share of the best utility among the eligible."""
BAND_STRONG_LEAD = 1.05
"""And at least this multiple of their median."""


@dataclass(frozen=True, slots=True)
class Note:
    """A code and its sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One group of terms: its part of the score, and what it rests on."""

    group: str
    code: str
    text: str
    contribution: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Facts:
    """What sentences about several shown candidates are chosen by."""

    intake: Intake
    directory: Directory
    rows: Rows
    """Directory rows of the shown; shape (shown,)."""
    wait_days: Floats
    """NaN where the first free appointment is unknown; shape (shown,)."""
    cases: NDArray[np.int64]
    """Observed courses behind each clinician's effects; shape (shown,)."""
    reader: Reader = PATIENT
    currency: str = ""
    """Of fees, in ISO 4217; empty where it is not known."""
    features: PairFeatures = field(init=False)
    is_shared: NDArray[np.bool_] = field(init=False)
    """Whether a language is shared; shape (shown,)."""

    def __post_init__(self) -> None:
        found = pair_features(self.intake, self.directory, self.rows)
        shared = shares_language(self.intake, self.directory)[self.rows]
        object.__setattr__(self, "features", found)
        object.__setattr__(self, "is_shared", shared)

    def feature(self, name: str, place: int) -> float:
        """One pair feature of one candidate; NaN where nothing is stated."""
        return float(self.features.matrix[PAIR_FEATURES.index(name), place])


def note(code: str, reader: Reader = PATIENT) -> Note:
    """A code with its sentence in the reader's language."""
    return Note(code, MATCHING.say(code, reader))


def reasons_for(facts: Facts, contributions: Contributions, place: int) -> tuple[Reason, ...]:
    """The reasons of one candidate: eligibility first, then every group, most for it first.

    Their contributions sum to the score. Whoever is no newcomer, or not known to the person, has no
    reason about that.

    Args:
        facts: Of the shown candidates.
        contributions: Of the same candidates.
        place: Which of them.
    """
    values = dict(
        zip(contributions.groups, contributions.values[:, place].tolist(), strict=True)
    )
    found = [
        Reason(group, code, MATCHING.say(code, facts.reader), value + 0.0)
        for group, value in values.items()
        if value or group not in OCCASIONAL
        for code in [_code(facts, group, value, place)]
    ]
    found.sort(key=lambda reason: -reason.contribution)
    return (_eligibility(facts, place), *found)


def cautions_for(facts: Facts, place: int) -> tuple[Note, ...]:
    """What speaks against a candidate or is not known.

    Args:
        facts: Of the shown candidates.
        place: Which of them.
    """
    wait = facts.wait_days[place]
    checks = {
        "interpreter_needed": not facts.is_shared[place],
        "preference_not_met": facts.feature("preferences", place) < MET,
        "concern_unlisted": facts.features.first_concern[place] == 0.0,
        "long_wait": wait > LONG_WAIT_DAYS,
        "wait_unknown": np.isnan(wait),
        "limited_evidence": facts.cases[place] < FLOOR_CASES,
    }
    return tuple(note(code, facts.reader) for code, holds in checks.items() if holds)


def bands_of(shown: Floats, eligible: Floats, cases: NDArray[np.int64]) -> tuple[str, ...]:
    """How good each shown match is among the eligible.

    `limited_evidence` below 15 observed courses, else `strong` within 5 % of the best and 5 %
    above the median, `good` from the median on, and `possible`.

    Args:
        shown: Utilities of the shown; shape (shown,).
        eligible: Utilities of all eligible, at least one; shape (eligible,).
        cases: Observed courses behind each shown clinician's effects; shape (shown,).
    """
    best, median = float(np.max(eligible)), float(np.median(eligible))
    return tuple(
        _band(value, best, median, count)
        for value, count in zip(shown.tolist(), cases.tolist(), strict=True)
    )


def _band(value: float, best: float, median: float, cases: int) -> str:
    if cases < FLOOR_CASES:
        return "limited_evidence"
    if value >= BAND_STRONG_SHARE * best and value >= BAND_STRONG_LEAD * median:
        return "strong"
    return "good" if value >= median else "possible"


def _eligibility(facts: Facts, place: int) -> Reason:
    row = facts.rows[place]
    in_network = facts.directory.payers.having(word_key(facts.intake.payer))
    code = "licensed_and_in_network" if in_network[row] else "licensed_and_self_pay"
    fee = float(facts.directory.fee[row])
    if in_network[row] or np.isnan(fee):
        text = MATCHING.say(code, facts.reader)
    else:
        text = MATCHING.say("self_pay_fee", facts.reader, fee=Money(fee, facts.currency))
    return Reason("eligibility", code, text, 0.0)


def _code(facts: Facts, group: str, value: float, place: int) -> str:
    by_group = {
        "concern_fit": lambda: _specialty_code(float(facts.features.first_concern[place])),
        "preferences": lambda: _preference_code(facts.feature("preferences", place)),
        "language": lambda: _language_code(facts.feature("language", place)),
        "availability": lambda: _wait_code(float(facts.wait_days[place]), value),
        "track_record": lambda: _record_code(value, int(facts.cases[place])),
    }
    return by_group[group]() if group in by_group else group


def _specialty_code(share: float) -> str:
    if np.isnan(share):
        return "specialty_not_asked"
    return {1.0: "specialty_top", 0.5: "specialty_also"}.get(share, "specialty_unlisted")


def _preference_code(share: float) -> str:
    if np.isnan(share):
        return "preferences_not_asked"
    if share >= MET:
        return "preferences_met"
    return "preferences_partly_met" if share > UNMET else "preferences_not_met"


def _language_code(share: float) -> str:
    if np.isnan(share):
        return "language_not_asked"
    return "language_shared" if share == 1.0 else "language_interpreter"


def _wait_code(days: float, value: float) -> str:
    if np.isnan(days):
        return "wait_unknown"
    if abs(value) < USUAL_WAIT_VALUE:
        return "usual_wait"
    return "sooner" if value > 0 else "later"


def _record_code(value: float, cases: int) -> str:
    if cases < FLOOR_CASES:
        return "limited_evidence"
    return "track_record" if value > 0 else "track_record_considered"
