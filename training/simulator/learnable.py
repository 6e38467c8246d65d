"""The ceiling of what a log can teach: a learner that knows the world and infers only what is hidden.

It knows every equation and constant of the world, and infers each clinician's latent effects and each
person's true severity from the same tables as every model, up to the same time. What it cannot tell
nobody can; what a model loses against it, the model has lost.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from matching.utility import UtilityWeights, pairing_value
from training.clinic_frames import rows_of
from training.simulator.clinic import Clinic, draw_clinic
from training.simulator.columns import DAY, Floats, Rows
from training.simulator.course_evidence import starting_scores
from training.simulator.course_log import CourseLog, intake_totals
from training.simulator.episodes import Setting
from training.simulator.latent_fit import most_probable_latents, with_latents
from training.simulator.pairs import attend_probability
from training.simulator.parameters import read_world
from training.simulator.severity import HIGHS
from training.simulator.truth import pair_chances

DRAWS = 2
"""Pairs of mirrored draws of severity that utilities are averaged over."""


def learnable_utilities(
    document: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    pairs: pd.DataFrame,
    *,
    as_of: int,
) -> Floats:
    """Expected utility of pairs, given what was known of the clinic before a time.

    Args:
        document: `truth/world.json` of the simulated clinic.
        tables: Its tables `episodes`, `attendance` and `measures`.
        pairs: `intake_id` and `clinician_id`, as in `truth/pairs.parquet`.
        as_of: Microseconds since 1970 UTC.

    Returns:
        Shape (pairs,); NaN for an intake or clinician that is not in the world.

    Raises:
        UsageError: The world is of another version of the simulator.
    """
    clinic = draw_clinic(
        read_world(document),
        dict(document["sizes"]),
        seed=int(document["seed"]),
        anchor=dt.datetime.fromisoformat(str(document["anchor"])),
    )
    latents = most_probable_latents(clinic.setting, CourseLog.read(clinic, tables, as_of))
    learned = with_latents(clinic.setting, latents)
    rows = rows_of(clinic.intakes["intake_id"], pairs["intake_id"])
    givers = rows_of(clinic.clinicians["clinician_id"], pairs["clinician_id"])
    known = np.flatnonzero((rows >= 0) & (givers >= 0))
    order = known[np.argsort(rows[known], kind="stable")]
    found = np.full(len(pairs), np.nan)
    found[order] = _expected_utility(clinic, learned, rows[order], givers[order])
    return found


def _expected_utility(clinic: Clinic, learned: Setting, rows: Rows, givers: Rows) -> Floats:
    """Utility averaged over what the true severity may be; shape (pairs,)."""
    people = len(clinic.intakes)
    mean, covariance = starting_scores(
        learned, people, intake_totals(clinic.intakes, np.arange(people))
    )
    spread = np.linalg.cholesky(covariance)
    normal = learned.streams.normal("learnable severity", DRAWS, people, mean.shape[1])
    now = np.full(len(givers), clinic.anchor)
    waits = (learned.market.availability.slots_at(now, givers) - now) / DAY
    total = np.zeros(len(rows))
    for draw in np.concatenate([normal, -normal]):
        scores = np.clip(mean + np.einsum("nij,nj->ni", spread, draw), 0.0, HIGHS)
        patients = learned.market.patients
        severity = replace(patients.severity, scores=scores)
        market = replace(learned.market, patients=replace(patients, severity=severity))
        chances = pair_chances(replace(learned, market=market), rows, givers)
        chances[1] = attend_probability(learned.world, patients.deprivation[rows], waits)
        total += pairing_value(chances, waits, UtilityWeights())
    return total / (2 * DRAWS)
