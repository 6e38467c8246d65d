"""Exact probabilities of pairs: the course of `courses`, summed over everything that is chance.

What is given: the patient's true severity and background, the clinician's latent effects, the pair.
What is summed over: alliance, unexplained benefit, rhythm, when the course stops, and measurement
noise. Administrative censoring is left out: labels treat it as censored.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from training.simulator.change_chances import ChangeChances
from training.simulator.columns import Floats, Rows
from training.simulator.episodes import Setting
from training.simulator.hazards import normal_nodes
from training.simulator.pairs import own_benefit
from training.simulator.recovery import PHQ9, plan_hazard
from training.simulator.requests import has_trauma

ENGAGED_VISITS = 3
ALLIANCE_NODES = 5
BENEFIT_NODES = 9
STOP_NODES = 9
"""Points of the quadratures over alliance, unexplained benefit, and alliance for engagement."""
PAIR_NODES = (6, 4)
"""Interpolation points over benefit and stopping of the pairs of one intake."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChangeGrid:
    """Chances on a grid of pair benefit and pair stopping; arrays of shape (intakes, 6, 4)."""

    improve: Floats
    """Reliable improvement in an ordinary course, given engagement."""
    deteriorate: Floats
    setback_improve: Floats
    """The same in a deteriorating course."""
    setback_deteriorate: Floats


def engage_chances(setting: Setting, stop: Floats) -> Floats:
    """Probability of three visits in time, given the first; as `stop`.

    Args:
        setting: The world; every rhythm fits three visits into 60 days.
        stop: Logit shift of the pair and the patient.
    """
    points, weights = normal_nodes(STOP_NODES)
    shift = setting.world.outcome.alliance_stop * points
    logits = setting.hazards.stop[: ENGAGED_VISITS - 1]
    plan = setting.world.course.plan_hazard_early
    stays = 1.0 - expit(logits + (stop[..., None, None] + shift[:, None]))
    return np.asarray(((stays * (1.0 - plan)).prod(axis=-1)) @ weights)


def change_grid(setting: Setting, intakes: Rows, benefits: Floats, stops: Floats) -> ChangeGrid:
    """Chances of reliable change at grid points of each intake.

    Args:
        setting: The world.
        intakes: Rows of the intakes; shape (intakes,).
        benefits: Pair benefits; shape (intakes, 6).
        stops: Logit shifts of pair and patient; shape (intakes, 4).
    """
    shares = np.array(setting.world.course.cadence_shares)
    shares = shares / shares.sum()
    total = np.zeros((4, len(intakes), *PAIR_NODES))
    chances = ChangeChances.of(
        setting, intakes, has_trauma(setting.words, setting.market.patients)
    )
    for gap, share in enumerate(shares, start=1):
        for place, is_setback in ((slice(0, 2), False), (slice(2, 4), True)):
            total[place] += share * _given_gap(
                setting, chances, (intakes, benefits, stops), gap, is_setback=is_setback
            )
    return ChangeGrid(
        improve=total[0],
        deteriorate=total[1],
        setback_improve=total[2],
        setback_deteriorate=total[3],
    )


def _given_gap(
    setting: Setting,
    chances: ChangeChances,
    where: tuple[Rows, Floats, Floats],
    gap: int,
    *,
    is_setback: bool,
) -> Floats:
    """Improvement and deterioration for one rhythm; shape (2, intakes, 6, 4).

    Axes inside: intakes, pair benefit, pair stopping, alliance, unexplained benefit.
    """
    world, intakes = setting.world, where[0]
    sides, shift, alive = _sides(setting, where, is_setback=is_setback)
    phq9 = setting.market.patients.severity.scores[intakes, PHQ9][:, None, None, None, None]
    last_day = sum(world.course.assessment_days) / 2.0
    most = int(world.course.assessment_days[0] // (7 * gap)) + 1
    result = np.zeros((2, len(intakes), *PAIR_NODES))
    for visit in range(ENGAGED_VISITS, most + 1):
        ends = np.ones_like(alive)
        if visit < most:
            reached = (visit, 7.0 * gap * (visit - 1))
            now = setting.recovery.any_score(PHQ9, phq9, sides, reached, is_setback=is_setback)
            stay = 1.0 - expit(setting.hazards.stop[visit - 1] + shift)
            ends = 1.0 - stay * (1.0 - plan_hazard(world, now, visit))
        changed = chances.at(sides, (visit, last_day), is_setback=is_setback)
        for place, chance in enumerate(changed):
            result[place] += (alive * ends * chance).sum(axis=(3, 4))
        alive = alive * (1.0 - ends)
    return result


def _sides(
    setting: Setting, where: tuple[Rows, Floats, Floats], *, is_setback: bool
) -> tuple[tuple[Floats, Floats], Floats, Floats]:
    """Benefits of both sides, logit shifts of stopping, and weights given engagement."""
    world, (intakes, benefits, stops) = setting.world, where
    alliance, alliance_weights = normal_nodes(ALLIANCE_NODES)
    residual, residual_weights = normal_nodes(1 if is_setback else BENEFIT_NODES)
    own = (own_benefit(world, setting.market.patients) + setting.self_help)[intakes]
    own_side = own[:, None, None, None, None] + setting.recovery.residual * residual
    pair_side = benefits[:, :, None, None, None] + setting.recovery.alliance * alliance[:, None]
    shift = stops[:, None, :, None, None] + world.outcome.alliance_stop * alliance[:, None]
    early = [1.0 - expit(setting.hazards.stop[visit] + shift) for visit in range(2)]
    alive = early[0] * early[1] * alliance_weights[:, None] * residual_weights
    return (own_side, pair_side), shift, alive / alive.sum(axis=(3, 4), keepdims=True)
