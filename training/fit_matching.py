"""Train matching: fit, choose by later data, and say why that scorer serves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.instants import micros_of
from matching.effects import Effects
from matching.predictions import HEADS
from matching.scorers import EffectsScorer, Scorer
from training.boosted_fit import fit_boosted
from training.clinic_frames import Frames
from training.effects_fit import EffectsConfig, find_effects, fit_effects_scorer, rules_at_rates
from training.held_out import held_out_episodes, predict_episodes
from training.matching_cases import Cases
from training.metrics.proper_scores import log_losses

Floats = NDArray[np.float64]

VALIDATION_SHARE = 0.2
"""Share of the episodes with known labels, the last by request, that the choice is made on."""
BOOSTED_TRIALS = 25.0
"""Trees take about this many times as long as one configuration, twice over; without the time they are not
tried."""
LEAST_VALIDATION = 50
"""Fewest validation labels on which the effects scorer may be preferred."""
CONFIGS = (
    EffectsConfig(has_signals=True),
    EffectsConfig(),
    EffectsConfig(has_signals=True, slope_sd=0.1),
    EffectsConfig(has_signals=True, slope_sd=0.6),
)
"""What is tried, in order, while the budget lasts; the first is always tried."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FittedMatching:
    """A trained matching engine."""

    scorer: Scorer
    """What serves."""
    facts: dict[str, Any]
    """What was learned from what, and why this scorer serves: numbers and words for a manifest."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Trial:
    """One configuration on the validation episodes."""

    config: EffectsConfig
    loss: float
    by_head: dict[str, float]


def fit_matching(
    frames: Frames,
    *,
    as_of: datetime,
    seed: int,
    budget_seconds: float,
    tuned: EffectsConfig | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> FittedMatching:
    """Fit the scorers and choose the one that serves.

    The last fifth of the episodes by request is predicted from what was known before the first of
    them was requested. Configurations of the effects scorer are compared by their mean log-loss
    over all labels of all heads, and with them the rules at the clinic's own rates and trees on top of
    the best configuration; the best of all serves, fitted on everything known before `as_of`. With
    fewer than 50 such labels the rules serve.

    Args:
        frames: Tables by name; any may be absent or empty.
        as_of: Nothing that became known at or after this time is used.
        seed: Of the trees; nothing else draws.
        budget_seconds: No further configuration is tried after this time.
        tuned: The configuration of a study, which then is the only one.
        clock: Seconds that only ever grow.

    Returns:
        The scorer that serves, and the facts about it.
    """
    until = clock() + budget_seconds
    cases, moment = Cases.build(frames), micros_of(as_of)
    labels = {head: int(cases.outcomes.known_before(head, moment).sum()) for head in HEADS}
    facts: dict[str, Any] = {"as_of": as_of.isoformat(), "seed": seed, "labels": labels}
    began = clock()
    configs = CONFIGS if tuned is None else (tuned,)
    trials, rules_loss = _compare(cases, moment, configs, lambda: clock() < until)
    trial_seconds = (clock() - began) / max(len(trials), 1)
    has_time = clock() + BOOSTED_TRIALS * trial_seconds < until
    best = min(trials, key=lambda trial: trial.loss, default=None)
    config = best.config if best else tuned or EffectsConfig()
    effects = fit_effects_scorer(cases, as_of=moment, config=config)
    losses = {
        "rules": rules_loss,
        "effects": best.loss if best else np.nan,
        "boosted": _boosted_loss(cases, moment, best, seed) if has_time else np.nan,
    }
    serves = _winner(losses)
    scorers: dict[str, Callable[[], Scorer]] = {
        "rules": lambda: rules_at_rates(effects),
        "effects": lambda: effects,
        "boosted": lambda: fit_boosted(cases, effects, as_of=moment, config=config, seed=seed),
    }
    scorer = scorers[serves]()
    facts.update(_validation_facts(trials, best, losses))
    facts["serves"] = scorer.kind
    facts["why"] = _why(serves, losses)
    facts["variance"] = _variance_facts(effects)
    return FittedMatching(scorer=scorer, facts=facts)


def _winner(losses: dict[str, float]) -> str:
    """Whose loss on later episodes is least; the simpler one where equal, the rules without any."""
    known = {name: loss for name, loss in losses.items() if np.isfinite(loss)}
    return min(known, key=lambda name: known[name]) if len(known) > 1 else "rules"


def _boosted_loss(cases: Cases, moment: int, best: _Trial | None, seed: int) -> float:
    """Loss of trees on top of the best effects; NaN where there are none to stand on or none grow."""
    if best is None:
        return float("nan")
    cut, later, labels = _validation(cases, moment)
    effects = fit_effects_scorer(cases, as_of=cut, config=best.config)
    scorer = fit_boosted(cases, effects, as_of=cut, config=best.config, seed=seed)
    if not scorer.trees:
        return float("nan")
    return _mean_loss(scorer, cases, later, labels, scorer.usual_wait_days)[0]


def _validation(cases: Cases, moment: int) -> tuple[int, NDArray[np.int64], Floats]:
    """When the later episodes begin, which they are, and their labels."""
    known = held_out_episodes(cases, since=0, known_before=moment)
    cut = int(np.quantile(cases.requests[known], 1.0 - VALIDATION_SHARE, method="higher"))
    later = held_out_episodes(cases, since=cut, known_before=moment)
    return cut, later, _labels_before(cases, later, moment)


def _compare(
    cases: Cases,
    moment: int,
    configs: Sequence[EffectsConfig],
    may_go_on: Callable[[], bool],
) -> tuple[list[_Trial], float]:
    """Every configuration tried on later episodes, and the loss of the rules there."""
    if not len(held_out_episodes(cases, since=0, known_before=moment)):
        return [], float("nan")
    cut, later, labels = _validation(cases, moment)
    if np.isfinite(labels).sum() < LEAST_VALIDATION:
        return [], float("nan")
    rules_loss = float("nan")
    trials: list[_Trial] = []
    for config in configs:
        if trials and not may_go_on():
            break
        scorer = fit_effects_scorer(cases, as_of=cut, config=config)
        if not trials:
            rules = rules_at_rates(scorer)
            rules_loss = _mean_loss(rules, cases, later, labels, rules.usual_wait_days)[0]
        loss, by_head = _mean_loss(scorer, cases, later, labels, scorer.usual_wait_days)
        trials.append(_Trial(config=config, loss=loss, by_head=by_head))
    return trials, rules_loss


def _labels_before(cases: Cases, episodes: NDArray[np.int64], moment: int) -> Floats:
    """Labels known before a time, others NaN; shape (5, rows)."""
    labels = cases.outcomes.labels[:, episodes]
    return np.where(cases.outcomes.observed_at[:, episodes] < moment, labels, np.nan)


def _mean_loss(
    scorer: Scorer,
    cases: Cases,
    episodes: NDArray[np.int64],
    labels: Floats,
    wait_days: float,
) -> tuple[float, dict[str, float]]:
    """Mean log-loss over all labels, and by head where it has any."""
    losses = log_losses(predict_episodes(scorer, cases, episodes, wait_days=wait_days), labels)
    by_head = {
        head: float(np.nanmean(losses[place]))
        for place, head in enumerate(HEADS)
        if np.isfinite(losses[place]).any()
    }
    return float(np.nanmean(losses)), by_head


def _validation_facts(
    trials: list[_Trial], best: _Trial | None, losses: dict[str, float]
) -> dict[str, Any]:
    if best is None:
        return {"validation": None}
    return {
        "validation": {
            **{
                f"{name}_log_loss": loss if np.isfinite(loss) else None
                for name, loss in losses.items()
            },
            "effects_log_loss_by_head": best.by_head,
            "configurations_tried": len(trials),
            "ridge": best.config.ridge,
            "slope_sd": best.config.slope_sd,
            "has_signals": best.config.has_signals,
        }
    }


def _why(serves: str, losses: dict[str, float]) -> str:
    told = [f"{loss:.4f} with {name}" for name, loss in losses.items() if np.isfinite(loss)]
    if len(told) < 2:
        return f"rules serve: fewer than {LEAST_VALIDATION} labels to choose by"
    return f"{serves} serve: mean log-loss on later episodes is {', '.join(told)}"


def _variance_facts(scorer: EffectsScorer) -> dict[str, Any]:
    """Variances between clinicians and domains with their 95 % intervals, by head."""
    found: dict[str, Any] = {}
    for head in HEADS:
        effects = find_effects(scorer, head)
        if effects is not None:
            found[head] = _components(effects)
    return found


def _components(effects: Effects) -> dict[str, Any]:
    parts = {
        "clinician": effects.components.clinician,
        "domain": effects.components.domain,
    }
    return {
        "case": effects.components.case,
        **{
            name: {
                "value": part.value,
                "low": part.low,
                "high": part.high if np.isfinite(part.high) else None,
            }
            for name, part in parts.items()
        },
    }
