"""How unwell people truly are, and what questionnaires say of it."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from scipy.special import ndtri

from data.clinic import CSSRS_LEVELS
from data.codes.instruments import INSTRUMENTS
from training.simulator.columns import Floats, Rows
from training.simulator.parameters import World
from training.simulator.patient_parameters import PatientParameters
from training.simulator.streams import Streams

SCALES = ("phq9", "gad7", "pcl5", "wsas")
"""Instruments in the order of arrays of scores."""
HIGHS = np.array([INSTRUMENTS[code].high for code in SCALES], dtype=np.float64)
"""Largest totals; shape (4,)."""
ITEM9_LOADING = 0.66
"""Latent correlation of item 9 and PHQ-9 that gives about .5 between answers and totals."""
CSSRS_LOADING = 0.75
"""Latent correlation of C-SSRS levels and item 9; no source."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Severity:
    """True scores and leanings of requests; every array has a first axis of requests."""

    scores: Floats
    """True PHQ-9, GAD-7, PCL-5 and WSAS; shape (requests, 4)."""
    item9_leaning: Floats
    """What of item 9 does not follow the total, standard normal; shape (requests,)."""
    cssrs: Rows
    """Position in `CSSRS_LEVELS`; shape (requests,)."""

    def take(self, rows: Rows) -> Self:
        """The severity of some requests."""
        return type(self)(
            **{entry.name: getattr(self, entry.name)[rows] for entry in fields(self)}
        )

    def joined(self, other: Self) -> Self:
        """These requests and then the others."""
        return type(self)(
            **{
                entry.name: np.concatenate(
                    [getattr(self, entry.name), getattr(other, entry.name)]
                )
                for entry in fields(self)
            }
        )


def draw_severity(
    given: PatientParameters, streams: Streams, name: str, people: int
) -> Severity:
    """True scores with the correlations of the table, clipped to the instruments' ranges.

    Args:
        given: The parameters.
        streams: Randomness.
        name: Of the stream.
        people: How many.
    """
    normal = streams.normal(name, people, 6)
    phq9 = normal[:, 0]
    links = np.array([1.0, given.phq9_gad7_correlation, given.pcl5[2], given.wsas[2]])
    standard = links * phq9[:, None] + np.sqrt(1 - links**2) * normal[:, :4]
    means = np.array([given.phq9_mean, given.gad7_mean, given.pcl5[0], given.wsas[0]])
    spreads = np.array([given.phq9_sd, given.gad7_sd, given.pcl5[1], given.wsas[1]])
    scores = np.clip(means + spreads * standard, 0.0, HIGHS)
    leaning = normal[:, 4]
    ideation = ITEM9_LOADING * phq9 + np.sqrt(1 - ITEM9_LOADING**2) * leaning
    risk = CSSRS_LOADING * ideation + np.sqrt(1 - CSSRS_LOADING**2) * normal[:, 5]
    shares = dict(given.cssrs_shares)
    upper = np.cumsum([shares[level] for level in reversed(CSSRS_LEVELS[1:])])[::-1]
    cssrs = (risk[:, None] > ndtri(1 - upper)).sum(axis=1)
    return Severity(scores=scores, item9_leaning=leaning, cssrs=cssrs.astype(np.int64))


def errors_of(world: World) -> Floats:
    """Standard errors of measurement in the order of `SCALES`; shape (4,)."""
    given = world.patients
    return np.array([given.phq9_error, given.gad7_error, given.pcl5_error, given.wsas_error])


def measured(true: Floats, error: float, high: float, noise: Floats) -> Rows:
    """Whole totals within the range of an instrument.

    Args:
        true: True scores; any shape.
        error: Standard error of measurement.
        high: Largest total.
        noise: Standard normal numbers of the shape of `true`.
    """
    return np.clip(np.floor(true + error * noise + 0.5), 0, high).astype(np.int64)


def item9_answers(given: PatientParameters, phq9: Floats, leaning: Floats) -> Rows:
    """Answers 0 to 3 that follow the current PHQ-9 and the person's leaning.

    Args:
        given: The parameters.
        phq9: True scores; any shape.
        leaning: Of the same shape.
    """
    standard = (phq9 - given.phq9_mean) / given.phq9_sd
    latent = ITEM9_LOADING * standard + np.sqrt(1 - ITEM9_LOADING**2) * leaning
    edges = ndtri(np.cumsum(given.item9_shares)[:-1])
    return (latent[..., None] > edges).sum(axis=-1).astype(np.int64)
