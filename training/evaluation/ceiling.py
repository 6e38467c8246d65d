"""The truth of a simulated clinic, with the ceiling of what its log can teach beside it."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd

from data.errors import UsageError
from data.instants import micros_of
from training.simulator.learnable import learnable_utilities

LEARNABLE = "learnable"
"""The column of expected utilities, and what the policy is called."""


def truth_with_ceiling(
    folder: Path, frames: Mapping[str, pd.DataFrame], *, split: datetime
) -> tuple[pd.DataFrame | None, list[str]]:
    """True probabilities of pairs, with what a learner that knows the world would expect of them.

    Args:
        folder: `truth/` of a simulated clinic.
        frames: Its tables.
        split: What was known from here on is not learned from.

    Returns:
        The pairs, None where no truth is kept; and notes for people.
    """
    file, described = folder / "pairs.parquet", folder / "world.json"
    if not file.is_file():
        return None, []
    pairs = pd.read_parquet(file)
    if not described.is_file():
        return pairs, ["no ceiling: world.json is not there"]
    try:
        document = json.loads(described.read_text("utf-8"))
        found = learnable_utilities(document, frames, pairs, as_of=micros_of(split))
    except (UsageError, ValueError) as error:
        return pairs, [f"no ceiling: {error}"]
    return pairs.assign(**{LEARNABLE: found}), []
