"""The capacity ledger on both databases: places by hand, expiry, recounts, and a crowd."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update

from data.capacity import (
    book_hold,
    book_place,
    find_full_clinicians,
    find_hold,
    hold_place,
    release_hold,
)
from data.database import reading, transaction
from data.places import Claim, Wanted
from data.tables import CLINIC

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clinician(engine: Engine, clinician_id: str = "a", **values) -> None:
    """A clinician with places."""
    row = {
        "clinician_id": clinician_id,
        "licensed_regions": "[]",
        "payers": "[]",
        "languages": "[]",
        "formats": "[]",
        "open_slots": 2,
        **values,
    }
    lists = {"taxonomy", "compact_regions", "specialties_top", "also_treats", "modalities"}
    lists |= {"age_bands", "populations", "not_accepted"}
    with transaction(engine) as connection:
        table = CLINIC["clinicians"]
        connection.execute(insert(table), [{**dict.fromkeys(lists, "[]"), **row}])


def recount(engine: Engine, **values) -> None:
    with transaction(engine) as connection:
        connection.execute(update(CLINIC["clinicians"]).values(**values))


def hold(engine: Engine, patient: str = "p", at: datetime = NOW) -> Claim | str:
    wanted = Wanted(clinician_id="a", patient_id=patient)
    return hold_place(engine, wanted, at=at, lasts=HOUR)


def book(engine: Engine, patient: str = "p", at: datetime = NOW) -> Claim | str:
    return book_place(engine, Wanted(clinician_id="a", patient_id=patient), at=at)


def turn(engine: Engine, claim_id: str, at: datetime = NOW) -> Claim | str:
    return book_hold(engine, claim_id, at=at)


def full(engine: Engine, at: datetime = NOW) -> list[str]:
    with reading(engine) as connection:
        return list(find_full_clinicians(connection, at=at))


class TestPlaces:
    def test_two_places_are_two_claims(self, engine):
        """A hold and a booking take both; the third finds none."""
        clinician(engine)
        assert isinstance(hold(engine), Claim)
        assert full(engine) == []
        assert isinstance(book(engine), Claim)
        assert hold(engine) == "full"
        assert book(engine) == "full"
        assert full(engine) == ["a"]

    def test_a_hold_ends_by_itself(self, engine):
        """An hour later the place is free, and the old hold books nothing."""
        clinician(engine, open_slots=1)
        old = hold(engine)
        assert hold(engine, at=NOW + HOUR - timedelta(seconds=1)) == "full"
        assert isinstance(hold(engine, "q", at=NOW + HOUR), Claim)
        assert turn(engine, old.claim_id, at=NOW + HOUR) == "expired"

    def test_a_hold_is_booked_once(self, engine):
        """The place stays taken; the hold is used up."""
        clinician(engine, open_slots=1)
        held = hold(engine)
        booked = turn(engine, held.claim_id)
        assert booked.booking_id
        assert turn(engine, held.claim_id) == "booked"
        assert release_hold(engine, held.claim_id) == "booked"
        assert hold(engine, at=NOW + 100 * HOUR) == "full"

    def test_a_hold_can_be_given_back(self, engine):
        """The place is free at once; giving it back twice changes nothing."""
        clinician(engine, open_slots=1)
        held = hold(engine)
        assert release_hold(engine, held.claim_id) is None
        assert release_hold(engine, held.claim_id) is None
        assert turn(engine, held.claim_id) == "expired"
        assert isinstance(hold(engine), Claim)

    def test_nobody_knows_it(self, engine):
        """Unknown clinicians and holds are said to be unknown."""
        assert hold(engine) == "unknown_clinician"
        assert turn(engine, "nothing") == "unknown_hold"
        assert release_hold(engine, "nothing") == "unknown_hold"
        assert find_hold(engine, "nothing") is None

    @pytest.mark.parametrize("values", [{"open_slots": 0}, {"accepts_new": False}])
    def test_a_closed_practice_has_no_place(self, engine, values):
        """What the directory says comes first."""
        clinician(engine, **values)
        assert hold(engine) == "full"

    def test_an_uncounted_practice_is_never_full(self, engine):
        """Who does not say how many places there are has as many as are asked for."""
        clinician(engine, open_slots=None)
        assert all(isinstance(book(engine, f"p{row}"), Claim) for row in range(5))
        assert full(engine) == []


class TestRecounts:
    def test_the_same_row_again_frees_nothing(self, engine):
        """An import of what was imported before does not sell a place twice."""
        clinician(engine, open_slots=1)
        book(engine)
        recount(engine, open_slots=1)
        assert book(engine) == "full"

    def test_a_new_count_knows_of_old_bookings(self, engine):
        """A clinic that counts three places anew has three, whatever was booked before."""
        clinician(engine, open_slots=1)
        book(engine)
        recount(engine, open_slots=3)
        assert sum(isinstance(book(engine), Claim) for _ in range(5)) == 3

    def test_a_later_verification_is_a_new_count(self, engine):
        """One place then and one place now are not the same place."""
        clinician(engine, open_slots=1, verified_at=1)
        book(engine)
        recount(engine, verified_at=2)
        assert isinstance(book(engine), Claim)


class TestCrowd:
    def test_twenty_places_sell_twenty_times(self, engine):
        """Two hundred parallel bookings of twenty places: twenty succeed, none twice."""
        clinician(engine, open_slots=20)
        with ThreadPoolExecutor(max_workers=8) as crowd:
            found = list(crowd.map(lambda row: book(engine, f"p{row}"), range(200)))
        assert sum(isinstance(claim, Claim) for claim in found) == 20
        assert found.count("full") == 180
