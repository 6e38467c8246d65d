"""What the recommender is held against."""

from datetime import UTC, datetime

import pandas as pd

from data.clinic import CONTENT, CONTENT_EVENTS, PROGRAMS
from data.frames import empty_frame
from training.evaluation.recommender import evaluate_recommender
from training.fit_recommender import fit_recommender


class TestBaselines:
    def test_a_clinic_without_a_catalogue(self):
        """Events on items that nobody lists are nobody's hit, and nothing breaks."""
        days = [datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 29)]
        events = empty_frame(CONTENT_EVENTS)
        events = pd.DataFrame(
            {
                "event_id": [f"e{day}" for day in range(28)],
                "user_id": [f"u{day % 4}" for day in range(28)],
                "item_id": [f"i{day % 3}" for day in range(28)],
                "type": "complete",
                "at": pd.Series(days).astype("datetime64[us, UTC]"),
            }
        ).reindex(columns=events.columns)
        events = events.astype(empty_frame(CONTENT_EVENTS).dtypes)
        content, programs = empty_frame(CONTENT), empty_frame(PROGRAMS)
        start = days[20]
        fitted = fit_recommender(
            events, content, programs, as_of=start, seed=0, budget_seconds=1.0
        )
        figures = evaluate_recommender(
            events, content, programs, models={"it": fitted.model}, test_start=start
        )
        assert {figure.value for figure in figures if figure.metric == "ndcg@10"} <= {0.0, None}
