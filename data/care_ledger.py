"""What events about care do to episodes, visits and questionnaires: rules without a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.clinic import EPISODES
from data.columns import Kind
from data.instants import micros_of

Row = dict[str, Any]
IDENTITY = ("intake_id", "clinician_id")
"""What an episode is about; an event that says otherwise is refused."""
_TIMES = tuple(column.name for column in EPISODES.columns if column.kind is Kind.TIME)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event was not taken: a stable type, and the field that is at fault."""

    type: str
    where: str


class CareLedger:
    """Episodes as they stand, changed by one event after another."""

    def __init__(self, episodes: Mapping[str, Row], attended: Mapping[str, int]) -> None:
        """Start from what is stored.

        Args:
            episodes: Stored rows of `episodes` by id.
            attended: First attended visit by episode id, microseconds since 1970 UTC.
        """
        self._episodes = dict(episodes)
        self._attended = dict(attended)
        self._changed: set[str] = set()
        self._attendance: dict[tuple[str, int], Row] = {}
        self._measures: dict[tuple[str, str, str, int], Row] = {}
        self._rules: dict[str, Callable[[str, int, Row], Refusal | None]] = {
            "booked": self._book,
            "accepted": self._answer,
            "declined": self._answer,
            "attended": self._visit,
            "no_show": self._visit,
            "late_cancel": self._visit,
            "ended": self._end,
            "measure": self._measure,
            "override": self._override,
        }

    def apply(self, kind: str, at: datetime, values: Mapping[str, Any]) -> Refusal | None:
        """Take one event in; None where it was taken.

        Args:
            kind: Type of the event.
            at: When it happened.
            values: Further columns; times are `datetime`, None is missing.
        """
        rule = self._rules.get(kind)
        if rule is None:
            return Refusal("unknown_type", "type")
        row = {name: value for name, value in values.items() if value is not None}
        for name in _TIMES:
            if name in row:
                row[name] = micros_of(row[name])
        return rule(kind, micros_of(at), row)

    def changed_episodes(self) -> list[Row]:
        """Rows of `episodes` to write."""
        return [self._episodes[episode_id] for episode_id in sorted(self._changed)]

    def attendance_rows(self) -> list[Row]:
        """Rows of `attendance` to write."""
        return list(self._attendance.values())

    def measure_rows(self) -> list[Row]:
        """Rows of `measures` to write."""
        return list(self._measures.values())

    def _episode(self, at: int, row: Row) -> Row | Refusal:
        """The episode of an event, made where the event says enough to make it."""
        stored = self._episodes.get(row["episode_id"])
        if stored is not None:
            for name in IDENTITY:
                if row.get(name, stored[name]) != stored[name]:
                    return Refusal("episode_conflict", name)
            return stored
        if any(name not in row for name in IDENTITY):
            return Refusal("unknown_episode", "episode_id")
        made = dict.fromkeys(EPISODES.names)
        first = self._attended.get(row["episode_id"])
        return {**made, "booked_at": at, "first_attended_at": first}

    def _change(self, at: int, row: Row, **changes: Any) -> Refusal | None:
        episode = self._episode(at, row)
        if isinstance(episode, Refusal):
            return episode
        given = {name: row[name] for name in EPISODES.names if name in row}
        episode_id = row["episode_id"]
        self._episodes[episode_id] = {**episode, **changes, **given}
        self._changed.add(episode_id)
        return None

    def _book(self, _kind: str, at: int, row: Row) -> Refusal | None:
        if row["episode_id"] not in self._episodes:
            for name in IDENTITY:
                if name not in row:
                    return Refusal("missing", name)
        return self._change(at, row, booked_at=at)

    def _answer(self, kind: str, at: int, row: Row) -> Refusal | None:
        row = {name: value for name, value in row.items() if name != "accepted"}
        return self._change(at, row, accepted=kind == "accepted")

    def _end(self, _kind: str, at: int, row: Row) -> Refusal | None:
        return self._change(at, row, ended_at=at)

    def _visit(self, kind: str, at: int, row: Row) -> Refusal | None:
        episode_id = row["episode_id"]
        self._attendance[episode_id, at] = {
            "episode_id": episode_id,
            "at": at,
            "status": kind,
        }
        if kind != "attended":
            return None
        self._attended[episode_id] = min(at, self._attended.get(episode_id, at))
        episode = self._episodes.get(episode_id)
        if episode is not None:
            first = episode["first_attended_at"]
            if first is None or at < first:
                self._episodes[episode_id] = {**episode, "first_attended_at": at}
                self._changed.add(episode_id)
        return None

    def _measure(self, _kind: str, at: int, row: Row) -> Refusal | None:
        episode_id = row.get("episode_id", "")
        key = (row["patient_id"], episode_id, row["instrument"], at)
        self._measures[key] = {
            "patient_id": row["patient_id"],
            "episode_id": episode_id,
            "instrument": row["instrument"],
            "at": at,
            "total": row["total"],
            "item9": row.get("item9"),
        }
        return None

    def _override(self, _kind: str, _at: int, _row: Row) -> Refusal | None:
        return None
