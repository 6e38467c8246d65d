"""The careful human rule: published effects as named points, and base rates; needs no data.

It serves while a clinic has no outcomes, and is the baseline that every learner has to beat.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from data.directory import Directory
from data.domain import Intake
from matching.pair_features import FEATURE_GROUPS, PAIR_FEATURES, pair_features
from matching.predictions import HEADS, Predictions
from matching.terms import AVAILABILITY, GROUPS, Contributions, Terms, attend_wait_logit
from matching.utility import UtilityWeights

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

USUAL_WAIT_DAYS = 14.0
"""Median wait for telehealth in the United States (Cantor et al., 2024)."""
CENTRES = (0.5, 0.5, 0.5, 0.5, 0.5, 1.0)
"""Where each pair feature adds nothing, in the order of `PAIR_FEATURES`."""


def evidence_points() -> Floats:
    """Published effects of each pair feature on each head, as logits per unit.

    Wishes met against not met: dropout odds 0.65 and an outcome gain of d = 0.15 (Swift et al., 2018,
    shrunk); fit of the first concerns and a shared language are cautious guesses. Everything else has
    no points until a clinic's own data give it some; experience, and gender or modality by themselves,
    never do.

    Returns:
        Shape (features, heads), in the orders of `PAIR_FEATURES` and `HEADS`.
    """
    points = {
        "concern_fit": {"engage": 0.3, "improve": 0.3},
        "preferences": {"engage": 0.43, "improve": 0.27},
        "language": {"attend": 0.2, "engage": 0.3},
    }
    return np.array(
        [
            [points.get(feature, {}).get(head, 0.0) for head in HEADS]
            for feature in PAIR_FEATURES
        ]
    )


def base_rates() -> Floats:
    """Usual rates of the five outcomes; shape (heads,).

    Accepts .90 and attends .80 are the reference clinic's parameters; .60 engage and .50 improve
    reliably once engaged follow from its calibration, as does .04 deterioration.
    """
    return np.array([0.90, 0.80, 0.60, 0.50, 0.04])


def rule_spreads() -> Floats:
    """How far clinicians differ, as standard deviations of logits; shape (heads,).

    Engagement .69 and deterioration .61 (Saxon et al., 2017), improvement from 5 % of variance;
    acceptance and attendance as engagement.
    """
    return np.array([0.69, 0.69, 0.69, 0.42, 0.61])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairPoints:
    """What pair features add to the logits."""

    slopes: Floats = field(default_factory=evidence_points)
    """Logits per unit; shape (features, heads)."""
    centres: Floats = field(default_factory=lambda: np.array(CENTRES))
    """Where a feature adds nothing; shape (features,)."""

    def shifts(self, matrix: Floats) -> Floats:
        """What each feature adds; nothing where the patient states nothing.

        Args:
            matrix: Pair features, NaN where nothing is stated; shape (features, candidates).

        Returns:
            Shape (features, heads, candidates).
        """
        distances = np.nan_to_num(matrix - self.centres[:, None])
        return self.slopes[:, :, None] * distances[:, None, :]


def group_shifts(
    pair_shifts: Floats, track_record: Floats, wait_days: Floats, usual_wait_days: float
) -> Floats:
    """The shifts of all groups, in the order of `GROUPS`.

    Args:
        pair_shifts: Of the pair features; shape (features, heads, candidates).
        track_record: Of the clinicians' effects; shape (heads, candidates).
        wait_days: Days to the first appointment; shape (candidates,).
        usual_wait_days: The wait that adds nothing.

    Returns:
        Shape (groups, heads, candidates).
    """
    shifts = np.zeros((len(GROUPS), len(HEADS), len(wait_days)))
    for place, group in enumerate(FEATURE_GROUPS.values()):
        shifts[GROUPS.index(group)] += pair_shifts[place]
    shifts[GROUPS.index("track_record")] = track_record
    shifts[GROUPS.index(AVAILABILITY), HEADS.index("attend")] = attend_wait_logit(
        wait_days
    ) - attend_wait_logit(usual_wait_days)
    return shifts


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RuleScorer:
    """Scores by rules alone; the same for every clinic."""

    kind = "rules"
    points: PairPoints = field(default_factory=PairPoints)
    rates: Floats = field(default_factory=base_rates)
    """Probabilities of an average pairing; shape (heads,)."""
    spreads: Floats = field(default_factory=rule_spreads)
    """Standard deviations of logits between clinicians; shape (heads,)."""
    usual_wait_days: float = USUAL_WAIT_DAYS

    def predict(
        self, intake: Intake, directory: Directory, rows: Rows, *, wait_days: Floats
    ) -> Predictions:
        """What is expected of each candidate.

        Args:
            intake: The request.
            directory: All clinicians.
            rows: Directory rows of the candidates; shape (candidates,).
            wait_days: Days to the first appointment; shape (candidates,).
        """
        return self._terms(intake, directory, rows, wait_days).predictions()

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
        return self._terms(intake, directory, rows, wait_days).contributions(wait_days, weights)

    def _terms(
        self, intake: Intake, directory: Directory, rows: Rows, wait_days: Floats
    ) -> Terms:
        features = pair_features(intake, directory, rows)
        shape = (len(HEADS), len(rows))
        return Terms(
            base=np.broadcast_to(logit(self.rates)[:, None], shape),
            shifts=group_shifts(
                self.points.shifts(features.matrix),
                np.zeros(shape),
                wait_days,
                self.usual_wait_days,
            ),
            spreads=np.broadcast_to(self.spreads[:, None], shape),
            cases=np.zeros(len(rows), dtype=np.int64),
            usual_wait_days=self.usual_wait_days,
        )
