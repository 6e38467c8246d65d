"""Prices of capacity over HTTP: stored by a command, moved by bookings, said in the reasons."""

import json
from datetime import timedelta

import pytest

from data.prices import PriceList, clear_prices, store_prices
from data.tables import match_log


@pytest.fixture
def promoted(service):
    """The service with a model, as prices are those of a model."""
    service.promote_matching()
    service.refresh()
    return service


@pytest.fixture
def priced(promoted):
    """A's next place costs a tenth, of a list that the serving model was solved with."""

    def store(*, solved_hours_ago: float = 0.0, model: str | None = None) -> None:
        version = promoted.match().json()["model"]["matching"]
        found = PriceList(
            model_version=model or version,
            solved_at=promoted.now - timedelta(hours=solved_hours_ago),
            days=1.0,
            expected_requests=10.0,
            prices={"a": 0.1},
            openings={"a": 1},
        )
        store_prices(promoted.engine, found)
        promoted.refresh()

    return store


def scores(answer) -> dict[str, float]:
    return {
        row["clinician_id"]: sum(reason["contribution"] for reason in row["reasons"])
        for row in answer.json()["results"]
    }


def price(answer, clinician_id: str = "a") -> float:
    (row,) = (row for row in answer.json()["results"] if row["clinician_id"] == clinician_id)
    found = {reason["code"]: reason["contribution"] for reason in row["reasons"]}
    return found.get("capacity_price", 0.0)


class TestPricesInTheService:
    def test_a_price_counts_and_is_said(self, promoted, priced):
        """It is a reason like others; the log keeps it, and when it was solved."""
        before = scores(promoted.match())
        priced()
        answer = promoted.match()
        assert price(answer) == pytest.approx(-0.1)
        after = scores(answer)
        assert after["a"] == pytest.approx(before["a"] - 0.1)
        assert after["b"] == pytest.approx(before["b"])
        kept = {
            row["match_id"]: json.loads(row["decision"]) for row in promoted.rows(match_log)
        }
        decision = kept[answer.json()["match_id"]]
        place = decision["candidates"]["clinician_ids"].index("a")
        assert decision["candidates"]["bonuses"]["capacity_price"][place] == -0.1
        assert decision["priced_at"].startswith("2026")

    def test_a_hold_moves_it_at_once(self, promoted, priced):
        """One hundredth dearer, and back when the hold is given back; others stay."""
        priced(solved_hours_ago=1e-9)
        at_first = price(promoted.match())
        wanted = {"clinician_id": "a", "patient_id": "someone"}
        hold = promoted.post("/v1/holds", wanted).json()
        assert price(promoted.match()) == pytest.approx(at_first - 0.01, abs=1e-6)
        promoted.client.delete(f"/v1/holds/{hold['hold_id']}", headers=promoted.headers)
        assert price(promoted.match()) == pytest.approx(at_first, abs=1e-6)

    def test_amber_pays_nothing(self, promoted, priced):
        """Nobody in need is sent elsewhere for what others gain."""
        priced()
        assert price(promoted.match(phq9_item9=1)) == 0.0

    def test_lists_that_are_over_or_of_other_models_count_for_nothing(self, promoted, priced):
        """Nor does one that was taken away."""
        priced(solved_hours_ago=25.0)
        assert price(promoted.match()) == 0.0
        priced(model="m-other")
        assert price(promoted.match()) == 0.0
        priced()
        assert price(promoted.match()) < 0.0
        clear_prices(promoted.engine)
        promoted.refresh()
        assert price(promoted.match()) == 0.0
