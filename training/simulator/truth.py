"""The truth tables: what each eligible pair of the test intakes would lead to."""

import numpy as np
import pandas as pd
from scipy.special import expit

from matching.utility import UtilityWeights, pairing_value
from training.simulator.columns import DAY, Floats, Mask, Rows, numbers
from training.simulator.episodes import Setting
from training.simulator.pair_truth import PAIR_NODES, change_grid, engage_chances
from training.simulator.pairs import (
    PairEffects,
    attend_probability,
    own_benefit,
    own_stop,
    pair_effects,
    skill_spreads,
)

CHUNK = 128
"""Intakes handled at once."""
LEAST_RANGE = 1e-3
"""Interpolation points are never closer than this."""


def held_out_rows(setting: Setting) -> Rows:
    """Rows of the intakes whose truth is kept: the last by time, in time order."""
    requested = setting.market.patients.requested_at
    order = np.argsort(requested, kind="stable")
    kept = round(len(order) * setting.world.test_share)
    return order[len(order) - kept :]


def pairs_frame(
    setting: Setting, intakes: pd.DataFrame, clinicians: pd.DataFrame, rows: Rows,
    eligible_now: Mask, anchor: int,
) -> pd.DataFrame:  # fmt: skip
    """Probabilities and utility of every eligible pair.

    The pairs are those of the same people asking at the anchor, which is when the directory is from:
    its openings, and the wait from then to the next appointment that it names.

    Args:
        setting: The world.
        intakes: The table `intakes`, in the order of the arrays.
        clinicians: The table `clinicians`, in the order of the arrays.
        rows: Rows of the test intakes.
        eligible_now: Who may be offered by the exported directory; shape (test intakes, clinicians).
        anchor: End of the log, microseconds since 1970 UTC.
    """
    place, givers = np.nonzero(eligible_now)
    chances = pair_chances(setting, rows[place], givers)
    now = np.full(len(givers), anchor)
    waits = (setting.market.availability.slots_at(now, givers) - now) / DAY
    deprivation = setting.market.patients.deprivation[rows[place]]
    chances[1] = attend_probability(setting.world, deprivation, waits)
    names = ("p_accept", "p_attend", "p_engage", "p_improve", "p_deteriorate")
    return pd.DataFrame(
        {
            "intake_id": intakes["intake_id"].take(rows[place]).reset_index(drop=True),
            "clinician_id": clinicians["clinician_id"].take(givers).reset_index(drop=True),
            **{name: numbers(chances[k]) for k, name in enumerate(names)},
            "utility": numbers(pairing_value(chances, waits, UtilityWeights())),
        }
    )


def pair_chances(setting: Setting, rows: Rows, givers: Rows) -> Floats:
    """Probabilities of pairs that do not depend on the wait.

    Args:
        setting: The world.
        rows: Intake of each pair, equal ones together; shape (pairs,).
        givers: Clinician of each pair; shape (pairs,).

    Returns:
        Accept, attend (left at 0), engage given attendance, improve and deteriorate given
        engagement; shape (5, pairs).
    """
    effects = pair_effects(
        setting.world, setting.words, setting.market.patients, setting.market.clinicians,
        (rows, givers),
    )  # fmt: skip
    stop = effects.stop + own_stop(setting.world, setting.market.patients)[rows]
    result = np.zeros((5, len(rows)))
    result[0] = expit(setting.hazards.accept + effects.accept)
    result[2] = engage_chances(setting, stop)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    for begin in range(0, len(starts), CHUNK):
        first = starts[begin : begin + CHUNK]
        end = starts[begin + CHUNK] if begin + CHUNK < len(starts) else len(rows)
        part = slice(first[0], end)
        result[3:, part] = _change(setting, rows[part], effects, stop[part], part)
    return result


def _change(
    setting: Setting, rows: Rows, effects: PairEffects, stop: Floats, part: slice
) -> Floats:
    """Improvement and deterioration of the pairs of a few intakes; shape (2, pairs)."""
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    intake = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(rows))))
    benefit = effects.benefit[part]
    benefits, on_benefit = _nodes(benefit, first, intake, PAIR_NODES[0])
    stops, on_stop = _nodes(stop, first, intake, PAIR_NODES[1])
    grid = change_grid(setting, rows[first], benefits, stops)
    setback = expit(setting.hazards.setback + effects.setback[part])

    def between(name: str) -> Floats:
        values = getattr(grid, name)[intake]
        return np.einsum("pbs,pb,ps->p", values, on_benefit, on_stop)

    both = [
        (1.0 - setback) * between(usual) + setback * between(worse)
        for usual, worse in (
            ("improve", "setback_improve"),
            ("deteriorate", "setback_deteriorate"),
        )
    ]
    return np.clip(np.stack(both), 0.0, 1.0)


def _nodes(values: Floats, first: Rows, intake: Rows, count: int) -> tuple[Floats, Floats]:
    """Chebyshev points over the range of each intake's pairs, and Lagrange weights of each pair.

    Args:
        values: Of the pairs; shape (pairs,).
        first: Where each intake's pairs begin; shape (intakes,).
        intake: Place of each pair's intake; shape (pairs,).
        count: Points.

    Returns:
        Shapes (intakes, count) and (pairs, count).
    """
    low = np.minimum.reduceat(values, first)
    high = np.maximum.reduceat(values, first)
    middle, half = (low + high) / 2.0, np.maximum((high - low) / 2.0, LEAST_RANGE)
    angles = (np.arange(count) + 0.5) * np.pi / count
    unit = np.cos(angles)
    place = (values - middle[intake]) / half[intake]
    weights = np.ones((len(values), count))
    for node in range(count):
        for other in range(count):
            if other != node:
                weights[:, node] *= (place - unit[other]) / (unit[node] - unit[other])
    return middle[:, None] + half[:, None] * unit, weights


def clinicians_truth(setting: Setting, clinicians: pd.DataFrame) -> pd.DataFrame:
    """Latent effects of each clinician, in the units in which they act."""
    world, givers = setting.world, setting.market.clinicians
    shared, specific = skill_spreads(world)
    latents = givers.latents
    clinic = np.sqrt(world.outcome.clinic_share / world.outcome.observed_share)
    spread = world.clinicians.spread
    columns = {
        "clinician_id": clinicians["clinician_id"],
        "skill": numbers(shared * latents.skill),
        "clinic_effect": numbers(clinic * latents.clinic),
        "stop_logit": numbers(world.outcome.stop_sd * latents.stop),
        "setback_logit": numbers(world.outcome.deterioration_sd * latents.deterioration),
        "accept_logit": numbers(world.course.accept_sd * latents.accept),
        "expected_cases": numbers(
            world.clinicians.cases_median * np.exp(spread * givers.popularity)
        ),
        "caseload": numbers(givers.caseload),
        "ethnicity": pd.Series(
            np.array(setting.words.ethnicities)[givers.ethnicity], dtype="str"
        ),
    }
    for place, domain in enumerate(setting.words.domains):
        columns[f"domain_{domain}"] = numbers(specific * latents.domain_skill[:, place])
    return pd.DataFrame(columns)


def patients_truth(setting: Setting, intakes: pd.DataFrame) -> pd.DataFrame:
    """True severity and what else of each intake no table shows."""
    patients = setting.market.patients
    scores = patients.severity.scores
    return pd.DataFrame(
        {
            "intake_id": intakes["intake_id"],
            **{
                f"{code}_true": numbers(scores[:, scale])
                for scale, code in enumerate(("phq9", "gad7", "pcl5", "wsas"))
            },
            "own_benefit": numbers(own_benefit(setting.world, patients) + setting.self_help),
            "stop_logit": numbers(own_stop(setting.world, patients)),
            "wants_culture": pd.Series(patients.wants_culture, dtype="boolean"),
        }
    )
