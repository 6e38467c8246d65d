"""Care in two rounds: the first list of every intake, and a second one where the first failed."""

from dataclasses import dataclass

import numpy as np

from training.simulator.choices import choose
from training.simulator.columns import MISSING, NO_TIME, Rows
from training.simulator.desk import Asks, ShownLists, show
from training.simulator.episodes import Episodes, Setting, book

ROUNDS = 2
"""Most lists of one intake."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Round:
    """Lists and what came of them."""

    asks: Asks
    shown: ShownLists
    episodes: Episodes
    number: int
    """Counts from 0."""

    def request_numbers(self, rows: Rows) -> Rows:
        """A number for each request that no other round uses; as `rows`."""
        return self.asks.intake[rows] * ROUNDS + self.number


def run_care(setting: Setting) -> list[Round]:
    """Both rounds.

    A patient whose referral was refused, or who asks for another clinician, gets a second list
    without that clinician, and starts it as unwell as they are by then.

    Args:
        setting: All that care is made from.
    """
    patients = setting.market.patients
    everyone = np.arange(len(patients))
    asks = Asks(
        intake=everyone,
        asked_at=patients.requested_at,
        without=np.full(len(patients), MISSING),
    )
    starts = patients.severity.scores
    rounds: list[Round] = []
    for number in range(ROUNDS):
        name = f"round {number}"
        shown = show(setting.world, setting.market, asks, setting.streams, name)
        rank = choose(setting.world, setting.market, asks, shown, setting.streams, name)
        rows = np.arange(len(asks))
        chosen = np.where(rank != MISSING, shown.clinicians[rows, rank], MISSING)
        episodes = book(setting, asks, chosen, starts, name)
        rounds.append(Round(asks=asks, shown=shown, episodes=episodes, number=number))
        again = np.flatnonzero(episodes.asks_again_at != NO_TIME)
        asks = Asks(
            intake=episodes.intake[again],
            asked_at=episodes.asks_again_at[again],
            without=episodes.clinician[again],
        )
        starts = episodes.scores_then[again]
    return rounds
