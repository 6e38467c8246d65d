"""Attended visits one by one, and after which of them a person stopped."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.directory import UNKNOWN_TIME
from data.instants import MICROS_PER_DAY
from training.clinic_frames import Frames, rows_of, table_of, times_of

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

KNOWN_DAYS = 60
"""Whether somebody came back is taken as known this long after a visit, whatever the answer: a stop is
noted weeks later than a return, and must not be outrun by it."""
STOPS = ("dropout", "rematch_fit")
"""Endings that the person chose against the course."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CourseVisits:
    """Visits of all episodes, in the order of episode and time; arrays of shape (visits,)."""

    episodes: Rows
    """Row of the episode."""
    numbers: Rows
    """1 for the first visit of a course."""
    at: Rows
    """Microseconds since 1970 UTC."""
    is_last: NDArray[np.bool_]
    stopped_at: Rows
    """When a stop after this visit was noted, `UNKNOWN_TIME` where there was none."""
    is_ended: NDArray[np.bool_]
    """Whether the course ended after this visit, by whatever reason."""

    @classmethod
    def build(cls, frames: Frames) -> Self:
        """Put visits in order.

        Args:
            frames: Tables by name; `episodes` and `attendance` are read, either may be absent.
        """
        episodes, attendance = table_of(frames, "episodes"), table_of(frames, "attendance")
        attended = attendance[attendance["status"] == "attended"]
        rows = rows_of(episodes["episode_id"], attended["episode_id"])
        at = times_of(attended, "at")
        order = np.lexsort((at, rows))
        order = order[rows[order] >= 0]
        rows, at = rows[order], at[order]
        starts = np.searchsorted(rows, rows, side="left")
        is_last = np.append(rows[1:] != rows[:-1], True)[: len(rows)]
        ended_at = times_of(episodes, "ended_at")
        is_stop = episodes["end_reason"].isin(STOPS).to_numpy(np.bool_)
        is_ended = is_last & (ended_at[rows] != UNKNOWN_TIME)
        return cls(
            episodes=rows,
            numbers=np.arange(len(rows)) - starts + 1,
            at=at,
            is_last=is_last,
            stopped_at=np.where(is_ended & is_stop[rows], ended_at[rows], UNKNOWN_TIME),
            is_ended=is_ended,
        )

    def at_risk(self, as_of: int) -> tuple[Rows, Floats]:
        """Visits after which it is known whether the person stopped, and whether they did.

        A last visit without an ending is left out: nobody knows yet.

        Args:
            as_of: Microseconds since 1970 UTC; nothing noted at or after it is used.

        Returns:
            Places of the visits, ascending, and 1 for a stop, 0 for none; shape (places,) each.
        """
        known_at = np.where(
            self.stopped_at == UNKNOWN_TIME,
            self.at + KNOWN_DAYS * MICROS_PER_DAY,
            np.maximum(self.at + KNOWN_DAYS * MICROS_PER_DAY, self.stopped_at),
        )
        is_open = self.is_last & ~self.is_ended
        places = np.flatnonzero((known_at < as_of) & ~is_open)
        return places, (self.stopped_at[places] != UNKNOWN_TIME).astype(np.float64)
