"""How steeply the true chances of a world follow those that a model says."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.predictions import HEADS, Predictions
from training.evaluation.choices import Choice
from training.evaluation.figures import Figure, figure
from training.metrics.proper_scores import calibration_line

Floats = NDArray[np.float64]


def true_slopes(
    name: str, choices: Sequence[Choice], said: Sequence[Predictions]
) -> list[Figure]:
    """Calibration slope over all eligible pairs by head, without the noise of outcomes; 1 is right.

    A logistic regression of the true chances on the logit of those said: what the slope on outcomes would be with
    endlessly many of each pair. Below 1 is too extreme. Heads whose truth is not kept are left out.

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
        told = np.concatenate([*(getattr(found, column) for found in said), np.zeros(0)])
        true = np.concatenate([*(choice.truth[column] for choice in choices), np.zeros(0)])
        slope = calibration_line(told, true)[1] if len(told) else np.nan
        figures.append(figure(name, f"{head}_true_slope", slope, len(told)))
    return figures
