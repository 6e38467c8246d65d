"""Prices solved from the requests of late, by hand-checkable scarcity."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.capacity import book_place
from data.errors import UsageError
from data.frames import intakes_from_frame
from data.places import Wanted
from data.prices import store_prices
from data.queries import read_frame
from training.batch import rank_intakes
from training.prices import Horizon, solve_price_list

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUIET = lambda *_: None  # noqa: E731 - who is told of progress here


SERVES = {"licensed_regions": ("US-CA",), "payers": ("aetna",)}
ASKED = {"region": "US-CA", "age_band": "26-35", "payer": "aetna"}


@pytest.fixture
def home(make_home):
    """Soon has two places, later twenty; ten people asked in the last ten days, all alike."""
    soon = {"clinician_id": "soon", "open_slots": 2, "next_available": NOW}
    later = {"clinician_id": "later", "open_slots": 20}
    intakes = [
        {
            **ASKED,
            "intake_id": f"i{number}",
            "patient_id": f"p{number}",
            "requested_at": NOW - timedelta(days=10 - number),
        }
        for number in range(10)
    ]
    clinicians = [
        {**soon, **SERVES},
        {**later, "next_available": NOW + timedelta(days=20), **SERVES},
    ]
    return make_home(NOW, clinicians=clinicians, intakes=intakes)


def solve(home, *, days: float = 10.0, weeks: float = 8.0):
    horizon = Horizon(at=NOW, days=days, weeks=weeks, seed=1)
    return solve_price_list(*home, horizon, version=None, on_progress=QUIET)


def rank(home, *, priced_at=None):
    settings, engine = home
    (intake,) = intakes_from_frame(read_frame(engine, "intakes").head(1))
    table, version = rank_intakes(
        settings,
        engine,
        [replace(intake, intake_id="new", patient_id="new")],
        top=2,
        version=None,
        at=NOW,
        explore=False,
        priced_at=priced_at,
        on_progress=QUIET,
    )
    return table.set_index("clinician_id"), version


class TestSolvePriceList:
    def test_what_is_scarce_costs_what_it_is_better_by(self, home):
        """Ten are expected for two places: their price is how much better soon is than later."""
        found = solve(home)
        assert (found.requests, found.scored, found.openings) == (10, 10, 22)
        assert found.prices.expected_requests == 10.0
        table, _ = rank(home)
        better = table.loc["soon", "utility"] - table.loc["later", "utility"]
        assert better > 0.01
        assert found.prices.prices["soon"] == pytest.approx(better, abs=0.01)
        assert found.prices.prices["later"] == pytest.approx(0.0, abs=1e-3)
        assert solve(home).prices == found.prices

    def test_enough_places_cost_nothing(self, home):
        """One day brings one person."""
        assert solve(home, days=1.0).prices.prices["soon"] == pytest.approx(0.0, abs=1e-6)

    def test_taken_places_are_not_counted_again(self, home):
        """One of two is booked; with the second nobody can be offered, and nothing is priced."""
        _, engine = home
        for patient, left in (("x", 1), ("y", None)):
            book_place(
                engine, Wanted(clinician_id="soon", patient_id=patient), at=NOW - timedelta(1)
            )
            assert solve(home).prices.openings.get("soon") == left

    def test_uncounted_places_are_what_others_are_compared_with(self, home, put_rows):
        """Somebody as soon as soon, who does not count places: nobody pays for soon."""
        _, engine = home
        someone = {"clinician_id": "any", "next_available": NOW, **SERVES}
        put_rows(engine, clinicians=[someone])
        found = solve(home).prices
        assert "any" not in found.prices
        assert found.prices["soon"] == pytest.approx(0.0, abs=1e-3)

    def test_what_cannot_be_solved_says_why(self, home):
        """Nobody asked, or no time ahead."""
        with pytest.raises(UsageError, match="look back further"):
            solve(home, weeks=0.0001)
        with pytest.raises(UsageError, match="above 0"):
            solve(home, days=0.0)


class TestPricesOfMoment:
    def test_a_batch_with_prices_spreads(self, home):
        """By utility soon leads; with the price of a scarce place later does, by score."""
        found = solve(home).prices
        store_prices(home[1], replace(found, prices={**found.prices, "soon": 0.5}))
        table, _ = rank(home, priced_at=NOW)
        assert table.index.tolist() == ["later", "soon"]
        dear = table.loc["soon"]
        assert dear["score"] == pytest.approx(dear["utility"] - 0.5)

    def test_never_in_silence(self, home):
        """No prices, those of another model, and those of another time are refused."""
        _, engine = home
        with pytest.raises(UsageError, match="rapport prices"):
            rank(home, priced_at=NOW)
        found = solve(home).prices
        store_prices(engine, replace(found, model_version="other"))
        with pytest.raises(UsageError, match="those of other"):
            rank(home, priced_at=NOW)
        store_prices(engine, found)
        with pytest.raises(UsageError, match="10 days from"):
            rank(home, priced_at=NOW + timedelta(days=11))
