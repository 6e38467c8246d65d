"""What a model's first choice is worth where the truth is known, and what it claims to be worth."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.predictions import Predictions
from matching.ranker import Ranker
from matching.rules import USUAL_WAIT_DAYS
from matching.scorers import Scorer
from matching.utility import UtilityWeights, utility
from matching.waits import candidate_waits
from training.evaluation.ceiling import LEARNABLE
from training.evaluation.choices import Choice
from training.evaluation.figures import Figure, figure
from training.evaluation.matching_truth import true_slopes
from training.matching_cases import Cases
from training.metrics.intervals import bootstrap, mean_interval, ratio

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

WEIGHTS = UtilityWeights()
"""The signed-off weights, by which the truth is written."""

SHOWN = 10
"""Length of the list on which the coverage of intervals is measured."""
RANKER = "ranker"
LEAST_LISTS = 20
"""Fewest lists a clinician has to be on to be called the most praised."""


def gain_figures(
    cases: Cases,
    scorers: Mapping[str, Scorer],
    choices: Sequence[Choice],
    *,
    ranker: Ranker | None = None,
    seed: int,
) -> list[Figure]:
    """Share of the achievable gain over a random eligible clinician that each policy captures.

    The gain of a policy is the true utility of its first choice less the mean over the eligible,
    summed over intakes, and divided by the same of the best choice. Waits are those of the moment
    the directory is from, as in the truth. Intervals draw whole patients. The desk is measured on
    the intakes where its choice is known. Where the ceiling is known it is a policy too, and each
    policy's share of its gain is told.

    Args:
        cases: A clinic.
        scorers: Models by name.
        choices: Intakes with truth.
        ranker: A ranker that orders by itself.
        seed: Seed of the intervals.
    """
    waits = choice_waits(cases, choices)
    picks = _policies(choices, waits)
    if ranker is not None:
        scores = [
            ranker.scores(choice.intake, cases.directory, choice.rows, wait_days=days)
            for choice, days in zip(choices, waits, strict=True)
        ]
        picks[RANKER] = [int(np.argmax(found)) for found in scores]
    figures = [figure("random", "gain_share", 0.0, len(choices))]
    for name, scorer in scorers.items():
        said = [
            scorer.predict(choice.intake, cases.directory, choice.rows, wait_days=days)
            for choice, days in zip(choices, waits, strict=True)
        ]
        values = [utility(*pair, WEIGHTS) for pair in zip(said, waits, strict=True)]
        picks[name] = [int(np.argmax(found)) for found in values]
        figures += _coverage(name, choices, said, values, seed)
        figures += true_slopes(name, choices, said)
    for name, places in picks.items():
        figures += _gain(name, choices, places, seed)
        if LEARNABLE in picks:
            figures.append(_of_learnable(name, choices, (places, picks[LEARNABLE]), seed))
    return figures


def choice_waits(cases: Cases, choices: Sequence[Choice]) -> list[Floats]:
    """Days to the first appointments of the candidates when the directory was written.

    Args:
        cases: A clinic.
        choices: Intakes with everyone who may be offered.

    Returns:
        Shape (candidates,) each.
    """
    return [
        candidate_waits(
            choice.intake,
            cases.directory,
            choice.rows,
            at=cases.recorded_at or choice.intake.requested_at,
        )
        for choice in choices
    ]


def _policies(
    choices: Sequence[Choice], waits: Sequence[Floats]
) -> dict[str, list[int | None]]:
    """What policies without a model choose; the ceiling where it is known of every pair."""
    picks: dict[str, list[int | None]] = {
        "soonest": [int(np.argmin(days)) for days in waits],
        "desk": [choice.desk for choice in choices],
        "oracle": [int(np.argmax(choice.truth["utility"])) for choice in choices],
    }
    known = [choice.truth.get(LEARNABLE, np.full(1, np.nan)) for choice in choices]
    if choices and all(np.isfinite(values).all() for values in known):
        picks[LEARNABLE] = [int(np.argmax(values)) for values in known]
    return picks


def claim_figures(
    cases: Cases, scorers: Mapping[str, Scorer], choices: Sequence[Choice], *, seed: int
) -> list[Figure]:
    """What each model claims: the predicted utility of its first choice over the mean.

    All wait the same, so that no claim is about the wait. In a world without clinician effects
    a claim is an illusion. `claimed_gain_most_praised` is the mean claim for the one clinician
    whom the model praises most.

    Args:
        cases: A clinic.
        scorers: Models by name.
        choices: Intakes with everyone who may be offered.
        seed: Seed of the intervals.
    """
    figures = []
    for name, scorer in scorers.items():
        sums, counts = np.zeros(len(cases.directory)), np.zeros(len(cases.directory))
        claims = np.empty(len(choices))
        for place, choice in enumerate(choices):
            days = np.full(len(choice.rows), USUAL_WAIT_DAYS)
            said = scorer.predict(choice.intake, cases.directory, choice.rows, wait_days=days)
            found = utility(said, days, WEIGHTS)
            leads = found - found.mean()
            claims[place] = leads.max()
            sums[choice.rows] += leads
            counts[choice.rows] += 1
        mean = mean_interval(claims, _patients(choices), rng=np.random.default_rng(seed))
        figures.append(figure(name, "claimed_gain", mean, len(choices)))
        often = counts >= LEAST_LISTS
        praised = float(np.max(sums[often] / counts[often])) if often.any() else np.nan
        figures.append(figure(name, "claimed_gain_most_praised", praised, int(often.sum())))
    return figures


def _gain(
    name: str, choices: Sequence[Choice], places: Sequence[int | None], seed: int
) -> list[Figure]:
    """Share of the achievable gain, and mean true utility, over the intakes with a choice."""
    made = [place for place, chosen in enumerate(places) if chosen is not None]
    values = [choices[place].truth["utility"] for place in made]
    chosen = np.array([value[places[place]] for value, place in zip(values, made, strict=True)])
    means = np.array([value.mean() for value in values])
    best = np.array([value.max() for value in values])
    patients = _patients([choices[place] for place in made])
    columns = np.column_stack([chosen - means, best - means])
    share = bootstrap(columns, patients, ratio, rng=np.random.default_rng(seed))
    mean = mean_interval(chosen, patients, rng=np.random.default_rng(seed))
    return [
        figure(name, "gain_share", share, len(made)),
        figure(name, "true_utility", mean, len(made)),
    ]


def _of_learnable(
    name: str,
    choices: Sequence[Choice],
    places: tuple[Sequence[int | None], Sequence[int | None]],
    seed: int,
) -> Figure:
    """Share of the gain that the ceiling captures, on the intakes where both have a choice."""
    made = [
        (choice, chosen, best)
        for choice, chosen, best in zip(choices, *places, strict=True)
        if chosen is not None and best is not None
    ]
    leads = [choice.truth["utility"] - choice.truth["utility"].mean() for choice, *_ in made]
    columns = np.array(
        [
            [lead[chosen], lead[best]]
            for lead, (_, chosen, best) in zip(leads, made, strict=True)
        ]
    ).reshape(len(made), 2)
    patients = _patients([choice for choice, *_ in made])
    share = bootstrap(columns, patients, ratio, rng=np.random.default_rng(seed))
    return figure(name, "learnable_share", share, len(made))


def _coverage(
    name: str,
    choices: Sequence[Choice],
    said: Sequence[Predictions],
    values: Sequence[Floats],
    seed: int,
) -> list[Figure]:
    """Share of shown pairs whose true probability lies within the model's 90 % interval."""
    held: dict[str, list[Floats]] = {"engage": [], "improve": []}
    shown_patients: list[str] = []
    for choice, found, scores in zip(choices, said, values, strict=True):
        shown = np.argsort(-scores, kind="stable")[:SHOWN]
        shown_patients += [choice.intake.patient_id] * len(shown)
        for head, bounds in (
            ("engage", (found.engage_low, found.engage_high)),
            ("improve", (found.improve_low, found.improve_high)),
        ):
            truth = choice.truth[f"p_{head}"]
            is_held = (bounds[0] <= truth) & (truth <= bounds[1])
            held[head].append(is_held[shown].astype(np.float64))
    clusters = np.array(shown_patients)
    return [
        figure(
            name,
            f"{head}_interval_coverage",
            mean_interval(
                np.concatenate([*parts, np.zeros(0)]), clusters, rng=np.random.default_rng(seed)
            ),
            len(clusters),
        )
        for head, parts in held.items()
    ]


def _patients(choices: Sequence[Choice]) -> NDArray[np.str_]:
    return np.array([choice.intake.patient_id for choice in choices], dtype=np.str_)
