"""What a simulated clinic must look like: the acceptance bands of the parameter table's authors.

Courses are followed to their end here, past the end of the log, so that no figure depends on it.
Gains are potential outcomes: the same patients with the same luck, with other clinicians.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq, linear_sum_assignment

from training.simulator.care import Round, run_care
from training.simulator.care_tables import episodes_frame
from training.simulator.clinic import Clinic
from training.simulator.columns import MISSING, Floats, Mask, Rows
from training.simulator.courses import STOPPED
from training.simulator.desk import Asks
from training.simulator.episodes import Episodes, Setting, book
from training.simulator.pairs import pair_effects
from training.simulator.questionnaires import measures_frame
from training.simulator.recovery import PHQ9

FOREVER = 2**62
"""An end of the log that nothing reaches, microseconds since 1970 UTC."""
CASE = 10.0
"""PHQ-9 from which a person is a case."""
RELIABLE = 6.0
USUAL_SPREAD = 5.5
"""SD of the PHQ-9 by which pre-post effects are divided."""
CANDIDATES = 10
BATCH = 500
"""Patients assigned at once."""
SHUFFLES = 5
"""How often names are shuffled; the mean is told."""
FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What a figure must lie within."""

    low: float
    high: float


BANDS: dict[str, Band] = {
    "attends_first": Band(low=0.70, high=0.90),
    "one_visit": Band(low=0.25, high=0.35),
    "unplanned_dropout": Band(low=0.30, high=0.45),
    "mean_visits": Band(low=6.0, high=9.0),
    "pre_post_effect": Band(low=0.8, high=1.3),
    "reliable_recovery": Band(low=0.30, high=0.50),
    "deterioration": Band(low=0.02, high=0.07),
    "clinician_share": Band(low=0.03, high=0.08),
    "alliance_correlation": Band(low=0.22, high=0.33),
    "oracle_gain": Band(low=0.30, high=0.50),
    "capacity_gain": Band(low=0.0, high=0.25),
    "shuffled_gain": Band(low=-0.05, high=0.05),
}
"""Bands of the base world."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scored:
    """Measured courses of two or more visits; arrays of shape (courses,)."""

    before: Floats
    """First PHQ-9."""
    after: Floats
    """Last PHQ-9."""
    alliance: Floats
    """Mean SRS, NaN where it was never asked."""
    clinician: Rows

    @property
    def residual(self) -> Floats:
        """Improvement beyond what the first score leads one to expect; shape (courses,)."""
        line = np.polyfit(self.before, self.after, 2)
        return np.asarray(np.polyval(line, self.before) - self.after)


def acceptance(clinic: Clinic) -> dict[str, float]:
    """Every figure of `BANDS` by name, and `clinician_share_error`, the standard error of one.

    Args:
        clinic: Some thousand patients and a hundred clinicians at the least.
    """
    first = run_care(clinic.setting)[0]
    scored = scored_courses(clinic, first)
    share, error = clinician_share(scored)
    spread = float(np.std(scored.residual[scored.before >= CASE]))
    return {
        **_funnel(first),
        **_symptoms(scored),
        "clinician_share": share,
        "clinician_share_error": error,
        **_gains(clinic.setting, first, spread),
    }


def _funnel(first: Round) -> dict[str, float]:
    done = first.episodes
    visits, ending = done.courses.visits[done.attended], done.courses.ending[done.attended]
    more = visits >= 2
    return {
        "attends_first": float(done.attended.sum() / done.accepted.sum()),
        "one_visit": float((visits == 1).mean()),
        "unplanned_dropout": float((ending[more] == STOPPED).mean()),
        "mean_visits": float(visits[more].mean()),
    }


def scored_courses(clinic: Clinic, part: Round) -> Scored:
    """First and last PHQ-9 of every course of two or more visits."""
    measures = measures_frame(clinic.setting, part, clinic.intakes, FOREVER)
    ordered = measures.sort_values("at", kind="stable")
    phq9 = ordered[ordered["instrument"] == "phq9"].groupby("episode_id")["total"]
    srs = ordered[ordered["instrument"] == "srs"].groupby("episode_id")["total"].mean()
    frame = pd.DataFrame(
        {"before": phq9.first(), "after": phq9.last(), "times": phq9.size()}
    ).join(srs.rename("alliance"))
    done, setting = part.episodes, clinic.setting
    booked = episodes_frame(setting.streams, part, clinic.intakes, clinic.clinicians, FOREVER)
    known = pd.DataFrame(
        {
            "clinician": done.clinician,
            "visits": np.where(done.attended, done.courses.visits, 0),
        },
        index=pd.Index(booked["episode_id"]),
    )
    frame = frame.join(known)
    frame = frame[(frame["visits"] >= 2) & (frame["times"] >= 2)]
    return Scored(
        before=frame["before"].to_numpy(np.float64),
        after=frame["after"].to_numpy(np.float64),
        alliance=frame["alliance"].to_numpy(np.float64),
        clinician=frame["clinician"].to_numpy(np.int64),
    )


def _symptoms(scored: Scored) -> dict[str, float]:
    is_case = scored.before >= CASE
    before, after = scored.before[is_case], scored.after[is_case]
    change = before - after
    asked = np.isfinite(scored.alliance)
    together = np.corrcoef(scored.alliance[asked], scored.residual[asked])
    return {
        "pre_post_effect": float(change.mean() / USUAL_SPREAD),
        "reliable_recovery": float(((change >= RELIABLE) & (after < CASE)).mean()),
        "deterioration": float((change <= -RELIABLE).mean()),
        "alliance_correlation": float(together[0, 1]),
    }


def clinician_share(scored: Scored) -> tuple[float, float]:
    """Share of the adjusted outcome variance that lies between clinicians, and its standard error.

    The random-effects variance of Paule and Mandel (1982): the one at which clinicians' means, each
    weighted by its own precision, vary as much as they should. Busy clinicians do not decide it.
    Below 0 where means vary less than chance would have them.
    """
    _, group = np.unique(scored.clinician, return_inverse=True)
    values = scored.residual
    cases = np.bincount(group)
    means = np.bincount(group, values) / cases
    within = float(((values - means[group]) ** 2).sum() / (len(values) - len(cases)))

    def excess(between: float) -> float:
        weights = 1.0 / (between + within / cases)
        centre = (weights * means).sum() / weights.sum()
        return float((weights * (means - centre) ** 2).sum() - (len(cases) - 1))

    least = -0.9 * within / float(cases.max())
    between = float(brentq(excess, least, within)) if excess(least) > 0 else least
    weights = 1.0 / (max(between, 0.0) + within / cases)
    total = between + within
    return between / total, float(np.sqrt(2.0 / (weights**2).sum())) / total


def _gains(setting: Setting, first: Round, spread: float) -> dict[str, float]:
    """What better assignment would add to the PHQ-9 change of engaged cases, in outcome SDs.

    `oracle_gain` sends each patient to the best of ten eligible clinicians, `capacity_gain` gives
    each clinician as many patients as they had, `shuffled_gain` takes the best by the effects of
    clinicians with shuffled names.
    """
    done = first.episodes
    phq9 = setting.market.patients.severity.scores[done.intake, PHQ9]
    enough = setting.market.eligible[done.intake].sum(axis=1) >= CANDIDATES
    rows = np.flatnonzero(enough & (phq9 >= CASE))
    intake, actual = done.intake[rows], done.clinician[rows]
    generator = setting.streams.generator("acceptance")
    some = _candidates(setting, intake, actual, generator)
    benefit = _benefits(setting, intake, some)
    place = np.arange(len(rows))
    random = some[place, generator.integers(0, CANDIDATES, len(rows))]

    def gain(reference: Rows, clinicians: Rows) -> float:
        usual, other = (_ends(setting, intake, chosen) for chosen in (reference, clinicians))
        both = _engaged(usual) & _engaged(other)
        change = usual.scores_then[both, PHQ9] - other.scores_then[both, PHQ9]
        return float(change.mean() / spread)

    def shuffled_gain() -> float:
        names = generator.permutation(len(setting.market.clinicians))
        best = _benefits(setting, intake, names[some]).argmax(axis=1)
        return gain(random, some[place, best])

    return {
        "oracle_gain": gain(random, some[place, benefit.argmax(axis=1)]),
        "capacity_gain": gain(actual, _assigned(benefit, some, actual)),
        "shuffled_gain": float(np.mean([shuffled_gain() for _ in range(SHUFFLES)])),
    }


def _candidates(
    setting: Setting, intake: Rows, actual: Rows, generator: np.random.Generator
) -> Rows:
    """The clinician of each patient and nine others who are eligible; shape (patients, 10)."""
    eligible = setting.market.eligible[intake]
    keys = generator.random(eligible.shape)
    keys[~eligible] = 2.0
    keys[np.arange(len(intake)), actual] = -1.0
    return np.argsort(keys, axis=1)[:, :CANDIDATES]


def _benefits(setting: Setting, intake: Rows, some: Rows) -> Floats:
    """Benefit of each candidate; shape (patients, candidates)."""
    market = setting.market
    pairs = (np.repeat(intake, some.shape[1]), some.ravel())
    effects = pair_effects(
        setting.world, setting.words, market.patients, market.clinicians, pairs
    )
    return effects.benefit.reshape(some.shape)


def _ends(setting: Setting, intake: Rows, clinicians: Rows) -> Episodes:
    """The courses of patients with given clinicians; the same luck each time."""
    asks = Asks(
        intake=intake,
        asked_at=setting.market.patients.requested_at[intake],
        without=np.full(len(intake), MISSING),
    )
    scores = setting.market.patients.severity.scores[intake]
    return book(setting, asks, clinicians, scores, "acceptance")


def _engaged(episodes: Episodes) -> Mask:
    return episodes.attended & (episodes.courses.visits >= 3)


def _assigned(benefit: Floats, some: Rows, actual: Rows) -> Rows:
    """The best clinicians when each keeps the patients they had, batch by batch."""
    assigned = actual.copy()
    for start in range(0, len(actual), BATCH):
        part = slice(start, start + BATCH)
        slots = actual[part]
        match = some[part][:, :, None] == slots
        worth = np.where(match, benefit[part][:, :, None], -FORBIDDEN).max(axis=1)
        chosen, slot = linear_sum_assignment(worth, maximize=True)
        assigned[start + chosen] = slots[slot]
    return assigned
