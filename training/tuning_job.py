"""What a study judges by: a clinic's log, up to where `train` begins to measure."""

from datetime import datetime

from data.database import Engine
from data.errors import DataRefusedError
from training.content_log import ContentLog
from training.evaluation.recommender import find_test_start
from training.matching_job import moment_after, read_clinic, split_time
from training.recommender_job import ContentTables
from training.tuning.objectives import MatchingObjective, Objective, RecommenderObjective


def objective_of(engine: Engine, kind: str, *, as_of: datetime | None, seed: int) -> Objective:
    """The objective of a kind of model on what the store holds.

    Args:
        engine: The database.
        kind: `matching` or `recommender`.
        as_of: Use only what was known then; None means everything stored.
        seed: Draws whom the recommender is judged on.

    Raises:
        DataRefusedError: There is too little to judge by.
    """
    if kind == "matching":
        frames = read_clinic(engine)
        split = split_time(frames, before=as_of or moment_after(frames))
        return MatchingObjective.build(frames, known_until=split)
    tables = ContentTables.read(engine, until=as_of)
    start = find_test_start(tables.events)
    if start is None:
        raise DataRefusedError("too few content events to tune on: train without a study")
    log = ContentLog.from_frame(tables.events)
    return RecommenderObjective.build(log, known_until=start, seed=seed)
