"""Train matching: fit, choose by later data, and say why that scorer serves."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
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
from training.later_blocks import LaterBlocks
from training.matching_cases import Cases
from training.metrics.proper_scores import log_losses
from training.recalibration import fit_calibration
from training.recipe_choice import Lead, choose, episode_losses, lead_over

Floats = NDArray[np.float64]

BOOSTED_TRIALS = 5.0
"""Trees take about this many times as long as one configuration; without the time they are not tried."""
BOOSTED_BLOCKS = 2
"""Trees are compared on the last blocks alone, before which there are rows enough to grow them."""
LEAST_VALIDATION = 50
"""Fewest labels of later episodes with which anything but the rules may serve."""
CONFIGS = (EffectsConfig(has_signals=True), EffectsConfig())
"""What is tried, in order, while the budget lasts; the first stands unless another is shown to be better."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FittedMatching:
    """A trained matching engine."""

    scorer: Scorer
    """What serves."""
    facts: dict[str, Any]
    """What was learned from what, and why this scorer serves: numbers and words for a manifest."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Trial:
    """One recipe on the later episodes."""

    config: EffectsConfig
    fits: list[EffectsScorer]
    """One per block."""
    said: Floats
    """Shape (heads, rows)."""


def fit_matching(
    frames: Frames,
    *,
    as_of: datetime,
    seed: int,
    budget_seconds: float,
    tuned: EffectsConfig | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> FittedMatching:
    """Fit the recipes, choose the one that serves, and calibrate it.

    Later episodes are predicted in blocks of time, each from what was known before its first request. On a third
    of the people the recipe that stands, effects with the signals of whole courses, is held against the same
    without signals, the rules at the clinic's own rates and trees on top; one of these takes over only where it is
    shown to be better, the rules also where they are in the newest block. The chances of effects are then calibrated on the other people. With fewer than 50 later
    labels the rules serve.

    Args:
        frames: Tables by name; any may be absent or empty.
        as_of: Nothing that became known at or after this time is used.
        seed: Of the trees; nothing else draws.
        budget_seconds: No further recipe is tried after this time.
        tuned: The configuration of a study, which then is the only one.
        clock: Seconds that only ever grow.

    Returns:
        The scorer that serves, and the facts about it.
    """
    until = clock() + budget_seconds
    cases, moment = Cases.build(frames), micros_of(as_of)
    labels = {head: int(cases.outcomes.known_before(head, moment).sum()) for head in HEADS}
    facts: dict[str, Any] = {"as_of": as_of.isoformat(), "seed": seed, "labels": labels}
    later = LaterBlocks.build(cases, as_of=moment)
    began = clock()
    trials = _try_out(
        cases, later, CONFIGS if tuned is None else (tuned,), lambda: clock() < until
    )
    has_time = clock() + BOOSTED_TRIALS * (clock() - began) / max(len(trials), 1) < until
    losses = _losses(cases, later, trials, seed=seed if has_time else None)
    serves, leads = _choice(cases, later, losses)
    trial = trials[1 if serves == "plain_effects" else 0] if trials else None
    config = trial.config if trial else tuned or EffectsConfig()
    effects = fit_effects_scorer(cases, as_of=moment, config=config)
    if trial:
        line = fit_calibration(cases, later, trial.said, as_of=moment)
        effects = replace(effects, calibration=line)
    scorer: Scorer = effects
    if serves == "rules":
        scorer = rules_at_rates(effects)
    elif serves == "boosted":
        scorer = fit_boosted(cases, effects, as_of=moment, config=config, seed=seed)
    facts["validation"] = _validation_facts(later, trials, losses, leads)
    facts["calibration"] = None if serves == "rules" else _calibration_facts(effects)
    facts["serves"] = scorer.kind
    facts["why"] = _why(serves, losses, leads)
    facts["variance"] = _variance_facts(effects)
    return FittedMatching(scorer=scorer, facts=facts)


def _try_out(
    cases: Cases,
    later: LaterBlocks,
    configs: Sequence[EffectsConfig],
    may_go_on: Callable[[], bool],
) -> list[_Trial]:
    """Configurations on later episodes, the first always; none where too few labels are known."""
    if np.isfinite(later.labels).sum() < LEAST_VALIDATION or not later.is_for_choice.any():
        return []
    trials: list[_Trial] = []
    for config in configs:
        if trials and not may_go_on():
            break
        fits = later.fits(partial(_fit_at, cases, config))
        trials.append(_Trial(config=config, fits=fits, said=later.said(cases, fits)))
    return trials


def _fit_at(cases: Cases, config: EffectsConfig, as_of: int) -> EffectsScorer:
    return fit_effects_scorer(cases, as_of=as_of, config=config)


def _losses(
    cases: Cases, later: LaterBlocks, trials: list[_Trial], *, seed: int | None
) -> dict[str, Floats]:
    """Losses per episode of the recipes, the one that stands first; NaN where a recipe was not tried; (rows,) each.

    Args:
        cases: A clinic.
        later: Later episodes.
        trials: What was tried, the recipe that stands first.
        seed: Of the trees; None where there is no time for them.
    """
    if not trials:
        return {}
    names = ("effects", "plain_effects")
    losses = {
        name: episode_losses(trial.said, later.labels)
        for name, trial in zip(names, trials, strict=False)
    }
    rules = [rules_at_rates(fit) for fit in trials[0].fits]
    losses["rules"] = episode_losses(later.said(cases, rules), later.labels)
    if seed is not None:
        losses["boosted"] = _boosted_losses(cases, later, trials[0], seed)
    return losses


def _boosted_losses(cases: Cases, later: LaterBlocks, trial: _Trial, seed: int) -> Floats:
    """Losses of trees on top of the recipe that stands, NaN before the last blocks; NaN where none grow."""
    last = later.last(BOOSTED_BLOCKS)
    grown = [
        fit_boosted(cases, fit, as_of=begin, config=trial.config, seed=seed)
        for begin, fit in zip(last.begins, trial.fits[-BOOSTED_BLOCKS:], strict=True)
    ]
    losses = np.full(len(later.rows), np.nan)
    if any(scorer.trees for scorer in grown):
        found = episode_losses(last.said(cases, grown), last.labels)
        losses[len(losses) - len(found) :] = found
    return losses


def _choice(
    cases: Cases, later: LaterBlocks, losses: dict[str, Floats]
) -> tuple[str, dict[str, Lead]]:
    """What serves, and the leads of the others; the rules where nothing could be tried."""
    if not losses:
        return "rules", {}
    used = later.is_for_choice
    clinicians = cases.outcomes.clinician_ids[later.rows]
    serves, leads = choose(
        {name: loss[used] for name, loss in losses.items()}, clinicians[used]
    )
    newest = used & (np.arange(len(used)) >= len(used) - len(later.episodes[-1]))
    lately = lead_over(losses[serves][newest], losses["rules"][newest], clinicians[newest])
    return ("rules" if lately.is_shown else serves), {**leads, "rules_lately": lately}


def _validation_facts(
    later: LaterBlocks,
    trials: list[_Trial],
    losses: dict[str, Floats],
    leads: dict[str, Lead],
) -> dict[str, Any] | None:
    """Losses per episode on the people of the choice, and leads with their errors."""
    if not trials:
        return None
    used = later.is_for_choice
    by_head = log_losses(trials[0].said, later.labels)
    return {
        "episodes": int(used.sum()),
        "losses": {
            name: float(np.nanmean(loss[used]))
            for name, loss in losses.items()
            if np.isfinite(loss[used]).any()
        },
        "effects_log_loss_by_head": {
            head: float(np.nanmean(by_head[place]))
            for place, head in enumerate(HEADS)
            if np.isfinite(by_head[place]).any()
        },
        "leads": {
            name: {"value": lead.value, "error": lead.error, "is_shown": lead.is_shown}
            for name, lead in leads.items()
        },
        "configurations_tried": len(trials),
        "ridge": trials[0].config.ridge,
        "slope_sd": trials[0].config.slope_sd,
        "has_signals": trials[0].config.has_signals,
    }


def _calibration_facts(scorer: EffectsScorer) -> dict[str, dict[str, float]]:
    line = scorer.calibration
    return {
        head: {"intercept": float(line.intercepts[place]), "slope": float(line.slopes[place])}
        for place, head in enumerate(HEADS)
    }


def _why(serves: str, losses: dict[str, Floats], leads: dict[str, Lead]) -> str:
    if not losses:
        return f"rules serve: fewer than {LEAST_VALIDATION} labels to choose by"
    told = [
        f"{name} {lead.value:+.4f} (standard error {lead.error:.4f})"
        for name, lead in leads.items()
    ]
    words = "shown to be better" if serves != "effects" else "none is shown to be better"
    return f"{serves} serve: nats per later episode that others save beside effects: {', '.join(told)}; {words}"


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
