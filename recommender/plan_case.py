"""One request for a plan with everything it is answered from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from data.domain import Safety
from data.instants import micros_of
from recommender.binding import Binding
from recommender.person import Person
from recommender.plan_request import PlanRequest
from recommender.safety_filter import EVERY_ROW, Rows
from recommender.sources import History


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanCase:
    """Who asks for which plan, when, on which catalogue."""

    binding: Binding
    person: Person
    history: History
    safety: Safety
    request: PlanRequest
    at: datetime

    @classmethod
    def build(
        cls,
        binding: Binding,
        person: Person,
        *,
        safety: Safety,
        request: PlanRequest,
        at: datetime,
    ) -> Self:
        """Look up the person's history as of a time."""
        history = History.build(binding, person, at=micros_of(at))
        return cls(
            binding=binding,
            person=person,
            history=history,
            safety=safety,
            request=request,
            at=at,
        )

    @property
    def items(self) -> int:
        """Number of items of the catalogue."""
        return len(self.binding.catalogue)

    @property
    def goals(self) -> tuple[str, ...]:
        """Goals stated now and before."""
        return tuple(dict.fromkeys((*self.request.goals, *self.person.goals)))

    @property
    def is_used(self) -> NDArray[np.bool_]:
        """What the person used; shape (items,)."""
        return self.history.mask(self.history.is_used, self.items)

    def allowed(
        self, when: datetime, rows: Rows = EVERY_ROW
    ) -> tuple[NDArray[np.bool_], dict[str, int]]:
        """What safety lets the person see at a time, and what it withholds by reason.

        Args:
            when: The time of showing.
            rows: The items asked about; all of them unless given.

        Returns:
            A mask of shape (rows asked about,), and counts by reason.
        """
        return self.binding.gate.allowed(
            self.safety,
            at=when,
            words=(*self.person.concerns, *self.goals),
            populations=self.person.populations,
            rows=rows,
        )
