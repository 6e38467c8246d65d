"""What has to be finished first, and what the next step of a program is."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.catalogue import NO_PROGRAM, Catalogue


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ProgramOrder:
    """The steps of all programs in order, and the prerequisites of single items.

    A step is an item with a program and a position of at least 1. It is open to a person who has
    finished all live steps with a lower position. An item that `requires` others is open once all
    of them that are live are finished. What is no longer live blocks nothing: else a retired step
    would close the rest of a program for ever.
    """

    step_rows: NDArray[np.int64]
    """Item rows of steps by program, position and row; shape (steps,)."""
    level_start: NDArray[np.int64]
    """Place in `step_rows` of the first step with the same position; shape (steps,)."""
    program_start: NDArray[np.int64]
    """Place in `step_rows` of the program's first step; shape (steps,)."""
    program: NDArray[np.int64]
    """Program of each item; shape (items,)."""
    dependent_row: NDArray[np.int64]
    """Items with a prerequisite, one entry per prerequisite; shape (prerequisites,)."""
    required_row: NDArray[np.int64]
    """The prerequisites; shape (prerequisites,)."""

    @classmethod
    def build(cls, catalogue: Catalogue) -> Self:
        """Work out the order of a catalogue; prerequisites it does not know are left out."""
        position = catalogue.program_position
        is_step = (catalogue.program != NO_PROGRAM) & (position > 0)
        rows = np.flatnonzero(is_step)
        rows = rows[np.lexsort((rows, position[rows], catalogue.program[rows]))]
        program, place = catalogue.program[rows], position[rows]
        new_program = np.ones(len(rows), np.bool_)
        new_program[1:] = program[1:] != program[:-1]
        new_level = new_program.copy()
        new_level[1:] |= place[1:] != place[:-1]
        wanted = [
            (item, catalogue.rows[required])
            for item, entries in enumerate(catalogue.requires)
            for required in dict.fromkeys(entries)
            if required in catalogue.rows and catalogue.rows[required] != item
        ]
        pairs = np.array(wanted, np.int64).reshape(-1, 2)
        return cls(
            step_rows=rows,
            level_start=_last_start(new_level),
            program_start=_last_start(new_program),
            program=catalogue.program,
            dependent_row=pairs[:, 0],
            required_row=pairs[:, 1],
        )

    def blocked(
        self, finished: NDArray[np.bool_], live: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Items that something else comes before.

        Args:
            finished: What the person finished; shape (items,).
            live: What is published and not retired; shape (items,).

        Returns:
            A mask of shape (items,).
        """
        open_before = live & ~finished
        waiting = np.concatenate([[0], np.cumsum(open_before[self.step_rows])])
        mask = np.zeros(len(finished), np.bool_)
        mask[self.step_rows] = waiting[self.level_start] > waiting[self.program_start]
        mask[self.dependent_row[open_before[self.required_row]]] = True
        return mask

    def needs(
        self, finished: NDArray[np.bool_], live: NDArray[np.bool_]
    ) -> dict[int, tuple[int, ...]]:
        """What has to be finished before each item, as far as it is not.

        Of the steps of a program only those of the nearest lower position that is not done are named: they in
        turn need the ones before.

        Args:
            finished: What the person finished; shape (items,).
            live: What is published and not retired; shape (items,).

        Returns:
            Item rows by item row; items that need nothing are absent.
        """
        open_before = live & ~finished
        found: dict[int, set[int]] = {}
        level: list[int] = []
        before: list[int] = []
        for place, row in enumerate(self.step_rows.tolist()):
            if self.program_start[place] == place:
                level, before = [], []
            elif self.level_start[place] == place and level:
                level, before = [], level
            if before:
                found.setdefault(row, set()).update(before)
            if open_before[row]:
                level.append(row)
        for item, required in zip(
            self.dependent_row.tolist(), self.required_row.tolist(), strict=True
        ):
            if open_before[required]:
                found.setdefault(item, set()).add(required)
        return {item: tuple(sorted(rows)) for item, rows in found.items()}

    def next_steps(
        self, last_used: NDArray[np.int64], candidates: NDArray[np.bool_], *, since: int
    ) -> NDArray[np.int64]:
        """The next step of each program under way, the program used last first.

        Args:
            last_used: When each item was last used, in microseconds, the smallest integer where
                never; shape (items,).
            candidates: Items that are open, unfinished and may be shown; shape (items,).
            since: Programs not used since then are no longer under way.

        Returns:
            Item rows, at most one per program.
        """
        if not len(self.step_rows):
            return np.zeros(0, np.int64)
        starts = np.flatnonzero(self.program_start == np.arange(len(self.step_rows)))
        used_at = np.maximum.reduceat(last_used[self.step_rows], starts)
        steps = [
            (-int(used_at[place]), int(row))
            for place in np.flatnonzero(used_at >= since)
            for row in self._first_candidate(starts, int(place), candidates)
        ]
        return np.array([row for _, row in sorted(steps)], np.int64)

    def _first_candidate(
        self, starts: NDArray[np.int64], place: int, candidates: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        end = starts[place + 1] if place + 1 < len(starts) else len(self.step_rows)
        rows = self.step_rows[starts[place] : end]
        return rows[candidates[rows]][:1]


def _last_start(is_start: NDArray[np.bool_]) -> NDArray[np.int64]:
    places = np.where(is_start, np.arange(len(is_start)), 0)
    return np.maximum.accumulate(places) if len(places) else places
