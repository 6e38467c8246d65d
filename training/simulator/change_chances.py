"""Chances that measured scores change reliably, given true scores before and after."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from scipy.special import ndtr

from data.codes.instruments import INSTRUMENTS
from training.simulator.columns import Floats, Mask, Quantity, Rows
from training.simulator.episodes import Setting
from training.simulator.recovery import GAD7, PCL5, PHQ9, Recovery
from training.simulator.severity import SCALES, errors_of

STEP = 0.125
"""Points between the entries of a table of chances; between them it is a straight line."""
AT_ASSESSMENT = (PHQ9, GAD7, PCL5)
"""Instruments of the outcome assessment; the PCL-5 where trauma is a concern."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChangeChances:
    """Tables of chances by true score at the assessment, for each of some intakes."""

    recovery: Recovery
    starts: Floats
    """True scores at the first visit; shape (intakes, 4)."""
    has_trauma: Mask
    """Shape (intakes,)."""
    better: tuple[Floats, ...]
    """By instrument: chance of reliable improvement; shape (intakes, entries)."""
    worse: tuple[Floats, ...]

    @classmethod
    def of(cls, setting: Setting, intakes: Rows, trauma: Mask) -> Self:
        """Tables for some intakes.

        Args:
            setting: The world.
            intakes: Rows of the intakes.
            trauma: Whether trauma is a concern of each intake of the clinic.
        """
        starts = setting.market.patients.severity.scores[intakes]
        errors = errors_of(setting.world)
        tables = [
            _tables(scale, starts[:, scale], float(errors[scale])) for scale in AT_ASSESSMENT
        ]
        return cls(
            recovery=setting.recovery,
            starts=starts,
            has_trauma=trauma[intakes],
            better=tuple(better for better, _ in tables),
            worse=tuple(worse for _, worse in tables),
        )

    def at(
        self,
        benefits: tuple[Floats, Floats],
        reached: tuple[int, float],
        *,
        is_setback: bool,
    ) -> tuple[Floats, Floats]:
        """Chances of improvement and of deterioration over all instruments.

        Improved is reliably better on one and worse on none; deteriorated the mirror image.

        Args:
            benefits: The patient's own and the clinician's, in outcome SDs; the first of five axes
                is that of the intakes.
            reached: Attended visits and days since the first.
            is_setback: Whether the course deteriorates.
        """
        no_worse = no_better = neither = np.ones(1)
        intake = np.arange(len(self.starts))[:, None, None, None, None]
        for place, scale in enumerate(AT_ASSESSMENT):
            start = self.starts[:, scale][:, None, None, None, None]
            true = self.recovery.any_score(
                scale, start, benefits, reached, is_setback=is_setback
            )
            better = _look_up(self.better[place], intake, true)
            worse = _look_up(self.worse[place], intake, true)
            if scale == PCL5:
                counts = self.has_trauma[:, None, None, None, None]
                better, worse = better * counts, worse * counts
            no_worse, no_better = no_worse * (1.0 - worse), no_better * (1.0 - better)
            neither = neither * (1.0 - better - worse)
        return no_worse - neither, no_better - neither


def _tables(scale: int, start: Floats, error: float) -> tuple[Floats, Floats]:
    """Chances by true score at the end, over the noise of both whole totals.

    Args:
        scale: Position of the instrument.
        start: True scores at the first visit; shape (intakes,).
        error: Standard error of measurement.

    Returns:
        Improvement and deterioration; each of shape (intakes, entries).
    """
    first = _masses(start, error, INSTRUMENTS[SCALES[scale]].high)
    at_most, at_least = _ends(scale, error)
    return first @ at_most.T, first @ at_least.T


@lru_cache(maxsize=16)
def _ends(scale: int, error: float) -> tuple[Floats, Floats]:
    """Chances that the last total is reliably below and above each first total.

    Returns:
        Each of shape (entries, totals); do not write into them.
    """
    instrument = INSTRUMENTS[SCALES[scale]]
    change, high = instrument.reliable_change or 0, instrument.high
    last = _masses(np.arange(0.0, high + STEP, STEP), error, high)
    below = np.cumsum(last, axis=1)
    totals = np.arange(high + 1)
    low, up = totals - change, totals + change
    at_most = np.where(low >= 0, below[:, np.maximum(low, 0)], 0.0)
    at_least = np.where(up <= high, 1.0 - below[:, np.minimum(up, high) - 1], 0.0)
    return at_most, at_least


def _masses(true: Floats, error: float, high: int) -> Floats:
    """Distribution of the measured total, rounded and cut to its range; shape (scores, totals)."""
    edges = np.arange(high) + 0.5
    below = ndtr((edges - true[:, None]) / error)
    padded = np.pad(below, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
    return np.diff(padded, axis=1)


def _look_up(table: Floats, intake: Rows, true: Quantity) -> Floats:
    place = np.asarray(true) / STEP
    lower = np.minimum(place.astype(np.int64), table.shape[1] - 2)
    share = place - lower
    flat = intake * table.shape[1] + lower
    values = table.ravel()
    return np.asarray((1.0 - share) * values[flat] + share * values[flat + 1])
