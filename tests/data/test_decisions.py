"""Decisions reach their logs as handed over."""

from datetime import UTC, datetime

from sqlalchemy import select

from data.database import reading
from data.decisions import match_write, recommendation_write
from data.instants import micros_of
from data.log_writer import LogWriter
from data.queries import find_match_answer
from data.tables import match_log, recommendation_log

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LARGEST_SEED = 2**63 - 1


def written(engine, write):
    with LogWriter(engine) as writer:
        writer.submit([write]).result(10)
    with reading(engine) as connection:
        return dict(connection.execute(select(write[0])).mappings().one())


class TestMatchWrite:
    def test_every_column_is_kept(self, engine):
        """The row is what was decided, and the answer can be read back byte for byte."""
        row = written(
            engine,
            match_write(
                match_id="m1",
                at=NOW,
                patient_id="p1",
                intake_id="i1",
                matching_version=None,
                policy="utility",
                seed=LARGEST_SEED,
                decision=b"{}",
                answer=b"\x00bytes",
            ),
        )
        assert (row["at"], row["seed"]) == (micros_of(NOW), LARGEST_SEED)
        assert set(row) == set(match_log.columns.keys())
        assert find_match_answer(engine, "m1") == b"\x00bytes"


class TestRecommendationWrite:
    def test_every_column_is_kept(self, engine):
        """The row is what was decided."""
        row = written(
            engine,
            recommendation_write(
                recommendation_id="r1",
                at=NOW,
                person_id="p1",
                recommender_version="r-1",
                seed=0,
                decision=b"[1]",
            ),
        )
        assert (row["decision"], row["recommender_version"]) == (b"[1]", "r-1")
        assert set(row) == set(recommendation_log.columns.keys())
