"""The rows of a list: what is said of each clinician who is shown."""

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME
from matching.explanations import Facts, bands_of, cautions_for, reasons_for
from matching.predictions import Predictions
from matching.results import Candidates, Interval, RankedClinician
from matching.terms import Contributions


def ranked_clinicians(
    facts: Facts,
    contributions: Contributions,
    candidates: Candidates,
    places: NDArray[np.int64],
) -> tuple[RankedClinician, ...]:
    """The list of the candidates at some places, in their order.

    Args:
        facts: Of the shown, in that order.
        contributions: What adds up to their scores, in that order.
        candidates: Everybody who was scored.
        places: The shown among the candidates; shape (shown,).
    """
    predictions = candidates.predictions.take(places)
    utilities, scores = candidates.utilities[places], candidates.scores[places]
    exposures = candidates.exposures[places]
    bands = bands_of(utilities, candidates.utilities, predictions.cases)
    return tuple(
        _clinician(
            facts,
            contributions,
            predictions,
            place,
            band=bands[place],
            utility=float(utilities[place]),
            score=float(scores[place]),
            exposure_probability=float(exposures[place]),
        )
        for place in range(len(places))
    )


def _clinician(  # noqa: PLR0913 - what a row says, each given by its name
    facts: Facts,
    contributions: Contributions,
    predictions: Predictions,
    place: int,
    *,
    band: str,
    utility: float,
    score: float,
    exposure_probability: float,
) -> RankedClinician:
    """One row of the list; `place` counts from 0."""
    row = int(facts.rows[place])
    free = int(facts.directory.next_available[row])
    return RankedClinician(
        rank=place + 1,
        clinician_id=facts.directory.clinician_ids[row],
        clinician_row=row,
        display_name=facts.directory.display_names[row],
        band=band,
        utility=utility,
        score=score,
        p_engage=_engage(predictions, place),
        p_improve=_improve(predictions, place),
        next_available=None if free == UNKNOWN_TIME else free,
        exposure_probability=exposure_probability,
        reasons=reasons_for(facts, contributions, place),
        cautions=cautions_for(facts, place),
    )


def _engage(predictions: Predictions, place: int) -> Interval:
    return Interval(
        float(predictions.p_engage[place]),
        float(predictions.engage_low[place]),
        float(predictions.engage_high[place]),
    )


def _improve(predictions: Predictions, place: int) -> Interval:
    return Interval(
        float(predictions.p_improve[place]),
        float(predictions.improve_low[place]),
        float(predictions.improve_high[place]),
    )
