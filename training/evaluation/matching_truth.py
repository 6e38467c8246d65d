"""How steeply the true chances of a simulated world follow those that a model says."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from matching.predictions import HEADS, Predictions
from training.evaluation.choices import Choice
from training.evaluation.figures import Figure, figure

Floats = NDArray[np.float64]

EDGE = 1e-4
"""Chances stay this far from 0 and 1."""


def true_slopes(
    name: str, choices: Sequence[Choice], said: Sequence[Predictions]
) -> list[Figure]:
    """Slope of the true logit on the said one over all eligible pairs, by head; 1 is right.

    Heads whose truth is not kept are left out.

    Held-out labels tell the same with much noise: a few hundred of them leave a slope open by .3.

    Args:
        name: What the model is called.
        choices: Intakes with truth.
        said: What the model says of their candidates.
    """
    figures = []
    for head in HEADS:
        column = f"p_{head}"
        if any(column not in choice.truth for choice in choices):
            continue
        told = [_logits(getattr(found, column)) for found in said]
        true = [_logits(choice.truth[column]) for choice in choices]
        x, y = np.concatenate([*told, np.zeros(0)]), np.concatenate([*true, np.zeros(0)])
        spread = float(np.var(x)) if len(x) else 0.0
        slope = float(np.mean((x - x.mean()) * y)) / spread if spread > EDGE**2 else np.nan
        figures.append(figure(name, f"{head}_true_slope", slope, len(x)))
    return figures


def _logits(chances: Floats) -> Floats:
    return np.asarray(logit(np.clip(chances, EDGE, 1.0 - EDGE)))
