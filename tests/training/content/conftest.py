"""A small content clinic whose people have tastes and habits, as frames."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.frames import complete_frame, empty_frame, frame_from_storage
from data.instants import micros_of

START = datetime(2025, 1, 6, tzinfo=UTC)
DAY = 86_400_000_000
ITEMS = 24
TOPICS = ("sleep", "stress", "grief")


@pytest.fixture(scope="session")
def start() -> datetime:
    """When the log begins."""
    return START


@pytest.fixture(scope="session")
def make_log():
    """A frame of events given as (user, item, type, days after the start)."""

    def make(*events: tuple) -> pd.DataFrame:
        columns = {
            "event_id": [f"e{place}" for place in range(len(events))],
            "user_id": [event[0] for event in events],
            "item_id": [event[1] for event in events],
            "type": [event[2] for event in events],
            "at": [micros_of(START) + round(event[3] * DAY) for event in events],
        }
        return complete_frame(CONTENT_EVENTS, frame_from_storage(CONTENT_EVENTS, columns))

    return make


@pytest.fixture(scope="session")
def content() -> pd.DataFrame:
    """Twenty-four reviewed items on three topics."""
    ids = [f"i{number:02d}" for number in range(ITEMS)]
    columns = {
        "item_id": ids,
        "title": [f"Item {number}" for number in range(ITEMS)],
        "kind": ["meditation"] * ITEMS,
        "topics": [f'["{TOPICS[number % 3]}"]' for number in range(ITEMS)],
        "minutes": [5.0] * ITEMS,
        "reviewed_at": [micros_of(START) - DAY] * ITEMS,
        "contraindications": ['["panic"]' if number == 0 else "[]" for number in range(ITEMS)],
    }
    return complete_frame(CONTENT, frame_from_storage(CONTENT, columns))


@pytest.fixture(scope="session")
def programs() -> pd.DataFrame:
    """No programs."""
    return empty_frame(PROGRAMS)


@pytest.fixture(scope="session")
def log(make_log) -> pd.DataFrame:
    """Sixty people over a hundred days: each keeps to one topic and comes back to items."""
    dice = np.random.default_rng(3)
    events = []
    for user in range(60):
        mine = [f"i{number:02d}" for number in range(user % 3, ITEMS, 3)]
        shares = np.arange(len(mine), 0, -1) ** 2.0
        known: list[str] = []
        for day in np.sort(dice.random(14)) * 100:
            is_repeat = known and dice.random() < 0.5
            item = dice.choice(
                known if is_repeat else mine, p=None if is_repeat else shares / shares.sum()
            )
            known.append(str(item))
            events.append((f"u{user:02d}", str(item), "complete", float(day)))
    return make_log(*events)
