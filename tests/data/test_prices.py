"""Price lists on both databases: one at a time, and the claims that move them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from data.capacity import book_place, count_taken, hold_place, release_hold
from data.clinic import CLINIC_TABLES
from data.columns import Kind
from data.database import reading, transaction
from data.places import Wanted
from data.prices import (
    REVISION,
    PriceList,
    clear_prices,
    count_claims,
    find_prices,
    store_prices,
)
from data.revisions import read_revision
from data.tables import CLINIC, capacity_prices

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIST = PriceList(
    model_version="m-1",
    solved_at=NOW,
    days=7.0,
    expected_requests=12.0,
    prices={"a": 0.25, "b": 0.0},
    openings={"a": 1, "b": 9},
)


class TestStorePrices:
    def test_the_newest_list_counts_and_none_other_is_kept(self, engine):
        """Each change is seen by who polls the revision."""
        assert find_prices(engine) is None
        store_prices(engine, LIST)
        assert find_prices(engine) == LIST
        later = replace(LIST, solved_at=NOW + HOUR, prices={"b": 0.5}, openings={"b": 8})
        store_prices(engine, later)
        assert find_prices(engine) == later
        assert read_revision(engine, REVISION) == 2
        with reading(engine) as connection:
            count = select(func.count()).select_from(capacity_prices)
            assert connection.scalar(count) == 1

    def test_a_list_without_prices(self, engine):
        """Where nobody counts places there is a list all the same."""
        empty = replace(LIST, prices={}, openings={})
        store_prices(engine, empty)
        assert find_prices(engine) == empty


class TestClearPrices:
    def test_it_says_whether_there_was_a_list(self, engine):
        """Clearing nothing moves nothing."""
        assert not clear_prices(engine)
        assert read_revision(engine, REVISION) == 0
        store_prices(engine, LIST)
        assert clear_prices(engine)
        assert find_prices(engine) is None
        assert read_revision(engine, REVISION) == 2


class TestCountClaims:
    def test_what_takes_a_place_and_came_later(self, engine):
        """A booking and a running hold count; what was there before, expired or given back does not."""
        lists = {
            column.name: "[]"
            for column in CLINIC_TABLES["clinicians"].columns
            if column.kind is Kind.WORDS
        }
        row = {**lists, "clinician_id": "a", "open_slots": 9}
        with transaction(engine) as connection:
            connection.execute(insert(CLINIC["clinicians"]), [row])

        def wanted(patient: str) -> Wanted:
            return Wanted(clinician_id="a", patient_id=patient)

        book_place(engine, wanted("before"), at=NOW)
        book_place(engine, wanted("booked"), at=NOW + HOUR)
        hold_place(engine, wanted("held"), at=NOW + HOUR, lasts=2 * HOUR)
        hold_place(engine, wanted("expired"), at=NOW + HOUR, lasts=HOUR / 2)
        back = hold_place(engine, wanted("back"), at=NOW + HOUR, lasts=2 * HOUR)
        release_hold(engine, back.claim_id)
        with reading(engine) as connection:
            assert count_claims(connection, since=NOW, at=NOW + 2 * HOUR) == {"a": 2}
            assert count_claims(connection, since=NOW, at=NOW + 4 * HOUR) == {"a": 1}
            assert count_taken(connection, at=NOW + 2 * HOUR) == {"a": 3}
