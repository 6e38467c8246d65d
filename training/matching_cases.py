"""A clinic as the matching models learn from it: intakes, the directory, labels, pair features."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME, Directory
from data.domain import Intake
from data.frames import intakes_from_frame
from data.instants import MICROS_PER_DAY
from matching.case_mix_features import problem_of
from matching.pair_features import PAIR_FEATURES, pair_features
from training.clinic_frames import Frames, table_of, times_of
from training.course_scores import CourseScores
from training.course_visits import CourseVisits
from training.outcomes import Outcomes, clinic_outcomes

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cases:
    """One row per episode, in the order of the table `episodes`."""

    directory: Directory
    intakes: Sequence[Intake]
    """All intakes, in the order of their table."""
    requested_at: Rows
    """When each intake came, microseconds since 1970 UTC; shape (intakes,)."""
    outcomes: Outcomes
    clinician_rows: Rows
    """Directory row of each episode's clinician, -1 for one who is not there; shape
    (episodes,)."""
    features: Floats
    """Pair features, NaN where nothing is stated or known; shape (features, episodes)."""
    domains: NDArray[np.str_]
    """Problem domain of each episode's intake, empty where unknown; shape (episodes,)."""
    visits: CourseVisits
    """Attended visits of all episodes, one by one."""
    scores: CourseScores
    """Questionnaires after the first visits, one by one."""
    attended_waits: Floats
    """Days from request to first visit, NaN where there was none; shape (episodes,)."""

    @classmethod
    def build(cls, frames: Frames) -> Self:
        """Put a clinic's tables together.

        Args:
            frames: Tables by name; any may be absent.
        """
        table = table_of(frames, "intakes")
        intakes = intakes_from_frame(table)
        directory = Directory.build(table_of(frames, "clinicians"))
        outcomes = clinic_outcomes(frames)
        rows = np.array(
            [directory.rows.get(name, -1) for name in outcomes.clinician_ids.tolist()],
            dtype=np.int64,
        )
        requested_at = times_of(table, "requested_at")
        visits = CourseVisits.build(frames)
        return cls(
            directory=directory,
            intakes=intakes,
            requested_at=requested_at,
            outcomes=outcomes,
            clinician_rows=rows,
            features=_features(intakes, directory, outcomes.intake_rows, rows),
            domains=np.array(
                [problem_of(intakes[row]) if row >= 0 else "" for row in outcomes.intake_rows],
                dtype=np.str_,
            ),
            visits=visits,
            scores=CourseScores.build(frames, visits, outcomes.first_visit_at),
            attended_waits=_attended_waits(outcomes, requested_at),
        )

    @property
    def recorded_at(self) -> datetime | None:
        """When the directory is from: a clinic's tables end with its last request.

        None where there are no requests.
        """
        return max((intake.requested_at for intake in self.intakes), default=None)

    @property
    def requests(self) -> Rows:
        """When the intake of each episode came; shape (episodes,).

        `UNKNOWN_TIME` where the intake is not there.
        """
        times = np.append(self.requested_at, UNKNOWN_TIME)
        return times[self.outcomes.intake_rows]

    def clinics_of(self, episodes: Rows) -> NDArray[np.str_]:
        """The clinics of the clinicians of some episodes, empty where unknown; shape (rows,)."""
        clinics = np.array([*self.directory.clinic_ids, ""], dtype=np.str_)
        return clinics[self.clinician_rows[episodes]]

    def intakes_of(self, episodes: Rows) -> list[Intake]:
        """The intakes of some episodes that have one; episodes of shape (rows,)."""
        return [self.intakes[row] for row in self.outcomes.intake_rows[episodes].tolist()]


def _features(
    intakes: Sequence[Intake], directory: Directory, intake_rows: Rows, clinician_rows: Rows
) -> Floats:
    features = np.full((len(PAIR_FEATURES), len(intake_rows)), np.nan)
    for episode in np.flatnonzero((intake_rows >= 0) & (clinician_rows >= 0)).tolist():
        found = pair_features(
            intakes[intake_rows[episode]], directory, clinician_rows[episode : episode + 1]
        )
        features[:, episode] = found.matrix[:, 0]
    return features


def _attended_waits(outcomes: Outcomes, requested_at: Rows) -> Floats:
    is_known = (outcomes.label("attend") == 1.0) & (outcomes.intake_rows >= 0)
    starts = np.append(requested_at, 0)[outcomes.intake_rows]
    days = (np.where(is_known, outcomes.first_visit_at, starts) - starts) / MICROS_PER_DAY
    return np.where(is_known, days, np.nan)
