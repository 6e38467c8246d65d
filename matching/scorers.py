"""What every scorer offers, and the scorer of shrunken clinician effects."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from data.directory import Directory
from data.domain import Intake
from matching.calibration import Calibration
from matching.case_mix import CaseMixModel
from matching.case_mix_features import problem_of
from matching.course_signals import Signal
from matching.effects import Effects
from matching.pair_features import pair_features
from matching.predictions import HEADS, Predictions
from matching.rules import USUAL_WAIT_DAYS, PairPoints, group_shifts
from matching.shrinkage import Estimates
from matching.terms import Contributions, Terms
from matching.utility import UtilityWeights

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

FLOOR_CASES = 15
"""Fewest observed courses before an effect counts (Constantino et al., 2021)."""
MOST_SHIFT = 1.5
"""Furthest an effect may move a logit, so that no record decides alone."""
NO_DOMAIN = ""
"""The one domain of heads that no problem divides."""
DOMAIN_HEADS = frozenset({"engage", "improve", "deteriorate"})
"""Heads whose effects differ between problem domains."""

UNMEASURED_FIT = np.array([0.2, 0.2, 0.2, 0.35, 0.35])
"""Standard deviations, in logits by head, of how a pair fits beyond what anybody writes down. An assumption:
one course per pair cannot tell. As large as published points may be off in one clinic, and larger where
severity, hidden behind questionnaires, decides how much a clinician matters (Saxon & Barkham, 2012)."""


class Scorer(Protocol):
    """Anything that can say what to expect of pairings, and why."""

    @property
    def kind(self) -> str:
        """The word for this kind of scorer in artifacts, logs and tables."""
        ...

    def predict(
        self, intake: Intake, directory: Directory, rows: Rows, *, wait_days: Floats
    ) -> Predictions:
        """What is expected of each candidate.

        Args:
            intake: The request.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).
            wait_days: Days from the request to the first free appointment, never from
                attendance, which gives away acceptance; finite; shape (candidates,).
        """
        ...

    def explain(
        self,
        intake: Intake,
        directory: Directory,
        rows: Rows,
        *,
        wait_days: Floats,
        weights: UtilityWeights,
    ) -> Contributions:
        """What each group of terms adds to the utility; sums to it.

        Args:
            intake: The request.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).
            wait_days: As for `predict`; shape (candidates,).
            weights: What each outcome is worth.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Head:
    """One outcome: what the patient alone leads one to expect, and what each clinician adds."""

    rate: float
    """Probability where there is no case-mix model, strictly between 0 and 1."""
    case_mix: CaseMixModel | None = None
    effects: Effects | None = None

    def expected_logit(self, intake: Intake) -> tuple[float, float]:
        """The logit of the outcome with an average clinician, and how uncertain it is, as a variance."""
        if self.case_mix is None:
            return float(logit(self.rate)), 0.0
        found, variances = self.case_mix.logits([intake])
        return float(found[0]), float(variances[0])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrackRecord:
    """Effects of several clinicians as logits of one head.

    Arrays of shape (candidates,), or (1,) where nothing is known of anyone.
    """

    shifts: Floats
    spreads: Floats
    """Posterior standard deviations."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EffectsScorer:
    """Case mix, pair points and shrunken clinician effects.

    An effect is on the scale of its outcome; divided by the variance of one case it is a shift of
    the logit. Below the floor of cases (courses observed; referrals for acceptance and attendance)
    it is 0 with the spread of a clinician nobody knows.
    """

    kind = "effects"
    heads: tuple[Head, ...]
    """One per entry of `HEADS`, in that order."""
    points: PairPoints = field(default_factory=PairPoints)
    usual_wait_days: float = USUAL_WAIT_DAYS
    floor_cases: float = FLOOR_CASES
    most_shift: float = MOST_SHIFT
    signals: tuple[Signal, ...] = ()
    """Finer measures of the same courses; shrinkage alone guards them, no floor of cases."""
    calibration: Calibration = field(default_factory=Calibration.identity)
    """What later outcomes say of the chances; `terms` are without it."""

    def predict(
        self, intake: Intake, directory: Directory, rows: Rows, *, wait_days: Floats
    ) -> Predictions:
        """What is expected of each candidate; an unknown clinician is an average one.

        Args:
            intake: The request.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).
            wait_days: Days to the first appointment; shape (candidates,).
        """
        terms = self.terms(intake, directory, rows, wait_days)
        return self.calibration.of_terms(terms).predictions()

    def explain(
        self,
        intake: Intake,
        directory: Directory,
        rows: Rows,
        *,
        wait_days: Floats,
        weights: UtilityWeights,
    ) -> Contributions:
        """What each group of terms adds to the utility; arguments as for `predict`."""
        terms = self.terms(intake, directory, rows, wait_days)
        return self.calibration.of_terms(terms).contributions(wait_days, weights)

    def terms(
        self, intake: Intake, directory: Directory, rows: Rows, wait_days: Floats
    ) -> Terms:
        """The named terms of each candidate before calibration; arguments as for `predict`."""
        ids = np.array([directory.clinician_ids[row] for row in rows.tolist()], dtype=np.str_)
        domain = problem_of(intake)
        found = [
            _estimates(head, ids, domain if name in DOMAIN_HEADS else NO_DOMAIN)
            for name, head in zip(HEADS, self.heads, strict=True)
        ]
        courses = np.max(
            [
                np.zeros(len(ids)) if entry is None else entry.clinician_cases
                for name, entry in zip(HEADS, found, strict=True)
                if name in DOMAIN_HEADS
            ],
            axis=0,
        )
        records = [
            self._track_record(head, entry, courses if name in DOMAIN_HEADS else None)
            for name, head, entry in zip(HEADS, self.heads, found, strict=True)
        ]
        clinics = np.array([directory.clinic_ids[row] for row in rows.tolist()], dtype=np.str_)
        track_record, spreads = self._joined(records, (ids, clinics), domain)
        features = pair_features(intake, directory, rows)
        base, unsure = np.array([head.expected_logit(intake) for head in self.heads]).T
        return Terms(
            base=np.broadcast_to(base[:, None], (len(HEADS), len(rows))),
            shifts=group_shifts(
                self.points.shifts(features.matrix),
                track_record,
                wait_days,
                self.usual_wait_days,
            ),
            spreads=spreads,
            blurs=np.sqrt(unsure + UNMEASURED_FIT**2),
            cases=courses.astype(np.int64),
            usual_wait_days=self.usual_wait_days,
        )

    def _joined(
        self,
        records: list[TrackRecord],
        names: tuple[NDArray[np.str_], NDArray[np.str_]],
        domain: str,
    ) -> tuple[Floats, Floats]:
        """Shifts and spreads of own effects and signals together; shape (heads, candidates)."""
        replaced = {name for signal in self.signals for name in signal.replaces}
        own = np.array([name not in replaced for name in HEADS], dtype=np.float64)[:, None]
        count = len(names[0])
        shape = (len(HEADS), count)
        shifts = own * np.stack([np.broadcast_to(entry.shifts, count) for entry in records])
        variances = own * np.square(
            np.stack([np.broadcast_to(entry.spreads, count) for entry in records])
        )
        for signal in self.signals:
            moved, uncertain = signal.shifts(*names, domain)
            shifts, variances = shifts + moved, variances + np.broadcast_to(uncertain, shape)
        return np.clip(shifts, -self.most_shift, self.most_shift), np.sqrt(variances)

    def _track_record(
        self, head: Head, found: Estimates | None, courses: Floats | None
    ) -> TrackRecord:
        """Effects as logits; the floor is on courses, or on the head's own cases."""
        if head.effects is None or found is None:
            nothing = np.zeros(1)
            return TrackRecord(shifts=nothing, spreads=nothing)
        components = head.effects.components
        counts = (found.clinician_cases if courses is None else courses) >= self.floor_cases
        shifts = np.where(counts, found.means, 0.0) / components.case
        variances = np.where(counts, found.variances, components.prior_variance)
        return TrackRecord(
            shifts=np.clip(shifts, -self.most_shift, self.most_shift),
            spreads=np.sqrt(variances) / components.case,
        )


def _estimates(head: Head, ids: NDArray[np.str_], domain: str) -> Estimates | None:
    """Effects of clinicians in a domain; None where the head has none."""
    if head.effects is None or head.effects.components.case <= 0:
        return None
    return head.effects.look_up(ids, [domain])
