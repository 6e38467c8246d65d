"""What every matching model is compared with, fitted on what was known before a time."""

from dataclasses import replace

import numpy as np

from matching.effects import Effects, sum_cells
from matching.predictions import HEADS
from matching.rules import PairPoints, RuleScorer
from matching.scorers import EffectsScorer, Head, Scorer
from matching.variance_components import VarianceComponent
from training.effects_fit import (
    EffectsConfig,
    fit_effects_scorer,
    rules_at_rates,
    with_signals,
)
from training.matching_cases import Cases

UNBOUNDED_VARIANCE = 1e6
"""A variance beside which nothing is shrunk."""


def matching_baselines(
    cases: Cases, *, as_of: int, config: EffectsConfig | None = None
) -> dict[str, Scorer]:
    """Scorers by name: base_rate, patient_only, rules, effects_unshrunken, effects, course_effects.

    `course_effects` has the signals of whole courses, the others have only the outcomes.

    Args:
        cases: A clinic.
        as_of: Labels known before this time are learned from, microseconds since 1970 UTC.
        config: Settings of the effects.
    """
    settings = replace(config or EffectsConfig(), has_signals=False)
    effects = fit_effects_scorer(cases, as_of=as_of, config=settings)
    return {
        "base_rate": base_rate(effects),
        "patient_only": patient_only(effects),
        "rules": rules_at_rates(effects),
        "effects_unshrunken": unshrunken(effects),
        "effects": effects,
        "course_effects": with_signals(effects, cases, as_of=as_of, config=settings),
    }


def base_rate(scorer: EffectsScorer) -> RuleScorer:
    """The clinic's own rates, the same for every pairing but for the wait."""
    points = PairPoints(slopes=np.zeros_like(scorer.points.slopes))
    return RuleScorer(
        points=points,
        rates=np.array([head.rate for head in scorer.heads]),
        spreads=np.zeros(len(HEADS)),
        usual_wait_days=scorer.usual_wait_days,
    )


def patient_only(scorer: EffectsScorer) -> EffectsScorer:
    """The same case mix without knowing the clinician."""
    blind = replace(scorer.points, slopes=np.zeros_like(scorer.points.slopes))
    heads = tuple(replace(head, effects=None) for head in scorer.heads)
    return replace(scorer, heads=heads, points=blind, signals=())


def unshrunken(scorer: EffectsScorer) -> EffectsScorer:
    """The same effects taken at face value, however few cases they rest on."""
    heads = tuple(_unshrunken(head) for head in scorer.heads)
    return replace(scorer, heads=heads, floor_cases=0, most_shift=np.inf, signals=())


def _unshrunken(head: Head) -> Head:
    effects = head.effects
    if effects is None:
        return head
    wide = VarianceComponent(value=UNBOUNDED_VARIANCE)
    components = replace(effects.components, clinician=wide, domain=wide)
    owners = effects.cell_keys // max(len(effects.domains), 1)
    sums = sum_cells(effects.cells, owners, len(effects.clinician_ids), wide.value)
    raw: Effects = replace(effects, components=components, clinician_sums=sums)
    return replace(head, effects=raw)
