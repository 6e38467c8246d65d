"""How scores move over visits and weeks (rows 43 and 44), the same for logs and for the truth."""

from dataclasses import dataclass

import numpy as np

from training.simulator.columns import Floats, Mask, Quantity, Rows
from training.simulator.parameters import World
from training.simulator.severity import HIGHS

PHQ9, GAD7, PCL5, WSAS = range(4)
"""Positions of instruments in arrays of scores."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Recovery:
    """The recovery curve of a world.

    `D_inf = slope * (start - floor) + spread * Z`. A share of what does not depend on the clinician
    comes with time alone, the rest and all that depends on the clinician with visits.
    """

    slope: float
    floor: float
    spreads: Floats
    """Points per SD of benefit, by instrument; shape (4,)."""
    natural_share: float
    natural_days: float
    visits: float
    """Time constant of care, in visits."""
    setback_points: float
    """PHQ-9 points lost in a deteriorating course; other instruments in proportion."""
    residual: float
    """SD of the benefit that neither pair, patient nor alliance explains."""
    alliance: float
    """Benefit per SD of alliance."""

    def dose(self, visits: Quantity) -> Floats:
        """Share of the effect of care reached after some visits; as `visits`."""
        return np.asarray(1.0 - np.exp((1.0 - visits) / self.visits))

    def natural(self, days: Quantity) -> Floats:
        """Share of natural improvement reached after some days; as `days`."""
        return np.asarray(1.0 - np.exp(days / -self.natural_days))

    def score(
        self,
        scale: int,
        start: Floats,
        benefits: tuple[Floats, Floats],
        reached: tuple[Floats, Floats],
    ) -> Floats:
        """True score of an ordinary course.

        Args:
            scale: Position of the instrument.
            start: True score at the first visit; shapes of all arrays broadcast.
            benefits: Benefit of the patient's own side, and from the clinician, in outcome SDs.
            reached: Shares reached of the natural effect and of the effect of care.
        """
        own, pair = benefits
        natural, care = reached
        spread = self.spreads[scale]
        mean = self.slope * np.maximum(start - self.floor, 0.0) + spread * own
        gain = self.natural_share * mean * natural
        gain = gain + ((1.0 - self.natural_share) * mean + spread * pair) * care
        return np.clip(start - gain, 0.0, HIGHS[scale])

    def setback(self, scale: int, start: Floats, care: Floats) -> Floats:
        """True score of a deteriorating course; as `start` and `care` broadcast."""
        points = self.setback_points * self.spreads[scale] / self.spreads[PHQ9]
        return np.clip(start + points * care, 0.0, HIGHS[scale])

    def any_score(
        self,
        scale: int,
        start: Floats,
        benefits: tuple[Floats, Floats],
        reached: tuple[Quantity, Quantity],
        *,
        is_setback: bool,
    ) -> Floats:
        """True score of either course; shapes broadcast.

        Args:
            scale: Position of the instrument.
            start: True score at the first visit.
            benefits: As for `score`.
            reached: Attended visits and days since the first.
            is_setback: Whether the course deteriorates.
        """
        visits, days = reached
        care = self.dose(visits)
        if is_setback:
            return self.setback(scale, start, care)
        return self.score(scale, start, benefits, (self.natural(days), care))


def recovery_of(world: World) -> Recovery:
    """The recovery curve of a world."""
    given, outcome = world.course, world.outcome
    shares = outcome.clinician_share + outcome.clinic_share + outcome.match_share
    explained = shares / outcome.observed_share
    return Recovery(
        slope=given.recovery_slope,
        floor=given.recovery_floor,
        spreads=np.array([given.recovery_spread, given.gad7_spread, *given.other_spread]),
        natural_share=given.natural_share,
        natural_days=7.0 * given.natural_weeks,
        visits=given.recovery_visits,
        setback_points=outcome.setback_points,
        residual=float(np.sqrt(1.0 - explained - outcome.alliance_loading**2)),
        alliance=outcome.alliance_loading,
    )


def plan_hazard(world: World, phq9: Floats, visits: Quantity) -> Floats:
    """Probability of a planned ending after a visit (row 41); shapes broadcast."""
    given = world.course
    is_late = visits >= given.plan_from_visit
    usual = np.where(is_late, given.plan_hazard, given.plan_hazard_early)
    return np.where(is_late & (phq9 < given.plan_cut), given.plan_hazard_well, usual)


def is_due(world: World, days: Rows, visits: Rows) -> Mask:
    """Whether questionnaires are given at a visit; shapes broadcast.

    At every visit of the first twelve weeks; then the outcome assessment takes their place until
    the outcome window is over, and every fourth visit from there on.
    """
    closes = world.course.assessment_days[0] - 2.0
    return (days < closes) | ((days > 113.0) & (visits % 4 == 0))
